"""What the columns of a file hold: guessed by their headings, else by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from flask_babel import lazy_gettext as _

from app.core.enums import Titled
from app.core.text import fold
from app.models.imports import ImportKind
from app.services.importing.cells import words


class Target(Titled):
    """What a column may hold."""

    EMAIL = "email", _("E-mail")
    FIRST_NAME = "first_name", _("First name")
    LAST_NAME = "last_name", _("Last name")
    NAME = "name", _("First and last name")
    LANGUAGE = "language", _("Language")
    OPT_OUT = "opt_out", _("Status, or who wants no mail")
    TYPE = "type", _("Kind of bounce")
    DATE = "date", _("Date of the bounce")


#: A column that isn't needed.
NOTHING = ""

TARGETS: dict[ImportKind, tuple[Target, ...]] = {
    ImportKind.SUBSCRIBERS: (
        Target.EMAIL,
        Target.FIRST_NAME,
        Target.LAST_NAME,
        Target.NAME,
        Target.LANGUAGE,
        Target.OPT_OUT,
    ),
    ImportKind.BOUNCES: (Target.EMAIL, Target.TYPE, Target.DATE),
}
#: Without these a file of a kind says nothing.
NEEDED: dict[ImportKind, tuple[Target, ...]] = {
    ImportKind.SUBSCRIBERS: (Target.EMAIL,),
    ImportKind.BOUNCES: (Target.EMAIL, Target.TYPE),
}

#: What several columns may hold: one that says no is enough.
SEVERAL = frozenset({Target.OPT_OUT})

#: Headings of our own downloads in both languages, of listmonk, CiviCRM, Mautic, Keila, Outlook, Google and what
#: people write; as ``_plain`` leaves them.
HEADINGS: dict[Target, frozenset[str]] = {
    Target.EMAIL: words(
        "email mail emailadresse mailadresse emailaddress emailaddresses primaryemail emailprimary emailhome "
        "homeemail emailwork email1value email1address emailprivat emailgeschaeftlich elektronischepost "
        "subscriberemail recipient empfaenger contactemail kontaktemail rcpt"
    ),
    Target.FIRST_NAME: words("firstname vorname givenname rufname fname vornamen prenom voornaam"),
    Target.LAST_NAME: words("lastname nachname familyname surname familienname zuname lname nom achternaam"),
    Target.NAME: words(
        "name fullname displayname anzeigename vollername vornameundnachname vornamenachname "
        "firstandlastname subscribername kontakt contact person"
    ),
    Target.LANGUAGE: words(
        "language sprache lang locale preferredlanguage preferredlocale bevorzugtesprache korrespondenzsprache "
        "communicationlanguage taal langue"
    ),
    Target.OPT_OUT: words(
        "status optout emailoptout hasoptedout unsubscribed blocklisted blacklisted abgemeldet gesperrt dnc "
        "donotcontact donotemail nobulkemailsuseroptout isoptout keinemails keineemails subscriptionstatus abostatus"
    ),
    Target.TYPE: words(
        "type typ art bouncetype arddesbounces kindofbounce artdesbounces bounce status zustellung delivery "
        "reason category classification event eventtype ereignis"
    ),
    Target.DATE: words(
        "date datum createdat timestamp bouncedat bouncedate zeitpunkt zeit time datetime letzterbounce "
        "lastbounce dateofthebounce datumdesbounces eventdate created"
    ),
}
_SIGNS = re.compile(r"[^a-z0-9]+")
SHARE = 0.5  # of the filled cells that look like addresses, so that a column is one of addresses


def guess(kind: ImportKind, headings: Sequence[str], sample: Iterable[Sequence[str]]) -> list[str]:
    """Say what each column seems to hold: the first that fits gets a meaning."""
    found = [NOTHING] * len(headings)
    for target in TARGETS[kind]:
        for place, heading in enumerate(headings):
            if not found[place] and _plain(heading) in HEADINGS[target]:
                found[place] = target.value
                if target not in SEVERAL:
                    break
    first, last, whole = (one.value for one in (Target.FIRST_NAME, Target.LAST_NAME, Target.NAME))
    if first in found and last not in found and whole in found:
        found[found.index(whole)] = last  # "Vorname" and "Name" stand side by side in many a German file
    if Target.EMAIL.value not in found:
        addresses = _of_addresses(sample, len(headings))
        if addresses is not None:
            found[addresses] = Target.EMAIL.value
    return found


def by_preset(headings: Sequence[str], kept: Mapping[str, str]) -> list[str]:
    """Assign the columns as was kept under their headings; a heading that stands there twice counts once."""
    left = dict(kept)
    return [left.pop(_plain(heading), NOTHING) for heading in headings]


def for_preset(headings: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Give an assignment by headings, to be kept."""
    named = {_plain(heading): target for heading, target in zip(headings, columns, strict=True) if target}
    return {heading: target for heading, target in named.items() if heading}


def fits(headings: Sequence[str], kept: Mapping[str, str]) -> bool:
    """Whether a file has all columns of which something was kept."""
    return bool(kept) and set(kept) <= {_plain(heading) for heading in headings}


def looks_like_address(text: str) -> bool:
    """Whether a cell may be an e-mail address: enough to guess by."""
    return "@" in text.strip()[1:-1] and " " not in text.strip()


def _of_addresses(sample: Iterable[Sequence[str]], width: int) -> int | None:
    """Give the column in which most addresses stand."""
    filled, addresses = [0] * width, [0] * width
    for cells in sample:
        for place, cell in enumerate(cells[:width]):
            filled[place] += bool(cell.strip())
            addresses[place] += looks_like_address(cell)
    best = max(range(width), key=lambda place: addresses[place], default=None)
    return best if best is not None and addresses[best] > SHARE * filled[best] else None


def _plain(heading: str) -> str:
    """Leave letters and digits of a heading: "E-Mail-Adresse" is "emailadresse"."""
    return _SIGNS.sub("", fold(heading))
