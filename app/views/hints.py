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
    "Activity.days_from_event": _(
        "With it, the due date follows the date of the event: -28 is four weeks before, 14 two weeks after."
    ),
    "Activity.done_at": _("Stays empty until the task is done."),
    "Contact.channels": _("The first one that counts today is used, so put the main one on top."),
    "Contact.lawful_basis": _("Why your office may keep these data (Art. 6 GDPR)."),
    "Contact.positions": _("One position at a time can be the primary one."),
    "Contract.contributions": _("What one party does for another – never money."),
    "Contract.event": _("The contract then belongs to the event’s office."),
    "Contract.number": _("Only a contract of an event has a number."),
    "Contract.parties": _("At least two, each only once."),
    "Contract.reason": _("Needed where a contract isn’t feasible."),
    "Contribution.rate": _("Hours × rate = equivalent value"),
    "Event.contact_days": _("So many days after the event each party is asked whether they are in contact."),
    "Event.date_note": _("Where the day isn’t known yet, as in “autumn”."),
    "Event.edition": _("As in “5th”."),
    "Event.follow_up_mails": _("Each party gets a link to report with, and at most two reminders."),
    "Event.latitude": _("In degrees, for the map."),
    "Event.longitude": _("In degrees, for the map."),
    "Event.series": _("The same marketplace in other years."),
    "Event.template": _("Its tasks, corners and targets are added when you save."),
    "EventTemplate.tasks": _("-28 is four weeks before the event, 0 its day, 14 two weeks after."),
    "Event.places_companies": _(
        "Empty: as many as like to come. Who registers later comes onto the waitlist."
    ),
    "Event.places_nonprofits": _(
        "Empty: as many as like to come. Who registers later comes onto the waitlist."
    ),
    "Event.registration_open": _(
        "Everybody with the link can register, until the event’s own day at the latest."
    ),
    "Event.report_days": _("Where a contract names no day of its own on which it’s due."),
    "Figure.chosen": _("Reports count one figure of each measure and event."),
    "Figure.qualifier": _("How the source put it: about, over, under."),
    "Newsletter.topics": _(
        "People choose what they want to read about; without a topic there is nothing to choose."
    ),
    "NewsletterText.text": _("Once saved, it stays as it is, because it proves what people agreed to."),
    "Rate.category": _("For work of this category; empty where it suits any."),
    "Rate.hourly": _("Published are, for example, 50 € for hands, 80 € for know-how, 20 € for students."),
    "Rate.source": _("The publication or decision on which it rests."),
    "Office.unit": _("As in “Volunteer centre”, where the office is a part of something larger."),
    "Organisation.legal_name": _("As in the register, where it differs from the name."),
    "Organisation.parent": _("The association or group to which it belongs."),
}


def hint(model: str, column: str) -> LazyString | str:
    """Give the help for a model's column, or none."""
    return HINTS.get(f"{model}.{column}") or HINTS.get(column) or ""
