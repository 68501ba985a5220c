"""Rates for hours, the rate of a contribution, and whether somebody is sure that it's no money"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("rate",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("category", sa.String(40), nullable=True),
        sa.Column("hourly", _money(), nullable=False),
        sa.Column("source", sa.String(200), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False, index=True),
        sa.Column("office_id", sa.Integer(), sa.ForeignKey("office.id", name="fk_rate_office_id_office"), nullable=False, index=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rate"),
        sa.UniqueConstraint("office_id", "name", name="uq_rate_office_id_name"),
    )  # fmt: skip
    # What was accepted before stays as it is: who changes such a text next is asked then.
    op.add_column(
        "contribution", sa.Column("no_money", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("contribution", sa.Column("hourly_rate", _money(), nullable=True))
    # Within the column: SQLite adds no constraint to a table that exists, and can't rebuild one to which others refer.
    key = sa.ForeignKey("rate.id", name="fk_contribution_rate_id_rate")
    op.add_column(
        "contribution", sa.Column("rate_id", sa.Integer(), key, nullable=True), inline_references=True
    )
    op.create_index("ix_contribution_rate_id", "contribution", ["rate_id"])


def downgrade() -> None:
    """Leave the values as they were worked out."""
    op.drop_index("ix_contribution_rate_id", "contribution")
    for name in ("rate_id", "hourly_rate", "no_money"):
        op.drop_column("contribution", name)
    op.drop_table("rate")


def _money() -> sa.types.TypeEngine[object]:
    # SQLite keeps exact numbers as whole ones, see docs/decisions.
    return sa.BigInteger() if op.get_bind().dialect.name == "sqlite" else sa.Numeric(14, 2)
