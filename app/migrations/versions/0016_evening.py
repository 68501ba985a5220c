"""The evening: who has come, what a desk has entered, what the notary sent back, and what the gong froze"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SAID = "results of events are append only"
NEW = {
    "contract": {"entry_key": sa.String(64), "sent_back": sa.String(200)},
    "event": {"hall_edition": sa.Integer()},
    "participant": {"checked_in_at": sa.DateTime(timezone=True)},
    "participation": {"status_before": sa.String(40)},
}
SQLITE = (
    f"CREATE TRIGGER event_result_no_update BEFORE UPDATE ON event_result BEGIN SELECT RAISE(ABORT, '{SAID}'); END",
    f"CREATE TRIGGER event_result_no_delete BEFORE DELETE ON event_result BEGIN SELECT RAISE(ABORT, '{SAID}'); END",
    """
    CREATE TRIGGER event_result_no_replace BEFORE INSERT ON event_result
    WHEN EXISTS (SELECT 1 FROM event_result WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'results of events are append only'); END
    """,
)
POSTGRESQL = (
    f"""
    CREATE FUNCTION event_result_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{SAID}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER event_result_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_result
    FOR EACH STATEMENT EXECUTE FUNCTION event_result_append_only()
    """,
)


def upgrade() -> None:
    # No batch: SQLite would rebuild these tables, which it can't while other rows refer to theirs.
    for table, columns in NEW.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_index("uq_contract_event_id_entry_key", "contract", ["event_id", "entry_key"], unique=True)
    op.create_table(
        "event_result",
        sa.Column("event_id", sa.Integer(), sa.ForeignKey("event.id", name="fk_event_result_event_id_event"), nullable=False, index=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("note", sa.String(200), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("office_id", sa.Integer(), sa.ForeignKey("office.id", name="fk_event_result_office_id_office"), nullable=False, index=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event_result"),
    )  # fmt: skip
    for statement in SQLITE if _on_sqlite() else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("event_result")
    if not _on_sqlite():
        op.execute("DROP FUNCTION event_result_append_only()")
    op.drop_index("uq_contract_event_id_entry_key", "contract")
    for table, columns in NEW.items():
        for name in columns:
            op.drop_column(table, name)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
