"""Newsletters: addresses left behind stay known, who was erased comes back once confirmed, addresses have one form"""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import UTC, datetime
from typing import Any

import idna
import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LIVE = "SELECT id, office_id, email, blocked_at FROM subscriber WHERE erased_at IS NULL ORDER BY id"
LINES = "SELECT id, office_id, newsletter_id, status FROM subscription WHERE subscriber_id = :id"
WITHDRAWN = (
    "INSERT INTO consent (subscription_id, at, step, channel, actor, office_id, version, created_at, created_by,"
    " changed_at, changed_by) VALUES (:id, :now, 'withdrawn', 'back_office', 'Marktbüro', :office_id, 1, :now,"
    " 'Marktbüro', :now, 'Marktbüro')"
)


def upgrade() -> None:
    op.create_table("former_address",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("office_id", sa.Integer(), sa.ForeignKey("office.id", name="fk_former_address_office_id_office"), nullable=False, index=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_former_address"),
        sa.UniqueConstraint("office_id", "digest", name="uq_former_address_office_id_digest"),
    )  # fmt: skip
    op.add_column("subscriber", sa.Column("claimed", sa.String(200), nullable=True))
    for key, value in _all("SELECT id, value FROM contact_channel WHERE kind = 'email'"):
        if _plain(value) != value:
            _run("UPDATE contact_channel SET value = :value WHERE id = :id", id=key, value=_plain(value))
    for row in _all(LIVE):
        if _plain(row.email) != row.email:
            _respell(row)


def downgrade() -> None:
    op.drop_column("subscriber", "claimed")
    op.drop_table("former_address")


def _plain(text: str) -> str:
    """Give an address in its one form, as ``app.core.text`` did when this was written."""
    plain = unicodedata.normalize("NFC", text.strip()).lower()
    local, at, domain = plain.rpartition("@")
    if domain.isascii() and "xn--" not in domain:
        return plain
    try:
        return f"{local}{at}{idna.decode(domain, uts46=True)}"
    except idna.IDNAError:
        return plain


def _respell(row: Any) -> None:
    """Give a subscriber the one form of the address. Of whom is erased, only the fingerprint is known: it stays."""
    email = _plain(row.email)
    digest = hashlib.sha256(email.encode()).hexdigest()
    same = "SELECT id, erased_at, blocked_at FROM subscriber WHERE office_id = :office_id AND digest = :digest AND id <> :id"
    [other] = _all(same, office_id=row.office_id, digest=digest, id=row.id) or [None]
    if other is not None and other.erased_at is not None:
        _run("UPDATE subscriber SET digest = NULL WHERE id = :id", id=other.id)
        _block(row.id, other.id)
    elif other is not None:
        _merge(row.id, other.id)
        _block(other.id, row.id)
        return
    _run(
        "UPDATE subscriber SET email = :email, digest = :digest WHERE id = :id",
        id=row.id,
        email=email,
        digest=digest,
    )


def _block(key: int, other: int) -> None:
    _run(
        "UPDATE subscriber SET blocked_at = coalesce(blocked_at, (SELECT blocked_at FROM subscriber WHERE id = :other))"
        " WHERE id = :id",
        id=key,
        other=other,
    )


def _merge(key: int, into: int) -> None:
    """Make one person of two rows with one address. What either has ended is ended; the log says so."""
    theirs = {line.newsletter_id: line for line in _all(LINES, id=into)}
    for line in _all(LINES, id=key):
        same = theirs.get(line.newsletter_id)
        if same is None:
            _run("UPDATE subscription SET subscriber_id = :into WHERE id = :id", id=line.id, into=into)
            continue
        if line.status == "unsubscribed":
            _withdraw(same)
        _withdraw(line)
    _run(
        "UPDATE subscriber SET erased_at = :now, email = uuid || '@erased.invalid', search = '', digest = NULL,"
        " first_name = NULL, last_name = NULL, contact_id = NULL WHERE id = :id",
        id=key,
        now=_now(),
    )


def _withdraw(line: Any) -> None:
    if line.status != "unsubscribed":
        _run("UPDATE subscription SET status = 'unsubscribed' WHERE id = :id", id=line.id)
        _run(WITHDRAWN, id=line.id, office_id=line.office_id, now=_now())


def _now() -> Any:
    """Give the moment as each database keeps it."""
    now = datetime.now(UTC)
    return now.strftime("%Y-%m-%d %H:%M:%S.%f") if op.get_bind().dialect.name == "sqlite" else now


def _all(statement: str, **values: Any) -> Any:
    return op.get_bind().execute(sa.text(statement), values).all()


def _run(statement: str, **values: Any) -> None:
    op.get_bind().execute(sa.text(statement), values)
