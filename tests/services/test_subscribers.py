"""Subscribing and withdrawing leave proof, and nobody comes back without asking."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from app.access import Role
from app.core import clock
from app.core.rules import RuleBrokenError
from app.models.subscribers import (
    Consent,
    ConsentChannel,
    ConsentStep,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.services import subscribers
from tests import factories as make
from tests.forms import opened, send

PAPER = ConsentChannel.PAPER


@pytest.fixture
def office(database):
    with force_locale("en"):
        yield make.office("LAG", parent=make.office("Servicestelle"))


def enter(person, letter):
    return subscribers.subscribe(person, letter, PAPER, "Rundbrief per E-Mail", at=clock.now(), by="Ute")


def test_a_contact_who_agreed_is_entered_unconfirmed_with_proof(office, database):
    person = make.contact(office, email="jo@example.org", first_name="Jo")
    subscription = enter(person, make.newsletter(office))
    assert subscription.status is SubscriptionStatus.UNCONFIRMED
    assert (subscription.subscriber.email, subscription.subscriber.first_name) == ("jo@example.org", "Jo")
    proof = database.query(Consent).one()
    assert (proof.step, proof.channel, proof.wording, proof.actor) == (
        ConsentStep.RECORDED, PAPER, "Rundbrief per E-Mail", "Ute",
    )  # fmt: skip


def test_an_address_on_file_gets_a_second_subscription_and_no_second_entry(office, database):
    person = make.contact(office, email="jo@example.org")
    make.subscriber(office, "jo@example.org")
    enter(person, make.newsletter(office, "One"))
    enter(person, make.newsletter(office, "Two"))
    assert database.query(Subscriber).count() == 1
    assert database.query(Subscription).count() == 2


def test_an_address_is_the_same_however_its_letters_are_written(office, database):
    letter = make.newsletter(office)
    subscription = enter(make.contact(office, email="Ana@Example.org"), letter)
    assert subscription.subscriber.email == "ana@example.org"
    subscribers.withdraw(subscription, subscribers.Event(clock.now(), "Ute", PAPER))
    with pytest.raises(RuleBrokenError, match="withdrawn"):
        enter(make.contact(office, "Other", email="ANA@example.org"), letter)


def test_who_withdrew_is_not_entered_again(office, database):
    person, letter = make.contact(office, email="jo@example.org"), make.newsletter(office)
    subscription = enter(person, letter)
    subscribers.withdraw(subscription, subscribers.Event(clock.now(), "Ute", PAPER))
    with pytest.raises(RuleBrokenError, match="withdrawn"):
        enter(person, letter)
    assert subscription.status is SubscriptionStatus.UNSUBSCRIBED


@pytest.mark.parametrize(
    "text",
    ["kaputt@", "@example.org", "two@example.org, three@example.org", "a@example.org\nBcc: b@example.org"],
)
def test_an_address_to_which_no_mail_can_go_is_refused(office, database, text):
    with pytest.raises(RuleBrokenError, match="no e-mail address"):
        make.subscriber(office, text)
    database.rollback()


def test_withdrawing_twice_leaves_one_record(office, database):
    subscription = enter(make.contact(office, email="jo@example.org"), make.newsletter(office))
    for _time in range(2):
        subscribers.withdraw(subscription, subscribers.Event(clock.now(), "Ute", PAPER))
    steps = [proof.step for proof in database.query(Consent).order_by(Consent.id)]
    assert steps == [ConsentStep.RECORDED, ConsentStep.WITHDRAWN]


def test_nobody_is_entered_without_an_address_or_against_their_will(office, database):
    letter = make.newsletter(office)
    with pytest.raises(RuleBrokenError, match="no e-mail address"):
        enter(make.contact(office), letter)
    with pytest.raises(RuleBrokenError, match="wants no e-mail"):
        enter(make.contact(office, email="no@example.org", do_not_email=True), letter)
    assert database.query(Subscriber).count() == 0


def test_regional_staff_subscribe_a_contact_but_see_no_subscribers(client, office, database):
    person, letter = make.contact(office, email="jo@example.org"), make.newsletter(office)
    other = make.newsletter(make.office("Other", parent=office.parent))
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,)))
    database.commit()
    form = {"newsletter": letter.id, "channel": "paper", "wording": "Rundbrief"}
    assert "Invite to a newsletter" in client.get(f"/contacts/show/{person.id}").text
    refused = client.post(f"/subscribe/{person.id}", data={**form, "newsletter": other.id})
    assert "This is none of the choices." in refused.text
    assert client.post(f"/subscribe/{person.id}", data={**form, "channel": ""}).status_code == 200
    assert database.query(Subscription).count() == 0
    assert client.post(f"/subscribe/{person.id}", data=form).status_code == 302
    assert database.query(Subscription).one().newsletter_id == letter.id
    # Who hasn't answered can be asked once more; who has confirmed needn't be.
    assert client.post(f"/subscribe/{person.id}", data=form).status_code == 302
    line = database.query(Subscription).one()
    line.status = SubscriptionStatus.CONFIRMED
    database.commit()
    again = client.post(f"/subscribe/{person.id}", data=form)
    assert "already subscribed" in again.text
    assert letter.name in client.get(f"/contacts/show/{person.id}").text
    assert client.get("/subscribers/list/").status_code == 403
    stranger = make.contact(make.office("Third", parent=office.parent), email="x@example.org")
    database.commit()
    assert client.post(f"/subscribe/{stranger.id}", data=form).status_code == 404


def test_an_editor_ends_a_subscription_and_a_reader_can_not(client, office, database):
    subscription = make.subscription(make.subscriber(office), make.newsletter(office))
    address = f"/subscriptions/withdraw/{subscription.id}"
    make.sign_in(client, make.staff(Role.READER, offices=(office,)))
    database.commit()
    assert client.post(address).status_code == 403
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)))
    database.commit()
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    database.refresh(subscription)
    assert subscription.status is SubscriptionStatus.UNSUBSCRIBED
    assert database.query(Consent).one().step is ConsentStep.WITHDRAWN


def test_a_subscription_that_staff_enter_begins_with_its_proof(client, office, database):
    subscriber, letter = make.subscriber(office), make.newsletter(office)
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)))
    database.commit()
    form = {"subscriber": subscriber.id, "newsletter": letter.id, "source": "Messe"}
    assert client.post("/subscriptions/add", data=form).status_code == 302
    assert database.query(Subscription).one().status is SubscriptionStatus.UNCONFIRMED
    assert database.query(Consent).one().step is ConsentStep.RECORDED
    assert "already subscribed" in client.post("/subscriptions/add", data=form).text


def test_staff_block_and_erase_on_a_persons_word(client, office, database):
    letter = make.newsletter(office)
    ana, bo = make.subscriber(office), make.subscriber(office, "bo@example.org", first_name="Bo")
    lines = [make.subscription(one, letter, status=SubscriptionStatus.CONFIRMED) for one in (ana, bo)]
    database.commit()
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)))
    assert client.post(f"/subscribers/block/{ana.id}").status_code == 302
    assert (ana.blocked_at is None, lines[0].status) == (False, SubscriptionStatus.UNSUBSCRIBED)
    assert client.post(f"/subscribers/erase/{bo.id}").status_code == 302
    assert (bo.first_name, lines[1].status) == (None, SubscriptionStatus.UNSUBSCRIBED)
    assert subscribers.known(letter, "bo@example.org") is bo
    steps = [row.step for row in database.query(Consent).order_by(Consent.id)]
    assert steps == [ConsentStep.WITHDRAWN, ConsentStep.WITHDRAWN]
    listed = client.get("/subscribers/list/").text
    assert "ana@example.org" in listed
    assert "erased.invalid" not in listed + client.get("/subscriptions/list/").text
    contact = make.contact(office, email="ana@example.org")
    with pytest.raises(RuleBrokenError):
        subscribers.subscribe(contact, letter, ConsentChannel.PAPER, "Ja", at=clock.now(), by="tests")


def test_an_address_that_was_erased_and_kept_out_is_not_entered_again(client, office, database):
    person = make.subscriber(office)
    subscribers.erase(person, subscribers.Event(clock.now(), "tests", PAPER))
    other = make.office("Andere")
    database.commit()
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office, other)))
    form = {"office": office.id, "email": "ANA@example.org", "language": "de"}
    page = client.post("/subscribers/add", data=form)
    assert page.status_code == 200
    assert "wants no mail" in page.text or "möchte keine Mails" in page.text
    assert client.post("/subscribers/add", data={**form, "office": other.id}).status_code == 302
    assert database.query(Subscriber).count() == 2


def test_who_said_no_is_not_brought_back_by_changing_or_deleting_the_address(client, office, database):
    """The address that said no stays known; otherwise a file could bring it back."""
    letter = make.newsletter(office)
    gone, blocked = (
        make.subscriber(office, "gone@example.org"),
        make.subscriber(office, "blocked@example.org"),
    )
    make.subscription(gone, letter, status=SubscriptionStatus.UNSUBSCRIBED)
    subscribers.block(blocked, subscribers.Event(clock.now(), "tests", PAPER))
    database.commit()
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)), "en")
    for person in (gone, blocked):
        form = opened(client, f"/subscribers/edit/{person.id}")
        sent = send(client, f"/subscribers/edit/{person.id}", form, email="other@example.org")
        assert sent.status == 200
        assert "stays" in sent.errors["email"][0]
    answer = client.post(f"/subscribers/delete/{blocked.id}", follow_redirects=True)
    assert "erase them instead" in answer.text
    assert {one.email for one in database.query(Subscriber)} == {"gone@example.org", "blocked@example.org"}


def test_staff_have_nobody_asked_who_is_blocked(app, client, office, database):
    letter, person = make.newsletter(office), make.subscriber(office)
    subscribers.block(person, subscribers.Event(clock.now(), "tests", PAPER))
    database.commit()
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)), "en")
    page = client.post("/subscriptions/add", data={"subscriber": person.id, "newsletter": letter.id})
    assert "This person wants no e-mail." in page.text
    assert database.query(Subscription).count() == 0
