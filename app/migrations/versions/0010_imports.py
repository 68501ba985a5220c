"""Imports of subscribers and bounces, assignments of columns, and addresses for bounces"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create("import",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("newsletter_id", sa.Integer(), sa.ForeignKey("newsletter.id", name="fk_import_newsletter_id_newsletter"), nullable=False, index=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("consent", sa.String(40), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(200), nullable=True),
        sa.Column("language", sa.String(40), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("rejected", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
    )  # fmt: skip
    _create("import_preset",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.UniqueConstraint("office_id", "kind", "name", name="uq_import_preset_office_id_kind_name"),
    )  # fmt: skip
    _create("bounce_address",
        sa.Column("newsletter_id", sa.Integer(), sa.ForeignKey("newsletter.id", name="fk_bounce_address_newsletter_id_newsletter"), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.UniqueConstraint("newsletter_id", name="uq_bounce_address_newsletter_id"),
    )  # fmt: skip


def downgrade() -> None:
    for name in ("bounce_address", "import_preset", "import"):
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
