"""The pages of an evening: who comes in, what a desk and the notary are told, and what the hall sees."""

from __future__ import annotations

import html
import io
import re
import uuid
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.access import Role
from app.core.db import db
from app.models.categories import Category, Side
from app.models.contracts import Contract
from app.models.events import EventPerson, PersonRole
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participant, Participation, ParticipationStatus
from app.services import links
from app.services.evening import checkin
from tests import factories as make
from tests.racing import racing

JSON = {"Accept": "application/json"}


@pytest.fixture
def world(database, client):
    """An event to which a company and two nonprofits come, a person who works there, and her browser."""
    office = make.office("LAG", parent=make.office("Servicestelle"))
    person = make.staff(Role.REGIONAL_OFFICE, offices=(office,))
    event = make.event(office, "Markt")
    world = SimpleNamespace(office=office, event=event, rows=[])
    for name, side, *people in (
        ("Müller GmbH", Side.COMPANY, "Ana Apfel", "Bo Birne"),
        ("Waldverein", Side.NONPROFIT, "Cem Citrus"),
        ("Seeverein", Side.NONPROFIT, "Dana Dattel"),
    ):
        organisation = make.organisation(office, name)
        row = make.participation(event, organisation, side=side, status=ParticipationStatus.CONFIRMED)
        row.people.extend(Participant(name=one) for one in people)
        world.rows.append(row)
    db.session.flush()
    world.keys = [str(row.organisation_id) for row in world.rows]
    world.browser = make.sign_in(client, person)
    return world


@pytest.fixture
def present(world):
    """The same, and everybody is there."""
    from app.core import clock

    for row in world.rows:
        checkin.check_in(row.people[0], clock.now())
    db.session.commit()
    return world


def flashed(page):
    return re.sub(r"\s+", " ", page.text)


def entry(world, *parties, key=None, **fields):
    """What the desk sends."""
    typed = {"lines-0-category": "hands", "lines-0-text": "Painting", **fields}
    named = {f"parties-{index}": world.keys[party] for index, party in enumerate(parties)}
    return {"entry_key": key or uuid.uuid4().hex, "language": "en", **named, **typed}


def send(world, *parties, **more):
    return world.browser.post(f"/desk/{world.event.id}", data=entry(world, *parties, **more), headers=JSON)


def contracts():
    return db.session.scalars(select(Contract).order_by(Contract.number)).all()


# --- check-in -------------------------------------------------------------------------------------------------
def test_the_badge_opens_a_page_with_one_button(world):
    ana = world.rows[0].people[0]
    address = f"/checkin/code/{links.badge(ana.id)}"
    page = world.browser.get(address)
    assert "Ana Apfel" in page.text
    assert ana.checked_in_at is None, "a link that is only opened changes nothing"
    done = world.browser.post(f"/checkin/{world.event.id}/in/{ana.id}", data={"from": "badge"})
    assert done.location == address
    assert "Ana Apfel is checked in for Müller GmbH." in flashed(world.browser.get(address))
    assert world.rows[0].status is ParticipationStatus.ATTENDED
    again = world.browser.get(address).text
    assert "Checked in:" in again
    assert f"/in/{ana.id}" not in again
    world.browser.post(f"/checkin/{world.event.id}/undo/{ana.id}")
    assert (ana.checked_in_at, world.rows[0].status) == (None, ParticipationStatus.CONFIRMED)


def test_a_badge_says_nothing_to_who_is_no_staff_of_the_event(app, world):
    address = f"/checkin/code/{links.badge(world.rows[0].people[0].id)}"
    stranger = make.staff(Role.REGIONAL_OFFICE, offices=(make.office("Dort"),))
    assert make.sign_in(app.test_client(), stranger).get(address).status_code == 404
    answer = app.test_client().get(address)
    assert (answer.status_code, "/login/" in answer.location) == (302, True)
    assert world.browser.get("/checkin/code/forged").status_code == 404
    # A link of another purpose is no badge.
    assert world.browser.get(f"/checkin/code/{links.hall(1, 1)}").status_code == 404


