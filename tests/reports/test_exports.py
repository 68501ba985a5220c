"""Whatever happens in whatever order: a file holds nobody who didn't agree, or who has said no since."""

from __future__ import annotations

import contextlib

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.db import db
from app.models.languages import Language
from app.models.newsletters import Topic
from app.models.subscribers import (
    ChosenTopic,
    Consent,
    ConsentChannel,
    ConsentStep,
    Delivery,
    SubscriptionStatus,
)
from app.queries import exports
from app.reports.exports import people as pieces
from app.services import subscribers
from app.services.subscribers import ImpossibleStepError
from tests import factories as make


def event(channel=ConsentChannel.FORM):
    return subscribers.Event(clock.now(), "tests", channel)


class Someone:
    """A person with a subscription, and what the test itself keeps of what happened."""

    def __init__(self, letter, number):
        self.letter, self.number, self.moves = letter, number, 0
        self.agreed = self.blocked = self.refused = self.failed = False
        self.address = f"p{number}@example.org"
        self.asked = subscribers.request(letter, self.address, Language.GERMAN, event())
        self.line = self.asked.subscription
        self.person = self.line.subscriber

    @property
    def may_be_written_to(self):
        return self.agreed and not (self.blocked or self.refused or self.failed)

    def request(self):
        self.asked = subscribers.request(self.letter, self.address, Language.GERMAN, event())

    def confirm(self):
        if subscribers.confirm(self.asked, event(ConsentChannel.MAIL)):
            # Whoever answers a mail has got it, and wants the next.
            self.agreed, self.blocked, self.failed = True, False, False

    def withdraw(self):
        subscribers.withdraw(self.line, event(ConsentChannel.MAIL))
        self.agreed = False

    def record(self):
        subscribers.take(self.line, ConsentStep.RECORDED, event())

    def import_(self):
        subscribers.take(self.line, ConsentStep.IMPORTED, event())
        self.agreed = True

    def move(self):
        if self.blocked or self.line.status is SubscriptionStatus.UNSUBSCRIBED:
            return  # such an address stays
        self.moves += 1
        self.agreed, self.failed = False, False
        self.address = f"p{self.number}@moved{self.moves}.example.org"
        subscribers.move(self.person, self.address, event())

    def block(self):
        self.person.blocked_at, self.blocked = clock.now(), True

    def complain(self):
        self.person.delivery, self.failed = Delivery.COMPLAINT, True

    def bounce(self):
        self.person.delivery, self.failed = Delivery.HARD, True

    def fail_for_a_while(self):
        self.person.delivery, self.failed = Delivery.SOFT, False

    def want_no_mail(self):
        self.person.contact = self.person.contact or make.contact(self.letter.office)
        self.person.contact.do_not_email = self.refused = True

    def want_mail_again(self):
        if self.person.contact:
            self.person.contact.do_not_email = self.refused = False

    def be_erased(self):
        subscribers.erase(self.person, event())
        self.agreed = False


STEPS = [name for name, one in vars(Someone).items() if callable(one) and not name.startswith("_")]
EVENTS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([*STEPS, "confirm"])), max_size=25)


@pytest.fixture
def letter(database):
    letter = make.newsletter(make.office("LAG", parent=make.office("Servicestelle")), public=True)
    db.session.commit()
    return letter


def in_file(letter, **asked):
    statement = exports.deliverable(exports.Asked(letter.id, **asked))
    return [person.email for batch in pieces.people(statement, str) for person in batch.rows]


@settings(
    max_examples=60,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(EVENTS)
def test_no_address_without_a_consent_that_holds_reaches_a_file(letter, events):
    people = [Someone(letter, number) for number in range(2)]
    people[0].confirm()
    for number, step in events:
        one = people[number]
        if one.person.erased_at is None:
            with contextlib.suppress(ImpossibleStepError):
                getattr(one, step)()
        db.session.flush()
    may = [one.address for one in people if one.may_be_written_to]
    assert sorted(in_file(letter)) == sorted(may)
    _proved(letter)
    db.session.rollback()


def _proved(letter):
    """Each person in the file has a confirmation in the log, and nothing that ends it behind."""
    for key in [row.id for row in db.session.execute(exports.deliverable(exports.Asked(letter.id)))]:
        log = sa.select(Consent.step).where(Consent.subscription_id == key).order_by(Consent.id)
        said = [
            step
            for step in db.session.scalars(log)
            if step not in {ConsentStep.REQUESTED, ConsentStep.RECORDED}
        ]
        assert said
        assert said[-1] in {ConsentStep.CONFIRMED, ConsentStep.IMPORTED}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_no_row_is_lost_or_doubled_between_two_pieces(letter, monkeypatch, size):
    monkeypatch.setattr(pieces, "SIZE", size)
    letter.topics = [Topic(name="Hilfe")]
    for number in range(7):
        person = make.subscriber(letter.office, f"p{number}@example.org")
        line = make.subscription(person, letter, status=SubscriptionStatus.CONFIRMED)
        if number % 2:
            line.topics.append(ChosenTopic(topic=letter.topics[0]))
    assert in_file(letter) == [f"p{number}@example.org" for number in range(7)]
    assert in_file(letter, topics=(letter.topics[0].id,)) == in_file(letter)


def test_a_piece_takes_the_same_few_statements_however_large_it_is(letter, count_statements, database):
    for number in range(30):
        person = make.subscriber(letter.office, f"p{number}@example.org")
        make.subscription(person, letter, status=SubscriptionStatus.CONFIRMED)
    database.flush()
    with count_statements() as statements:
        assert len(in_file(letter)) == 30
    assert len(statements) == 3  # the people, their topics, and that there are no more
