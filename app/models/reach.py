"""How somebody is reached: what can be no e-mail address, no web address and no phone number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _

from app.core.rules import Problem

NO_EMAIL = _("This is no e-mail address.")
NO_WEBSITE = _("This is no web address.")
NO_PHONE = _("This is no phone number.")

# A host with a dot. What has another scheme ("ftp:", "javascript:") would be a link that nobody should follow.
_WEBSITE = re.compile(
    r"(?:https?://)?(?=[^\s/?#:]*\w\.\w)[^\s/?#:]+(?::\d+)?(?:[\s/?#].*)?", re.IGNORECASE | re.DOTALL
)


class Reachable(Protocol):
    """A row with addresses of its own."""

    phone: str | None
    fax: str | None
    email: str | None
    website: str | None


def is_email(text: str) -> bool:
    """Whether a text can be an e-mail address."""
    return "@" in text


def can_be_mailed(text: str) -> bool:
    """Whether a mail can be sent there: one whole address and nothing else."""
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def is_website(text: str) -> bool:
    """Whether a text can be a web address; it may come without "https://"."""
    return _WEBSITE.fullmatch(text.strip()) is not None


def is_phone(text: str) -> bool:
    """Whether a text can be a phone number: there's a digit in it."""
    return any(sign.isdecimal() for sign in text)


def reach_problems(row: Reachable) -> Iterator[Problem]:
    """Refuse each address of a row that can't be one."""
    if row.email and not is_email(row.email):
        yield Problem("email", NO_EMAIL)
    if row.website and not is_website(row.website):
        yield Problem("website", NO_WEBSITE)
    if row.phone and not is_phone(row.phone):
        yield Problem("phone", NO_PHONE)
    if row.fax and not is_phone(row.fax):
        yield Problem("fax", NO_PHONE)
