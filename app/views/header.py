"""The head of a record's page: badges that say what it is, and how it is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext
from markupsafe import Markup, escape

from app.core.values import countries, display
from app.models.base import Addressed
from app.models.contacts import Contact
from app.models.events import Event
from app.views.cells import cell

#: Facts that are made of several columns, which then stand nowhere else on the page.
COMPOSED = {
    "address": ("venue", "street", "postal_code", "city", "country", "latitude", "longitude"),
    "when": ("starts_on", "start_time", "ends_on", "end_time"),
    "position": (),
}
MAP = "https://www.openstreetmap.org/"
#: Colours of a mark beside the words of a badge: what goes well, what waits, what has ended.
TONES = {
    "green": {"held", "fulfilled", "attended", "confirmed", "matched", "ok"},
    "blue": {"announced", "in_progress", "contacted", "registered", "partly_fulfilled"},
    "orange": {
        "preparation",
        "agreed",
        "invited",
        "open",
        "unconfirmed",
        "waitlist",
        "idea",
        "soft",
        "begun",
    },
    "red": {
        "cancelled",
        "not_feasible",
        "no_contact",
        "no_show",
        "withdrawn",
        "unsubscribed",
        "hard",
        "complaint",
        "broken_off",
    },
    "side-company": {"company"},
    "side-nonprofit": {"nonprofit"},
}


@dataclass(frozen=True)
class Badge:
    """A word or two about the record; the colour says nothing that the words don't."""

    text: str
    tone: str


@dataclass(frozen=True)
class Fact:
    """A way to the record, or what it hangs on."""

    kind: str
    label: str
    html: Markup


def shown(view: Any) -> set[str]:
    """Give the columns that the head shows, so that they aren't repeated below."""
    found = {*view.badges, *view.contact_columns}
    return found.union(*(COMPOSED.get(column, ()) for column in view.contact_columns))


def badges(view: Any, item: Any) -> Iterator[Badge]:
    """Give the badges of a record; of yes and no only what is so, or what has come to an end."""
    for column in view.badges:
        value = _value(view, item, column)
        if column == "active" and not value:
            yield Badge(gettext("Not active"), "red")
        elif value is True:
            yield Badge(str(view.label_columns[column]), "green" if column == "active" else "")
        else:
            for one in value if isinstance(value, list) else [value]:
                if one not in {None, False, ""}:
                    yield Badge(display(one), _tone(column, one))


def _tone(column: str, value: Any) -> str:
    stored = getattr(value, "value", "") if column in {"status", "delivery", "side"} else ""
    return next((tone for tone, members in TONES.items() if stored in members), "")


def _value(view: Any, item: Any, column: str) -> Any:
    return view.datamodel._get_attr_value(item, column)  # noqa: SLF001 - FAB's name for it


def facts(view: Any, item: Any) -> Iterator[Fact]:
    """Give how a record is reached, as links."""
    made = {"address": _address, "when": _when, "position": _position}
    for column in view.contact_columns:
        html = made[column](item) if column in made else cell(_value(view, item, column), column)
        if html:
            yield Fact(column, _label(view, column), html)


def _label(view: Any, column: str) -> str:
    if column == "address":
        return gettext("Address")
    return gettext("When") if column == "when" else str(view.label_columns.get(column, gettext("Position")))


def _address(item: Addressed) -> Markup:
    """Write a postal address as a link to a map; nothing of the map is loaded here.

    The address of a person isn't handed to the map's host: it's asked for the place alone.
    """
    place = " ".join(part for part in (item.postal_code, item.city) if part)
    country = "" if item.country in {"DE", None} else countries().get(item.country, item.country)
    parts = [part for part in (getattr(item, "venue", None), item.street, place, country) if part]
    if not parts:
        return Markup("")
    sought = [place, country] if isinstance(item, Contact) else [item.street, place, country]
    query = urlencode({"query": ", ".join(part for part in sought if part)})
    address = f"{MAP}search?{query}"
    if isinstance(item, Event) and item.latitude is not None and item.longitude is not None:
        point = urlencode({"mlat": item.latitude, "mlon": item.longitude})
        address = f"{MAP}?{point}#map=17/{item.latitude}/{item.longitude}"
    elif not any(sought):
        return escape(", ".join(parts))
    return Markup('<a href="{}" rel="noopener noreferrer" title="{}">{}</a>').format(
        address, gettext("Show on a map (OpenStreetMap)"), ", ".join(parts)
    )


def _when(item: Event) -> Markup:
    """Write from when to when an event takes place."""
    return escape(item.when)


def _position(item: Contact) -> Markup:
    """Write what a person is, and where."""
    position = item.position
    if position is None:
        return Markup("")
    parts = [escape(position.function or ""), cell(position.organisation)]
    return Markup(", ").join(part for part in parts if part)
