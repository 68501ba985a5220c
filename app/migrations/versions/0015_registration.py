"""Organisations register for an event on its public page; an event has places"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

EVENT = ("registration_open", "registration_until", "places_companies", "places_nonprofits")


def upgrade() -> None:
    # Plain columns: SQLite would rebuild the table otherwise, which it can't while other rows refer to it.
    op.add_column(
        "event", sa.Column("registration_open", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("event", sa.Column("registration_until", sa.Date(), nullable=True))
    op.add_column("event", sa.Column("places_companies", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("places_nonprofits", sa.Integer(), nullable=True))
    _create("registration",
        sa.Column("event_id", sa.Integer(), sa.ForeignKey("event.id", name="fk_registration_event_id_event"), nullable=False, index=True),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("entry_key", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("street", sa.String(200), nullable=True),
        sa.Column("postal_code", sa.String(20), nullable=True),
        sa.Column("city", sa.String(200), nullable=True),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("website", sa.String(200), nullable=True),
        sa.Column("first_name", sa.String(200), nullable=True),
        sa.Column("last_name", sa.String(200), nullable=False),
        sa.Column("function", sa.String(200), nullable=True),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(60), nullable=True),
        sa.Column("comes", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(40), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("participation_id", sa.Integer(), sa.ForeignKey("participation.id", name="fk_registration_participation_id_participation"), nullable=True, index=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.UniqueConstraint("event_id", "entry_key", name="uq_registration_event_id_entry_key"),
    )  # fmt: skip
    _create(
        "registration_person",
        *_part("registration_person"),
        sa.Column("name", sa.String(200), nullable=False),
    )
    _create("registration_offer",
        *_part("registration_offer"),
        sa.Column("direction", sa.String(40), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
    )  # fmt: skip
    _index()


def downgrade() -> None:
    for name in ("registration_offer", "registration_person", "registration"):
        op.drop_table(name)
    for name in EVENT:
        op.drop_column("event", name)


def _part(name: str) -> tuple[sa.Column[int], ...]:
    to = sa.ForeignKey("registration.id", name=f"fk_{name}_registration_id_registration")
    return (
        sa.Column("registration_id", sa.Integer(), to, nullable=False, index=True),
        sa.Column("rank", sa.Integer(), nullable=False),
    )


def _index() -> None:
    """Search by trigrams, where the extension is there."""
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    if bind.execute(sa.text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")).first():
        op.execute("CREATE INDEX trgm_registration_search ON registration USING gin (search gin_trgm_ops)")


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
