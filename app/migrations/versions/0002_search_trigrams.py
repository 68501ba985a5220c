"""Search of PostgreSQL by trigrams: a word anywhere in a million rows is found in milliseconds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "activity",
    "contact",
    "contract",
    "event",
    "material",
    "news_item",
    "newsletter",
    "offer",
    "office",
    "organisation",
    "participation",
    "subscriber",
)


def upgrade() -> None:
    """Add the indexes where the extension may be had; without it the search is right, but slower."""
    bind = op.get_bind()
    if bind.dialect.name != "postgresql" or not _extension(bind):
        return
    for table in TABLES:
        op.execute(f"CREATE INDEX trgm_{table}_search ON {table} USING gin (search gin_trgm_ops)")


def downgrade() -> None:
    """Remove the indexes. The extension stays: others may use it."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"DROP INDEX IF EXISTS trgm_{table}_search")


def _extension(bind: sa.Connection) -> bool:
    try:
        with bind.begin_nested():
            bind.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError:
        return False
    return True
