"""What the parties say, and what the contract makes of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm.exc import StaleDataError

from app.access import ForeignRowError
from app.core import clock
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.models.contracts import ContractStatus
from app.models.followups import FollowUp, FollowUpReport, ReportChannel, ReportState, Stage
from app.models.outcomes import Outcome, Rates
from app.queries import followups as queries
from app.services import followups
from app.services.followups import Said, Verdict
from tests import factories as make

KEPT, PARTLY, GOING, FAILED, SILENT = ReportState
LINK = {"by": "Verein", "channel": ReportChannel.LINK}


def said(*words):
    """Make reports of parties (1, 2, 3) and of the office (None), in this order."""
    return [
        FollowUpReport(organisation_id=party, state=state, channel=ReportChannel.LINK, actor="x")
        for party, state in words
    ]


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ([], Verdict()),
        ([(1, KEPT)], Verdict(KEPT)),
        ([(1, GOING)], Verdict(GOING)),
        ([(1, KEPT), (2, KEPT), (3, KEPT)], Verdict(KEPT)),
        ([(1, KEPT), (2, FAILED)], Verdict(contested=True)),
        ([(1, KEPT), (2, PARTLY)], Verdict(contested=True)),
        ([(1, KEPT), (2, SILENT)], Verdict(contested=True)),
        # Nothing came of it, whichever way it's put.
        ([(1, SILENT), (2, FAILED)], Verdict(FAILED)),
        ([(1, FAILED), (2, SILENT)], Verdict(FAILED)),
        ([(1, SILENT), (2, SILENT)], Verdict(SILENT)),
        # Who was still at it has no say in how it ended, unless it's said after the end.
        ([(1, GOING), (2, KEPT)], Verdict(KEPT)),
        ([(2, KEPT), (1, GOING)], Verdict(contested=True)),
        # The last word of each counts.
        ([(1, FAILED), (2, KEPT), (1, KEPT)], Verdict(KEPT)),
        ([(1, KEPT), (1, GOING)], Verdict(GOING)),
        ([(1, KEPT), (2, KEPT), (3, FAILED)], Verdict(contested=True)),
        # The office outweighs what was said before, and can be contradicted by what is said after.
        ([(1, KEPT), (2, FAILED), (None, PARTLY)], Verdict(PARTLY)),
        ([(1, KEPT), (None, PARTLY), (2, KEPT)], Verdict(contested=True)),
        ([(1, KEPT), (None, PARTLY), (2, PARTLY)], Verdict(PARTLY)),
        ([(None, KEPT), (1, GOING)], Verdict(contested=True)),
        ([(1, KEPT), (2, FAILED), (None, GOING)], Verdict(GOING)),
        ([(1, KEPT), (None, GOING), (2, FAILED)], Verdict(FAILED)),
    ],
)
def test_one_rule_says_what_reports_make_of_a_contract(words, verdict):
    assert followups.judge(said(*words)) == verdict


@pytest.fixture
def market(database):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    return make.event(office, starts_on=clock.today() - timedelta(days=20), status="held")


@pytest.fixture
def contract(market):
    firm, club = make.organisation(market.office, "Firma"), make.organisation(market.office, "Verein")
    return make.contract(market.office, firm, club, event=market, number=1)


def tell(contract, party, state, **more):
    organisation = contract.parties[party].organisation
    return followups.report(contract, organisation, Said(state, **more), at=clock.now(), **LINK)


def decide(contract, state, **more):
    return followups.decide(contract, Said(state, **more), at=clock.now(), by="Office")


def test_a_single_answer_sets_the_contract_and_ends_the_question(contract):
    asked = make.follow_up(contract, contract.parties[0].organisation)
    other = make.follow_up(contract, contract.parties[1].organisation)
    told = tell(contract, 0, KEPT, comment="Alles da.")
    assert contract.status is ContractStatus.FULFILLED
    assert (asked.open, other.open) == (False, True)
    assert told.follow_up is asked
    assert told.note.comment == "Alles da."


def test_the_reason_comes_with_what_is_not_feasible(contract):
    tell(contract, 0, FAILED, reason="Der Raum ist weg.")
    assert (contract.status, contract.reason) == (ContractStatus.NOT_FEASIBLE, "Der Raum ist weg.")


def test_a_contradiction_is_marked_and_left_to_staff(contract):
    tell(contract, 0, KEPT)
    tell(contract, 1, FAILED, reason="Niemand kam.")
    assert (contract.status, contract.contested) == (ContractStatus.FULFILLED, True)
    assert rates() == {Outcome.CONTESTED: 1}
    waiting = make.follow_up(contract, contract.parties[0].organisation)
    decide(contract, PARTLY)
    assert (contract.status, contract.contested) == (ContractStatus.PARTLY_FULFILLED, False)
    assert not waiting.open
    tell(contract, 1, KEPT)
    assert (contract.status, contract.contested) == (ContractStatus.PARTLY_FULFILLED, True)


def test_a_word_that_is_taken_back_ends_the_contradiction(contract):
    tell(contract, 0, KEPT)
    tell(contract, 1, FAILED, reason="Niemand kam.")
    tell(contract, 1, KEPT)
    assert (contract.status, contract.contested) == (ContractStatus.FULFILLED, False)


def test_what_staff_set_in_the_form_is_a_decision_too(contract):
    tell(contract, 0, KEPT)
    tell(contract, 1, PARTLY)
    assert contract.contested
    contract.status = ContractStatus.NO_CONTACT
    db.session.flush()
    assert not contract.contested
    tell(contract, 1, KEPT)
    assert (contract.status, contract.contested) == (ContractStatus.NO_CONTACT, True)


def test_what_was_called_off_stays_so(contract):
    contract.status = ContractStatus.CANCELLED
    with pytest.raises(RuleBrokenError):
        tell(contract, 0, KEPT)
    with pytest.raises(RuleBrokenError):
        decide(contract, KEPT)


def test_only_a_party_can_report(contract, market):
    stranger = make.organisation(market.office, "Fremd")
    with pytest.raises(RuleBrokenError):
        followups.report(contract, stranger, Said(KEPT), at=clock.now(), **LINK)


def test_a_report_is_never_changed_nor_deleted(contract):
    told = tell(contract, 0, KEPT, comment="Ja.")
    db.session.commit()
    told.state = PARTLY
    with pytest.raises(ForeignRowError):
        db.session.flush()
    db.session.rollback()
    for verb in ("UPDATE follow_up_report SET state = 'partly'", "DELETE FROM follow_up_report"):
        with pytest.raises(DatabaseError):
            db.session.connection().exec_driver_sql(verb)
        db.session.rollback()
    db.session.delete(told.note)  # words can be taken back
    db.session.commit()
    assert db.session.get(FollowUpReport, told.id).note is None


def test_two_answers_to_one_question_at_once_are_one(contract):
    asked = make.follow_up(contract, contract.parties[0].organisation)
    db.session.commit()
    db.session.refresh(asked)
    table = FollowUp.__table__
    db.session.execute(table.update().values(version=table.c.version + 1))
    with pytest.raises(StaleDataError):
        tell(contract, 0, KEPT)


# --- When who is asked ----------------------------------------------------------------------------------------
def ask(market, days):
    """Give what is asked anew so many days after the event."""
    made = followups.prepare(market.id, market.starts_on + timedelta(days=days))
    db.session.flush()
    return [
        (one.organisation.name, one.stage, one.round, (one.due_on - market.starts_on).days) for one in made
    ]


def test_both_parties_are_asked_after_two_weeks_and_at_the_end(market, contract):
    contract.due_on = market.starts_on + timedelta(days=40)
    assert ask(market, 13) == []
    assert ask(market, 14) == [("Firma", Stage.CONTACT, 1, 14), ("Verein", Stage.CONTACT, 1, 14)]
    assert ask(market, 15) == []
    assert ask(market, 40) == [("Firma", Stage.COMPLETION, 1, 40), ("Verein", Stage.COMPLETION, 1, 40)]
    # The later question takes the place of the earlier one.
    assert [one.stage for one in db.session.scalars(queries.open_of(contract.id))] == [Stage.COMPLETION] * 2


@pytest.mark.parametrize(
    ("rules", "due_in", "days"),
    [
        ({}, None, {Stage.CONTACT: 14, Stage.COMPLETION: 180}),
        ({"contact_days": 7, "report_days": 90}, None, {Stage.CONTACT: 7, Stage.COMPLETION: 90}),
        ({}, 30, {Stage.CONTACT: 14, Stage.COMPLETION: 30}),
        ({}, 10, {Stage.COMPLETION: 10}),
        ({"ends_on": 4}, None, {Stage.CONTACT: 18, Stage.COMPLETION: 184}),
    ],
)
def test_the_event_has_the_rules(market, contract, rules, due_in, days):
    start = market.starts_on
    for name, value in rules.items():
        setattr(market, name, start + timedelta(days=value) if name == "ends_on" else value)
    contract.due_on = start + timedelta(days=due_in) if due_in else None
    assert {stage: (day - start).days for stage, day in followups.days_of(contract).items()} == days


def test_a_day_beyond_the_calendar_is_its_last(market, contract):
    market.starts_on = date.max - timedelta(days=3)
    assert set(followups.days_of(contract).values()) == {date.max}


def test_who_is_still_at_it_is_asked_again_and_not_for_ever(market, contract):
    contract.due_on = day = market.starts_on + timedelta(days=10)
    for number in range(1, 5):
        asked = followups.prepare(market.id, day)
        assert [one.round for one in asked] == ([number] * 2 if number <= 3 else [])
        for party in contract.parties:
            at = clock.midnight(day)
            followups.report(contract, party.organisation, Said(GOING), at=at, **LINK)
        assert followups.prepare(market.id, day + timedelta(days=55)) == []
        day += timedelta(weeks=8)


def test_who_has_told_the_end_is_not_asked_and_who_had_no_contact_is(market, contract):
    contract.due_on = market.starts_on + timedelta(days=40)
    ask(market, 14)
    tell(contract, 0, SILENT)
    assert [name for name, *_more in ask(market, 40)] == ["Firma", "Verein"]
    tell(contract, 0, GOING)
    tell(contract, 1, KEPT)
    assert ask(market, 400) == []


@pytest.mark.parametrize("status", [ContractStatus.CANCELLED, ContractStatus.FULFILLED])
def test_nobody_is_asked_about_what_has_ended(market, contract, status):
    contract.status = status
    assert ask(market, 400) == []


# --- What is counted ------------------------------------------------------------------------------------------
def rates():
    return queries.rows_of(db.session.execute(queries.outcomes()).all())


def test_a_contract_of_three_parties_counts_once(market, contract):
    third = make.organisation(market.office, "Dritte")
    many = make.contract(market.office, *(one.organisation for one in contract.parties), third, event=market)
    for party in range(3):
        tell(many, party, KEPT)
    make.contract(market.office, third, contract.parties[0].organisation, status=ContractStatus.CANCELLED)
    assert rates() == {Outcome.KEPT: 1, Outcome.SILENT: 1}
    assert {tuple(row) for row in db.session.execute(queries.outcomes_by_event([market.id]))} == {
        (market.id, "kept", 1),
        (market.id, "silent", 1),
    }


def test_both_rates_are_named_with_their_numbers(app):
    found = Rates({Outcome.KEPT: 59, Outcome.PARTLY: 9, Outcome.FAILED: 8, Outcome.SILENT: 8})
    with app.test_request_context("/?_l_=en"):
        assert found.sentence() == "70.2 % of all contracts (59 of 84), 77.6 % of those answered (59 of 76)"
        assert Rates({}).sentence() == "no contracts yet"
        only = Rates({Outcome.SILENT: 2}).sentence()
        assert only == "0.0 % of all contracts (0 of 2), nobody has answered yet"
    with app.test_request_context("/?_l_=de"):
        assert found.sentence() == "70,2 % aller Kontrakte (59 von 84), 77,6 % der beantworteten (59 von 76)"
        assert len(found.definitions()) == 3 + len(Outcome)


def test_the_numbers_of_all_reports_stay_though_words_are_taken_back(contract):
    told = tell(contract, 0, KEPT, comment="Gern wieder.")
    db.session.delete(told.note)
    db.session.flush()
    assert db.session.scalars(select(FollowUpReport)).one().state is KEPT
