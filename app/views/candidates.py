"""Which known organisations and people a registration may be about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.access import current
from app.core.db import db
from app.core.likeness import likeness
from app.core.text import plain_address
from app.models.contacts import Contact
from app.models.organisations import Organisation
from app.models.registrations import Registration
from app.queries import registrations as queries
from app.views.cells import view_of

LIKELY = 75.0  # of 100
SURE = 90.0


def organisations_like(registration: Registration) -> list[Organisation]:
    """Give known organisations that may be the one which registered, the likeliest first.

    By the name and place, by an address that is its own, and by a person who has this address.
    """
    if not current().reads(Organisation):
        return []
    view, name = view_of(Organisation), {"name": registration.name}
    found = view.likely([{**name, "city": registration.city or ""}, {"email": registration.email}])
    found += view.likely([name])  # it may have moved
    if current().reads(Contact):
        found += db.session.scalars(queries.employers(registration.office_id, registration.email)).all()
    return [one for one in dict.fromkeys(found) if fits(registration, one)]


def fits(registration: Registration, organisation: Organisation) -> bool:
    """Whether an organisation may take part in the event: it's of the event's office, or shared with it."""
    return organisation.office_id == registration.office_id or organisation.shared


def people_like(registration: Registration, organisation: Organisation | None) -> list[tuple[Contact, bool]]:
    """Give contacts who may be the one who registered; each with whether that is as good as sure.

    An address alone makes nobody sure, since several people may read there, and neither does a name that is only
    alike: Anton Arndt is not Antonia Arnold.
    """
    key = organisation.id if organisation else None
    rows = db.session.scalars(queries.people_like(registration.office_id, registration.email, key)).all()
    return sorted(_judged(registration, rows), key=lambda pair: not pair[1])


def _judged(registration: Registration, rows: Sequence[Contact]) -> Iterator[tuple[Contact, bool]]:
    email = plain_address(registration.email)
    for one in rows:
        name = " ".join(part for part in (one.first_name, one.last_name) if part)
        alike = likeness(registration.person, name)
        same = any(channel.value == email for channel in one.channels)
        if same or alike >= LIKELY:
            yield one, alike >= (LIKELY if same else SURE)
