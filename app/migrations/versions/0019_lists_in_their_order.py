"""Lists of a million rows are read in their order: of all offices, and of one"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# By what the rows of all offices are sorted, with the office, so that the index alone tells whether a row is seen.
EVERYWHERE = {
    "contact": ("last_name", "first_name", "city"),
    "contract": ("number",),
    "organisation": ("name", "city"),
    "subscriber": ("email",),
}
# By what those of one office are, when nobody has chosen.
WITHIN = {"contact": "last_name", "contract": "number", "organisation": "name"}


def upgrade() -> None:
    for table, columns in _indexes():
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def downgrade() -> None:
    for table, columns in _indexes():
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)


def _indexes() -> list[tuple[str, list[str]]]:
    return [
        *(
            (table, [column, "id", "office_id"])
            for table, columns in EVERYWHERE.items()
            for column in columns
        ),
        *((table, ["office_id", column, "id"]) for table, column in WITHIN.items()),
    ]
