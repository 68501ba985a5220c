"""A recipient who broke off a report by mail has done so: there's a word for it"""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    """The older version doesn't know the word."""
    op.execute("UPDATE report_recipient SET outcome = 'failed' WHERE outcome = 'cancelled'")
