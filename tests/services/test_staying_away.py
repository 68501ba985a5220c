"""Who left for good, or left an address behind, comes back by the own word alone: by no file, and by no staff."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask_babel import force_locale

from app.access import Role
from app.core import clock, mail, spool
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.jobs import subscriptions
from app.models.contacts import Contact
from app.models.imports import ImportConsent
from app.models.languages import Language
from app.models.subscribers import (
    Consent,
    ConsentChannel,
    FormerAddress,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.queries import exports
from app.queries import subscribers as queries
from app.services import subscribers
from tests import factories as make
from tests.forms import opened, send
from tests.services.test_importing import bring, everything_held

OPEN, YES = SubscriptionStatus.UNCONFIRMED, SubscriptionStatus.CONFIRMED
FILE = "email;name\nana@example.org;Ana Jäger\n"


@pytest.fixture
def letter(database):
    with force_locale("en"):
        letter = make.newsletter(make.office("LAG", parent=make.office("Servicestelle")), public=True)
        db.session.commit()
        yield letter


def event(channel=ConsentChannel.MAIL):
    return subscribers.Event(clock.now(), "tests", channel)


def brought(letter):
    """Bring somebody in with a file."""
    bring(letter, FILE)
    [person] = db.session.scalars(sa.select(Subscriber))
    return person


def moved(letter, email="ana@new.example"):
    person = brought(letter)
    subscribers.move(person, email, event())
    db.session.commit()
    return person


@pytest.mark.parametrize("consent", ImportConsent)
def test_who_had_everything_deleted_is_not_brought_back_by_the_same_file(letter, consent):
    subscribers.erase(brought(letter), event())
    db.session.commit()
    before = everything_held()
    record, asked = bring(letter, FILE, consent=consent)
    assert (record.counts, asked) == ({"blocked": 1}, [])
    assert everything_held() == before


@pytest.mark.parametrize("consent", ImportConsent)
def test_an_address_that_somebody_left_behind_is_not_brought_back_by_the_same_file(letter, consent):
    moved(letter)
    before = everything_held()
    record, asked = bring(letter, FILE.replace("ana", "ANA"), consent=consent)
    assert (record.counts, asked) == ({"withdrawn": 1}, [])
    assert everything_held() == before


@pytest.mark.parametrize("who", ["known", "has left"])
def test_it_stays_behind_also_where_the_new_one_is_known_or_the_old_one_has_left(letter, who):
    person = brought(letter)
    other = make.newsletter(letter.office, "Anderer", public=True)
    if who == "known":
        make.subscriber(letter.office, "ana@new.example")
    else:
        make.subscription(person, other, status=SubscriptionStatus.UNSUBSCRIBED)
    subscribers.move(person, "ana@new.example", event())
    db.session.commit()
    assert subscribers.known(letter, "ana@example.org") is None
    assert "ana" not in f"{person.email} {person.search} {person.first_name}"
    assert bring(letter, FILE)[0].counts == {"withdrawn": 1}
    new = subscribers.known(letter, "ana@new.example")
    assert [line.status for line in new.subscriptions] == [OPEN]


def test_what_is_kept_of_it_is_a_fingerprint(letter):
    moved(letter)
    [former] = db.session.scalars(sa.select(FormerAddress))
    assert (former.digest, former.office_id) == (subscribers.digest("ana@example.org"), letter.office_id)
    assert "ana" not in str(former)


def test_staff_do_not_bring_it_back_whichever_way(client, letter):
    moved(letter)
    other = make.subscriber(letter.office, "bo@example.org")
    contact = make.contact(letter.office, email="Ana@example.org")
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(letter.office,)), "en")
    sent = send(client, "/subscribers/add", email="ANA@example.org", language="de")
    assert "no longer wanted" in sent.errors["email"][0]
    form = opened(client, f"/subscribers/edit/{other.id}")
    sent = send(client, f"/subscribers/edit/{other.id}", form, email="ana@example.org")
    assert "no longer wanted" in sent.errors["email"][0]
    with pytest.raises(RuleBrokenError, match="Only they themselves"):
        subscribers.subscribe(contact, letter, ConsentChannel.PAPER, "Ja", at=clock.now(), by="tests")
    assert {one.email for one in db.session.scalars(sa.select(Subscriber))} == {
        "ana@new.example",
        "bo@example.org",
    }


def test_staff_and_files_do_not_use_a_request_that_nobody_answered(client, letter):
    """Anybody can type the address into the form, somebody on the staff as well."""
    moved(letter)
    person = subscribers.request(letter, "ana@example.org", Language.GERMAN, event()).subscription.subscriber
    other = make.newsletter(letter.office, "Anderer")
    contact = make.contact(letter.office, email="ana@example.org")
    db.session.commit()
    assert bring(letter, FILE)[0].counts == {"withdrawn": 1}
    with pytest.raises(RuleBrokenError, match="Only they themselves"):
        subscribers.subscribe(contact, other, ConsentChannel.PAPER, "Ja", at=clock.now(), by="tests")
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(letter.office,)), "en")
    page = client.post("/subscriptions/add", data={"subscriber": person.id, "newsletter": other.id})
    assert "This person wants no e-mail." in page.text
    assert db.session.scalars(sa.select(Subscription).where(Subscription.newsletter == other)).all() == []


def test_the_own_sign_up_brings_it_back_and_from_then_on_it_is_like_any_other(letter):
    moved(letter)
    asked = subscribers.request(letter, "ana@example.org", Language.GERMAN, event())
    line = subscribers.confirm(asked, event())
    db.session.commit()
    assert (line.status, line.subscriber.email) == (YES, "ana@example.org")
    assert bring(letter, FILE)[0].counts == {"filled": 1}


def test_who_goes_back_to_the_old_address_does_so_with_the_own_word(letter):
    person = moved(letter)
    subscribers.move(person, "ana@example.org", event())
    db.session.commit()
    asked = db.session.scalars(sa.select(Consent).order_by(Consent.id.desc())).first()
    assert subscribers.confirm(asked, event()).subscriber.email == "ana@example.org"
    assert {one.digest for one in db.session.scalars(sa.select(FormerAddress))} == {
        subscribers.digest("ana@new.example")
    }


def test_another_office_is_not_bound_by_it(letter):
    moved(letter)
    other = make.newsletter(make.office("Andere"))
    db.session.commit()
    assert bring(other, FILE)[0].counts == {"added": 1}


def test_who_never_answered_may_come_again(letter):
    line = subscribers.request(letter, "ana@example.org", Language.GERMAN, event()).subscription
    subscribers.lapse(line, event())
    db.session.commit()
    assert bring(letter, FILE)[0].counts == {"added": 1}


SPELLINGS = ["ana@müller.example.org", "Ana@xn--mller-kva.example.org"]


@pytest.mark.parametrize(("one", "other"), [SPELLINGS, SPELLINGS[::-1]])
@pytest.mark.parametrize("how", ["blocked", "erased", "do not e-mail", "left behind"])
def test_another_spelling_of_the_domain_is_no_way_around(app, letter, how, one, other):
    sent = Mails()
    if how == "do not e-mail":
        make.contact(letter.office, email=one, do_not_email=True)
    else:
        make.subscription(make.subscriber(letter.office, one), letter, status=YES)
        person = subscribers.known(letter, other)
        if how == "left behind":
            subscribers.move(person, "ana@new.example", event())
        else:
            (subscribers.block if how == "blocked" else subscribers.erase)(person, event())
    db.session.commit()
    record, _asked = bring(letter, f"email\n{other}\n")
    assert record.changes == 0
    if how == "do not e-mail":
        line = make.subscription(make.subscriber(letter.office, other), letter, status=YES)
        db.session.commit()
        assert db.session.execute(exports.deliverable(exports.Asked(letter.id))).all() == []
        assert db.session.scalars(queries.of_contact(db.session.scalars(sa.select(Contact)).one())).all() == [
            line
        ]
        subscriptions.ask(subscribers.request(letter, other, Language.GERMAN, event()).id)
        assert sent.addresses() == []
    else:
        subscriptions.ask(subscribers.request(letter, other, Language.GERMAN, event()).id)
        assert sent.addresses() == ["ana@xn--mller-kva.example.org"]


class Mails:
    """The mails that stayed in the folder since the test began."""

    def __init__(self):
        self.before = set(spool.names(mail.spool_folder()))

    def addresses(self):
        folder = mail.spool_folder()
        return [spool.read(folder, name)["To"] for name in spool.names(folder) if name not in self.before]
