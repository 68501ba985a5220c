"""Staff match a registration to what is known, and decide; the page asks before it overwrites anything."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.access import Role
from app.core import clock
from app.core.db import db
from app.models.organisations import Organisation
from app.models.participations import Participation, ParticipationStatus
from app.models.registrations import Registration, RegistrationStatus
from tests import factories as make
from tests.tables import read


@pytest.fixture
def office(database, client):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,)))
    return office


@pytest.fixture
def event(office):
    day = clock.today() + timedelta(days=30)
    return make.event(office, "Marktplatz", registration_open=True, starts_on=day, places_companies=1)


@pytest.fixture
def entry(event):
    more = {
        "first_name": "Rika",
        "last_name": "Rademacher",
        "email": "rika@example.org",
        "city": "Strausberg",
    }
    return make.registration(event, "Rückenwind Fahrräder", **more)


def alerts(client, answer):
    return read(client.get(answer.headers["Location"])).alerts


def test_a_registration_names_the_known_organisations_that_it_may_be(client, office, entry):
    name = make.organisation(office, "Fahrräder Rueckenwind e.K.", city="Strausberg")
    moved = make.organisation(office, "Rückenwind-Fahrräder", city="Kiel")
    worked = make.organisation(office, "Ganz anders")
    make.contact(office, email="RIKA@example.org", at=worked)
    make.organisation(office, "Rückenwind Segelschule", city="Strausberg")
    other = make.office("Andere", parent=office.parent)
    make.organisation(other, "Rückenwind Fahrräder", city="Strausberg")
    shared = make.organisation(other, "Rückenwind Fahrräder", shared=True)
    page = client.get(f"/registrations/show/{entry.id}").text
    found = [row.id for row in (name, moved, worked, shared) if f'organisation={row.id}"' in page]
    assert found == [name.id, moved.id, worked.id, shared.id]
    assert page.count("It is this one") == 4


def test_staff_see_what_differs_and_only_what_they_tick_is_replaced(client, office, event, entry):
    company = make.organisation(office, "Rückenwind Fahrräder", city="Müncheberg")
    person = make.contact(office, "Rademacher", first_name="Rika", email="alt@example.org", at=company)
    twin = make.contact(office, "Rademacher", first_name="Rikard", email="rika@example.org")
    page = client.get(f"/decide/{entry.id}?organisation={company.id}").text
    assert "<td>Müncheberg</td><td>Strausberg</td>" in page
    # One is there by name, one by address; only what is as good as sure is chosen.
    assert f'value="{person.id}" checked' in page
    assert f'value="{twin.id}">' in page
    data = {
        "version": entry.version, "organisation": company.id, "contact": person.id, "act": "approve",
        "take": ["address"], f"take-{twin.id}": ["email"],
    }  # fmt: skip
    answer = client.post(f"/decide/{entry.id}", data=data)
    assert alerts(client, answer) == ["It takes part. A mail says so to who registered."]
    assert (company.name, company.city) == ("Rückenwind Fahrräder", "Strausberg")
    assert [row.value for row in person.channels] == ["alt@example.org"]
    [line] = db.session.scalars(select(Participation)).all()
    assert (line.organisation, line.status) == (company, ParticipationStatus.CONFIRMED)
    # What is decided has no page to decide.
    assert client.get(f"/decide/{entry.id}").status_code == 302
    assert client.post(f"/decide/{entry.id}", data=data).status_code == 302
    assert "It is this one" not in client.get(f"/registrations/show/{entry.id}").text


def test_what_changed_meanwhile_is_shown_again(client, office, entry):
    data = {"version": entry.version, "organisation": "new", "contact": "new", "act": "approve"}
    entry.city = "Berlin"
    page = client.post(f"/decide/{entry.id}", data=data).text
    assert "In the meantime the registration has changed." in page
    assert "Berlin" in page
    assert db.session.scalars(select(Organisation)).all() == []


def test_a_foreign_record_can_be_chosen_by_nobody(client, office, entry):
    other = make.office("Andere", parent=office.parent)
    hidden, person = make.organisation(other), make.contact(other)
    branch = make.organisation(make.office("Zweig", parent=office), "Zweig")  # seen, but of another office
    for organisation, contact in (
        (hidden.id, "new"),
        (branch.id, "new"),
        ("new", person.id),
        ("x", "new"),
        ("new", "x"),
    ):
        data = {"version": entry.version, "organisation": organisation, "contact": contact, "act": "approve"}
        assert client.post(f"/decide/{entry.id}", data=data).status_code == 404
    assert entry.status is RegistrationStatus.NEW


def test_a_full_side_leads_to_the_waitlist_and_a_cancelled_place_to_who_is_next(client, office, event, entry):
    taken = make.participation(
        event, make.organisation(office, "Erste"), status=ParticipationStatus.CONFIRMED
    )
    assert "So it comes onto the waitlist." in client.get(f"/decide/{entry.id}?organisation=new").text
    data = {"version": entry.version, "organisation": "new", "contact": "new", "act": "approve"}
    answer = client.post(f"/decide/{entry.id}", data=data)
    assert alerts(client, answer) == ["It is on the waitlist. A mail says so to who registered."]
    assert entry.status is RegistrationStatus.WAITLIST
    page = client.get(f"/event-registration/{event.id}").text
    assert "1 of 1 places are taken." in page
    assert "Give the place" not in page
    admit = {"participation": entry.participation_id}
    answer = client.post(f"/event-registration/{event.id}/admit", data=admit)
    assert alerts(client, answer)[0] == "No place is free on this side."
    form = {"act": "set-status", "rowid": taken.id, "confirmed": "1", "status": "cancelled"}
    client.post("/participations/bulk", data=form)
    assert taken.status is ParticipationStatus.CANCELLED
    page = client.get(f"/participations/show/{taken.id}").text
    assert "Next on the waitlist: Rückenwind Fahrräder, Strausberg." in page
    assert f"/event-registration/{event.id}" in page
    client.post(f"/event-registration/{event.id}/admit", data=admit)
    assert entry.status is RegistrationStatus.APPROVED
    assert entry.participation.status is ParticipationStatus.CONFIRMED
    assert "A place is free" not in client.get(f"/participations/show/{taken.id}").text


def test_a_place_of_another_event_is_not_given_here(client, office, event, entry):
    line = make.participation(make.event(office, "Anderer"), make.organisation(office))
    line.status = ParticipationStatus.WAITLIST
    data = {"participation": line.id}
    assert client.post(f"/event-registration/{event.id}/admit", data=data).status_code == 404


def test_declining_tells_why(client, office, entry):
    answer = client.post(f"/decide/{entry.id}/decline", data={"reason": " Zu weit weg. "})
    assert alerts(client, answer) == ["It is declined. A mail says so to who registered."]
    assert (entry.status, entry.reason) == (RegistrationStatus.DECLINED, "Zu weit weg.")
    client.post(f"/decide/{entry.id}/decline", data={"reason": "x" * 2001})
    assert entry.reason == "Zu weit weg."


def test_who_wants_no_e_mail_is_to_be_called(client, office, entry):
    assert "Please call." not in client.get(f"/registrations/show/{entry.id}").text
    make.contact(office, email="rika@example.org", do_not_email=True)
    assert "Please call." in client.get(f"/registrations/show/{entry.id}").text


def test_a_reader_sees_registrations_and_decides_nothing(client, app, office, event, entry):
    reader = make.sign_in(app.test_client(), make.staff(Role.READER, offices=(office,)))
    page = reader.get(f"/registrations/show/{entry.id}").text
    assert "/decide/" not in page
    assert reader.get(f"/decide/{entry.id}").status_code == 403
    page = reader.get(f"/event-registration/{event.id}")
    assert page.status_code == 200
    assert f"/events/edit/{event.id}" not in page.text
    assert db.session.scalars(select(Registration.status)).one() is RegistrationStatus.NEW


# --- inviting -------------------------------------------------------------------------------------------------
def invite(client, event, *rows, **more):
    data = {"act": "invite", "rowid": [row.id for row in rows], "event": event.id, **more}
    return client.post("/organisations/bulk", data=data)


def test_organisations_are_invited_from_the_list_and_each_that_is_left_out_is_told_of(client, office, event):
    mine, there = (
        make.organisation(office, "Eine", email="a@example.org"),
        make.organisation(office, "Zweite"),
    )
    make.participation(event, there)
    lonely = make.organisation(office, "Einsame")
    theirs = make.organisation(make.office("Andere", parent=office.parent), "Fremde", shared=True)
    asked = client.post("/organisations/bulk", data={"act": "invite", "rowid": [mine.id, theirs.id]})
    assert "Invite to an event: 2 organisations" in asked.text
    answer = invite(client, event, mine, there, lonely, theirs, confirmed="4", mailed="y")
    assert alerts(client, answer) == [
        "1 organisation was invited to “Marktplatz, " + str(event.starts_on.year) + "”.",
        "1 was on its list already and stays as it is.",
        "1 is of another office and was left out.",
        "1 has no e-mail address and was left out: “Einsame”.",
    ]
    # All matches are those of one's own offices; the others are counted.
    answer = invite(client, event, confirmed="3", every="1")
    assert alerts(client, answer)[1:] == [
        "2 were on its list already and stay as they are.",
        "1 is of another office and was left out.",
    ]
    assert len(db.session.scalars(select(Participation)).all()) == 3


def test_an_invitation_that_leads_nowhere_is_not_sent(client, office, event):
    company = make.organisation(office, email="a@example.org")
    event.registration_open = False
    page = invite(client, event, company, confirmed="1", mailed="y")
    assert "isn&#39;t open, so the mail would lead nowhere" in page.text
    assert f'<option value="{event.id}" selected>' in page.text.replace("'", '"')
    shared = make.event(make.office("Andere", parent=office.parent), "Fremder", shared=True)
    assert "Choose one of your own." in invite(client, shared, company, confirmed="1").text
    page = client.post("/organisations/bulk", data={"act": "invite", "rowid": company.id, "confirmed": "1"})
    assert "This field is required." in page.text
    assert db.session.scalars(select(Participation)).all() == []
    assert invite(client, event, company, confirmed="1").status_code == 302
    assert len(db.session.scalars(select(Participation)).all()) == 1


def test_who_may_not_write_down_who_comes_invites_nobody(app, office, event):
    company = make.organisation(office)
    reader = make.sign_in(app.test_client(), make.staff(Role.READER, offices=(office,)))
    assert invite(reader, event, company, confirmed="1").status_code == 403
