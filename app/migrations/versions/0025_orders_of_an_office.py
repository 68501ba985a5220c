"""The list of one office is found by an index in each order that all offices have one for"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INDEXES = (
    ("contact", "office_id", "first_name", "id"),
    ("contact", "office_id", "city", "id"),
    ("contact", "office_id", "language", "id"),
    ("organisation", "office_id", "city", "id"),
)


def upgrade() -> None:
    for table, *columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def downgrade() -> None:
    for table, *columns in INDEXES:
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
