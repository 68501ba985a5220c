"""Reports on organisations and people: whom an office knows, and whom it may write letters to."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from operator import attrgetter
from typing import Any

from flask_babel import force_locale, get_locale, gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from flask_babel.speaklater import LazyString
from sqlalchemy import Select

from app.access import Section
from app.core import clock
from app.core.excel import Kind
from app.core.values import countries, display, spoken
from app.labels import label
from app.models.contacts import Salutation
from app.models.offices import Office
from app.queries import contacts, organisations
from app.reports.tables import envelopes
from app.reports.tables.base import Field, Sheet, opens, report
from app.reports.tables.envelopes import abroad
from app.reports.tables.links import call, mail, site
from app.reports.tables.parameters import OFFICE


@cache
def _names(_language: str) -> dict[str, str]:
    """Give the names of countries in the language in force, looked up once: there may be a million rows."""
    return countries()


@cache
def _country(code: str) -> LazyString:
    """Give a country's name, which is looked up once in a file."""
    return LazyString(lambda: _names(str(get_locale())).get(code, code))  # type: ignore[no-untyped-call]


_OPEN = opens("organisations", "id")
NAME = (
    Field("name", "Organisation", width=32),
    Field("city", "Organisation", width=18),
)
_CAME, _AGREED = Section.PARTICIPATIONS, Section.CONTRACTS

ORGANISATIONS = (
    Field("office", "Organisation", width=18),
    *NAME[:1],
    Field("legal_form", "Organisation", width=12),
    Field("kind", "Organisation", width=18),
    Field("parent", "Organisation", width=20),
    Field(
        "sectors",
        "Organisation",
        width=24,
        read=lambda row: ", ".join(map(display, row.sectors)),
        raw=attrgetter("sectors"),
    ),
    Field("street", "Organisation", width=22),
    Field("postal_code", "Organisation", width=11),
    *NAME[1:],
    Field("phone", "Organisation", width=18, link=call),
    Field("email", "Organisation", width=32, link=mail),
    Field("website", "Organisation", width=32, link=site),
    Field("head_count", "Organisation", Kind.INTEGER, 12),
    Field("shared", "Organisation", Kind.BOOLEAN, 14),
    Field("exemption_kind", "Organisation", width=20),
    Field("exemption_date", "Organisation", Kind.DATE, 14),
    Field("events", _("Events attended"), Kind.INTEGER, 12, section=_CAME),
    Field("first", _("First event"), Kind.DATE, 12, section=_CAME),
    Field("last", _("Last event"), Kind.DATE, 12, section=_CAME),
    Field("contracts", _("Contracts"), Kind.INTEGER, 11, section=_AGREED),
    Field("given", _("Equivalent value given (€)"), Kind.MONEY, 15, section=_AGREED),
    Field("spoken", _("Last activity"), Kind.DATE, 13, section=Section.ACTIVITIES),
    _OPEN,
)
EVENTS = (
    *NAME,
    Field("starts_on", label("Event", "date"), Kind.DATE, 12),
    Field("event", "Participation", width=28),
    Field("side", "Participation", width=20),
    Field("status", "Participation", width=14),
    Field("head_count", "Participation", Kind.INTEGER, 12),
    _OPEN,
)
CONTRACTS = (
    *NAME,
    Field("agreed_on", "Contract", Kind.DATE, 12),
    Field("event", "Contract", width=28),
    Field("number", "Contract", Kind.INTEGER, 11),
    Field("title", "Contract", width=28),
    Field("side", "ContractParty", width=20),
    Field("status", "Contract", width=16),
    _OPEN,
)
CONTACTS = (
    Field("office", "Contact", width=18),
    Field("salutation", "Contact", width=14),
    Field("title", "Contact", width=13),
    Field("first_name", "Contact", width=16),
    Field("last_name", "Contact", width=20),
    Field("organisation", "Position", width=28),
    Field("function", "Position", width=20),
    Field("email", "Contact", width=34, link=mail),
    Field("phone", "Contact", width=18, link=call),
    Field("street", "Contact", width=22),
    Field("postal_code", "Contact", width=11),
    Field("city", "Contact", width=18),
    Field(
        "country",
        "Contact",
        width=14,
        read=lambda row: None if row.country is None else _country(row.country),
        raw=attrgetter("country"),
    ),
    Field("language", "Contact", width=12),
    Field("do_not_email", "Contact", Kind.BOOLEAN, 11),
    Field("do_not_phone", "Contact", Kind.BOOLEAN, 11),
    Field("do_not_mail", "Contact", Kind.BOOLEAN, 11),
    Field("lawful_basis", "Contact", width=20),
    Field("source", "Contact", width=20),
    Field("tags", "Contact", width=18),
    opens("contacts", "id"),
)


