"""The database itself keeps the proof of consent: no row changes, and none goes"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SAID = "the consent log is append only"
SQLITE = {
    verb: f"CREATE TRIGGER consent_no_{verb.lower()} BEFORE {verb} ON consent BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
    for verb in ("UPDATE", "DELETE")
}
POSTGRESQL = (
    f"""
    CREATE FUNCTION consent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{SAID}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent
    FOR EACH STATEMENT EXECUTE FUNCTION consent_append_only()
    """,
)


def upgrade() -> None:
    """Refuse UPDATE and DELETE, whoever sends them."""
    for statement in SQLITE.values() if _on_sqlite() else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if _on_sqlite():
        for verb in SQLITE:
            op.execute(f"DROP TRIGGER consent_no_{verb.lower()}")
        return
    op.execute("DROP TRIGGER consent_append_only ON consent")
    op.execute("DROP FUNCTION consent_append_only()")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
