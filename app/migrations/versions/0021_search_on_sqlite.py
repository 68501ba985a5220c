"""Search of SQLite by pieces of three letters: a word anywhere in a million rows is found in milliseconds"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
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
    """Add the indexes and what keeps them, and index the rows that are there."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in TABLES:
        name = f"fts_{table}"
        # The rows themselves say where in a text a piece stands, so the index needn't know it.
        op.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5(search, content='{table}', content_rowid='id',"
            " tokenize='trigram', detail=none, columnsize=0)"
        )
        add = f"INSERT INTO {name}(rowid, search) VALUES (new.id, new.search);"  # noqa: S608 - of our own names
        remove = f"INSERT INTO {name}({name}, rowid, search) VALUES ('delete', old.id, old.search);"  # noqa: S608
        op.execute(f"CREATE TRIGGER {name}_added AFTER INSERT ON {table} BEGIN {add} END")
        op.execute(f"CREATE TRIGGER {name}_gone AFTER DELETE ON {table} BEGIN {remove} END")
        op.execute(
            f"CREATE TRIGGER {name}_changed AFTER UPDATE OF search ON {table}"
            f" WHEN old.search <> new.search BEGIN {remove} {add} END"
        )
        op.execute(f"INSERT INTO {name}({name}) VALUES ('rebuild')")  # noqa: S608 - of our own names


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in TABLES:
        for what in ("added", "gone", "changed"):
            op.execute(f"DROP TRIGGER fts_{table}_{what}")
        op.execute(f"DROP TABLE fts_{table}")
