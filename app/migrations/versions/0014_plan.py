"""Templates and series of events, targets, and tasks that follow the date of their event"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TARGETS = ("target_companies", "target_nonprofits", "target_people", "target_contracts")
LINKS = (("series_id", "series"), ("template_id", "event_template"))


def upgrade() -> None:
    _create("series",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
    )  # fmt: skip
    _create("event_template",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in TARGETS),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False, index=True),
    )  # fmt: skip
    _create("template_task",
        sa.Column("template_id", sa.Integer(), sa.ForeignKey("event_template.id", name="fk_template_task_template_id_event_template"), nullable=False, index=True),
        sa.Column("days_from_event", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("uuid", sa.String(36), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False, index=True),
    )  # fmt: skip
    _create("template_corner",
        sa.Column("template_id", sa.Integer(), sa.ForeignKey("event_template.id", name="fk_template_corner_template_id_event_template"), nullable=False, index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False, index=True),
        sa.UniqueConstraint("template_id", "name", name="uq_template_corner_template_id_name"),
    )  # fmt: skip
    for name in TARGETS:
        op.add_column("event", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("activity", sa.Column("days_from_event", sa.Integer(), nullable=True))
    op.add_column("activity", sa.Column("template_task", sa.String(36), nullable=True))
    for name, target in LINKS:
        # Within the column: SQLite adds no constraint to a table that exists, and can't rebuild one to which others refer.
        key = sa.ForeignKey(f"{target}.id", name=f"fk_event_{name}_{target}")
        op.add_column("event", sa.Column(name, sa.Integer(), key, nullable=True), inline_references=True)
        op.create_index(f"ix_event_{name}", "event", [name])


def downgrade() -> None:
    """Leave events and tasks without what came from templates; the tasks themselves stay."""
    for name, _target in reversed(LINKS):
        op.drop_index(f"ix_event_{name}", "event")
        op.drop_column("event", name)
    for name in ("template_task", "days_from_event"):
        op.drop_column("activity", name)
    for name in reversed(TARGETS):
        op.drop_column("event", name)
    for name in ("template_corner", "template_task", "event_template", "series"):
        op.drop_table(name)


def _create(name: str, *columns: sa.schema.SchemaItem) -> None:
    """Make a table of an office's records."""
    op.create_table(
        name,
        *columns,
        sa.Column("office_id", sa.Integer(), sa.ForeignKey("office.id", name=f"fk_{name}_office_id_office"), nullable=False, index=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )  # fmt: skip
