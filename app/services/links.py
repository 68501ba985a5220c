"""Links that mails, badges and screens carry: each for one purpose, and none with anything of a person in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask import current_app

from app.core import tokens
from app.models.followups import FollowUp
from app.models.subscribers import Consent, Subscriber, Subscription

_CONFIRM, _LEAVE = "confirm a subscription", "leave a newsletter"
_REPORT = "report on a contract"


def to_confirm(asked: Consent) -> str:
    """Sign the answer to a request; it's over after CONFIRM_DAYS."""
    return tokens.signed(_CONFIRM, asked.id)


def confirms(token: str) -> int | None:
    """Give the key of the request that a token answers; None for one that is forged or over."""
    return cast("int | None", tokens.read(_CONFIRM, token, _lasts()))


def to_leave(line: Subscription) -> str:
    """Sign the end of a subscription. It lasts as long as the subscription: it's in files that others keep."""
    return leaving(line.id)


def leaving(subscription_id: int) -> str:
    """Do the same by the key, for files of a million rows."""
    return tokens.signed(_LEAVE, subscription_id)


def leaves(token: str) -> int | None:
    """Give the key of the subscription that a token ends; None for one that is forged."""
    return cast("int | None", tokens.read(_LEAVE, token))


def to_report(follow_up: FollowUp) -> str:
    """Sign the answer of a party; it's over after REPORT_DAYS, and once the question is answered."""
    return tokens.signed(_REPORT, follow_up.id)


def reports(token: str) -> int | None:
    """Give the key of the question that a token answers; None for one that is forged or over."""
    lasts = timedelta(days=current_app.config["REPORT_DAYS"])
    return cast("int | None", tokens.read(_REPORT, token, lasts))


@dataclass(frozen=True)
class OwnLink:
    """A link with which a person does one thing with what is held of them.

    It's over after CONFIRM_DAYS, and with the address to which it was sent: who has another one now doesn't want the
    old box to open their data.
    """

    purpose: str

    def sign(self, person: Subscriber) -> str:
        """Make the token."""
        return tokens.signed(self.purpose, [person.id, _mark(person)])

    def read(self, token: str) -> tuple[int, str] | None:
        """Give the key of the person and the mark of the address; None for a forged token, and one that is over."""
        content = tokens.read(self.purpose, token, _lasts())
        return (content[0], content[1]) if content else None


def sent_to(person: Subscriber, mark: str) -> bool:
    """Whether a link with this mark was sent to the address that the person has now."""
    return mark == _mark(person) and person.erased_at is None


PREFERENCES = OwnLink("change the own preferences")
HELD = OwnLink("read what is held")
ERASURE = OwnLink("be erased")


def _lasts() -> timedelta:
    return timedelta(days=current_app.config["CONFIRM_DAYS"])


def _mark(person: Subscriber) -> str:
    """Mark the address without giving it away: only who has the key can tell which it is."""
    return tokens.marked("address", person.digest or "")


# --- the evening of an event ----------------------------------------------------------------------------------
_BADGE, _HALL = "badge", "hall"


def badge(participant_id: int) -> str:
    """Derive what a badge's QR code says: the same for each print. It opens something for staff only."""
    return tokens.derived(_BADGE, participant_id)


def badged(token: str) -> int | None:
    """Give the key of the person whose badge it is; None for one that is forged."""
    return cast("int | None", tokens.underived(_BADGE, token))


def hall(event_id: int, edition: int) -> str:
    """Derive the link of the screen in the hall. It's over when the event has another edition of it, or none."""
    return tokens.derived(_HALL, [event_id, edition])


def halled(token: str) -> tuple[int, int] | None:
    """Give the key of the event and the edition; None for a link that is forged."""
    content = tokens.underived(_HALL, token)
    return (content[0], content[1]) if content else None
