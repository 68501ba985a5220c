"""Subscribe, confirm, change and withdraw: what can happen to a subscription, each step with its proof."""

from app.models.subscribers import digest
from app.services.subscribers.joining import choose, confirm, invite, later, request, subscribe
from app.services.subscribers.leaving import block, erase, lapse, withdraw
from app.services.subscribers.moving import Wishes, move, prefer
from app.services.subscribers.people import known, left_behind
from app.services.subscribers.steps import TRANSITIONS, Event, ImpossibleStepError, take, take_all
from app.services.subscribers.telling import held

__all__ = [
    "TRANSITIONS",
    "Event",
    "ImpossibleStepError",
    "Wishes",
    "block",
    "choose",
    "confirm",
    "digest",
    "erase",
    "held",
    "invite",
    "known",
    "lapse",
    "later",
    "left_behind",
    "move",
    "prefer",
    "request",
    "subscribe",
    "take",
    "take_all",
    "withdraw",
]
