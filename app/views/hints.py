"""A word of help below the fields at which people stumble."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

HINTS: dict[str, LazyString] = {
    "public": _("Shown on public pages."),
    "shared": _("All offices of the network can read it; only yours can change it."),
    "tags": _("Separate several with commas."),
    "source": _("Where this comes from: a call, a form, a list …"),
    "source_url": _("The address of the page on which it stands."),
    "Activity.assignee": _("Nobody chosen: the task is everybody’s."),
    "Activity.done_at": _("Stays empty until the task is done."),
    "Contact.channels": _("The first one that counts today is used, so put the main one on top."),
    "Contact.lawful_basis": _("Why your office may keep these data (Art. 6 GDPR)."),
    "Contact.positions": _("One position at a time can be the primary one."),
    "Contract.contributions": _("What one party does for another – never money."),
    "Contract.event": _("The contract then belongs to the event’s office."),
    "Contract.number": _("Only a contract of an event has a number."),
    "Contract.parties": _("At least two, each only once."),
    "Contract.reason": _("Needed where a contract isn’t feasible."),
    "Event.date_note": _("Where the day isn’t known yet, as in “autumn”."),
    "Event.edition": _("As in “5th”."),
    "Event.latitude": _("In degrees, for the map."),
    "Event.longitude": _("In degrees, for the map."),
    "Figure.chosen": _("Reports count one figure of each measure and event."),
    "Figure.qualifier": _("How the source put it: about, over, under."),
    "Newsletter.privacy_notice": _("What people read before they subscribe."),
    "Office.unit": _("As in “Volunteer centre”, where the office is a part of something larger."),
    "Organisation.legal_name": _("As in the register, where it differs from the name."),
    "Organisation.parent": _("The association or group to which it belongs."),
}


def hint(model: str, column: str) -> LazyString | str:
    """Give the help for a model's column, or none."""
    return HINTS.get(f"{model}.{column}") or HINTS.get(column) or ""
