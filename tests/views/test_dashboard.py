"""The start page: whose panels it has, what they say, what may be taken away, and what it costs."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import date, timedelta
from html import unescape

import openpyxl
import pytest

from app.access import Role
from app.core import clock
from app.models.activities import ActivityKind
from app.models.contracts import ContractStatus
from app.models.events import EventStatus
from app.models.figures import Measure
from app.models.receipts import Receipt
from app.models.subscribers import ConsentStep, Delivery
from app.views.start_panels import PANELS
from tests import factories as make
from tests.access import panels
from tests.access.worlds import MARK, mark, network, records
from tests.crowd import crowd
from tests.marketplaces_2006 import chosen, held, six
from tests.tables import read

TODAY = clock.today()
DAY = timedelta(days=1)
HTMX = {"HX-Request": "true"}
MOST_STATEMENTS = 30


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def signed_in(client, office):
    """Sign a person with a role in."""

    def sign_in(role=Role.OFFICE_MANAGER, language="en", at=office, person=None):
        return make.sign_in(client, person or make.staff(role, offices=(at,)), language)

    return sign_in


def shown(page):
    """Give the names of the panels of a page, in their order."""
    return re.findall(r'<section class="card panel" id="panel-(\w+)"', page)


def cells(page):
    """Give the rows of the table of a panel by their names, as they read."""
    found = {}
    for row in re.findall(r"<tr[ >].*?</tr>", page.partition("<thead>")[2], re.DOTALL):
        texts = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        name, *rest = (unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split())) for text in texts)
        found[name] = [text.replace("\xa0", " ") for text in rest]
    return found


def panel(browser, name):
    answer = browser.get(f"/panel/{name}", headers=HTMX)
    assert answer.status_code == 200, name
    return answer.text


def deal(office, *values, **more):
    company, club = make.organisation(office, "Firma"), make.organisation(office, "Verein")
    contract = make.contract(office, company, club, **more)
    for value in values:
        make.contribution(contract, value=value)
    return contract


# --- whose panels ---------------------------------------------------------------------------------------------
def test_the_table_of_the_tests_names_every_panel():
    assert set(panels.NAMES) == set(PANELS)


@pytest.mark.parametrize("role", Role)
def test_each_role_finds_its_panels(signed_in, role):
    page = signed_in(role).get("/").text
    assert set(shown(page)) == {name for name in panels.NAMES if panels.may(role, "r", name)}
    assert len(shown(page)) == len(set(shown(page)))


@pytest.mark.parametrize("role", Role)
def test_each_panel_can_be_asked_for_and_taken_as_the_table_says(signed_in, role):
    browser = signed_in(role)
    for name in panels.NAMES:
        reads, takes = (200 if panels.may(role, letter, name) else 403 for letter in "rx")
        assert browser.get(f"/panel/{name}").status_code == reads, name
        assert browser.get(f"/panel/{name}/export").status_code == takes, name


def test_who_has_two_roles_finds_the_panels_of_both_once(signed_in, office):
    person = make.staff(Role.REGIONAL_OFFICE, Role.NEWSLETTER_EDITOR, offices=(office,))
    names = shown(signed_in(person=person).get("/").text)
    assert names[:4] == ["tasks", "followups", "events", "gaps"]
    assert {"newsletters", "signups"} < set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("address", ["/panel/tasks", "/panel/contracts_by_year/export", "/panel/nothing"])
def test_who_is_not_signed_in_is_asked_to(client, office, address):
    answer = client.get(address)
    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login/")


@pytest.mark.parametrize("address", ["/panel/nothing", "/panel/nothing/export", "/panel/tasks.html"])
def test_a_panel_that_does_not_exist_is_not_found(signed_in, address):
    assert signed_in(Role.ADMINISTRATOR).get(address).status_code == 404


def test_a_panel_is_a_part_for_the_page_and_a_page_for_a_link(signed_in):
    browser = signed_in()
    part, page = browser.get("/panel/gaps", headers=HTMX), browser.get("/panel/gaps")
    assert part.text.lstrip().startswith("<section")
    assert "<html" in page.text
    assert shown(page.text) == shown(part.text) == ["gaps"]
    assert "HX-Request" in part.headers["Vary"]


def test_what_takes_longer_asks_for_itself_and_has_a_link_for_who_runs_no_scripts(signed_in):
    page = signed_in().get("/").text
    for name in ("gaps", "contracts_by_year", "recent"):
        assert f'hx-get="/panel/{name}" hx-trigger="load"' in page
        assert f'href="/panel/{name}"' in page
    assert 'hx-get="/panel/tasks"' not in page


# --- what they say --------------------------------------------------------------------------------------------
def test_tasks_are_mine_and_nobodys_and_the_overdue_ones_come_first(signed_in, office):
    me, other = (
        make.staff(Role.REGIONAL_OFFICE, offices=(office,)),
        make.staff(Role.READER, offices=(office,)),
    )
    club = make.organisation(office, "Club")
    task = {"kind": ActivityKind.TASK, "organisation": club}
    make.activity(office, subject="Later", due_on=TODAY, assignee=me, **task)
    make.activity(office, subject="Late", due_on=TODAY - DAY, **task)
    make.activity(office, subject="Whenever", assignee=me, **task)
    make.activity(office, subject="Hers", due_on=TODAY - DAY, assignee=other, **task)
    page = signed_in(person=me).get("/").text
    assert re.findall(r">(Later|Late|Whenever|Hers)</a>", page) == ["Late", "Later", "Whenever"]
    assert page.count("overdue since") == 1


def test_a_task_is_done_in_one_click_and_leads_back(signed_in, office):
    make.activity(office, kind=ActivityKind.TASK, subject="Call", organisation=make.organisation(office))
    browser = signed_in(Role.REGIONAL_OFFICE)
    (action,) = re.findall(r'<form method="post" action="(/activities/[^"]+)"', browser.get("/").text)
    answer = browser.post(action, data={"back": "/"})
    assert (answer.status_code, answer.location) == (302, "/")
    page = browser.get("/").text.partition('id="panel-tasks"')[2].partition("</section>")[0]
    assert ">Call</a>" not in page
    assert "/activities/finish" not in signed_in(Role.READER).get("/").text


def test_a_reader_is_offered_nothing_to_add(signed_in, office):
    assert "/activities/add" in signed_in(Role.REGIONAL_OFFICE).get("/").text.partition("<main")[2]
    assert "/add" not in signed_in(Role.READER).get("/").text.partition("<main")[2]


def test_contracts_to_ask_about_are_those_of_the_lists_behind_them(signed_in, office):
    for number in range(10):
        deal(office, due_on=TODAY - DAY, title=f"Late {number}", status=ContractStatus.IN_PROGRESS)
    deal(office, agreed_on=TODAY - 14 * DAY, title="Silent")
    deal(office, agreed_on=TODAY - 13 * DAY, title="Fresh")
    deal(office, due_on=TODAY - DAY, status=ContractStatus.FULFILLED, title="Kept")
    browser = signed_in()
    page = browser.get("/").text.partition('id="panel-followups"')[2].partition("</section>")[0]
    links = re.findall(r'href="([^"]*/contracts/list/[^"]*)">All (\d+)', page)
    assert [number for _address, number in links] == ["10", "1"]
    for address, number in links:
        assert len(read(browser.get(unescape(address))).rows) == int(number)
    assert page.count("Late ") == 8
    assert "Silent" in page
    assert not re.search("Fresh|Kept", page)


def test_next_events_are_those_of_the_list_behind_them(signed_in, office):
    make.event(office, "Soon", starts_on=TODAY)
    make.event(office, "Off", starts_on=TODAY, status=EventStatus.CANCELLED)
    make.event(office, "Past", starts_on=TODAY - DAY)
    browser = signed_in()
    page = browser.get("/").text.partition('id="panel-events"')[2].partition("</section>")[0]
    assert "Soon" in page
    assert not re.search("Off|Past", page)
    (address,) = re.findall(r'href="([^"]*/events/list/[^"]*)"', page)
    assert len(read(browser.get(unescape(address))).rows) == 1


def test_numbers_by_year_read_as_a_person_says_them(signed_in, office):
    market = six(office)[0]
    deal(office, 100, None, event=market, agreed_on=date(2006, 9, 18))
    deal(office, None, event=market, agreed_on=date(2006, 9, 18))
    deal(office, 7, agreed_on=date(2026, 5, 1))
    page = panel(signed_in(), "contracts_by_year")
    assert cells(page) == {
        "Year": [
            "Contracts, counted", "Equivalent value, counted", "Contracts, reported", "Equivalent value, reported",
        ],
        "2006": ["2", "100 € 1 of 2", "over 556", "about 680,000 €* 4 of 6"],
        "2026": ["1", "7 €", "– unknown", "– unknown"],
        "Total": ["3", "107 € 2 of 3", "over 556", "about 680,000 €* 4 of 6"],
    }  # fmt: skip
    assert "* mixed:" in page
    assert float(re.findall(r'data-value="([^"]+)">over', page)[0]) == 556


def test_what_nobody_reported_is_unknown_and_no_zero(signed_in, office):
    held(office, starts_on=date(2026, 5, 1))
    page = panel(signed_in(), "contracts_by_year")
    assert cells(page)["2026"] == ["0", "– unknown", "– unknown", "– unknown"]
    assert page.count("data-value") == 1


def test_marketplaces_stand_beside_each_other_with_what_is_counted_and_reported(signed_in, office):
    market = six(office)[0]
    deal(office, 5, event=market)
    found = cells(panel(signed_in(), "contracts_by_event"))
    assert found["Ruhrdax, Essen, 2006"] == ["1", "5 €", "97", "just under 200,000 €"]
    assert found["Düsseldorf gewinnt, Düsseldorf, 2006"] == ["0", "– unknown", "over 120", "270,000 €"]
    assert found["Marktplatz, Kassel"][2:] == ["68", "about 80,000 €"]
    assert found["Total"] == ["1", "5 €", "over 556", "about 680,000 €* 4 of 6"]


def test_the_network_is_counted_by_state_and_year(signed_in, office):
    from app.models.offices import State

    for state, year in ((State.BB, 2025), (State.BB, 2026), (None, 2026)):
        held(office, state=state, starts_on=date(year, 5, 1))
    held(office, state=State.BB)
    browser = signed_in(Role.SERVICE_AGENCY, at=office.parent)
    assert cells(panel(browser, "network_events")) == {
        "Federal state": ["2025", "2026", "without a date", "Total"],
        "Brandenburg": ["1", "1", "1", "3"],
        "no state": ["0", "1", "0", "1"],
        "Total": ["1", "2", "1", "4"],
    }


def test_a_site_is_a_row_and_where_its_place_is_known_a_point(signed_in, office):
    held(office, city="Berlin", starts_on=date(2006, 5, 1), latitude=52, longitude=13)
    held(office, city="Kassel")
    held(office)
    page = panel(signed_in(Role.SERVICE_AGENCY, at=office.parent), "network_sites")
    assert cells(page) == {
        "City": ["Federal state", "Marketplaces held", "First on", "Last on"],
        "Berlin": ["", "1", "01/05/2006", "01/05/2006"],
        "Kassel": ["", "1", "", ""],
        "no city": ["", "1", "", ""],
        "Total": ["", "3", "", ""],
    }
    assert page.count("data-latitude") == 1
    assert "2 marketplaces without a place on the map" in page


def test_newsletters_are_counted_without_an_address(signed_in, office):
    letter = make.newsletter(office, "Rundbrief")
    for delivery in Delivery:
        reader = make.subscriber(office, f"{delivery.value}@example.org", delivery=delivery)
        make.consent(make.subscription(reader, letter), at=clock.now(), step=ConsentStep.RECORDED)
    browser = signed_in(Role.NEWSLETTER_EDITOR)
    assert cells(panel(browser, "newsletters"))["Rundbrief"] == ["4", "0", "0", "0"]
    months = cells(panel(browser, "signups"))
    assert len(months) == 13
    assert list(months.values())[-1] == ["4", "0"]
    assert re.findall(r'href="[^"]*">(\d+)</a>', panel(browser, "deliveries")) == ["1"] * 4
    assert "@example.org" not in panel(signed_in(Role.OFFICE_MANAGER), "newsletters")


def test_what_was_changed_is_told_once_with_who_did_it(signed_in, office, database):
    club = make.organisation(office, "Club")
    person = make.contact(office, "Jäger")
    for city in ("A", "B"):
        club.city = city
        database.flush()
    page = panel(signed_in(), "recent")
    assert re.findall(r">(Club, B|Jäger|Club)</a>", page) == ["Club, B", "Jäger"]
    assert "tests" in page
    database.delete(person)
    database.commit()
    assert "Jäger" not in panel(signed_in(), "recent")


def test_an_editor_of_newsletters_is_not_told_of_organisations(signed_in, office):
    make.organisation(office, "Club")
    make.newsletter(office, "Rundbrief")
    page = panel(signed_in(Role.NEWSLETTER_EDITOR), "recent")
    assert "Rundbrief" in page
    assert "Club" not in page


def test_the_tasks_of_the_staff_are_counted_as_in_the_list_behind(signed_in, office):
    pat = make.staff(Role.REGIONAL_OFFICE, offices=(office,), first_name="Ute")
    club = make.organisation(office)
    for due in (TODAY - DAY, TODAY):
        make.activity(office, kind=ActivityKind.TASK, organisation=club, assignee=pat, due_on=due)
    make.activity(office, kind=ActivityKind.TASK, organisation=club)
    browser = signed_in()
    page = panel(browser, "team")
    assert {name: row for name, row in cells(page).items() if name != "Assigned to"} == {
        str(pat): ["2", "1"],
        "nobody": ["1", "0"],
    }
    for (address, name), number in zip(
        re.findall(r'<a href="([^"]+)">([^<]+)</a>', page), (2, 1), strict=True
    ):
        assert len(read(browser.get(unescape(address))).rows) == number, name


@pytest.mark.parametrize("role", Role)
def test_an_empty_office_has_panels_that_say_so(signed_in, role):
    browser = signed_in(role)
    for name in panels.NAMES:
        if panels.may(role, "r", name):
            assert panel(browser, name)


def test_a_german_reads_german_numbers(signed_in, office):
    six(office)
    assert cells(panel(signed_in(language="de"), "contracts_by_year"))["2006"][3].startswith(
        "rund 680.000 €*"
    )


def test_names_are_escaped(signed_in, office):
    event = held(office, title="<script>alert(1)</script>", city="<b>Bad", starts_on=TODAY - DAY)
    chosen(event, Measure.CONTRACTS, 1)
    browser = signed_in(Role.ADMINISTRATOR)
    for name in panels.NAMES:
        assert not re.search(r"<script>alert|<b>Bad", panel(browser, name)), name


# --- what is taken away ---------------------------------------------------------------------------------------
def test_a_download_is_the_table_and_leaves_a_receipt(signed_in, office, database):
    six(office)
    answer = signed_in().get("/panel/contracts_by_year/export")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "Year"
    line = dict(zip(rows[0], rows[1], strict=True))
    assert (line["Year"], line["Contracts, reported"]) == ("2006", 556)
    assert line["Contracts, reported: Qualifier"] == "over"
    assert line["Equivalent value, reported: Qualifier"] == "mixed"
    assert line["Equivalent value, reported: Stated by"] == "4 of 6"
    assert line["Equivalent value, counted"] is None
    (receipt,) = database.query(Receipt).all()
    assert (receipt.title, receipt.format, receipt.rows) == ("Contracts and value by year", "xlsx", 1)
    assert receipt.sha256 == hashlib.sha256(answer.data).hexdigest()


def test_looking_and_being_refused_leave_no_receipt(signed_in, database):
    signed_in().get("/panel/contracts_by_year")
    signed_in(Role.READER).get("/panel/signups/export")
    signed_in(Role.ADMINISTRATOR).get("/panel/tasks/export")
    assert database.query(Receipt).count() == 0


def test_who_sees_a_table_is_offered_it_and_a_list_of_rows_is_not_a_table(signed_in, office):
    six(office)
    assert 'href="/panel/contracts_by_year/export"' in panel(signed_in(), "contracts_by_year")
    assert 'href="/panel/contracts_by_year/export"' in panel(signed_in(Role.READER), "contracts_by_year")
    assert "/export" not in panel(signed_in(Role.READER), "events")


# --- whose rows, and what it costs ----------------------------------------------------------------------------
@pytest.mark.parametrize("role", [one for one in Role if one is not Role.ADMINISTRATOR])
def test_nothing_of_another_office_is_shown_or_taken(client, database, role):
    world = network()
    for place in (world.there, world.elsewhere):
        records(place)
        event = held(place, city="Ort", starts_on=date(2020, 1, 1), latitude=50, longitude=10)
        chosen(event, Measure.CONTRACTS, 987_654)
        deal(place, 876_543, due_on=TODAY - DAY, agreed_on=TODAY - 30 * DAY, event=event)
        make.activity(
            place, kind=ActivityKind.TASK, organisation=make.organisation(place), assignee=world.stranger
        )
    records(world.here)
    person = make.staff(role, offices=(world.here,))
    database.commit()
    mark([world.there.id, world.elsewhere.id], [world.stranger.id])
    browser = make.sign_in(client, person, "en")
    texts = [browser.get("/").text]
    for name in panels.NAMES:
        texts.append(browser.get(f"/panel/{name}").text)
        answer = browser.get(f"/panel/{name}/export")
        if answer.status_code == 200:
            book = openpyxl.load_workbook(io.BytesIO(answer.data))
            texts.append(str([[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]))
    for text in texts:
        assert MARK not in text
        assert not re.search(r"987[,.]?654|876[,.]?543", text)


def test_the_page_and_each_panel_take_a_few_statements_however_many_rows(
    app, office, count_statements, database
):
    """All roles look at the same rows, since these take longer to make than to look at."""
    people = {role: make.staff(role, offices=(office,)) for role in Role}
    database.commit()
    browsers = {role: make.sign_in(app.test_client(), person) for role, person in people.items()}
    addresses = [
        (role, address)
        for role in Role
        for address in ("/", *(f"/panel/{name}" for name in panels.NAMES if panels.may(role, "r", name)))
    ]
    counts = []
    crowd(office)
    for turn in range(2):
        _more(office, turn)
        database.commit()
        numbers = {}
        for role, address in addresses:
            browsers[role].get(address)
            with count_statements() as statements:
                assert browsers[role].get(address).status_code == 200
            numbers[role, address] = len(statements)
        counts.append(numbers)
    assert counts[0] == counts[1]
    assert {place: number for place, number in counts[1].items() if number > MOST_STATEMENTS} == {}


def _more(office, turn):
    for number in range(10):
        event = held(office, city=f"Stadt {number}", starts_on=date(2000 + number, 5, 1))
        chosen(event, Measure.CONTRACTS, number)
        deal(office, number, event=event, due_on=TODAY - DAY, agreed_on=TODAY - 20 * DAY)
        make.subscription(
            make.subscriber(office, f"m{turn}{number}@example.net"), make.newsletter(office, f"N{number}")
        )
        make.receipt(office)
