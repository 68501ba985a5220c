"""The states of a subscription: one table says which step leads where, and the log proves each."""

from __future__ import annotations

import hashlib
import itertools

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.db import db
from app.models.languages import Language
from app.models.newsletters import NewsletterText, TextKind, Topic
from app.models.subscribers import (
    Consent,
    ConsentChannel,
    ConsentOrigin,
    ConsentStep,
    Delivery,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.queries import exports
from app.services import newsletters, subscribers
from app.services.subscribers import TRANSITIONS, ImpossibleStepError
from tests import factories as make

STATES = [None, *SubscriptionStatus]
WITHDRAWN = SubscriptionStatus.UNSUBSCRIBED


def event(channel=ConsentChannel.FORM, **more):
    return subscribers.Event(clock.now(), "tests", channel, **more)


@pytest.fixture
def letter(database):
    letter = make.newsletter(make.office("LAG", parent=make.office("Servicestelle")), public=True)
    make.newsletter_text(letter, "Ja, ich möchte den Rundbrief.")
    make.newsletter_text(letter, "Wir speichern Ihre Adresse.", kind=TextKind.PRIVACY)
    db.session.commit()
    return letter


def asked(letter, email="ana@example.org", **more):
    return subscribers.request(letter, email, Language.GERMAN, event(**more))


def steps():
    return [row.step for row in db.session.scalars(sa.select(Consent).order_by(Consent.id))]


@pytest.mark.parametrize(
    ("before", "step"), [pair for pair in itertools.product(STATES, ConsentStep) if pair not in TRANSITIONS]
)
def test_a_step_that_the_table_does_not_have_is_refused_and_leaves_nothing(letter, before, step):
    person = make.subscriber(letter.office)
    line = (
        make.subscription(person, letter, status=before)
        if before
        else Subscription(office_id=letter.office_id)
    )
    with pytest.raises(ImpossibleStepError):
        subscribers.take(line, step, event())
    assert line.status is before
    assert steps() == []


def test_a_request_and_its_answer_are_proved_with_what_was_read(letter):
    request = asked(letter, source_url="https://lag.example.org/news", ip="192.0.2.7")
    line = subscribers.confirm(request, event(ConsentChannel.MAIL))
    assert line.status is SubscriptionStatus.CONFIRMED
    assert steps() == [ConsentStep.REQUESTED, ConsentStep.CONFIRMED]
    for proof in db.session.scalars(sa.select(Consent)):
        assert proof.consent_text.text == "Ja, ich möchte den Rundbrief."
        assert proof.privacy_text.text == "Wir speichern Ihre Adresse."
    assert [row.ip for row in db.session.scalars(sa.select(ConsentOrigin))] == ["192.0.2.7"]


def test_an_answer_counts_once(letter):
    request = asked(letter)
    assert subscribers.confirm(request, event()) is not None
    assert subscribers.confirm(request, event()) is None
    assert steps() == [ConsentStep.REQUESTED, ConsentStep.CONFIRMED]


def test_who_withdraws_is_not_brought_back_by_an_old_link(letter):
    """Whoever finds the mail of the sign-up afterwards, a scanner of links for one, must not undo it."""
    request, other = asked(letter), asked(letter)
    line = subscribers.confirm(request, event())
    subscribers.withdraw(line, event(ConsentChannel.MAIL))
    for link in (request, other):
        assert subscribers.confirm(link, event()) is None
    assert line.status is WITHDRAWN


def test_a_link_from_before_a_block_lifts_it_no_more(letter):
    line = subscribers.confirm(asked(letter), event())
    subscribers.withdraw(line, event())
    before = asked(letter)
    subscribers.block(line.subscriber, event())
    assert subscribers.confirm(before, event()) is None
    after = asked(letter)
    assert subscribers.confirm(after, event()) is line
    assert line.subscriber.blocked_at is None


def test_a_strangers_request_that_lapses_takes_no_block_away(letter):
    person = make.subscriber(letter.office)
    subscribers.block(person, event())
    request = asked(letter)
    subscribers.lapse(request.subscription, event())
    assert subscribers.known(letter, "ana@example.org").blocked_at is not None


def test_who_answers_a_mail_is_reached_by_mails(letter):
    line = subscribers.confirm(asked(letter), event())
    line.subscriber.delivery, line.subscriber.bounces = Delivery.HARD, 2
    subscribers.withdraw(line, event())
    subscribers.confirm(asked(letter), event())
    assert (line.subscriber.delivery, line.subscriber.bounces) == (Delivery.OK, 0)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["consent", "newsletter_text"])
