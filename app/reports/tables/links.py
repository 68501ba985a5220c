"""Where the texts of a report lead: to the record in Marktbüro, to a mail, a call, or a website.

An address within Marktbüro is given without that of the server: so a report's page has it; a workbook puts it before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _

Link = Callable[[Any], str | None]

OPEN = _("Open the record")

_SAFE = re.compile(r"https?://", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@:/?&]+@[^\s@:/?&]+")


def record(kind: str, key: str, page: str = "show/") -> Link:
    """Lead to the page of a record: ``kind`` is its part of the address, ``key`` the row's column with its key."""

    def link(row: Any) -> str | None:
        found = getattr(row, key)
        return None if found is None else f"/{kind}/{page}{found}"

    return link


def mail(row: Any) -> str | None:
    """Lead to a mail to the row's address; nowhere where it's none."""
    return f"mailto:{row.email}" if row.email and _ADDRESS.fullmatch(row.email) else None


def call(row: Any) -> str | None:
    """Lead to a call of the row's number."""
    digits = re.sub(r"[^\d+]", "", row.phone or "")
    return f"tel:{digits}" if digits else None


def site(row: Any) -> str | None:
    """Lead to the row's website, as people write it: "www.example.org"."""
    address = row.website or ""
    if not address or (":" in address and not _SAFE.match(address)):
        return None
    return address if _SAFE.match(address) else f"https://{address}"
