"""The evening of an event: check-in, the numbers of contracts, the notary, the gong. Each on every database."""

from __future__ import annotations

import contextvars
import json
import threading
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from app.access import ForeignRowError, Role, Scope, everything, of_staff, opened
from app.core.db import db
from app.models.categories import Category, Side
from app.models.contracts import Contract, ContractParty, ContractStatus, Contribution
from app.models.counting import Count, Direction, Sum
from app.models.events import Corner, Event
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participant, Participation, ParticipationStatus
from app.models.results import EventResult, ResultKind
from app.services.base import hold
from app.services.evening import checkin, desk, notary, results
from tests import factories as make

NOW = datetime(2026, 9, 17, 18, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
DESKS, EACH = 3, 20


@pytest.fixture
def market(database):
    return make.event(make.office("LAG", parent=make.office("Servicestelle")), "Markt")


def came(event, name, *people, status=ParticipationStatus.CONFIRMED, side=Side.COMPANY):
    taking_part = make.participation(event, make.organisation(event.office, name), status=status, side=side)
    taking_part.people.extend(Participant(name=one) for one in people)
    db.session.flush()
    return taking_part


def agreed(*parties, text="Zwei Tage streichen", **more):
    contract = Contract()
    for index, party in enumerate(parties):
        side = Side.NONPROFIT if index else Side.COMPANY
        contract.parties.append(ContractParty(organisation=party, side=side))
    contract.contributions.append(Contribution(**{"category": Category.HANDS, "text": text, **more}))
    return contract


def entry(event, *parties, key=None, **more):
    return desk.enter(event, agreed(*parties, **more), key or uuid.uuid4().hex)


@pytest.fixture
def pair(market):
    return make.organisation(market.office, "Firma"), make.organisation(market.office, "Verein")


# --- check-in -------------------------------------------------------------------------------------------------
def test_an_organisation_attends_with_the_first_of_its_people(market):
    taking_part = came(market, "Firma", "Ana", "Bo")
    ana, bo = taking_part.people
    assert checkin.check_in(ana, NOW)
    assert (taking_part.status, ana.checked_in_at, bo.checked_in_at) == (
        ParticipationStatus.ATTENDED,
        NOW,
        None,
    )
    # A badge that is scanned twice changes nothing.
    assert not checkin.check_in(ana, LATER)
    assert ana.checked_in_at == NOW


def test_a_check_in_is_undone_to_what_it_was_before(market):
    taking_part = came(market, "Firma", "Ana", "Bo", status=ParticipationStatus.WAITLIST)
    ana, bo = taking_part.people
    checkin.check_in(ana, NOW)
    checkin.check_in(bo, NOW)
    assert checkin.undo(ana)
    assert taking_part.status is ParticipationStatus.ATTENDED  # Bo is still there
    assert checkin.undo(bo)
    assert taking_part.status is ParticipationStatus.WAITLIST
    assert taking_part.status_before is None
    assert not checkin.undo(bo)


def test_who_walks_in_is_checked_in_whether_the_organisation_is_known_or_not(market, pair):
    club = checkin.unknown(market, "Neuer Verein", Side.NONPROFIT)
    assert (club.kind, club.office_id) == (OrganisationKind.NONPROFIT, market.office_id)
    person = checkin.walk_in(market, checkin.WalkIn(club, Side.NONPROFIT, "Cem"), NOW)
    taking_part = person.participation
    assert (taking_part.status, taking_part.side) == (ParticipationStatus.ATTENDED, Side.NONPROFIT)
    assert checkin.known(market, " neuer  VEREIN") is club
    assert checkin.known(market, "Neuer") is None
    # One more of the same organisation, and once more the same person.
    taking_part.head_count = 1
    checkin.walk_in(market, checkin.WalkIn(club, Side.COMPANY, "Dana"), NOW)
    assert checkin.walk_in(market, checkin.WalkIn(club, Side.NONPROFIT, "cem"), LATER) is person
    assert [one.name for one in taking_part.people] == ["Cem", "Dana"]
    assert (taking_part.head_count, taking_part.side) == (2, Side.NONPROFIT)
    assert len(db.session.scalars(select(Participation)).all()) == 1


def test_whoever_is_of_another_office_is_not_checked_in(market):
    [ana] = came(market, "Firma", "Ana").people
    stranger = make.staff(Role.REGIONAL_OFFICE, offices=(make.office("Dort"),))
    with opened(of_staff(stranger.id)), pytest.raises(ForeignRowError):
        checkin.check_in(ana, NOW)


# --- the desk -------------------------------------------------------------------------------------------------
def at_once(app, count, work):
    """Let threads work at the same time, each with its own session; give what went wrong."""
    failed, ready = [], threading.Barrier(count)

    def run(number):
        try:
            with app.app_context(), everything(f"desk {number}"):
                ready.wait(30)
                work(number)
                db.session.remove()
        except Exception as error:  # noqa: BLE001 - the test tells what it was
            failed.append(repr(error))

    threads = [threading.Thread(target=contextvars.Context().run, args=(run, one)) for one in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return failed


def three_desks(app, event_id, keys):
    def work(number):
        for index in range(EACH):
            event = db.session.get(Event, event_id)
            parties = [db.session.get(Organisation, key) for key in keys]
            # What a request has read before it writes is read in a snapshot of its own by SQLite.
            db.session.scalars(select(Contract).where(Contract.event_id == event_id)).all()
            entry(event, *parties, text=f"{number}-{index}")
            if index % 5 == 4:
                db.session.rollback()  # as where the database or the person says no at the last moment
                entry(db.session.get(Event, event_id), *parties, text=f"{number}-{index}")
            db.session.commit()

    failed = at_once(app, DESKS, work)
    db.session.rollback()
    rows = db.session.execute(
        select(Contract.number, Contribution.text)
        .join(Contract.contributions)
        .where(Contract.event_id == event_id)
    ).all()
    return failed, sorted(number for number, _text in rows), {text for _number, text in rows}


def test_three_desks_at_once_leave_no_gap_and_give_no_number_twice(app, market, pair):
    keys = [one.id for one in pair]
    db.session.commit()
    failed, numbers, texts = three_desks(app, market.id, keys)
    assert failed == []
    assert numbers == list(range(1, DESKS * EACH + 1))
    assert len(texts) == DESKS * EACH


def test_without_the_lock_desks_collide(app, market, pair, monkeypatch):
    """The test above finds what it is for."""
    monkeypatch.setattr(desk, "hold", lambda _event: None)
    keys = [one.id for one in pair]
    db.session.commit()
    failed, numbers, _texts = three_desks(app, market.id, keys)
    assert failed
    assert len(numbers) < DESKS * EACH


def test_an_entry_that_is_sent_again_is_the_same_contract(app, market, pair):
    first = entry(market, *pair, key="a")
    again = entry(market, *pair, key="a")
    assert again is first
    assert entry(market, *pair, key="b").number == 2
    other = make.event(market.office, "Anderer Markt")
    assert entry(other, *pair, key="a").number == 1
    keys, event_id = [one.id for one in pair], market.id
    db.session.commit()

    def work(_number):
        event = db.session.get(Event, event_id)
        entry(event, *[db.session.get(Organisation, key) for key in keys], key="c")
        db.session.commit()

    # Two windows of one browser send what waits at the same moment.
    assert at_once(app, DESKS, work) == []
    db.session.rollback()
    numbers = db.session.scalars(select(Contract.number).where(Contract.event_id == event_id))
    assert sorted(numbers) == [1, 2, 3]


def test_the_database_itself_keeps_an_entry_from_being_two_contracts(market, pair):
    entry(market, *pair, key="a")
    twice = agreed(*pair)
    twice.event, twice.entry_key = market, "a"
    db.session.add(twice)
    with pytest.raises(DatabaseError):
        db.session.flush()
    db.session.rollback()


def test_an_old_form_with_other_words_is_another_contract():
    old = [("party", "1"), ("text", "a")]
    assert desk.fingerprint("k", old) == desk.fingerprint("k", reversed(old))
    assert desk.fingerprint("k", old) != desk.fingerprint("k", [("party", "1"), ("text", "b")])
    assert desk.fingerprint("k", old) != desk.fingerprint("l", old)


def test_three_parties_are_one_contract_and_two_nonprofits_one_too(market, pair):
    third = make.organisation(market.office, "Dritte", kind=OrganisationKind.NONPROFIT)
    entry(market, *pair, third)
    clubs = agreed(pair[1], third)
    for party in clubs.parties:
        party.side = Side.NONPROFIT
    desk.enter(market, clubs, "clubs")
    assert results.count(market).contracts == 2
    of_third = select(ContractParty).where(ContractParty.organisation_id == third.id)
    assert {party.contract.number for party in db.session.scalars(of_third)} == {1, 2}


# --- the notary -----------------------------------------------------------------------------------------------
def test_a_contract_is_stamped_or_sent_back_as_it_was_seen(market, pair):
    contract, koenig = entry(market, *pair), make.contact(market.office, "König")
    seen = contract.version
    assert notary.send_back(contract, "Wer gibt?", seen=seen)
    assert not notary.stamp(contract, koenig, NOW, seen=seen)  # somebody has changed it
    desk.corrected(contract)
    assert contract.sent_back is None
    assert notary.stamp(contract, koenig, NOW, seen=contract.version)
    assert (contract.notary, contract.stamped_at, contract.sent_back) == (koenig, NOW, None)
    assert not notary.stamp(contract, koenig, LATER, seen=contract.version)
    assert contract.stamped_at == NOW


# --- the gong -------------------------------------------------------------------------------------------------
def test_the_gong_freezes_the_count_and_its_definitions(market, pair):
    market.corners.extend(
        [Corner(name="Muskelkraft", category=Category.HANDS), Corner(name="Pinsel", category=Category.HANDS)]
    )
    checkin.check_in(came(market, "Dritte", "Ana", "Bo").people[0], NOW)
    first = entry(market, *pair, hours=Decimal("4.5"), value=Decimal(200))
    first.contributions.append(Contribution(category=Category.GOODS, text="Kuchen"))
    entry(market, *pair, category=Category.KNOW_HOW, hours=Decimal(2))
    entry(market, *pair).status = ContractStatus.CANCELLED
    db.session.flush()
    gong = results.freeze(market, NOW, after=0)
    assert gong.kind is ResultKind.GONG
    content = json.loads(json.dumps(gong.content))
    assert (content["contracts"], content["numbers"], content["contributions"]) == (2, [1, 2], 3)
    assert content["value"] == {"number": "200.00", "known": 1}
    assert content["hours"] == {"number": "6.50", "known": 2}
    assert (content["people"], content["organisations"]["company"]) == (1, 1)
    assert (content["counted_by"], content["counted_at"]) == ("tests", NOW.isoformat())
    assert [(one["names"], one["contracts"]) for one in content["corners"]] == [
        (["Muskelkraft", "Pinsel"], 1),
        ([], 1),
    ]
    assert "1 of 3" in content["definitions"]["en"][1]
    assert "1 von 3" in content["definitions"]["de"][1]
    frozen = Count.thawed(content)
    assert frozen == results.count(market)
    # What comes later is counted later.
    entry(market, *pair)
    assert results.later(frozen, results.count(market)) == 1
    assert results.freeze(market, LATER, after=0) is None, "a second click is no second gong"
    correction = results.freeze(market, LATER, after=gong.id, note="Einer kam zu spät")
    assert (correction.kind, correction.content["contracts"]) == (ResultKind.FINAL, 3)
    assert results.latest(market) is correction
    assert gong.content["contracts"] == 2


def test_give_and_take_is_counted_by_the_side_of_who_gives(market, pair):
    firm, club = pair
    third = make.organisation(market.office, "Dritte")
    three = agreed(firm, club, third, giver=firm, value=Decimal(100), hours=Decimal(2))
    three.contributions.append(Contribution(category=Category.HANDS, text="Helfen", giver=club))
    three.contributions.append(
        Contribution(category=Category.ROOMS, text="Raum", giver=third, value=Decimal(50))
    )
    three.parties[2].side = Side.MUNICIPALITY
    desk.enter(market, three, "three")
    entry(market, firm, club, giver=firm)
    entry(market, firm, club, value=Decimal(7))  # nobody has written who gives
    counted = results.count(market)
    assert (counted.contracts, counted.contributions) == (3, 5)
    assert counted.directions == [
        Direction(Side.COMPANY, 2, Sum(Decimal(100), 1), Sum(Decimal(2), 1)),
        Direction(Side.NONPROFIT, 1),
        Direction(Side.MUNICIPALITY, 1, Sum(Decimal(50), 1)),
        Direction(None, 1, Sum(Decimal(7), 1)),
    ]
    frozen = results.freeze(market, NOW, after=0)
    content = json.loads(json.dumps(frozen.content))
    assert content["edition"] == 2
    assert Count.thawed(content) == counted
    # A count of the first edition is read, and doesn't say that nobody gave anything.
    old = {key: value for key, value in content.items() if key != "directions"}
    assert Count.thawed(old).directions is None
    assert Count.thawed(old).corners == counted.corners


def test_a_frozen_count_is_never_changed(app, market, pair):
    gong = results.freeze(market, NOW, after=0)
    assert gong.content["value"] == {"number": None, "known": 0}  # unknown is not zero
    gong.note = "x"
    with pytest.raises(ForeignRowError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("statement", ["UPDATE event_result SET note = 'x'", "DELETE FROM event_result"])
def test_the_database_itself_keeps_what_was_frozen(market, statement):
    results.freeze(market, NOW, after=0)
    db.session.commit()
    with pytest.raises(DatabaseError, match="append only"), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert db.session.scalars(select(EventResult)).one().note is None


def test_no_row_is_held_that_is_not_ones_own(market):
    with (
        opened(Scope("stranger", offices=frozenset({make.office("Dort").id}))),
        pytest.raises(ForeignRowError),
    ):
        hold(market)
