"""SQLite: a row of what is append only isn't replaced either; REPLACE fires no trigger of DELETE there"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TRIGGER = """
CREATE TRIGGER {0}_no_replace BEFORE INSERT ON {0} WHEN EXISTS (SELECT 1 FROM {0} WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, '{0} is append only'); END
"""
TABLES = ("consent", "newsletter_text")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            op.execute(TRIGGER.format(table))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            op.execute(f"DROP TRIGGER {table}_no_replace")