@pytest.mark.parametrize(
    ("typed", "found"), [("mue", "Ana Bo"), ("bir", "Bo"), ("verein c", "Cem"), ("zz", "")]
)
def test_the_list_is_narrowed_by_person_and_organisation(world, typed, found):
    page = world.browser.get(f"/checkin/{world.event.id}?q={typed}").text
    assert " ".join(re.findall(r"<strong>(\w+) \w+</strong>", page)) == found


def test_somebody_walks_in_for_an_organisation_that_nobody_knew(world):
    address = f"/checkin/{world.event.id}/walk-in"
    told = world.browser.post(address, data={"name": "Eva"})
    assert "Please choose an organisation" in told.text
    assert (
        "Please say on which side"
        in world.browser.post(address, data={"name": "Eva", "new_name": "Neu"}).text
    )
    # What is known isn't doubled, unless it's another one.
    twin = {"name": "Eva", "new_name": "WALDVEREIN", "side": "nonprofit"}
    assert "is known already" in world.browser.post(address, data=twin).text
    assert len(db.session.scalars(select(Organisation)).all()) == 3
    assert world.browser.post(address, data={**twin, "another": "y"}).status_code == 302
    person = db.session.scalars(select(Participant).where(Participant.name == "Eva")).one()
    assert person.checked_in_at is not None
    assert person.participation.organisation.kind is OrganisationKind.NONPROFIT
    # And for one that is known: its side needn't be said.
    known = {"name": "Finn", "organisation": world.keys[1]}
    assert world.browser.post(address, data=known).status_code == 302
    assert [one.name for one in world.rows[1].people] == ["Cem Citrus", "Finn"]
    assert len(db.session.scalars(select(Participation)).all()) == 4


# --- the desk -------------------------------------------------------------------------------------------------
def test_the_desk_offers_who_has_come(world, present):
    checkin.undo(world.rows[2].people[0])
    page = world.browser.get(f"/desk/{world.event.id}").text
    assert "Müller GmbH</option>" in page
    assert 'data-found="mueller muller gmbh"' in page
    assert "Seeverein</option>" not in page
    answer = world.browser.get(f"/desk/{world.event.id}/parties")
    assert [one["text"] for one in answer.json["parties"]] == ["Müller GmbH", "Waldverein"]
    same = {"If-None-Match": answer.headers["ETag"]}
    assert world.browser.get(f"/desk/{world.event.id}/parties", headers=same).status_code == 304


def test_a_plain_form_is_enough(present):
    data = entry(present, 0, 1, key="a", **{"lines-0-hours": "4.5"})
    done = present.browser.post(f"/desk/{present.event.id}", data=data)
    assert done.location == f"/desk/{present.event.id}"
    assert "Contract 1 is saved." in flashed(present.browser.get(done.location))
    [made] = contracts()
    assert (made.number, made.hours, made.value) == (1, Decimal("4.5"), None)
    line = made.contributions[0]
    assert (line.giver.name, line.receiver.name) == ("Müller GmbH", "Waldverein")
    assert [party.side for party in made.parties] == [Side.COMPANY, Side.NONPROFIT]
    # Twice clicked, or sent again after an error, it's the same contract.
    present.browser.post(f"/desk/{present.event.id}", data=data)
    assert len(contracts()) == 1
    # Whoever goes back to the old form and types another contract doesn't lose it.
    other = {**data, "lines-0-text": "Gardening"}
    present.browser.post(f"/desk/{present.event.id}", data=other)
    assert [one.contributions[0].text for one in contracts()] == ["Painting", "Gardening"]


def test_a_refused_form_comes_back_with_what_was_typed(present):
    data = entry(present, 0, **{"lines-0-text": "500 Euro", "lines-0-hours": "x"})
    page = present.browser.post(f"/desk/{present.event.id}", data=data)
    assert page.status_code == 422
    for text in ("Money is taboo", "at least two parties", "This is no number.", 'value="500 Euro"'):
        assert text in page.text
    assert data["entry_key"] in page.text
    assert contracts() == []


