"""Follow-ups of contracts: whom to ask when, the mails, what was reported, and what the parties don't agree on"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Who has events already decides about each whether its parties are asked: nobody is written to by an update.
EVENT = {
    "contact_days": (sa.Integer(), "14"),
    "report_days": (sa.Integer(), "180"),
    "follow_up_mails": (sa.Boolean(), sa.false()),
}
SAID = "reports are append only"
SQLITE = {
    "update": "BEFORE UPDATE ON follow_up_report",
    "delete": "BEFORE DELETE ON follow_up_report",
    "replace": "BEFORE INSERT ON follow_up_report WHEN EXISTS (SELECT 1 FROM follow_up_report WHERE id = NEW.id)",
}


def upgrade() -> None:
    for name, (kind, default) in EVENT.items():
        op.add_column("event", sa.Column(name, kind, nullable=False, server_default=default))
    op.add_column("contract", sa.Column("contested", sa.Boolean(), nullable=False, server_default=sa.false()))
    _create("follow_up",
        _key("follow_up", "contract", nullable=False),
        _key("follow_up", "organisation", nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False, index=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("contract_id", "organisation_id", "stage", "round", name="uq_follow_up_contract_id_organisation_id_stage_round"),
    )  # fmt: skip
    _create("follow_up_mail",
        _key("follow_up_mail", "follow_up", nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False, index=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("follow_up_id", "number", name="uq_follow_up_mail_follow_up_id_number"),
    )  # fmt: skip
    _create("follow_up_report",
        _key("follow_up_report", "contract", nullable=False),
        _key("follow_up_report", "organisation", nullable=True),
        _key("follow_up_report", "follow_up", nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        # SQLite keeps exact numbers as whole ones, see docs/decisions.
        sa.Column("hours", _exact(12), nullable=True),
        sa.Column("value", _exact(14), nullable=True),
    )  # fmt: skip
    _create("follow_up_note",
        _key("follow_up_note", "follow_up_report", name="report_id", nullable=False),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column("photo_consent", sa.Boolean(), nullable=False),
    )  # fmt: skip
    _keep()


def downgrade() -> None:
    if not _on_sqlite():
        op.execute("DROP TRIGGER follow_up_report_append_only ON follow_up_report")
        op.execute("DROP FUNCTION follow_up_append_only()")
    for name in ("follow_up_note", "follow_up_report", "follow_up_mail", "follow_up"):
        op.drop_table(name)
    op.drop_column("contract", "contested")
    for name in EVENT:
        op.drop_column("event", name)


def _keep() -> None:
    """Let nobody change, delete or replace what was reported, whoever asks."""
    if _on_sqlite():
        for name, event in SQLITE.items():
            op.execute(
                f"CREATE TRIGGER follow_up_report_no_{name} {event} BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION follow_up_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN RAISE EXCEPTION '{SAID}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER follow_up_report_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON follow_up_report"
        " FOR EACH STATEMENT EXECUTE FUNCTION follow_up_append_only()"
    )


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


def _key(table: str, target: str, *, nullable: bool, name: str = "") -> sa.Column[int]:
    name = name or f"{target}_id"
    foreign = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}_{target}")
    return sa.Column(name, sa.Integer(), foreign, nullable=nullable, index=True)


def _exact(digits: int) -> sa.types.TypeEngine[object]:
    return sa.BigInteger() if _on_sqlite() else sa.Numeric(digits, 2)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
