"""Downloads that are made in the background, and reports by mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("report_schedule",
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("report", sa.String(60), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("fmt", sa.String(20), nullable=False),
        sa.Column("rhythm", sa.String(40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("problem", sa.String(40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("ab_user.id", name="fk_report_schedule_staff_id_ab_user", ondelete="CASCADE"), nullable=False, index=True),
        sa.PrimaryKeyConstraint("id", name="pk_report_schedule"),
    )  # fmt: skip
    op.create_table("report_recipient",
        sa.Column("schedule_id", sa.Integer(), sa.ForeignKey("report_schedule.id", name="fk_report_recipient_schedule_id_report_schedule", ondelete="CASCADE"), nullable=False),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("ab_user.id", name="fk_report_recipient_person_id_ab_user", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("ab_user.id", name="fk_report_recipient_staff_id_ab_user", ondelete="CASCADE"), nullable=False, index=True),
        sa.PrimaryKeyConstraint("id", name="pk_report_recipient"),
        sa.UniqueConstraint("schedule_id", "person_id", name="uq_report_recipient_schedule_id_person_id"),
    )  # fmt: skip
    op.create_table("download",
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("report", sa.String(60), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("fmt", sa.String(20), nullable=False),
        sa.Column("sheet", sa.String(60), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("error", sa.String(40), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.String(64), nullable=True),
        sa.Column("worker", sa.String(64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("offices", sa.JSON(), nullable=True),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), sa.ForeignKey("report_recipient.id", name="fk_download_recipient_id_report_recipient", ondelete="SET NULL"), nullable=True, index=True),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("ab_user.id", name="fk_download_staff_id_ab_user", ondelete="CASCADE"), nullable=False, index=True),
        sa.PrimaryKeyConstraint("id", name="pk_download"),
        sa.UniqueConstraint("token", name="uq_download_token"),
    )  # fmt: skip
    op.create_index("ix_download_state", "download", ["state", "lease_until"])


def downgrade() -> None:
    """The files go with the next tidying: nothing names them any more."""
    op.drop_table("download")
    op.drop_table("report_recipient")
    op.drop_table("report_schedule")
