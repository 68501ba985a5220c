"""Few rows among many are found by an index: what the start page asks of contracts, and contacts of a language"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEXES = (
    ("contact", "language", "id", "office_id"),
    ("contract", "status", "agreed_on", "id", "office_id"),
    ("contract", "status", "due_on", "id", "office_id"),
)


def upgrade() -> None:
    for table, *columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    op.create_index(
        "ix_contract_contested",
        "contract",
        ["event_id", "number", "id", "office_id"],
        postgresql_where=sa.text("contested"),
        sqlite_where=sa.text("contested = 1"),
    )


def downgrade() -> None:
    op.drop_index("ix_contract_contested", "contract")
    for table, *columns in INDEXES:
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
