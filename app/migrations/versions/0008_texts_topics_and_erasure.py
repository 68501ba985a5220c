"""Newsletters have versioned texts and topics; subscribers can be blocked and erased; consent names what was read"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SAID = "the consent log is append only"
KEPT = ("consent", "newsletter_text")
NEW = ("basis", "consent_text_id", "privacy_text_id")


def upgrade() -> None:
    """Turn the one privacy notice of a newsletter into its first version."""
    _create("newsletter_text",
        sa.Column("newsletter_id", sa.Integer(), sa.ForeignKey("newsletter.id", name="fk_newsletter_text_newsletter_id_newsletter"), nullable=False, index=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("language", sa.String(40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("newsletter_id", "kind", "language", "edition", name="uq_newsletter_text_newsletter_id_kind_language_edition"),
    )  # fmt: skip
    _create("newsletter_topic",
        sa.Column("newsletter_id", sa.Integer(), sa.ForeignKey("newsletter.id", name="fk_newsletter_topic_newsletter_id_newsletter"), nullable=False, index=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
    )  # fmt: skip
    _create("subscription_topic",
        sa.Column("subscription_id", sa.Integer(), sa.ForeignKey("subscription.id", name="fk_subscription_topic_subscription_id_subscription"), nullable=False, index=True),
        sa.Column("topic_id", sa.Integer(), sa.ForeignKey("newsletter_topic.id", name="fk_subscription_topic_topic_id_newsletter_topic"), nullable=False, index=True),
        sa.UniqueConstraint("subscription_id", "topic_id", name="uq_subscription_topic_subscription_id_topic_id"),
    )  # fmt: skip
    _keep_notices()
    # No batch here: SQLite would rebuild these tables, which it can't while other rows refer to theirs.
    op.drop_column("newsletter", "privacy_notice")
    op.add_column("subscriber", sa.Column("digest", sa.String(64), nullable=True))
    op.add_column("subscriber", sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("subscriber", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_subscriber_digest", "subscriber", ["digest"])
    _fingerprint()
    _let_go("consent")
    with op.batch_alter_table("consent") as batch:
        batch.add_column(sa.Column("basis", sa.Text(), nullable=True))
        for name in NEW[1:]:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch.create_foreign_key(f"fk_consent_{name}_newsletter_text", "newsletter_text", [name], ["id"])
    _create("consent_origin",
        sa.Column("consent_id", sa.Integer(), sa.ForeignKey("consent.id", name="fk_consent_origin_consent_id_consent"), nullable=False, index=True),
        sa.Column("ip", sa.String(45), nullable=False),
    )  # fmt: skip
    for name in KEPT:
        _keep(name)


def downgrade() -> None:
    """Let the newest German privacy notice be the only one."""
    for name in KEPT:
        _let_go(name)
    op.drop_table("consent_origin")
    with op.batch_alter_table("consent") as batch:
        for name in NEW[1:]:
            batch.drop_constraint(f"fk_consent_{name}_newsletter_text", type_="foreignkey")
        for name in NEW:
            batch.drop_column(name)
    _keep("consent")
    op.drop_index("ix_subscriber_digest", "subscriber")
    for name in ("digest", "blocked_at", "erased_at"):
        op.drop_column("subscriber", name)
    op.add_column("newsletter", sa.Column("privacy_notice", sa.Text(), nullable=True))
    op.execute(
        "UPDATE newsletter SET privacy_notice = (SELECT text FROM newsletter_text WHERE newsletter_id = newsletter.id"
        " AND kind = 'privacy' AND language = 'de' ORDER BY edition DESC LIMIT 1)"
    )
    for name in ("subscription_topic", "newsletter_topic", "newsletter_text"):
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


def _keep_notices() -> None:
    connection = op.get_bind()
    letters = sa.text(
        "SELECT id, office_id, privacy_notice, changed_at, changed_by FROM newsletter WHERE privacy_notice <> ''"
    )
    into = sa.text(
        "INSERT INTO newsletter_text (newsletter_id, kind, language, edition, text, sha256, valid_from, office_id, version,"
        " created_at, created_by, changed_at, changed_by)"
        " VALUES (:id, 'privacy', 'de', 1, :text, :sha256, :at, :office_id, 1, :at, :by, :at, :by)"
    )
    for key, office_id, text, at, by in connection.execute(letters).all():
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        connection.execute(
            into, {"id": key, "office_id": office_id, "text": text, "sha256": sha256, "at": at, "by": by}
        )


def _fingerprint() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, email FROM subscriber")).all()
    found = [{"id": key, "digest": hashlib.sha256(email.encode()).hexdigest()} for key, email in rows]
    if found:
        connection.execute(sa.text("UPDATE subscriber SET digest = :digest WHERE id = :id"), found)


def _keep(table: str) -> None:
    """Refuse UPDATE and DELETE, whoever sends them. A table that SQLite rebuilds has lost its triggers."""
    if _on_sqlite():
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION consent_append_only()"
    )


def _let_go(table: str) -> None:
    if not _on_sqlite():
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{verb}")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