def test_the_script_is_told_what_is_wrong_by_the_field(present):
    assert send(present, 0, 1, key="k").json["number"] == 1
    assert send(present, 0, 1, key="k").json["number"] == 1, "sent again, it's the same"
    wrong = send(
        present, 0, 0, **{"lines-0-text": "Spende von 200 €", "lines-1-hours": "-1", "lines-1-text": "Cake"}
    )
    assert wrong.status_code == 422
    fields = {"parties-1", "lines-0-text", "lines-1-hours", "lines-1-category"}
    assert set(wrong.json["errors"]) == fields
    stranger = make.organisation(present.office, "Nicht dabei")
    data = entry(present, 0) | {"parties-1": str(stranger.id)}
    answer = present.browser.post(f"/desk/{present.event.id}", data=data, headers=JSON)
    assert set(answer.json["errors"]) == {"parties-1"}
    for amount in ("1" * 20, "1.234", "nan"):
        assert set(send(present, 0, 1, **{"lines-0-value": amount}).json["errors"]) == {"lines-0-value"}
    assert send(present, 0, 1, key="x" * 101).json["errors"][""]
    assert len(contracts()) == 1


def test_hours_are_valued_at_a_rate_that_the_office_uses(present):
    rate = make.rate(present.office, "Hands", 50)
    make.rate(make.office("Elsewhere"), "Foreign", 70)
    shared = make.rate(make.office("Agency"), "Know-how", 80, shared=True)
    page = present.browser.get(f"/desk/{present.event.id}").text
    assert f"{rate}</option>" in page
    assert f"{shared}</option>" in page
    assert "Foreign" not in page
    for number, (one, worth) in enumerate(((rate, 225), (shared, 360))):
        at = {"lines-0-hours": "4.5", "lines-0-rate": str(one.id)}
        assert send(present, 0, 1, key=f"k{number}", **at).json["number"] == number + 1
        assert contracts()[number].value == worth
    at = {"lines-0-rate": str(rate.id)}
    assert set(send(present, 0, 1, **at).json["errors"]) == {"lines-0-hours"}
    at = {"lines-0-rate": str(rate.id), "lines-0-hours": "2", "lines-0-value": "90"}
    assert "100\xa0€" in send(present, 0, 1, **at).json["errors"]["lines-0-value"][0]
    assert set(send(present, 0, 1, **{"lines-0-rate": "777"}).json["errors"]) == {"lines-0-rate"}
    assert len(contracts()) == 2


def test_who_is_asked_whether_it_is_money_says_so_and_goes_on(present):
    text = {"lines-0-text": "Two chairs worth 50 €"}
    assert set(send(present, 0, 1, key="k", **text).json["errors"]) == {"lines-0-no_money"}
    assert send(present, 0, 1, key="k", **text, **{"lines-0-no_money": "y"}).json["number"] == 1
    assert contracts()[0].contributions[0].no_money


def test_numbers_are_read_in_the_language_in_which_they_were_typed(present):
    send(present, 0, 1, language="de", **{"lines-0-value": "1.234,50"})
    assert contracts()[0].value == Decimal("1234.5")
    assert send(present, 0, 1, language="en", **{"lines-0-value": "1.234,50"}).status_code == 422


def test_three_parties_two_nonprofits_and_a_gift_without_a_return(present):
    gives = {
        "lines-0-giver": "3",
        "lines-1-category": "goods",
        "lines-1-text": "Cake",
        "lines-1-receiver": "1",
    }
    assert send(present, 0, 1, 2, **gives).json["number"] == 1
    assert send(present, 1, 2).json["number"] == 2
    three, two = contracts()
    assert len(three.parties) == 3
    ends = [(line.giver.name, line.receiver and line.receiver.name) for line in three.contributions]
    assert ends == [("Seeverein", None), ("Waldverein", "Müller GmbH")]
    assert {party.side for party in two.parties} == {Side.NONPROFIT}
    assert [(line.giver.name, line.receiver.name) for line in two.contributions] == [
        ("Waldverein", "Seeverein")
    ]
    wrong = send(present, 0, 1, **{"lines-0-giver": "4"})
    assert set(wrong.json["errors"]) == {"lines-0-giver"}