def greeting(row: Any) -> str:
    """Address a person at the beginning of a letter, in the language in which we write to them."""
    language, title = spoken(row.language.value), row.title or ""
    if row.salutation in {Salutation.MS, Salutation.MR}:
        return (
            _greeting(language, row.salutation, bool(title)).replace("\0", title).replace("\1", row.last_name)
        )
    name = " ".join(part for part in (title, row.first_name, row.last_name) if part)
    return _greeting(language, None, titled=False).replace("\1", name)


@cache
def _greeting(language: str, salutation: Salutation | None, titled: bool) -> str:  # noqa: FBT001 - for the cache
    """Give the words, with marks for title and name. English leaves "Mr" out before a title, German doesn't."""
    names = {"title": "\0", "name": "\1"}
    with force_locale(language):
        match salutation, titled:
            case Salutation.MS, True:
                return str(_p("to a woman", "Dear %(title)s %(name)s,", **names))
            case Salutation.MR, True:
                return str(_p("to a man", "Dear %(title)s %(name)s,", **names))
            case Salutation.MS, False:
                return gettext("Dear Ms %(name)s,", name="\1")
            case Salutation.MR, False:
                return gettext("Dear Mr %(name)s,", name="\1")
        return gettext("Dear %(name)s,", name="\1")


LETTERS = (
    Field("organisation", "Position", width=30),
    Field("salutation", "Contact", width=14),
    Field("title", "Contact", width=13),
    Field("first_name", "Contact", width=18),
    Field("last_name", "Contact", width=20),
    Field("street", "Contact", width=26),
    Field("postal_code", "Contact", width=11),
    Field("city", "Contact", width=20),
    Field("country", _("Country, abroad"), width=18, read=abroad),
    Field("greeting", _("Greeting"), width=34, read=greeting),
    Field("language", "Contact", width=12),
    Field("office", "Contact", width=18),
)


def _organisations(office: Office | None) -> Select[Any]:
    return organisations.listed(clock.today(), office)


def _contacts(office: Office | None) -> Select[Any]:
    return contacts.listed(clock.today(), office)


def _letters(office: Office | None) -> Select[Any]:
    return contacts.letters(clock.today(), office)


REPORTS = (
    report(
        "organisations",
        _("Organisations with their history"),
        _("Each organisation with its address, the events it came to, and what was agreed with it."),
        Section.ORGANISATIONS,
        (
            Sheet("organisations", _("Organisations"), ORGANISATIONS, _organisations),
            Sheet("events", _("Events"), EVENTS, organisations.events_listed, _CAME),
            Sheet("contracts", _("Contracts"), CONTRACTS, organisations.contracts_listed, _AGREED),
        ),
        (OFFICE,),
        lambda: (
            (
                _("Which organisations"),
                _("Those of your offices, and those that others share with the network."),
            ),
            (
                _("Events attended"),
                _("Events of your offices for which it was registered or confirmed, or to which it came."),
            ),
            (
                _("Contracts"),
                _(
                    "Those of your offices that weren’t called off; one with three parties counts for all three."
                ),
            ),
        ),
    ),
    report(
        "contacts",
        _("Contacts"),
        _("The people whom your offices know: position, e-mail, phone and address as they are today."),
        Section.CONTACTS,
        (Sheet("contacts", _("Contacts"), CONTACTS, _contacts),),
        (OFFICE,),
        lambda: (
            (
                _("Whom not to write to"),
                _("Who wants no e-mails, calls or letters stands in the list and says so there."),
            ),
        ),
    ),
    replace(
        report(
            "letters",
            _("Address labels and mail merge"),
            _(
                "Whom your offices may write letters to, with address and greeting: for labels and form letters."
            ),
            Section.CONTACTS,
            (Sheet("letters", _("Letters"), LETTERS, _letters),),
            (OFFICE,),
            lambda: (
                (_("Who is left out"), _("Who wants no letters, and who has no address of which we know.")),
                (
                    _("Which address"),
                    _("The person’s own; without one, that of the organisation, with its name."),
                ),
            ),
        ),
        prints=envelopes.write,
    ),
)
