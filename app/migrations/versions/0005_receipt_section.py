"""Receipts know which sections their filter is about, and whose account they are of"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. What earlier receipts are about stays unknown: only administrators see their filters."""
    with op.batch_alter_table("receipt") as batch:
        batch.add_column(sa.Column("sections", sa.String(400), nullable=False, server_default=""))
        batch.add_column(sa.Column("staff_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            "fk_receipt_staff_id_ab_user", "ab_user", ["staff_id"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("receipt") as batch:
        batch.alter_column("sections", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("receipt") as batch:
        batch.drop_constraint("fk_receipt_staff_id_ab_user", type_="foreignkey")
        batch.drop_column("staff_id")
        batch.drop_column("sections")
