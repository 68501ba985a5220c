"""What reports say of days: when a task was done, who has come already, and which newsletter is meant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask_babel import force_locale

from app.access import Role, Verb, of_staff, opened
from app.core import clock
from app.core.db import db
from app.models.activities import ActivityKind
from app.models.categories import Side
from app.models.events import EventStatus
from app.models.participations import ParticipationStatus
from app.reports import REPORTS
from tests import factories as make


@pytest.fixture
def office(database):
    """Work for an office, in English."""
    office = make.office("LAG")
    person = make.staff(Role.OFFICE_MANAGER, offices=(office,))
    db.session.commit()
    with force_locale("en"), opened(of_staff(person.id)):
        yield office


def rows(name, table, **asked):
    report = REPORTS[name]
    values = report.values(asked)
    (found,) = (one for one in report.build(**values).filled(Verb.READ) if one.sheet.name == table)
    return list(found.rows())


# --- Tasks ----------------------------------------------------------------------------------------------------
def test_a_task_happened_when_it_was_done_by_the_clocks_in_the_office(office):
    firm = make.organisation(office)
    task = {"kind": ActivityKind.TASK, "organisation": firm}
    written, late = date(2026, 3, 1), datetime(2024, 12, 31, 23, 30, tzinfo=UTC)
    make.activity(office, **task, subject="Late", happened_on=written, done_at=late)
    make.activity(
        office, **task, subject="Planned", happened_on=None, done_at=datetime(2025, 7, 1, 9, tzinfo=UTC)
    )
    make.activity(office, **task, subject="Open", happened_on=date(2025, 7, 2))
    make.activity(
        office, organisation=firm, subject="Call", kind=ActivityKind.CALL, happened_on=date(2025, 2, 3)
    )
    found = [(row.subject, row.happened_on) for row in rows("activities", "done", year="2025")]
    assert found == [("Planned", date(2025, 7, 1)), ("Call", date(2025, 2, 3)), ("Late", date(2025, 1, 1))]
    kinds = {row.kind: row.activities for row in rows("activities", "kinds", year="2025")}
    assert kinds == {ActivityKind.TASK: 2, ActivityKind.CALL: 1}
    assert rows("activities", "done", year="2026") == rows("activities", "done", year="2024") == []


# --- Events that are still ahead ------------------------------------------------------------------------------
@pytest.fixture
def firm(office):
    """Take part in an event that's over, one of tomorrow, one without a date, and one that was called off."""
    firm, row = make.organisation(office), make.series(office, "Every year")
    today = clock.today()
    for title, day, status in (
        ("Held", today - timedelta(400), EventStatus.HELD),
        ("Today", today, EventStatus.ANNOUNCED),
        ("Tomorrow", today + timedelta(1), EventStatus.ANNOUNCED),
        ("Some day", None, EventStatus.ANNOUNCED),
        ("Called off", today - timedelta(30), EventStatus.CANCELLED),
    ):
        event = make.event(office, title, starts_on=day, status=status, series=row)
        make.participation(event, firm, side=Side.COMPANY, status=ParticipationStatus.CONFIRMED)
    return firm


def test_nobody_has_come_to_an_event_of_a_series_that_is_still_ahead(firm):
    found = {row.event: row.companies for row in rows("series", "series")}
    assert found == {"Held": 1, "Today": 1, "Tomorrow": None, "Some day": None}


def test_an_organisation_has_not_been_where_nobody_has(firm):
    (found,) = rows("organisations", "organisations")
    today = clock.today()
    assert (found.events, found.first, found.last) == (2, today - timedelta(400), today)


# --- What can't be asked for ----------------------------------------------------------------------------------
def test_a_newsletter_that_cant_be_chosen_is_no_newsletter_without_readers(client, database):
    office = make.office("LAG")
    make.newsletter(office, "Rundbrief")
    make.newsletter(make.office("Elsewhere"), "Brief von dort")
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)))
    asked = [
        client.get("/reports/newsletters", query_string={"newsletter": name}).status_code
        for name in ("Rundbrief", "", "Quatsch", "Brief von dort")
    ]
    assert asked == [200, 200, 400, 400]


# --- Parts of contracts ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("table", ["parties", "contributions"])
def test_a_part_of_a_contract_without_event_and_number_leads_to_its_contract(office, table):
    firm, club = make.organisation(office, "Firma"), make.organisation(office, "Verein")
    contract = make.contract(office, firm, club, title="Regale")
    make.contribution(contract, giver=firm, receiver=club)
    for row in rows("contracts", table):
        assert (row.contract_id, row.title) == (contract.id, "Regale")