def test_nothing_is_replaced_where_the_database_knows_that(app, letter, name):
    subscribers.confirm(asked(letter), event())
    db.session.commit()
    table = db.metadata.tables[name]
    again = sa.insert(table).prefix_with("OR REPLACE").from_select([*table.c.keys()], sa.select(table))
    with db.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append only"):
        connection.execute(again)


def test_only_the_own_word_brings_somebody_back(letter):
    line = subscribers.confirm(asked(letter), event())
    subscribers.withdraw(line, event(ConsentChannel.MAIL))
    for step in (ConsentStep.RECORDED, ConsentStep.IMPORTED):
        with pytest.raises(ImpossibleStepError):
            subscribers.take(line, step, event(ConsentChannel.IMPORT))
    # Anybody can type the address into the form.
    request = asked(letter, "ANA@example.org ")
    assert request.subscription is line
    assert line.status is WITHDRAWN
    assert subscribers.confirm(request, event()) is line
    assert line.status is SubscriptionStatus.CONFIRMED


def test_who_was_erased_and_blocked_is_known_by_the_fingerprint_alone(letter):
    line = subscribers.confirm(asked(letter), event())
    person = line.subscriber
    subscribers.erase(person, event())
    db.session.commit()
    assert "ana" not in f"{person.email} {person.search}"
    assert subscribers.known(letter, "Ana@Example.org") is person
    request = asked(letter)
    assert ("ana" in person.email, person.blocked_at is None, line.status) == (False, False, WITHDRAWN)
    subscribers.confirm(request, event())
    assert (person.blocked_at, line.status) == (None, SubscriptionStatus.CONFIRMED)
    assert (person.email, person.erased_at, person.claimed) == ("ana@example.org", None, None)


def test_a_better_text_is_a_new_version_and_old_proof_keeps_the_old_one(letter):
    first = asked(letter)
    better = NewsletterText(newsletter=letter, kind=TextKind.CONSENT, language=Language.GERMAN, text="Neu.")
    newsletters.number(better)
    db.session.add(better)
    db.session.commit()
    second = asked(letter, "bo@example.org")
    assert (first.consent_text.edition, second.consent_text.edition) == (1, 2)
    assert second.consent_text.sha256 == hashlib.sha256(b"Neu.").hexdigest()
    # There is no English text: what was shown is what is proved.
    english = subscribers.request(letter, "di@example.org", Language.ENGLISH, event())
    assert english.consent_text is better


@pytest.mark.parametrize("change", ["UPDATE newsletter_text SET text = 'x'", "DELETE FROM newsletter_text"])
def test_the_database_refuses_to_change_a_text(letter, change):
    with db.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append only"):
        connection.execute(sa.text(change))


def test_who_never_answers_is_forgotten_and_may_come_again(letter):
    line = asked(letter).subscription
    subscribers.lapse(line, event())
    assert "ana" not in f"{line.subscriber.email} {line.subscriber.search}"
    assert line.subscriber.blocked_at is None
    assert steps() == [ConsentStep.REQUESTED, ConsentStep.LAPSED]
    assert asked(letter).subscription is not line


def test_who_answers_for_one_newsletter_is_not_forgotten_with_another(letter):
    other = make.newsletter(letter.office, "Anderer", public=True)
    kept = subscribers.confirm(asked(letter), event())
    line = asked(other).subscription
    person = line.subscriber
    subscribers.lapse(line, event())
    db.session.commit()
    assert line.subscriber is not person
    assert (person.email, person.subscriptions, kept.confirmed) == ("ana@example.org", [kept], True)
    assert subscribers.later(db.session.scalars(sa.select(Consent).order_by(Consent.id.desc())).all()[1])


@pytest.mark.parametrize("how", ["by the person", "by a program"])
def test_a_changed_address_is_unconfirmed_however_it_was_changed(letter, how):
    line = subscribers.confirm(asked(letter), event())
    person = line.subscriber
    if how == "by the person":
        subscribers.move(person, "ana@new.example", event())
    else:
        person.email = "ana@new.example"
        db.session.commit()
    assert line.status is SubscriptionStatus.UNCONFIRMED
    assert steps()[2:] == [ConsentStep.MOVED]


