"""Newsletters in numbers: what the log says, month by month; and no small number for who may not see the people."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from flask_babel import force_locale

from app.access import Role, of_staff, opened
from app.core.db import db
from app.core.pictures import Few
from app.models.subscribers import ConsentChannel, ConsentStep
from app.reports.newsletters import REPORT
from tests import factories as make

STEP = ConsentStep
PAGE = "https://lag.example.org/news"


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


def letter_with(office, name, *lives):
    """Make a newsletter, with a subscription for each list of (step, month) of 2025, from the sign-up page or paper."""
    letter = make.newsletter(office, name)
    for number, life in enumerate(lives):
        line = make.subscription(make.subscriber(office, f"{name}{number}@example.org"), letter)
        for step, month in life:
            first = step in {STEP.RECORDED, STEP.IMPORTED}
            make.consent(
                line,
                step=step,
                at=datetime(2025, month, 10, tzinfo=UTC),
                channel=ConsentChannel.PAPER if first else ConsentChannel.FORM,
                source_url=PAGE if step is STEP.REQUESTED else None,
            )
    db.session.commit()
    return letter


def as_staff(person):
    """Work in the scope of a person, in English."""
    stack = ExitStack()
    stack.enter_context(force_locale("en"))
    stack.enter_context(opened(of_staff(person.id)))
    return stack


def cells(picture):
    return {str(line.name): list(line.cells) for line in picture.lines}


YES_IN_MAY = [(STEP.REQUESTED, 5), (STEP.MAIL_SENT, 5), (STEP.CONFIRMED, 5)]
LIVES = (
    YES_IN_MAY,
    [*YES_IN_MAY, (STEP.REQUESTED, 6), (STEP.CONFIRMED, 6)],  # confirmed twice
    [*YES_IN_MAY, (STEP.WITHDRAWN, 7), (STEP.REQUESTED, 8), (STEP.CONFIRMED, 9)],  # came back
    [(STEP.REQUESTED, 5), (STEP.LAPSED, 6)],  # never answered
    [(STEP.RECORDED, 6), (STEP.CONFIRMED, 6), (STEP.MOVED, 8)],
    [(STEP.IMPORTED, 6)],
)


def test_each_month_says_who_was_asked_who_said_yes_and_how_many_that_leaves(office):
    letter_with(office, "Rundbrief", *LIVES)
    editor = make.staff(Role.NEWSLETTER_EDITOR, offices=(office,))
    with as_staff(editor):
        months, sources = REPORT.build(newsletter=None, year=2025)
    found = cells(months)
    # asked, confirmed, rate, ended, subscribed at the end
    assert found["Apr 2025"] == [0, 0, None, 0, 0]
    assert found["May 2025"] == [4, 3, 75, 0, 3]
    assert found["Jun 2025"] == [3, 3, 100, 0, 5]
    assert found["Jul 2025"] == [0, 0, None, 1, 4]
    assert found["Aug 2025"] == [1, 1, 100, 1, 3]
    assert found["Sept 2025"] == [0, 0, None, 0, 4]
    assert cells(sources) == {
        f"Sign-up form: {PAGE}": [4, 3, 75, 1],
        "On paper": [2, 2, 100, 1],
    }


def test_what_was_before_counts_at_the_beginning(office):
    letter_with(office, "Rundbrief", *LIVES)
    with as_staff(make.staff(Role.NEWSLETTER_EDITOR, offices=(office,))):
        months, sources = REPORT.build(newsletter=None, year=2026)
    assert cells(months)["Jan 2026"] == [0, 0, None, 0, 4]
    assert sources.lines == []


def test_one_newsletter_is_counted_alone_and_no_other_offices(office):
    letter_with(office, "Rundbrief", *LIVES)
    letter_with(office, "Anderer", YES_IN_MAY)
    letter_with(make.office("Fremde", parent=office.parent), "Fremder", *LIVES)
    with as_staff(make.staff(Role.NEWSLETTER_EDITOR, offices=(office,))):
        [both, _sources] = REPORT.build(newsletter=None, year=2025)
        [one, _sources] = REPORT.build(newsletter="Anderer", year=2025)
        [none, _sources] = REPORT.build(newsletter="Fremder", year=2025)
    assert [cells(each)["May 2025"][1] for each in (both, one, none)] == [4, 1, 0]


def test_who_may_not_see_the_people_sees_no_small_number(office):
    letter_with(office, "Rundbrief", *LIVES)
    agency = make.staff(Role.SERVICE_AGENCY, offices=(office.parent,))
    few = Few(5)
    with as_staff(agency):
        [months, sources] = REPORT.build(newsletter=None, year=2025)
    letter_with(office, "Großer", *([YES_IN_MAY] * 3))
    with as_staff(agency):
        [many, _sources] = REPORT.build(newsletter=None, year=2025)
    found = cells(months)
    # One of four hasn't answered: the number of those who have would say so.
    assert found["May 2025"] == [few, None, None, 0]
    assert found["Jun 2025"] == [few, few, None, 0]
    assert found["Jul 2025"] == [0, 0, None, few]
    assert all(cell in {few, None} for line in sources.lines for cell in line.cells[:2])
    # One of seven hasn't answered: a rate would say so.
    assert cells(many)["May 2025"] == [None, None, None, 0]


def test_no_small_number_can_be_worked_out_from_the_others(office):
    """One month of few beside many of more: with the sum, which the sources tell, it would be known."""
    letter_with(
        office, "Rundbrief", *([YES_IN_MAY] * 9), [(STEP.REQUESTED, 6)], *([[(STEP.REQUESTED, 7)]] * 6)
    )
    letter_with(office, "Kleiner", YES_IN_MAY)
    agency = make.staff(Role.SERVICE_AGENCY, offices=(office.parent,))
    with as_staff(agency):
        [months, sources] = REPORT.build(newsletter=None, year=2025)
        [parameter, _year] = REPORT.parameters
        assert parameter.options() == []
        with pytest.raises(ValueError, match="Rundbrief"):
            parameter.read("Rundbrief")
    found = cells(months)
    assert [found[month][0] for month in ("May 2025", "Jun 2025", "Jul 2025")] == [10, Few(5), None]
    assert [line.cells[0] for line in sources.lines] == [17]


@pytest.mark.parametrize(
    ("role", "seen", "taken"),
    [
        (Role.NEWSLETTER_EDITOR, 200, 200),
        (Role.SERVICE_AGENCY, 200, 403),
        (Role.OFFICE_MANAGER, 200, 403),
        (Role.REGIONAL_OFFICE, 403, 403),
        (Role.READER, 403, 403),
    ],
)
def test_who_may_read_newsletters_reads_their_numbers(app, client, office, role, seen, taken):
    letter_with(office, "Rundbrief", *LIVES)
    make.sign_in(client, make.staff(role, offices=(office.parent,)))
    page = client.get("/reports/newsletters?year=2025")
    assert page.status_code == seen
    assert client.get("/reports/newsletters/export?year=2025").status_code == taken
    assert "@example.org" not in page.text
    listed = client.get("/newsletters/list/").text
    if role in {Role.SERVICE_AGENCY, Role.OFFICE_MANAGER}:
        assert "fewer than 5" in page.text
    assert ("/reports/newsletters" in client.get("/reports/").text) is (seen == 200)
    assert listed or seen == 403


def test_a_list_tells_the_agency_no_small_number_either(client, office):
    letter = letter_with(office, "Rundbrief")
    for number in range(3):
        make.subscription(make.subscriber(office, f"{number}@example.org"), letter, status="confirmed")
    db.session.commit()
    make.sign_in(client, make.staff(Role.SERVICE_AGENCY, offices=(office.parent,)))
    for address in ("/newsletters/list/", f"/newsletters/show/{letter.id}", "/panel/newsletters"):
        page = client.get(address)
        if page.status_code == 200:
            assert "fewer than 5" in page.text, address


@pytest.mark.parametrize("query", ["year=1999", "year=x", "year=²"])
def test_a_year_that_is_none_is_refused(client, office, query):
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)))
    assert client.get(f"/reports/newsletters?{query}").status_code == 400
