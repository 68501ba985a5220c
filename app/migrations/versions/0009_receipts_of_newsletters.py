"""Receipts know of which newsletter a file is, how far it came, and whose subscriptions are in it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what files of subscribers need. The receipts that exist are of lists, and those files were complete."""
    # A batch rebuilds the table on SQLite, which is safe as long as nothing refers to it.
    with op.batch_alter_table("receipt") as batch:
        batch.add_column(sa.Column("content", sa.String(40), nullable=False, server_default="list"))
        batch.add_column(sa.Column("status", sa.String(40), nullable=False, server_default="complete"))
        batch.add_column(sa.Column("newsletter_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            "fk_receipt_newsletter_id_newsletter", "newsletter", ["newsletter_id"], ["id"]
        )
        batch.create_index("ix_receipt_newsletter_id", ["newsletter_id"])
    with op.batch_alter_table("receipt") as batch:
        batch.alter_column("content", server_default=None)
        batch.alter_column("status", server_default=None)
    op.create_table(
        "receipt_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), sa.ForeignKey("office.id", name="fk_receipt_entry_office_id_office"), nullable=False, index=True),
        sa.Column("receipt_id", sa.Integer(), sa.ForeignKey("receipt.id", name="fk_receipt_entry_receipt_id_receipt"), nullable=False),
        sa.Column("subscription_id", sa.Integer(), sa.ForeignKey("subscription.id", name="fk_receipt_entry_subscription_id_subscription"), nullable=False, index=True),
        sa.PrimaryKeyConstraint("id", name="pk_receipt_entry"),
        sa.UniqueConstraint("receipt_id", "subscription_id", name="uq_receipt_entry_receipt_id_subscription_id"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("receipt_entry")
    with op.batch_alter_table("receipt") as batch:
        batch.drop_index("ix_receipt_newsletter_id")
        batch.drop_constraint("fk_receipt_newsletter_id_newsletter", type_="foreignkey")
        for name in ("newsletter_id", "status", "content"):
            batch.drop_column(name)
