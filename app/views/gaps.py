"""What is missing in the records: how much of it, and the list of exactly these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import ngettext

from app.access import current
from app.models.contacts import Contact
from app.models.contracts import Contract, ContractStatus
from app.models.events import Event, EventKind, EventStatus
from app.models.organisations import EXEMPTION_YEARS, ExemptionKind, Organisation
from app.models.subscribers import Delivery, Subscriber, Subscription, SubscriptionStatus
from app.queries.contracts import OPEN
from app.views.filters.presence import Empty, Mine, NoParts, Unreached, Unstaffed, Unvalued
from app.views.filters.values import DAYS, Member, NotMember
from app.views.links import Condition, Narrowed, is_in, narrowed
from app.views.templating import counted


@dataclass(frozen=True)
class Gap:
    """Something that records lack: the list of those that do, on a day, and how it's said."""

    where: Callable[[date], Narrowed]
    text: Callable[[int], str]


@dataclass(frozen=True)
class Found:
    """A gap of this person's records: where to fill it."""

    text: str
    address: str


def _own(*asked: Condition) -> tuple[Condition, ...]:
    """Leave out what other offices share: only they can complete it."""
    return (*asked, Condition("office", Mine))


def _held(*asked: Condition) -> Narrowed:
    market = is_in("kind", Member, EventKind.MARKETPLACE)
    return narrowed(Event, *_own(market, is_in("status", Member, EventStatus.HELD), *asked))


def _expired(kind: ExemptionKind) -> Callable[[date], Narrowed]:
    def where(day: date) -> Narrowed:
        year = day.year - EXEMPTION_YEARS[kind]
        last_day = day.replace(year=year) if (day.month, day.day) != (2, 29) else date(year, 2, 28)
        until = Condition("exemption_date", DAYS[2], [(last_day - timedelta(days=1)).isoformat()])
        return narrowed(Organisation, *_own(is_in("exemption_kind", Member, kind), until))

    return where


GAPS: tuple[Gap, ...] = (
    Gap(
        lambda _day: narrowed(Contact, Condition("channels", Unreached)),
        lambda n: ngettext(
            "%(count)s contact without e-mail", "%(count)s contacts without e-mail", n, count=counted(n)
        ),
    ),
    Gap(
        lambda _day: narrowed(Contact, Condition("lawful_basis", Empty)),
        lambda n: ngettext(
            "%(count)s contact without a lawful basis",
            "%(count)s contacts without a lawful basis",
            n,
            count=counted(n),
        ),
    ),
    Gap(
        lambda _day: narrowed(Organisation, *_own(Condition("positions", Unstaffed))),
        lambda n: ngettext(
            "%(count)s organisation without a contact person",
            "%(count)s organisations without a contact person",
            n,
            count=counted(n),
        ),
    ),
    Gap(
        _expired(ExemptionKind.NOTICE),
        lambda n: ngettext(
            "%(count)s organisation with an expired exemption notice",
            "%(count)s organisations with an expired exemption notice",
            n,
            count=counted(n),
        ),
    ),
    Gap(
        _expired(ExemptionKind.FINDING),
        lambda n: ngettext(
            "%(count)s organisation with an expired finding under § 60a AO",
            "%(count)s organisations with an expired finding under § 60a AO",
            n,
            count=counted(n),
        ),
    ),
    Gap(
        lambda _day: narrowed(
            Contract,
            is_in("status", NotMember, ContractStatus.CANCELLED),
            Condition("contributions", Unvalued),
        ),
        lambda n: ngettext(
            "%(count)s contract without an equivalent value",
            "%(count)s contracts without an equivalent value",
            n,
            count=counted(n),
        ),
    ),
    Gap(
        lambda _day: narrowed(Contract, is_in("status", Member, *OPEN), Condition("due_on", Empty)),
        lambda n: ngettext(
            "%(count)s open contract without a due date",
            "%(count)s open contracts without a due date",
            n,
            count=counted(n),
        ),
    ),
    Gap(
        lambda _day: _held(Condition("figures", NoParts)),
        lambda n: ngettext(
            "%(count)s marketplace held without figures",
            "%(count)s marketplaces held without figures",
            n,
            count=counted(n),
        ),
    ),
    Gap(
        lambda _day: _held(Condition("starts_on", Empty)),
        lambda n: ngettext(
            "%(count)s marketplace held without a date",
            "%(count)s marketplaces held without a date",
            n,
            count=counted(n),
        ),
    ),
    Gap(
        lambda _day: _held(Condition("latitude", Empty)),
        lambda n: ngettext(
            "%(count)s marketplace held without a place on the map",
            "%(count)s marketplaces held without a place on the map",
            n,
            count=counted(n),
        ),
    ),
    Gap(
        lambda _day: narrowed(Subscription, is_in("status", Member, SubscriptionStatus.UNCONFIRMED)),
        lambda n: ngettext(
            "%(count)s unconfirmed subscription", "%(count)s unconfirmed subscriptions", n, count=counted(n)
        ),
    ),
    Gap(
        lambda _day: narrowed(Subscriber, is_in("delivery", Member, Delivery.HARD, Delivery.COMPLAINT)),
        lambda n: ngettext(
            "%(count)s subscriber whom mails don't reach",
            "%(count)s subscribers whom mails don't reach",
            n,
            count=counted(n),
        ),
    ),
)


def found(day: date) -> Iterator[Found]:
    """Yield the gaps in records that the person may read; what is complete isn't named."""
    for gap in GAPS:
        where = gap.where(day)
        if current().reads(where.model):
            number = where.count()
            if number:
                yield Found(gap.text(number), where.address())
