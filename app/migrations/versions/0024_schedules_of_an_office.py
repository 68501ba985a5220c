"""Reports by mail keep the office that was chosen when they were set up"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_schedule", sa.Column("chosen", sa.Integer(), nullable=True))


def downgrade() -> None:
    """What was of one office would be sent of all of them, so it rests until somebody looks at it."""
    # These words were new with it.
    op.execute("UPDATE report_schedule SET problem = 'rights' WHERE problem IS NOT NULL")
    op.execute("UPDATE report_recipient SET outcome = 'rights' WHERE outcome IN ('office', 'owner')")
    op.execute("UPDATE report_schedule SET active = false WHERE chosen IS NOT NULL")
    op.drop_column("report_schedule", "chosen")
