"""How search texts begin: among very many hits those are found whose name begins so"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = (
    "activity",
    "contact",
    "contract",
    "event",
    "event_template",
    "material",
    "news_item",
    "newsletter",
    "offer",
    "office",
    "organisation",
    "participation",
    "rate",
    "registration",
    "series",
    "subscriber",
)


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    # PostgreSQL's index takes no long texts; and what begins with the same letters is to stand together, however it
    # sorts. SQLite has no such limits, and an index of an expression would be lost when a table is made anew.
    what = "substr(search, 1, 20) text_pattern_ops" if postgresql else "search"
    for table in TABLES:
        op.execute(f"CREATE INDEX head_{table}_search ON {table} ({what})")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP INDEX head_{table}_search")