def test_a_number_that_somebody_gives_by_hand_at_the_same_moment_is_left_out(present):
    """The event's own form takes no lock; SQLite has one writer, so it can't happen there."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time")
    make.contract(
        present.office, present.rows[0].organisation, present.rows[1].organisation, event=present.event
    )
    db.session.commit()
    with racing(
        "UPDATE contract SET number = 1 WHERE event_id = :key",
        before="INSERT INTO contract ",
        key=present.event.id,
    ):
        assert send(present, 0, 1).json["number"] == 2


def test_a_photo_of_the_signed_paper_is_attached(present):
    send(present, 0, 1)
    [made] = contracts()
    address = f"/desk/{present.event.id}/scan/{made.id}"
    assert 'capture="environment"' in present.browser.get(address).text
    wrong = present.browser.post(address, data={"scan": (io.BytesIO(b"x"), "x.exe")})
    assert "Files of this kind" in wrong.text
    present.browser.post(address, data={"scan": (io.BytesIO(b"photo"), "paper.jpg")})
    db.session.refresh(made)
    assert made.scan.endswith("_sep_paper.jpg")
    with present.browser.get(f"/contracts/file/{made.id}/scan") as file:
        assert file.data == b"photo"
    other = make.event(present.office, "Anderer")
    assert present.browser.get(f"/desk/{other.id}/scan/{made.id}").status_code == 404


# --- the notary -----------------------------------------------------------------------------------------------
def test_the_notary_stamps_with_a_name_or_sends_back_with_a_note(present):
    for number in range(2):
        send(present, 0, 1, **{"lines-0-text": f"Work {number}"})
    first, second = contracts()
    page = f"/notary/{present.event.id}"
    assert "This event has no notary yet." in present.browser.get(page).text
    people = [make.contact(present.office, name) for name in ("König", "Gabler")]
    present.event.people.extend(EventPerson(contact=one, role=PersonRole.NOTARY) for one in people)
    seen = {"seen": str(first.version), "notary": str(people[1].id)}
    assert present.browser.post(f"{page}/stamp/{first.id}", data={**seen, "notary": ""}).status_code == 302
    assert "Please say first who you are." in flashed(present.browser.get(page))
    waiting = present.browser.get(f"{page}?notary={people[1].id}").text
    assert waiting.index("Work 0") < waiting.index("Work 1")
    present.browser.post(f"{page}/stamp/{first.id}", data=seen)
    assert (first.notary, first.stamped_at is None) == (people[1], False)
    # One that was changed while it was looked at isn't stamped.
    old = {**seen, "seen": str(second.version), "note": "Who gives?"}
    present.browser.post(f"{page}/send-back/{second.id}", data={**old, "note": " "})
    assert second.sent_back is None
    second.title = "Changed"
    db.session.commit()
    present.browser.post(f"{page}/stamp/{second.id}", data=old)
    assert "in the meantime" in flashed(present.browser.get(page))
    assert second.stamped_at is None
    present.browser.post(f"{page}/send-back/{second.id}", data={**old, "seen": str(second.version)})
    desk = present.browser.get(f"/desk/{present.event.id}").text
    assert "Who gives?" in desk
    assert "No contract waits for a stamp." in present.browser.get(page).text
    present.browser.post(f"/desk/{present.event.id}/corrected/{second.id}")
    assert "Work 1" in present.browser.get(page).text


# --- the hall -------------------------------------------------------------------------------------------------
def opened(world):
    """Open the screen of the hall, and give its address."""
    world.browser.post(f"/hall/{world.event.id}/open")
    page = world.browser.get(f"/hall/{world.event.id}").text
    return re.search(r'value="[^"]*(/screen/[^"]+)"', page)[1]


def test_the_hall_sees_the_numbers_and_no_persons_data(app, present, count_statements):
    lone = make.organisation(present.office, "Hella Lichtenau", kind=OrganisationKind.FREELANCER)
    make.participation(present.event, lone, status=ParticipationStatus.ATTENDED)
    present.keys.append(str(lone.id))
    address, hall = opened(present) + "?_l_=en", app.test_client()
    assert "–</dd>" in hall.get(address).text, "nobody knows a value yet, and unknown is not zero"
    now = html.unescape(re.search('data-hall="([^"]+)"', hall.get(address).text)[1])
    mark = hall.get(now).headers["ETag"]
    send(present, 0, 1, **{"lines-0-value": "1200", "lines-0-text": "Frau Geheim hilft"})
    send(present, 3, 2, **{"lines-0-category": "goods"})
    page = hall.get(address)
    for text in (
        "€",
        "1,200",
        "Müller GmbH – Waldverein",
        "a freelancer – Seeverein",
        "1 of 2 contributions",
    ):
        assert text in page.text
    for text in ("Lichtenau", "Geheim", "Ana Apfel", "Person"):
        assert text not in page.text
    assert hall.get_cookie(app.config["SESSION_COOKIE_NAME"]) is None
    assert page.headers["Cache-Control"] == "no-store"
    fresh = hall.get(now, headers={"If-None-Match": mark})
    assert (fresh.status_code, fresh.headers["ETag"] == mark) == (200, False)
    with count_statements() as statements:
        idle = hall.get(now, headers={"If-None-Match": fresh.headers["ETag"]})
    assert (idle.status_code, idle.data) == (304, b"")
    assert len(statements) <= 5, statements
    with count_statements() as statements:
        hall.get(now)
    assert len(statements) <= 12, statements


def test_a_link_of_the_hall_ends(app, present):
    first, hall = opened(present), app.test_client()
    second = opened(present)
    assert (hall.get(first).status_code, hall.get(second).status_code) == (410, 200)
    present.browser.post(f"/hall/{present.event.id}/end")
    assert [hall.get(f"{second}{end}").status_code for end in ("", "/now")] == [410, 410]
    assert hall.get("/screen/forged").status_code == 410
    assert hall.get(f"/screen/{links.badge(present.event.id)}").status_code == 410


def test_the_gong_freezes_what_the_hall_sees(app, present):
    address, hall = opened(present) + "?_l_=en", app.test_client()
    send(present, 0, 1)
    gong = f"/hall/{present.event.id}/gong"
    present.browser.post(gong, data={"after": "0"})
    send(present, 0, 2)
    page = hall.get(address).text
    assert re.search(r"<dt>Contracts</dt><dd>1</dd>", page)
    assert "After the gong: 1" in page
    assert "Result at the gong" in page
    present.browser.post(gong, data={"after": "0"})
    assert "frozen a moment ago" in flashed(present.browser.get(f"/hall/{present.event.id}"))
    staff = present.browser.get(f"/hall/{present.event.id}").text
    after = re.search(r'name="after" value="(\d+)"', staff)[1]
    assert "each once, however many parties it has" in staff
    present.browser.post(gong, data={"after": after, "note": "One was late"})
    page = hall.get(address).text
    assert re.search(r"<dt>Contracts</dt><dd>2</dd>", page)
    assert "After the gong" not in page
    assert "Result, corrected at" in page
    assert "One was late" in present.browser.get(f"/hall/{present.event.id}").text
    assert present.browser.post(gong, data={"after": "x"}).status_code == 400


def test_a_corner_is_called_as_the_event_calls_it(app, present):
    from app.models.events import Corner

    present.event.corners.append(Corner(name="Muskelkraft", category=Category.HANDS))
    send(present, 0, 1)
    assert "Muskelkraft</span><strong>1</strong>" in app.test_client().get(opened(present)).text
