"""What becomes of a registration: nothing doubled, nothing overwritten unasked, no place given twice."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from app.access import everything
from app.core import clock, queue
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.models.categories import Category, Side
from app.models.contacts import Channel, ChannelKind, Contact, LawfulBasis
from app.models.offers import Direction, Offer
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participant, Participation, ParticipationStatus
from app.models.registrations import Registration, RegistrationOffer, RegistrationPerson, RegistrationStatus
from app.services import registrations
from tests import factories as make

APPROVED, WAITLIST = RegistrationStatus.APPROVED, RegistrationStatus.WAITLIST


@pytest.fixture
def event(database):
    return make.event(make.office("LAG", parent=make.office("Servicestelle")), registration_open=True)


def sent(event, name="Rückenwind GmbH", **more):
    base = {
        "first_name": "Rika",
        "last_name": "Rademacher",
        "email": "rika@example.org",
        "city": "Strausberg",
    }
    one = make.registration(event, name, **{**base, **more})
    one.people.append(RegistrationPerson(name="Ole Ost"))
    wish = {"direction": Direction.OFFER, "category": Category.HANDS}
    one.offers.append(RegistrationOffer(title="Painting", **wish))
    db.session.flush()
    return one


def test_what_nobody_knew_becomes_organisation_contact_participation_and_offers(event):
    one = sent(event, street="Probegasse 9", phone="030 23125 172", function="Inhaberin", notes="Bis bald")
    line = registrations.approve(one, None, None)
    company, person = line.organisation, db.session.scalars(select(Contact)).one()
    assert (company.name, company.kind, company.street) == (
        "Rückenwind GmbH",
        OrganisationKind.COMPANY,
        "Probegasse 9",
    )
    assert (person.last_name, person.email, person.phone) == (
        "Rademacher",
        "rika@example.org",
        "030 23125 172",
    )
    assert person.lawful_basis is LawfulBasis.CONTRACT
    assert (person.position.organisation, person.position.function) == (company, "Inhaberin")
    assert (line.status, line.side, line.head_count) == (ParticipationStatus.CONFIRMED, Side.COMPANY, 2)
    assert [(who.name, who.contact) for who in line.people] == [
        ("Rika Rademacher", person),
        ("Ole Ost", None),
    ]
    assert line.notes == "Bis bald"
    assert [row.title for row in db.session.scalars(select(Offer))] == ["Painting"]
    assert (one.status, one.participation) == (APPROVED, line)


def known(event, **more):
    company = make.organisation(
        event.office, "Rückenwind", **{"city": "Müncheberg", "street": "Alt 1", **more}
    )
    person = make.contact(event.office, "Rademacher", first_name="Rika", email="alt@example.org", at=company)
    return company, person


def test_what_is_known_stays_unless_it_was_asked_for(event):
    company, person = known(event)
    one = sent(event, street="Probegasse 9", website="rueckenwind.example.org")
    differences = {row.name: row for row in registrations.differences(one, company, person)}
    assert set(differences) == {"name", "address", "website", "email"}
    assert differences["address"].known == "Alt 1, Müncheberg"
    assert differences["website"].known == ""
    registrations.approve(one, company, person)
    assert (company.name, company.street, company.city) == ("Rückenwind", "Alt 1", "Müncheberg")
    assert company.website == "rueckenwind.example.org"  # nobody knew one
    assert [row.value for row in person.channels] == ["alt@example.org"]
    assert len(person.positions) == 1
    assert (
        len(db.session.scalars(select(Organisation)).all())
        == len(db.session.scalars(select(Contact)).all())
        == 1
    )


def test_what_was_asked_for_is_replaced_and_addresses_of_people_are_added_behind(event):
    company, person = known(event)
    one = sent(event, postal_code="15344")
    registrations.approve(one, company, person, {"name", "address", "email"})
    assert (company.name, company.street, company.postal_code, company.city) == (
        "Rückenwind GmbH", None, "15344", "Strausberg",
    )  # fmt: skip
    assert [row.value for row in person.channels] == ["alt@example.org", "rika@example.org"]
    assert person.email == "alt@example.org"


def test_an_address_of_which_a_part_was_known_is_completed(event):
    company, _person = known(event, street=None, city="strausberg")
    one = sent(event, "Rückenwind", street="Probegasse 9")
    [row] = registrations.differences(one, company, None)
    assert (row.name, row.known) == ("address", "")
    registrations.approve(one, company, None)
    assert (company.street, company.city) == ("Probegasse 9", "Strausberg")


def test_the_same_written_otherwise_is_no_difference(event):
    company, person = known(event, city="Strausberg", street=None, website="https://www.r.example.org/")
    person.channels.append(Channel(kind=ChannelKind.MOBILE, value="+49 30 23125172"))
    person.channels.append(Channel(kind=ChannelKind.EMAIL, value="Rika@Example.org"))
    one = sent(event, "Rückenwind", website="r.example.org", phone="(030) 23125 172")
    assert list(registrations.differences(one, company, person)) == []


def test_an_organisation_of_another_office_takes_part_and_stays_as_it_is(event):
    other = make.organisation(make.office("Andere"), "Ministerium", shared=True)
    line = registrations.approve(sent(event), other, None, {"name", "address"})
    assert line.organisation is other
    assert (other.name, other.city) == ("Ministerium", None)
    assert db.session.scalars(select(Contact)).one().office_id == event.office_id


def test_who_was_invited_is_not_on_the_list_twice(event):
    company, person = known(event)
    line = make.participation(event, company, side=Side.NONPROFIT, notes="Vorab")
    line.people.append(Participant(name="ole ost"))
    make.offer(event, company, title="painting")
    assert registrations.approve(sent(event, notes="Gern"), company, person) is line
    assert (line.status, line.side) == (ParticipationStatus.CONFIRMED, Side.COMPANY)
    assert [who.name for who in line.people] == ["ole ost", "Rika Rademacher"]
    assert line.notes == "Vorab\n\nGern"
    assert len(db.session.scalars(select(Offer)).all()) == 1
    # Who has a place keeps it, whatever is sent once more.
    event.places_companies = 0
    again = sent(event, entry_key="2", last_name="Neu")
    registrations.approve(again, company, person)
    assert (line.status, again.status, line.head_count) == (ParticipationStatus.CONFIRMED, APPROVED, 3)


def test_a_full_side_waits_and_a_free_place_goes_to_who_came_first(event):
    event.places_companies = 1
    lines = [registrations.approve(sent(event, f"Firma {n}", entry_key=str(n)), None, None) for n in range(3)]
    taken, waiting = ParticipationStatus.CONFIRMED, ParticipationStatus.WAITLIST
    assert [line.status for line in lines] == [taken, waiting, waiting]
    assert registrations.following(event, Side.COMPANY) is None
    with pytest.raises(RuleBrokenError, match="kein Platz frei"):
        registrations.admit(lines[1])
    # The other side has places of its own.
    assert (
        registrations.approve(sent(event, "Verein", entry_key="v", side=Side.NONPROFIT), None, None).status
        is taken
    )
    lines[0].status = ParticipationStatus.CANCELLED
    assert registrations.following(event, Side.COMPANY) is lines[1]
    registrations.admit(lines[1])
    assert lines[1].status is taken
    states = db.session.scalars(select(Registration.status).order_by(Registration.id)).all()
    assert states == [APPROVED, APPROVED, WAITLIST, APPROVED]


def test_who_was_known_long_before_waits_behind_who_registered_first(event):
    """An invitation is no registration: its participation is older than the wish to come."""
    event.places_companies = 0
    old, _person = known(event)
    make.participation(event, old)
    first = registrations.approve(sent(event, "Neu", entry_key="1"), None, None)
    second = registrations.approve(sent(event, entry_key="2"), old, None)
    assert second.id < first.id
    event.places_companies = 1
    assert registrations.following(event, Side.COMPANY) is first


def test_a_decision_is_made_once_but_who_was_declined_can_come_after_all(event):
    one = sent(event)
    registrations.decline(one, "Schade")
    assert (one.status, one.reason) == (RegistrationStatus.DECLINED, "Schade")
    with pytest.raises(RuleBrokenError, match="schon entschieden"):
        registrations.decline(one, None)
    registrations.approve(one, None, None)
    assert one.reason is None
    for again in (lambda: registrations.approve(one, None, None), lambda: registrations.decline(one, None)):
        with pytest.raises(RuleBrokenError, match="schon entschieden"):
            again()


def test_two_who_decide_at_once_give_the_last_place_once(app, event):
    event.places_companies = 1
    keys = [sent(event, f"Firma {n}", entry_key=str(n)).id for n in range(2)]
    db.session.commit()
    ready, failed = threading.Barrier(2), []

    def decide(key):
        with app.app_context(), everything("tests"):
            try:
                one = db.session.get(Registration, key)
                registrations.places(one.event)  # both have looked at the page
                db.session.rollback()
                ready.wait(10)
                registrations.approve(db.session.get(Registration, key), None, None)
                db.session.commit()
            except Exception as error:  # noqa: BLE001 - the test tells of it
                failed.append(error)

    threads = [threading.Thread(target=decide, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.expire_all()
    assert failed == []
    states = db.session.scalars(select(Participation.status)).all()
    assert sorted(state.value for state in states) == ["confirmed", "waitlist"]


def test_each_answer_is_written_once_it_is_kept(app, event):
    huey = queue.huey_of(app)
    registrations.approve(sent(event), None, None)
    assert len(huey) == 0
    db.session.commit()
    assert len(huey) == 1


# --- inviting -------------------------------------------------------------------------------------------------
def test_each_is_invited_once_on_the_side_that_fits(event):

    office = event.office
    kinds = {kind: make.organisation(office, kind.value, kind=kind) for kind in OrganisationKind}
    assert set(registrations.SIDES) == set(OrganisationKind)
    there = make.participation(event, kinds[OrganisationKind.CHAMBER])
    there.status = ParticipationStatus.CONFIRMED
    foreign = make.organisation(make.office("Andere"), shared=True)
    keys = [row.id for row in (*kinds.values(), foreign)]
    found = registrations.invite(event, keys, clock.today(), mailed=False)
    assert (len(found.new), found.known, found.foreign) == (10, [there.organisation], [foreign])
    sides = dict(
        db.session.execute(
            select(Organisation.kind, Participation.side).join(Participation.organisation)
        ).all()
    )
    assert sides[OrganisationKind.FREELANCER] is Side.COMPANY
    assert sides[OrganisationKind.SCHOOL] is Side.NONPROFIT
    assert sides[OrganisationKind.MUNICIPALITY] is Side.MUNICIPALITY
    assert there.status is ParticipationStatus.CONFIRMED
    assert registrations.invite(event, keys, clock.today(), mailed=False).new == []


def test_who_cannot_be_reached_is_not_said_to_be_invited(app, event):

    office, huey = event.office, queue.huey_of(app)
    reached = make.organisation(office, "Erreicht", email="info@reached.example.org")
    through = make.organisation(office, "Über eine Person")
    make.contact(office, email="ana@example.org", at=through)
    lonely = make.organisation(office, "Ohne Adresse")
    quiet = make.organisation(office, "Will nicht", email="Quiet@Example.org")
    make.contact(office, email="quiet@example.org", do_not_email=True)
    partly = make.organisation(office, "Eine will nicht", email="office@example.org")
    make.contact(office, email="never@example.org", at=partly, do_not_email=True)
    blocked = make.organisation(office, "Gesperrt", email="gone@example.org")
    make.subscriber(office, "gone@example.org", blocked_at=clock.now())
    rows = (reached, through, lonely, quiet, partly, blocked)
    spelled = make.organisation(office, "Andere Schreibweise", email="nie@xn--mller-kva.example.org")
    make.contact(office, email="nie@müller.example.org", do_not_email=True)
    rows = (*rows, spelled)
    found = registrations.invite(event, [row.id for row in rows], clock.today(), mailed=True)
    assert found.new == [reached, through, partly]
    assert (found.unreached, found.refusing) == ([lonely], [quiet, blocked, spelled])
    assert len(db.session.scalars(select(Participation)).all()) == 3
    db.session.commit()
    assert len(huey) == 3
