"""Registrations for an event: invite, reach, count places, see what differs, decide."""

from app.services.registrations.calendar import FILE, in_calendar
from app.services.registrations.deciding import admit, approve, decline
from app.services.registrations.differing import Difference, differences
from app.services.registrations.inviting import SIDES, Invited, invite
from app.services.registrations.places import Places, following, places
from app.services.registrations.reaching import Recipient, may_write, reach, refusing

__all__ = [
    "FILE",
    "SIDES",
    "Difference",
    "Invited",
    "Places",
    "Recipient",
    "admit",
    "approve",
    "decline",
    "differences",
    "following",
    "in_calendar",
    "invite",
    "may_write",
    "places",
    "reach",
    "refusing",
]
