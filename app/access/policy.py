"""What a person may do: sections, roles and grants, as one table."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from flask_babel import lazy_gettext as _

from app.core.enums import Titled


class Verb(StrEnum):
    """A right, by the name under which Flask-AppBuilder asks for it."""

    READ = "can_read"
    WRITE = "can_write"
    DELETE = "can_delete"
    EXPORT = "can_export"
    MENU = "menu_access"


class Section(StrEnum):
    """A part of the product that rights are granted for."""

    ACTIVITIES = "activities"
    CONSENTS = "consents"
    CONTACTS = "contacts"
    CONTRACTS = "contracts"
    EVENTS = "events"
    FIGURES = "figures"
    MATERIALS = "materials"
    NEWS = "news"
    NEWSLETTERS = "newsletters"
    OFFERS = "offers"
    OFFICES = "offices"
    ORGANISATIONS = "organisations"
    PARTICIPATIONS = "participations"
    RECEIPTS = "receipts"
    REPORTS = "reports"
    ROLES = "roles"
    STAFF = "staff"
    SUBSCRIBERS = "subscribers"
    SUBSCRIBING = "subscribing"


#: The section of each kind of record, by the name of its model; a part belongs to the section of its whole.
RECORDS: dict[str, Section] = {
    "Activity": Section.ACTIVITIES,
    "Consent": Section.CONSENTS,
    "ConsentOrigin": Section.CONSENTS,
    "Contact": Section.CONTACTS,
    "Contract": Section.CONTRACTS,
    "Event": Section.EVENTS,
    "EventTemplate": Section.EVENTS,
    "EventResult": Section.CONTRACTS,
    "Figure": Section.FIGURES,
    "FollowUp": Section.CONTRACTS,
    "FollowUpNote": Section.CONTRACTS,
    "FollowUpReport": Section.CONTRACTS,
    "FormerAddress": Section.SUBSCRIBERS,
    "Import": Section.SUBSCRIBERS,
    "ImportPreset": Section.SUBSCRIBERS,
    "Material": Section.MATERIALS,
    "Membership": Section.STAFF,
    "NewsItem": Section.NEWS,
    "Newsletter": Section.NEWSLETTERS,
    "NewsletterText": Section.NEWSLETTERS,
    "Offer": Section.OFFERS,
    "Office": Section.OFFICES,
    "Organisation": Section.ORGANISATIONS,
    "Participation": Section.PARTICIPATIONS,
    "Rate": Section.CONTRACTS,
    "Receipt": Section.RECEIPTS,
    "Series": Section.EVENTS,
    "Registration": Section.PARTICIPATIONS,
    "Staff": Section.STAFF,
    "Subscriber": Section.SUBSCRIBERS,
    "Subscription": Section.SUBSCRIBERS,
}


class Role(Titled):
    """A bundle of rights. One person may hold several; the name is what the account stores."""

    ADMINISTRATOR = "Administrator", _("Administrator")
    SERVICE_AGENCY = "Service agency", _("Service agency")
    REGIONAL_OFFICE = "Regional office", _("Regional office")
    OFFICE_MANAGER = "Office manager", _("Office manager")
    NEWSLETTER_EDITOR = "Newsletter editor", _("Newsletter editor")
    READER = "Reader", _("Reader")


LOOK = (Verb.READ, Verb.MENU)
EDIT = (*LOOK, Verb.WRITE, Verb.DELETE)
EDIT_AND_EXPORT = (*EDIT, Verb.EXPORT)
# An account is deactivated, never deleted: its name stands in the history of records.
STAFFING = (*LOOK, Verb.WRITE)

Grants = dict[Section, tuple[Verb, ...]]

PEOPLE = (Section.ORGANISATIONS, Section.CONTACTS, Section.ACTIVITIES)
MARKET = (Section.EVENTS, Section.PARTICIPATIONS, Section.OFFERS, Section.CONTRACTS, Section.FIGURES)
TOOLBOX = (Section.MATERIALS, Section.NEWS)


def _each(sections: Iterable[Section], verbs: tuple[Verb, ...]) -> Grants:
    return dict.fromkeys(sections, verbs)


_REGIONAL: Grants = {
    **_each((*PEOPLE, *MARKET, Section.NEWS), EDIT),
    Section.MATERIALS: LOOK,
    Section.OFFICES: LOOK,
    Section.SUBSCRIBING: (Verb.WRITE,),
    Section.REPORTS: LOOK,
}

GRANTS: dict[Role, Grants] = {
    Role.ADMINISTRATOR: {
        **_each(Section, EDIT_AND_EXPORT),
        Section.STAFF: (*STAFFING, Verb.EXPORT),
        Section.ROLES: LOOK,
        Section.RECEIPTS: (*LOOK, Verb.EXPORT),
        Section.CONSENTS: (*LOOK, Verb.EXPORT),
        Section.REPORTS: (*LOOK, Verb.EXPORT),
    },
    Role.SERVICE_AGENCY: {
        **_each((*MARKET, *TOOLBOX, Section.ORGANISATIONS), EDIT_AND_EXPORT),
        **_each((Section.CONTACTS, Section.ACTIVITIES, Section.OFFICES), EDIT),
        Section.STAFF: STAFFING,
        Section.NEWSLETTERS: LOOK,
        Section.ROLES: LOOK,
        Section.RECEIPTS: LOOK,
        Section.REPORTS: (*LOOK, Verb.EXPORT),
    },
    Role.REGIONAL_OFFICE: _REGIONAL,
    Role.OFFICE_MANAGER: {
        **_REGIONAL,
        **_each((*PEOPLE, *MARKET, Section.NEWS), EDIT_AND_EXPORT),
        Section.NEWSLETTERS: LOOK,
        Section.STAFF: STAFFING,
        Section.ROLES: LOOK,
        Section.RECEIPTS: LOOK,
        Section.REPORTS: (*LOOK, Verb.EXPORT),
    },
    Role.NEWSLETTER_EDITOR: {
        **_each((Section.CONTACTS, Section.OFFICES), LOOK),
        **_each((Section.NEWSLETTERS, Section.SUBSCRIBERS), EDIT_AND_EXPORT),
        Section.SUBSCRIBING: (Verb.WRITE,),
        Section.CONSENTS: (*LOOK, Verb.EXPORT),
        Section.RECEIPTS: LOOK,
        Section.REPORTS: (*LOOK, Verb.EXPORT),
    },
    Role.READER: {
        **_each((*PEOPLE, *MARKET, *TOOLBOX, Section.OFFICES), LOOK),
        Section.REPORTS: LOOK,
    },
}


# Roles that may be given by somebody who lacks some of their rights: a service agency staffs the offices of
# its tree, though it neither subscribes contacts nor takes them out itself.
APPOINTS: dict[Role, tuple[Role, ...]] = {
    Role.SERVICE_AGENCY: (Role.REGIONAL_OFFICE, Role.OFFICE_MANAGER),
}


def rights(roles: Iterable[Role]) -> frozenset[tuple[Section, Verb]]:
    """Give all rights that these roles have together."""
    return frozenset(
        (section, verb) for role in roles for section, verbs in GRANTS[role].items() for verb in verbs
    )


def roles_named(names: Iterable[str]) -> tuple[Role, ...]:
    """Give the roles with these names; a name that is none of ours grants nothing."""
    known = {role.value: role for role in Role}
    return tuple(known[name] for name in names if name in known)


def fab_roles() -> dict[str, list[tuple[str, str]]]:
    """Give the table in the form of FAB's setting FAB_ROLES: patterns that are matched from the start."""
    return {
        role.value: [
            (f"{section.value}$", f"{verb.value}$") for section, verbs in grants.items() for verb in verbs
        ]
        for role, grants in GRANTS.items()
    }
