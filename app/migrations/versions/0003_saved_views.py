"""Saved views of lists, and what each person chose for a list"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("listing", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_saved_view_office_id_office"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["ab_user.id"], name=op.f("fk_saved_view_staff_id_ab_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("staff_id", "listing", "name", name="uq_saved_view_name"),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_view_listing"), ["listing"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_view_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_view_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "list_preference",
        sa.Column("listing", sa.String(length=60), nullable=False),
        sa.Column("columns", sa.Text(), nullable=True),
        sa.Column("density", sa.String(40), nullable=False),
        sa.Column("page_size", sa.Integer(), nullable=True),
        sa.Column("default_view_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["default_view_id"],
            ["saved_view.id"],
            name=op.f("fk_list_preference_default_view_id_saved_view"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["ab_user.id"], name=op.f("fk_list_preference_staff_id_ab_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_preference")),
        sa.UniqueConstraint("staff_id", "listing", name="uq_list_preference_listing"),
    )
    with op.batch_alter_table("list_preference", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_list_preference_default_view_id"), ["default_view_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_list_preference_staff_id"), ["staff_id"], unique=False)


def downgrade() -> None:
    op.drop_table("list_preference")
    op.drop_table("saved_view")
