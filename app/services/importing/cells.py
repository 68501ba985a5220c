"""Cells of a file, read: addresses, names, languages, kinds of bounces, dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from email.utils import parseaddr, parsedate_to_datetime
from functools import cache

from email_validator import validate_email
from flask import current_app
from flask_babel import force_locale

from app.core.clock import OFFICE_ZONE
from app.core.text import fold
from app.models.imports import Outcome
from app.models.languages import Language
from app.models.reach import can_be_mailed
from app.models.subscribers import Delivery

LONGEST = 200  # characters of an address or a name
# What programs leave in a text unseen: marks of byte order and of places to break a word.
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))


def words(text: str) -> frozenset[str]:
    """Give the words of a text, to be looked up."""
    return frozenset(text.split())


class FaultError(Exception):
    """A cell that has to be corrected."""

    def __init__(self, outcome: Outcome) -> None:
        """Take the reason."""
        super().__init__(outcome.value)
        self.outcome = outcome


def clean(text: str) -> str:
    """Give a cell without what nobody sees. Raises FaultError for signs that no database takes, or too many."""
    plain = " ".join(unicodedata.normalize("NFC", text.translate(_UNSEEN)).split())
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in plain):
        raise FaultError(Outcome.SIGNS)
    return plain


def short(text: str) -> str:
    """Give a cell that has to fit into a column of names."""
    plain = clean(text)
    if len(plain) > LONGEST:
        raise FaultError(Outcome.LONG)
    return plain


def address(text: str) -> str:
    """Give an e-mail address in small letters; also out of "Ana Bo <ana@example.org>"."""
    plain = clean(text).removeprefix("mailto:")
    if not plain:
        raise FaultError(Outcome.MISSING)
    if plain.endswith(">"):
        plain = parseaddr(plain)[1]
    if len(plain) > LONGEST:
        raise FaultError(Outcome.LONG)
    if not can_be_mailed(plain):
        raise FaultError(Outcome.INVALID)
    return plain.lower()


def spellings(email: str) -> frozenset[str]:
    """Give all ways to write an address: a host with umlauts has one in ASCII, too.

    Somebody who has left under one of them doesn't come back under another.
    """
    if email.isascii() and "xn--" not in email:
        return frozenset({email})
    found = validate_email(email, check_deliverability=False)
    written = (found.normalized, f"{found.local_part}@{found.ascii_domain}")
    return frozenset({email, *(one.lower() for one in written)})


def language(text: str, default: Language) -> Language:
    """Give a language by its code ("de", "de_DE") or by its name in a language of ours."""
    plain = fold(clean(text))
    if not plain:
        return default
    known = _languages()
    found = known.get(plain) or known.get(re.split(r"[-_ (]", plain)[0])
    if found is None:
        raise FaultError(Outcome.LANGUAGE)
    return found


@cache
def _languages() -> dict[str, Language]:
    names: dict[str, Language] = {one.value: one for one in Language}
    for locale in current_app.config["LANGUAGES"]:
        with force_locale(locale):
            names |= {fold(str(one.title)): one for one in Language}
    return names


#: What programs write where somebody may be written to, in a column that says whether somebody may not.
_MAY = words(
    "0 no false nein n falsch subscribed active aktiv enabled confirmed bestaetigt ok optin optedin angemeldet "
    "abonniert eingetragen"
)

#: What they write where somebody has left; a day is one on which somebody did.
_GONE = words(
    "1 yes true ja j y x wahr optout optedout unsubscribed blocklisted blacklisted abgemeldet gesperrt ausgetragen "
    "gekuendigt widerrufen withdrawn abbestellt"
)


def says_gone(text: str) -> bool:
    """Whether a cell says plainly that somebody has left. A word that nobody knows ends no subscription."""
    plain = clean(text)
    return re.sub(r"[^a-z0-9]+", "", fold(plain)) in _GONE or (bool(plain) and _moment(plain) is not None)


def says_no(text: str) -> bool:
    """Whether a cell says that somebody wants no mail: a day on which they left, too, and a word that nobody knows."""
    word = re.sub(r"[^a-z0-9]+", "", fold(clean(text)))
    return bool(clean(text).strip()) and word not in _MAY


_STATES: dict[Delivery, frozenset[str]] = {
    Delivery.SOFT: words("soft softbounce transient temporary temporaer weich deferred blocked"),
    Delivery.HARD: words(
        "hard hardbounce permanent dauerhaft hart undeliverable unzustellbar invalid bounce bounced"
    ),
    Delivery.COMPLAINT: words("complaint complained spam spamcomplaint spamreport abuse beschwerde feedback"),
}
_BY_CODE = {"4": Delivery.SOFT, "5": Delivery.HARD}


def state(text: str) -> Delivery:
    """Give what a bounce says: listmonk's "hard", "soft" and "complaint", an SMTP code, or our own titles."""
    plain = re.sub(r"[^a-z0-9.]+", "", fold(clean(text)))
    for one, words in _states().items():
        if plain in words:
            return one
    if re.fullmatch(r"[45](\.\d{1,3}){2}|[45]\d\d", plain):
        return _BY_CODE[plain[0]]
    raise FaultError(Outcome.TYPE)


@cache
def _states() -> dict[Delivery, frozenset[str]]:
    names = {one: set(words) for one, words in _STATES.items()}
    for locale in current_app.config["LANGUAGES"]:
        with force_locale(locale):
            for one, words in names.items():
                words.add(re.sub(r"[^a-z0-9.]+", "", fold(str(one.title))))
    return {one: frozenset(words) for one, words in names.items()}


_FORMATS = (
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
)


def moment(text: str, now: datetime) -> datetime | None:
    """Give a moment, a day's beginning where there is no time; None for an empty cell.

    Read are ISO 8601, "24.12.2026 18:00", "24/12/2026" and the dates of mails. Without a zone it's the offices'.
    """
    plain = clean(text)
    if not plain:
        return None
    found = _moment(plain)
    if found is None:
        raise FaultError(Outcome.DATE)
    aware = found if found.tzinfo else found.replace(tzinfo=OFFICE_ZONE)
    if aware.date() > now.astimezone(aware.tzinfo).date() or aware.year < date.min.year + 1:
        raise FaultError(Outcome.DATE)
    return min(aware, now)


def _moment(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, *(_format(one) for one in _FORMATS), parsedate_to_datetime):
        try:
            return read(text)
        except (ValueError, TypeError, IndexError):
            continue
    return None


def _format(pattern: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone comes later
