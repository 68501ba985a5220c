"""Newsletters in numbers: subscriptions by status, who came and went, and whom mails don't reach."""

from __future__ import annotations

import babel.dates
from flask_babel import lazy_gettext as _

from app.access.few import told
from app.core import clock
from app.core.db import db
from app.core.pictures import Chart, Heading, Line, Picture
from app.core.values import formatting_locale
from app.labels import label
from app.models.subscribers import ConsentStep, Delivery, SubscriptionStatus
from app.queries import newsletters, subscribers

MONTHS = 12
_CAME = (ConsentStep.CONFIRMED, ConsentStep.RECORDED, ConsentStep.IMPORTED)
_WENT = (ConsentStep.WITHDRAWN,)


def by_status() -> Picture:
    """How many subscriptions each newsletter has in each status; those that nobody ever confirmed apart."""
    found: dict[tuple[int, str], dict[SubscriptionStatus | ConsentStep | None, int]] = {}
    for key, name, status, lapsed, count in db.session.execute(newsletters.subscriptions()):
        found.setdefault((key, name), {})[ConsentStep.LAPSED if lapsed else status] = count
    order = (*SubscriptionStatus, ConsentStep.LAPSED)
    lines = [
        Line(name, tuple(told(counts.get(status, 0)) for status in order))
        for (_key, name), counts in found.items()
    ]
    return Picture(
        "newsletters",
        _("Subscriptions by newsletter"),
        label("Subscription", "newsletter"),
        tuple(Heading(status.title) for status in order),
        lines,
        (Chart(label("Subscriber", "subscriptions"), tuple(range(len(order))), "bars", stacked=True),),
    )


def by_month() -> Picture:
    """Who came and who went in the last twelve months, by what the consent log says."""
    first = clock.month(clock.today(), MONTHS - 1)
    days = [clock.month(first, -at) for at in range(MONTHS + 1)]
    bounds = [clock.midnight(day) for day in days]
    counts: dict[tuple[int, ConsentStep], int] = {
        (month, step): count for month, step, count in db.session.execute(subscribers.steps(bounds))
    }
    lines = [
        Line(
            babel.dates.format_date(day, "MMM yyyy", locale=formatting_locale()),
            tuple(sum(counts.get((at, step), 0) for step in steps) for steps in (_CAME, _WENT)),
            day=day,
        )
        for at, day in enumerate(days[:-1])
    ]
    return Picture(
        "signups",
        _("Sign-ups by month"),
        _("Month"),
        (Heading(_("Signed up")), Heading(_("Withdrew"))),
        lines,
        (Chart(label("Subscriber", "subscriptions"), (0, 1)),),
        notes=(_("Counted from the consent log: confirmed, recorded by staff or imported; and withdrawn."),),
    )


def deliveries() -> dict[Delivery, int]:
    """How many subscribers there are by whether mails reach them; zero is counted, too."""
    found = dict(db.session.execute(subscribers.deliveries()).all())
    return {delivery: found.get(delivery, 0) for delivery in Delivery}
