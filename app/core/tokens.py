"""Links that prove who follows them: signed, for one purpose, and over after a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, Signer, URLSafeSerializer, URLSafeTimedSerializer


def signed(purpose: str, content: Any) -> str:
    """Sign keys (no personal data: a link is kept in logs and histories) for a purpose."""
    return _signer(purpose).dumps(content)


def read(purpose: str, token: str, lasts: timedelta | None = None) -> Any:
    """Give what was signed for this purpose; None for a token that is forged, meant for another, or over."""
    try:
        return _signer(purpose).loads(token, max_age=int(lasts.total_seconds()) if lasts else None)
    except BadSignature:
        return None


def marked(purpose: str, content: str) -> str:
    """Give 12 signs that are the same for the same content, and tell nothing about it."""
    return Signer(current_app.config["SECRET_KEY"], salt=purpose).get_signature(content).decode("ascii")[:12]


def derived(purpose: str, content: Any) -> str:
    """Derive a secret from keys: always the same one, so that it needn't be kept to be shown again."""
    return _deriver(purpose).dumps(content)


def underived(purpose: str, token: str) -> Any:
    """Give what a secret was derived from for this purpose; None for one that is forged, or meant for another."""
    try:
        return _deriver(purpose).loads(token)
    except BadSignature:
        return None


def _deriver(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"derived: {purpose}")


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=purpose)
