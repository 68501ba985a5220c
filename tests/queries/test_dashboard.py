"""What the start page counts: each statement by its rules, and within the scope of who looks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.access import Role
from app.core.values import Qualifier
from app.models.activities import ActivityKind
from app.models.contracts import ContractStatus
from app.models.events import EventKind, EventStatus
from app.models.figures import Measure
from app.models.offices import State
from app.models.subscribers import ConsentStep, Delivery, SubscriptionStatus
from app.queries import activities, contracts, events, history, newsletters, offices, receipts, subscribers
from tests import factories as make
from tests.access.worlds import network, working_as
from tests.marketplaces_2006 import chosen, held, six

DAY = date(2026, 5, 20)


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def deal(office):
    """Make a contract; ``values`` are what its contributions are worth."""

    def made(*values, at=office, **more):
        company, club = make.organisation(at, "A"), make.organisation(at, "B")
        contract = make.contract(at, company, club, **more)
        for value in values:
            make.contribution(contract, value=None if value is None else Decimal(value))
        return contract

    return made


def test_a_contract_is_overdue_from_the_day_after_its_due_date_until_it_ends(deal, database):
    late = deal(due_on=date(2026, 5, 19), status=ContractStatus.IN_PROGRESS)
    later = deal(due_on=date(2026, 5, 1))
    deal(due_on=DAY)
    deal(due_on=None)
    for status in set(ContractStatus) - set(contracts.OPEN):
        deal(due_on=date(2026, 5, 1), status=status, reason="rain")
    assert database.scalars(contracts.overdue(DAY)).all() == [later, late]


def test_a_contract_is_silent_after_two_weeks_without_contact(deal, database):
    silent = deal(agreed_on=date(2026, 5, 6))
    deal(agreed_on=date(2026, 5, 7))
    deal(agreed_on=None)
    deal(agreed_on=date(2026, 4, 1), status=ContractStatus.CONTACTED)
    assert database.scalars(contracts.silent(DAY)).all() == [silent]


def test_contracts_count_in_the_year_of_their_agreement_else_of_their_event(deal, office, database):
    market = make.event(office, starts_on=date(2025, 12, 31))
    deal("10.50", "2", agreed_on=date(2026, 1, 1), event=market)
    deal("0.01", event=market)
    deal(None, event=market)
    deal("7", event=market, status=ContractStatus.CANCELLED)
    deal()
    found = {row[0]: tuple(row[1:]) for row in database.execute(contracts.by_year())}
    assert found == {2026: (1, 1, Decimal("12.50")), 2025: (2, 1, Decimal("0.01")), None: (1, 0, None)}


def test_contracts_are_counted_for_the_events_that_are_asked_for(deal, office, database):
    one, other = make.event(office), make.event(office)
    for event, value in ((one, 5), (one, 6), (other, 7)):
        deal(value, event=event)
    deal(8)
    assert [tuple(row) for row in database.execute(contracts.by_event([one.id]))] == [
        (one.id, 2, 2, Decimal(11))
    ]


def test_a_zero_is_a_value(deal, database):
    deal("0")
    ((_year, count, used, worth),) = database.execute(contracts.by_year()).all()
    assert (count, used, worth) == (1, 1, 0)


def test_what_is_reported_is_summed_by_its_qualifier(office, database):
    six(office)
    found = {
        (measure, qualifier): (used, number)
        for year, measure, qualifier, used, number in database.execute(
            events.reported_by_year((Measure.CONTRACTS, Measure.VALUE))
        )
        if year == 2006
    }
    assert found == {
        (Measure.CONTRACTS, Qualifier.EXACT): (5, 436),
        (Measure.CONTRACTS, Qualifier.OVER): (1, 120),
        (Measure.VALUE, Qualifier.UNDER): (1, 200_000),
        (Measure.VALUE, Qualifier.ABOUT): (1, 80_000),
        (Measure.VALUE, Qualifier.OVER): (1, 130_000),
        (Measure.VALUE, Qualifier.EXACT): (1, 270_000),
    }
    assert database.execute(events.held_by_year()).all() == [(2006, 6)]


def test_only_held_marketplaces_and_chosen_figures_are_reported(office, database):
    chosen(held(office, kind=EventKind.WORKSHOP, starts_on=DAY), Measure.CONTRACTS, 1)
    chosen(make.event(office, status=EventStatus.ANNOUNCED, starts_on=DAY), Measure.CONTRACTS, 1)
    make.figure(held(office, starts_on=DAY), Measure.CONTRACTS, 1)
    assert database.execute(events.reported_by_year((Measure.CONTRACTS,))).all() == []
    assert database.execute(events.held_by_year()).all() == [(2026, 1)]


def test_the_latest_marketplaces_come_first_and_those_without_a_date_last(office, database):
    undated, old, new = (held(office, starts_on=day) for day in (None, date(2006, 1, 1), DAY))
    make.event(office, starts_on=DAY)
    assert database.scalars(events.latest(5)).all() == [new, old, undated]
    assert database.scalars(events.latest(1)).all() == [new]


def test_marketplaces_are_counted_by_state_and_year(office, database):
    for state, day in ((State.BB, DAY), (State.BB, DAY), (None, DAY), (State.BE, None)):
        held(office, state=state, starts_on=day)
    make.event(office, state=State.BB, starts_on=DAY)
    found = {(state, year): count for state, year, count in database.execute(events.by_state_and_year())}
    assert found == {(State.BB, 2026): 2, (None, 2026): 1, (State.BE, None): 1}


def test_a_site_knows_how_many_of_its_marketplaces_have_a_place(office, database):
    place = {"latitude": Decimal("52.5"), "longitude": Decimal("13.4")}
    held(office, city="Berlin", state=State.BE, starts_on=date(2006, 11, 7), **place)
    held(office, city="Berlin", state=State.BE, starts_on=DAY, latitude=Decimal(1))
    held(office)
    assert [tuple(row) for row in database.execute(events.sites())] == [
        ("Berlin", State.BE, 2, 1, date(2006, 11, 7), DAY, Decimal("52.5"), Decimal("13.4")),
        (None, None, 1, 0, None, None, None, None),
    ]


def test_offices_come_with_what_they_held_and_plan(office, database):
    for day in (date(2025, 5, 1), date(2024, 5, 1)):
        held(office, starts_on=day)
    for day in (date(2026, 9, 1), date(2026, 8, 1), date(2026, 1, 1)):
        make.event(office, starts_on=day, status=EventStatus.ANNOUNCED)
    make.event(office, starts_on=date(2026, 6, 1), status=EventStatus.CANCELLED)
    make.event(office, starts_on=date(2026, 6, 1), kind=EventKind.WORKSHOP)
    assert [tuple(row) for row in database.execute(offices.with_marketplaces(DAY))] == [
        (office, 2, date(2025, 5, 1), date(2026, 8, 1)),
        (office.parent, 0, None, None),
    ]
    assert database.execute(offices.by_state()).all() == [(None, 2)]


def test_tasks_are_counted_by_who_has_to_do_them(office, database):
    club, pat = make.organisation(office), make.staff(Role.READER, offices=(office,))
    task = {"kind": ActivityKind.TASK, "organisation": club}
    make.activity(office, **task, assignee=pat, due_on=date(2026, 5, 19))
    make.activity(office, **task, assignee=pat, due_on=DAY)
    make.activity(office, **task, assignee=pat, done_at=datetime(2026, 5, 1, tzinfo=UTC))
    make.activity(office, **task)
    make.activity(office, organisation=club, assignee=pat)
    assert database.execute(activities.open_by_assignee(DAY)).all() == [(pat.id, 2, 1), (None, 1, 0)]


def test_a_newsletter_counts_its_subscriptions_by_status(office, database):
    letter, empty = make.newsletter(office, "B"), make.newsletter(office, "A")
    for number, status in enumerate((SubscriptionStatus.CONFIRMED,) * 2 + (SubscriptionStatus.UNSUBSCRIBED,)):
        make.subscription(make.subscriber(office, f"a{number}@example.org"), letter, status=status)
    assert sorted(map(tuple, database.execute(newsletters.subscriptions())), key=str) == sorted(
        [
            (empty.id, "A", None, False, 0),
            (letter.id, "B", SubscriptionStatus.CONFIRMED, False, 2),
            (letter.id, "B", SubscriptionStatus.UNSUBSCRIBED, False, 1),
        ],
        key=str,
    )


def test_steps_of_consent_are_counted_between_moments(office, database):
    line = make.subscription(make.subscriber(office), make.newsletter(office))
    other = make.subscription(make.subscriber(office, "b@example.org"), make.newsletter(office))
    bounds = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3)]
    for at in (bounds[0], bounds[0], datetime(2025, 12, 31, tzinfo=UTC), bounds[2]):
        make.consent(line, at=at, step=ConsentStep.CONFIRMED)
    make.consent(other, at=bounds[1], step=ConsentStep.WITHDRAWN)
    found = {tuple(row) for row in database.execute(subscribers.steps(bounds))}
    assert found == {(0, ConsentStep.CONFIRMED, 1), (1, ConsentStep.WITHDRAWN, 1)}


def test_subscribers_are_counted_by_delivery(office, database):
    for number, delivery in enumerate((Delivery.OK, Delivery.OK, Delivery.HARD)):
        make.subscriber(office, f"a{number}@example.org", delivery=delivery)
    found = dict(database.execute(subscribers.deliveries()).all())
    assert found == {Delivery.OK: 2, Delivery.HARD: 1}


def test_the_latest_saves_come_first_and_only_of_the_kinds_that_are_asked_for(office, database):
    one, other = make.contact(office), make.contact(office)
    make.organisation(office)
    one.city = "Buckow"
    database.flush()
    found = [(kind, key) for kind, key, _at, _by in database.execute(history.latest(["Contact"]))]
    assert found == [("Contact", one.id), ("Contact", other.id), ("Contact", one.id)]


def test_downloads_are_found_from_a_moment_on(office, database):
    new = make.receipt(office)
    assert database.scalars(receipts.since(new.created_at)).all() == [new]
    assert database.scalars(receipts.since(datetime(2099, 1, 1, tzinfo=UTC))).all() == []


def test_no_statement_counts_what_is_another_offices(database, deal):
    """Each counts in the office in which it's asked; a subquery or a join must not let others in."""
    world = network()
    person = world.person
    for number, office in enumerate((world.there, world.elsewhere)):
        event = held(office, state=State.BB, city="Geheim", starts_on=DAY)
        chosen(event, Measure.CONTRACTS, 99)
        deal(99, at=office, event=event, agreed_on=date(2026, 5, 1), due_on=date(2026, 5, 2))
        club = make.organisation(office)
        make.activity(office, kind=ActivityKind.TASK, organisation=club)
        reader = make.subscriber(office, f"a{number}@example.org")
        make.consent(
            make.subscription(reader, make.newsletter(office)),
            step=ConsentStep.CONFIRMED,
            at=datetime(2026, 5, 1, tzinfo=UTC),
        )
        make.receipt(office)
    keys = [event.id for event in database.scalars(events.latest(9))]
    assert len(keys) == 2
    bounds = [datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
    statements = [
        contracts.overdue(DAY),
        contracts.silent(DAY),
        contracts.by_year(),
        contracts.by_event(keys),
        events.latest(9),
        events.held_by_year(),
        events.reported_by_year((Measure.CONTRACTS,)),
        events.by_state_and_year(),
        events.sites(),
        activities.open_by_assignee(DAY),
        newsletters.subscriptions(),
        subscribers.deliveries(),
        subscribers.steps(bounds),
        receipts.since(datetime(2000, 1, 1, tzinfo=UTC)),
        history.latest(["Event", "Contract"]),
    ]
    assert all(database.execute(statement).all() for statement in statements)
    with working_as(person):
        assert [database.execute(statement).all() for statement in statements] == [[]] * len(statements)
        seen = database.execute(offices.with_marketplaces(DAY)).all()
        assert {row[0].id for row in seen} == {world.root.id, world.here.id, world.branch.id}
        assert {row[1] for row in seen} == {0}


def test_what_others_share_counts_without_what_belongs_to_it(database, deal):
    world = network()
    event = held(world.there, state=State.BB, city="Offen", starts_on=DAY, shared=True)
    chosen(event, Measure.CONTRACTS, 44)
    deal(99, at=world.there, event=event)
    with working_as(world.person):
        assert database.execute(events.reported_by_year((Measure.CONTRACTS,))).all() == [
            (2026, Measure.CONTRACTS, Qualifier.EXACT, 1, 44)
        ]
        assert database.execute(events.sites()).all()[0][0] == "Offen"
        assert database.execute(contracts.by_year()).all() == []