def test_the_same_address_in_capitals_is_no_other(letter):
    line = subscribers.confirm(asked(letter), event())
    line.subscriber.email = "ANA@example.org"
    db.session.commit()
    assert line.confirmed


def test_topics_are_chosen_with_the_request_and_a_stranger_changes_none(letter):
    letter.topics = [Topic(name=name, rank=rank) for rank, name in enumerate(("Termine", "Berichte"))]
    db.session.commit()
    first, second = letter.topics
    request = subscribers.request(letter, "ana@example.org", Language.GERMAN, event(), [first])
    line = subscribers.confirm(request, event())
    subscribers.request(letter, "ana@example.org", Language.GERMAN, event(), [second])
    assert [chosen.topic for chosen in line.topics] == [first]


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(
            [
                "request",
                "confirm",
                "old",
                "withdraw",
                "record",
                "import",
                "move",
                "staff",
                "lapse",
                "erase",
                "prefer",
            ]
        ),
    ),
    max_size=25,
)


@settings(
    max_examples=25,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(EVENTS)
def test_nobody_is_subscribed_without_a_consent_that_was_not_withdrawn(letter, events):
    """Whatever happens in whatever order: the state says "confirmed" only where the log does."""
    requests: dict[int, list[Consent]] = {}
    log: list[sa.Row] = []
    for who, what in events:
        _happen(letter, who, what, requests)
        rows = db.session.execute(sa.select(Consent.__table__).order_by(Consent.id)).all()
        assert rows[: len(log)] == log  # nothing of any row has changed
        log = list(rows)
        _agree(letter)
    db.session.rollback()


def _happen(letter, who, what, requests):  # noqa: C901 - one branch for each thing that can happen
    """Let something happen to one of three addresses."""
    address = f"p{who}@example.org"
    person = subscribers.known(letter, address)
    line = next(iter(person.subscriptions), None) if person else None
    match what:
        case "request":
            requests.setdefault(who, []).append(asked(letter, address))
        case "confirm" | "old" if who in requests:
            subscribers.confirm(requests[who][-1 if what == "confirm" else 0], event())
        case "withdraw" if line:
            subscribers.withdraw(line, event(ConsentChannel.MAIL))
        case "move" if line:
            subscribers.move(person, f"p{(who + 1) % 3}@example.org", event())
        case "staff" if line and not (
            subscribers.known(letter, f"p{(who + 1) % 3}@example.org")
            or subscribers.left_behind(letter.office_id, f"p{(who + 1) % 3}@example.org")
            or line.status is WITHDRAWN
        ):
            person.email = f"p{(who + 1) % 3}@example.org"
            db.session.flush()
        case "lapse" if line and line.status is SubscriptionStatus.UNCONFIRMED:
            subscribers.lapse(line, event())
        case "erase" if line:
            subscribers.erase(person, event())
        case "prefer" if line:
            wishes = subscribers.Wishes(f"Ana {len(requests)}", None, Language.GERMAN, {})
            subscribers.prefer(person, wishes, event())
        case "record" | "import" if line:
            step = ConsentStep.RECORDED if what == "record" else ConsentStep.IMPORTED
            try:
                subscribers.take(line, step, event())
            except ImpossibleStepError:
                assert line.status is not SubscriptionStatus.UNCONFIRMED


def _agree(letter):
    """The state of each subscription is what its log says, read by other words than the table's; so is a file."""
    wanted_by = set()
    for person in db.session.scalars(sa.select(Subscriber)):
        [line] = person.subscriptions
        said = db.session.scalars(
            sa.select(Consent.step).where(Consent.subscription_id == line.id).order_by(Consent.id)
        ).all()
        wanted = False
        for step in said:
            if step in {ConsentStep.CONFIRMED, ConsentStep.IMPORTED}:
                wanted = True
            if step in {ConsentStep.WITHDRAWN, ConsentStep.MOVED, ConsentStep.LAPSED}:
                wanted = False
        assert (line.status is SubscriptionStatus.CONFIRMED) is wanted, said
        if wanted and person.erased_at is None:
            wanted_by.add(person.email)
    in_file = db.session.execute(exports.deliverable(exports.Asked(letter.id))).all()
    assert {row.email for row in in_file} == wanted_by
