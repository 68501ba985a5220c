"""Reports of rows: their numbers against rows made by hand, whose rows are in them, and how their files read."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pypdfium2
import pytest
from flask_babel import force_locale
from python_calamine import CalamineWorkbook

from app.access import Role, of_staff, opened
from app.core import clock, sheetrest
from app.core.db import db
from app.models.activities import ActivityKind
from app.models.categories import Category, Side
from app.models.contacts import Channel, ChannelKind, LawfulBasis, Salutation
from app.models.contracts import ContractStatus
from app.models.events import EventStatus
from app.models.languages import Language
from app.models.offices import State
from app.models.participations import Participant, ParticipationStatus
from app.models.receipts import FileContent, Receipt
from app.models.series import Series
from app.reports import REPORTS, tables
from app.reports.tables import links, workbook
from app.reports.tables.people import greeting
from tests import factories as make
from tests.conftest import in_turn

NAMES = [report.name for report in tables.REPORTS]
MOST_STATEMENTS = 9  # of a page, and two more for each sheet
FOREIGN = "Elsewhere"
YES, NO = "yes", "no"
NAMELESS = {
    "contributions",
    "receipts",
}  # they name nothing that is of an office by its name; they're asked below
ADMINISTRATORS = {"receipts"}  # who else takes them out as a file


ON_ONE = pytest.mark.parametrize(("app", "name"), in_turn(NAMES), indirect=["app"])


@pytest.fixture(autouse=True)
def _english(database):
    with force_locale("en"):
        yield


@pytest.fixture
def world(database):
    """Two offices of an agency, each with the same kinds of records; the other one's all bear a word."""
    agency = make.office("Servicestelle")
    here, there = make.office("LAG", parent=agency), make.office(FOREIGN, parent=agency)
    other = [make.organisation(there, f"{FOREIGN} {name}") for name in ("Firm", "Club")]
    rows = SimpleNamespace(agency=agency, here=here, there=there)
    _filled(there, other, f"{FOREIGN} person")
    rows.baker, rows.club = make.organisation(here, "Baker"), make.organisation(here, "Club")
    rows.signer, rows.event, rows.contract = _filled(here, [rows.baker, rows.club], "Jäger")
    return rows


def _filled(office, organisations, person):
    giver, receiver = organisations
    signer = make.contact(
        office,
        person,
        first_name="Ana",
        at=giver,
        email=f"{office.id}@example.org",
        street="Weg 1",
        postal_code="15344",
        city=office.name,
    )
    event = make.event(
        office, f"Markt {office.name}", starts_on=date(2026, 3, 4), status=EventStatus.HELD, city=office.name
    )
    contract = make.contract(office, giver, receiver, event=event, number=3, title=f"Painting {office.name}")
    contract.parties[0].signatory = signer
    taking_part = make.participation(event, giver, status=ParticipationStatus.ATTENDED, head_count=3)
    taking_part.people.append(Participant(name=person))
    make.participation(event, receiver, side=Side.NONPROFIT, status=ParticipationStatus.REGISTERED)
    subject = f"Call {office.name}"
    make.activity(office, subject=subject, kind=ActivityKind.TASK, organisation=giver, event=event)
    make.activity(office, subject=f"Talk {office.name}", organisation=giver, happened_on=date(2026, 3, 5))
    event.series = Series(office=office, name=f"Series {office.name}")
    make.contribution(contract, giver=giver, receiver=receiver, value=Decimal(100), hours=Decimal("2.5"))
    make.contribution(contract, giver=receiver, receiver=giver, text="Singing", category=Category.KNOW_HOW)
    db.session.commit()
    return signer, event, contract


@pytest.fixture
def person(client, world):
    """Sign somebody in, and give the browser."""

    def sign_in(role=Role.OFFICE_MANAGER, office=None, language="en"):
        return make.sign_in(client, make.staff(role, offices=(office or world.here,)), language)

    return sign_in


@pytest.fixture
def taker(person):
    """Sign in who may take a report out, and give the browser."""

    def sign_in(name, office=None, language="en"):
        if name not in ADMINISTRATORS:
            return person(Role.OFFICE_MANAGER, office, language)
        return person(Role.ADMINISTRATOR, office, language)

    return sign_in


def taken(browser, name, **asked):
    answer = browser.get(f"/reports/{name}/export", query_string=asked)
    assert answer.status_code == 200, answer.text
    return answer.data


def sheets(data):
    """Give each sheet's rows as dicts of heading and value, as openpyxl reads them; totals stand under "Total"."""
    found = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(data), data_only=True):
        headings, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(headings, row, strict=True)) for row in rows if any(row)]
    return found


def some(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def table(browser, name, sheet, **asked):
    answer = browser.get(f"/reports/{name}/export/{sheet}.csv", query_string=asked)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


# --- Whoever asks ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [name for name in NAMES if name not in ADMINISTRATORS])
def test_no_row_of_another_office_is_in_a_report(taker, world, name):
    browser = taker(name)
    page, book = browser.get(f"/reports/{name}").text, taken(browser, name)
    assert FOREIGN not in page
    for rows in sheets(book).values():
        assert not [row for row in rows if any(FOREIGN in str(value) for value in row.values())]
    for one in REPORTS[name].build(**REPORTS[name].values({})).sheets:
        assert FOREIGN not in str(table(browser, name, one.name))
    if name not in NAMELESS:
        assert FOREIGN in str(sheets(taken(taker(name, world.there), name)))


@ON_ONE
def test_a_report_cant_be_narrowed_to_what_another_office_has(taker, world, name):
    browser = taker(name)
    event = db.session.query(type(world.event)).filter_by(office_id=world.there.id).one()
    if name in ADMINISTRATORS:
        return
    for parameter, row in (("office", world.there), ("event", event)):
        if parameter in {one.name for one in REPORTS[name].parameters}:
            assert browser.get(f"/reports/{name}?{parameter}={row.id}").status_code == 400
            assert browser.get(f"/reports/{name}/export?{parameter}={row.id}").status_code == 400


@ON_ONE
def test_a_page_takes_as_many_statements_for_many_rows_as_for_few(taker, world, name, count_statements):
    browser = taker(name)
    browser.get(f"/reports/{name}")
    with count_statements() as few:
        browser.get(f"/reports/{name}")
    for _ in range(25):
        contract = make.contract(world.here, world.baker, world.club)
        make.contribution(contract, giver=world.baker, receiver=world.club, text="Hands")
    with count_statements() as many:
        browser.get(f"/reports/{name}")
    count = len(REPORTS[name].build(**REPORTS[name].values({})).sheets)
    assert len(many) <= len(few) + count  # where there are more than are shown, they're counted
    assert len(few) <= MOST_STATEMENTS + len(REPORTS[name].parameters) + count


@ON_ONE
def test_a_report_reads_in_german_and_english(taker, name):
    headings = {}
    for language, said in (("de", "Bericht"), ("en", "Report")):
        browser = taker(name, language=language)
        assert browser.get(f"/reports/{name}").status_code == 200
        *found, info = openpyxl.load_workbook(io.BytesIO(taken(browser, name))).worksheets
        assert info["A1"].value == said
        headings[language] = [[cell.value for cell in sheet[1]] for sheet in found if sheet.tables]
    assert all(one != other for one, other in zip(*headings.values(), strict=True))


@ON_ONE
def test_two_libraries_read_the_same_workbook(taker, name):
    data = taken(taker(name), name)
    ours = {
        sheet.title: [[value if value is not None else "" for value in row] for row in sheet.values]
        for sheet in openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    }
    other = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert other.sheet_names == list(ours)
    for title in other.sheet_names:
        read = other.get_sheet_by_name(title).to_python()
        assert [str(row[0]) for row in read] == [str(row[0]) for row in ours[title]]


@ON_ONE
def test_a_workbook_is_made_to_be_printed_and_says_what_it_is(taker, name):
    book = openpyxl.load_workbook(io.BytesIO(taken(taker(name), name)))
    assert book.properties.title == str(REPORTS[name].title)
    assert book.properties.creator.startswith("Pat ")
    for sheet in book.worksheets[:-1]:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert "&P" in sheet.oddFooter.right.text
        if sheet.title != "Charts":
            assert sheet.freeze_panes == "A2"
            assert sheet.print_title_rows == "$1:$1"
            (table,) = sheet.tables.values()
            assert table.autoFilter.ref.startswith("A1:")


def test_a_csv_has_the_address_of_each_record_where_a_workbook_has_a_link(app, person, world):
    rows = table(person(), "participants", "organisations")
    assert rows
    home = app.config["PUBLIC_URL"]
    addresses = [row["In Marktbüro"] for row in rows]
    pages = tuple(f"{home}/{kind}/show/" for kind in ("participations", "organisations"))
    assert all(one.startswith(pages) for one in addresses), addresses


# --- Receipts -------------------------------------------------------------------------------------------------
def test_each_file_has_its_receipt(person, world):
    browser = person()
    taken(browser, "contracts", year="2026")
    table(browser, "contracts", "parties", event=str(world.event.id))
    book, rows = db.session.query(Receipt).order_by(Receipt.id)
    assert (book.title, book.format, book.rows) == ("Contracts", "xlsx", 5)
    assert "Year: 2026" in book.filter
    assert (rows.title, rows.format, rows.rows) == ("Contracts – Parties", "csv", 2)
    assert str(world.event) in rows.filter
    assert book.sections.split() == ["contacts", "contracts", "reports"]


def test_a_table_that_a_report_has_not_is_none(person):
    assert person().get("/reports/contracts/export/nothing.csv").status_code == 404


# --- Contracts ------------------------------------------------------------------------------------------------
def test_contracts_stand_with_parties_and_contributions(person, world):
    found = sheets(taken(person(), "contracts"))
    assert some(found["Contracts"], "Number", "Parties", "Hours", "Equivalent value (€)") == [
        (3, "Baker – Club", 2.5, 100),
        (None, None, 2.5, 100),
    ]
    assert found["Contracts"][-1]["Office"] == "Total"
    assert some(found["Parties"], "Organisation", "Side", "Signed by") == [
        ("Baker", "Company side", "Ana Jäger"),
        ("Club", "Nonprofit side", None),
    ]
    assert some(found["Contributions"], "From", "To", "Text", "Hours", "Equivalent value (€)") == [
        ("Baker", "Club", "Two days of painting", 2.5, 100),
        ("Club", "Baker", "Singing", None, None),
        (None, None, None, 2.5, 100),
    ]


def test_who_may_not_take_contacts_gets_no_names_of_people(person, world):
    agency = sheets(taken(person(Role.SERVICE_AGENCY, world.agency), "contracts"))
    assert "Signed by" not in agency["Parties"][0]
    assert not {"Broker", "Notary"} & set(agency["Contracts"][0])
    assert "Jäger" in person(Role.READER).get("/reports/contracts").text


def test_parties_stand_in_the_order_of_the_contract(person, world):
    third = make.organisation(world.here, "A last one")
    make.contract(world.here, world.club, third, world.baker, title="Three")
    found = sheets(taken(person(), "contracts"))["Contracts"]
    assert "Club – A last one – Baker" in [row["Parties"] for row in found]


def test_the_total_is_a_formula_that_follows_the_filter(person):
    sheet = openpyxl.load_workbook(io.BytesIO(taken(person(), "contracts")))["Contracts"]
    column = [cell.value for cell in sheet[1]].index("Hours") + 1
    assert sheet.cell(3, column).value == "=SUBTOTAL(109,Contracts[Hours])"
    assert (sheet.tables["Contracts"].ref[-1], sheet.tables["Contracts"].autoFilter.ref[-1]) == ("3", "2")


def test_more_rows_than_a_sheet_holds_go_on_on_the_next(person, world, monkeypatch):
    monkeypatch.setattr(workbook, "ROOM", 4)
    for number in range(4, 8):
        contract = make.contract(world.here, world.baker, world.club, event=world.event, number=number)
        make.contribution(contract, giver=world.baker, receiver=world.club, hours=Decimal(1), text="Hands")
    data = taken(person(), "contracts")
    found = sheets(data)
    numbers = [row["Number"] for title in ("Contracts", "Contracts 2", "Contracts 3") for row in found[title]]
    assert numbers == [3, 4, 5, 6, 7, None]
    assert found["Contracts 3"][-1]["Hours"] == 6.5
    formula = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(data))["Contracts 3"][3]]
    assert (
        "=SUBTOTAL(109,Contracts[Hours])+SUBTOTAL(109,Contracts_2[Hours])+SUBTOTAL(109,Contracts_3[Hours])"
        in formula
    )


def test_contracts_of_a_year_an_event_or_an_office(person, world):
    make.contract(world.here, world.baker, world.club, agreed_on=date(2025, 1, 2), title="Older")
    browser = person()
    for asked, expected in (
        ({"year": "2025"}, ["Older"]),
        ({"year": "2026"}, ["Painting LAG"]),
        ({"event": str(world.event.id)}, ["Painting LAG"]),
        ({"office": str(world.here.id)}, ["Painting LAG", "Older"]),
        ({"year": "1999"}, []),
    ):
        assert [row["Title"] for row in table(browser, "contracts", "contracts", **asked)] == expected


def test_what_was_chosen_stays_chosen(person, world):
    page = person().get(f"/reports/contracts?year=2026&event={world.event.id}").text
    assert '<option value="2026" selected>2026</option>' in page
    assert f'<option value="{world.event.id}" selected>{world.event}</option>' in page
    assert f"/reports/contracts/export?year=2026&amp;event={world.event.id}" in page
    assert f"/reports/contracts/export/parties.csv?year=2026&amp;event={world.event.id}" in page


# --- Contributions by category and side -----------------------------------------------------------------------
def test_contributions_are_counted_by_category_and_the_givers_side(person, world):
    make.contribution(world.contract, text="More", hours=Decimal(4), giver=world.baker, receiver=world.club)
    make.contribution(world.contract, text="Somebody")
    off = make.contract(world.here, world.baker, world.club, status=ContractStatus.CANCELLED)
    make.contribution(off, giver=world.baker, receiver=world.club, hours=Decimal(99))
    rows = sheets(taken(person(), "contributions"))["By category"]
    names = ("Category", "Side of the giver", "Contracts", "Contributions", "Hours", "Hours known for",
             "Equivalent value (€)", "Value known for")  # fmt: skip
    assert set(some(rows, *names)) == {
        ("Helping hands", str(Side.COMPANY), 1, 2, 6.5, 2, 100, 1),
        ("Helping hands", None, 1, 1, None, 0, None, 0),
        ("Know-how", str(Side.NONPROFIT), 1, 1, None, 0, None, 0),
        ("Total", None, None, 4, 6.5, 2, 100, 1),
    }


# --- Follow-up ------------------------------------------------------------------------------------------------
def test_the_rate_of_kept_contracts_is_told_of_all_and_of_those_answered(person, world):
    ends = {
        ContractStatus.FULFILLED: None, ContractStatus.PARTLY_FULFILLED: None, ContractStatus.CANCELLED: None,
        ContractStatus.NOT_FEASIBLE: "No time", ContractStatus.NO_CONTACT: None,
    }  # fmt: skip
    for number, (status, reason) in enumerate(ends.items(), 10):
        make.contract(
            world.here,
            world.baker,
            world.club,
            event=world.event,
            number=number,
            status=status,
            reason=reason,
        )
    make.contract(world.here, world.baker, world.club, status=ContractStatus.FULFILLED)  # between events
    found = sheets(taken(person(), "followups"))
    names = ("Event", "Contracts", "Answered", "Kept", "Partly kept", "Failed", "Silent", "Kept of all, %",
             "Kept of answered, %")  # fmt: skip
    assert some(found["Kept contracts"], *names) == [
        ("Markt LAG", 5, 4, 1, 1, 2, 1, 20, 25),
        (None, 1, 1, 1, 0, 0, 0, 100, 100),
        (None, 6, 5, 2, 1, 2, 1, 33.3, 40),
    ]
    assert some(found["Reasons"], "Reason", "Contracts") == [("No time", 1), ("Total", 1)]
    assert some(found["Not kept in full"], "Number", "Parties", "Status", "Reason") == [
        (11, "Baker – Club", "Partly fulfilled", None),
        (13, "Baker – Club", "Not feasible", "No time"),
        (14, "Baker – Club", "No contact", None),
    ]


def test_without_an_answer_there_is_no_rate_of_those_answered(person, world):
    (row, total) = sheets(taken(person(), "followups"))["Kept contracts"]
    assert (row["Kept of all, %"], row["Kept of answered, %"]) == (0, None)
    assert (total["Kept of all, %"], total["Kept of answered, %"]) in {(0, None), (0, "")}


# --- Participants ---------------------------------------------------------------------------------------------
def test_participants_stand_with_the_people_as_far_as_they_are_known(person, world):
    found = sheets(taken(person(), "participants"))
    names = ("Organisation", "Side", "Status", "Number of people", "People who are named")
    assert some(found["Organisations"], *names) == [
        ("Baker", "Company side", "Attended", 3, 1),
        ("Club", "Nonprofit side", "Registered", None, 0),
        (None, None, None, 3, 1),
    ]
    assert some(found["People"], "Name", "Organisation") == [("Jäger", "Baker")]
    agency = person(Role.SERVICE_AGENCY, world.agency)
    assert "People" not in sheets(taken(agency, "participants"))
    assert agency.get("/reports/participants/export/people.csv").status_code == 404


# --- Organisations --------------------------------------------------------------------------------------------
def test_organisations_stand_with_their_history(person, world):
    make.activity(world.here, organisation=world.baker, happened_on=date(2026, 5, 6))
    found = sheets(taken(person(), "organisations"))
    names = ("Name", "Events attended", "Contracts", "Equivalent value given (€)")
    assert some(found["Organisations"], *names) == [("Baker", 1, 1, 100), ("Club", 1, 1, None)]
    baker = found["Organisations"][0]
    days = [baker[name].date() for name in ("First event", "Last event", "Last activity")]
    assert days[:2] == [date(2026, 3, 4)] * 2
    assert days[2] >= date(2026, 5, 6)
    assert some(found["Events"], "Name", "Event", "Status") == [
        ("Baker", "Markt LAG", "Attended"),
        ("Club", "Markt LAG", "Registered"),
    ]
    assert some(found["Contracts"], "Name", "Number") == [("Baker", 3), ("Club", 3)]


def test_of_a_shared_organisation_one_reads_ones_own_years(person, world):
    shared = make.organisation(world.there, "Shared", shared=True)
    make.contract(world.there, shared, make.organisation(world.there, "X"))
    rows = {row["Name"]: row for row in sheets(taken(person(), "organisations"))["Organisations"]}
    assert (rows["Shared"]["Contracts"], rows["Shared"]["Office"]) == (0, None)


# --- Contacts and letters -------------------------------------------------------------------------------------
def test_contacts_stand_with_what_counts_today(person, world):
    long_ago = date(2001, 1, 1)
    world.signer.channels[0].until = long_ago
    world.signer.channels.append(Channel(kind=ChannelKind.EMAIL, value="new@example.org"))
    world.signer.channels.append(Channel(kind=ChannelKind.MOBILE, value="0170 1"))
    rows = sheets(taken(person(), "contacts"))["Contacts"]
    assert some(rows, "Last name", "Organisation", "E-mail", "Phone") == [
        ("Jäger", "Baker", "new@example.org", "0170 1")
    ]
    # A phone number is given rather than a mobile one, whichever is older.
    world.signer.channels.append(Channel(kind=ChannelKind.PHONE, value="03341 2"))
    db.session.commit()
    (row,) = sheets(taken(person(), "contacts"))["Contacts"]
    assert row["Phone"] == "03341 2"


def test_letters_leave_out_who_wants_none_and_who_has_no_address(person, world):
    world.baker.street, world.baker.postal_code, world.baker.city = "Ofenweg 2", "10115", "Berlin"
    make.contact(world.here, "Stumm", street="Weg 2", city="Jena", do_not_mail=True)
    make.contact(world.here, "Obdachlos")
    make.contact(
        world.here, "Müller", at=world.baker, title="Dr.", salutation=Salutation.MR, language=Language.ENGLISH
    )
    make.contact(world.here, "Weber", at=world.baker, salutation=Salutation.MS, do_not_mail=True)
    rows = sheets(taken(person(), "letters"))["Letters"]
    assert some(rows, "Organisation", "Last name", "Street", "City", "Greeting") == [
        (None, "Jäger", "Weg 1", "LAG", "Guten Tag Ana Jäger,"),
        ("Baker", "Müller", "Ofenweg 2", "Berlin", "Dear Dr. Müller,"),
    ]


@pytest.mark.parametrize(
    ("salutation", "title", "german", "english"),
    [
        (Salutation.MS, None, "Sehr geehrte Frau Jäger,", "Dear Ms Jäger,"),
        (Salutation.MS, "Dr.", "Sehr geehrte Frau Dr. Jäger,", "Dear Dr. Jäger,"),
        (Salutation.MR, None, "Sehr geehrter Herr Jäger,", "Dear Mr Jäger,"),
        (Salutation.MR, "Prof.", "Sehr geehrter Herr Prof. Jäger,", "Dear Prof. Jäger,"),
        (Salutation.NEUTRAL, "Dr.", "Guten Tag Dr. Ana Jäger,", "Dear Dr. Ana Jäger,"),
        (None, None, "Guten Tag Ana Jäger,", "Dear Ana Jäger,"),
    ],
)
def test_a_letter_begins_as_people_write_it(salutation, title, german, english):
    person = {"salutation": salutation, "title": title, "first_name": "Ana", "last_name": "Jäger"}
    for language, said in (
        (Language.GERMAN, german),
        (Language.TURKISH, german),
        (Language.ENGLISH, english),
    ):
        assert greeting(SimpleNamespace(**person, language=language)) == said


# --- Tasks ----------------------------------------------------------------------------------------------------
def test_tasks_that_are_open_overdue_or_done(person, world):
    who = make.staff(Role.OFFICE_MANAGER, offices=(world.here,), last_name="Busy")
    more = {"kind": ActivityKind.TASK, "event": world.event}
    make.activity(world.here, subject="Late", due_on=date(2001, 1, 1), assignee=who, **more)
    make.activity(world.here, subject="Done", due_on=date(2001, 1, 1), done_at=clock.now(), **more)
    make.activity(world.here, subject="No task", event=world.event)
    browser = person()
    asked = {
        state: table(browser, "tasks", "tasks", state=state) for state in ("", "open", "overdue", "done")
    }
    assert {state: [row["Subject"] for row in rows] for state, rows in asked.items()} == {
        "": ["Late", "Done", "Call LAG"],
        "open": ["Late", "Call LAG"],
        "overdue": ["Late"],
        "done": ["Done"],
    }
    (late,) = asked["overdue"]
    assert (late["Overdue"], late["Assigned to"], late["Event"]) == ("yes", "Pat Busy", "Markt LAG")
    assert browser.get("/reports/tasks?state=x").status_code == 400


# --- Data quality ---------------------------------------------------------------------------------------------
def test_what_lacks_something_is_listed_with_what_it_lacks(person, world):
    whole = make.organisation(world.here, "Whole", street="Weg 3", city="Jena", email="w@example.org")
    make.contact(
        world.here, "Whole", at=whole, email="x@example.org", phone="0301", lawful_basis=LawfulBasis.CONTRACT
    )
    make.organisation(world.agency, "The agency's", shared=True)
    found = sheets(taken(person(), "quality"))
    names = ("Name", "No address", "Neither e-mail nor phone", "No contact person")
    assert some(found["Organisations"], *names) == [("Baker", YES, YES, NO), ("Club", YES, YES, YES)]
    names = ("Name", "No e-mail address", "No phone number", "No position", "No lawful basis")
    assert some(found["Contacts"], *names) == [("Ana Jäger", NO, YES, NO, YES)]
    names = ("Number", "No equivalent value", "No day of the agreement", "Open, and no due date")
    assert some(found["Contracts"], *names) == [(3, NO, YES, YES)]
    assert some(found["Marketplaces"], "Title", "No date", "No city", "No figures") == [
        ("Markt LAG", NO, NO, YES)
    ]


# --- Receipts -------------------------------------------------------------------------------------------------
def test_receipts_are_listed_with_what_the_person_may_know(person, world):
    newsletter = make.newsletter(world.here)
    make.receipt(world.here, title="Few", rows=3, newsletter=newsletter, content=FileContent.SUBSCRIBERS)
    make.receipt(world.here, title="List", rows=3, filter="City: Jena", sections="contacts")
    make.receipt(world.here, title="Theirs", rows=7, filter="Name: Secret", sections="subscribers")
    page = person().get("/reports/receipts").text
    assert "fewer than 5" in page
    assert "City: Jena" in page
    assert "Secret" not in page
    rows = sheets(taken(person(Role.ADMINISTRATOR), "receipts"))["Receipts of downloads"]
    assert some(rows, "Title", "Rows", "Filter") == [
        ("Theirs", 7, "Name: Secret"),
        ("List", 3, "City: Jena"),
        ("Few", 3, None),
    ]


# --- Offices and regions --------------------------------------------------------------------------------------
def test_offices_and_states_by_year(person, world):
    world.here.state = world.there.state = State.BB
    make.contract(world.here, world.baker, world.club, agreed_on=date(2025, 1, 2))
    make.contract(world.here, world.baker, world.club, status=ContractStatus.CANCELLED)
    make.event(world.agency, "The agency's", starts_on=date(2026, 1, 1), status=EventStatus.HELD, shared=True)
    names = ("Marketplaces held", "Companies that came", "Nonprofits that came", "Contracts", "Hours",
             "Equivalent value (€)")  # fmt: skip
    rows = sheets(taken(person(), "offices"))["By office"]
    assert some(rows, "Federal state", "Office", "Year", *names) == [
        ("Brandenburg", "LAG", 2025, 0, None, None, 1, None, None),
        ("Brandenburg", "LAG", 2026, 1, 1, 1, 1, 2.5, 100),
        ("Total", None, None, 1, 1, 1, 2, 2.5, 100),
    ]
    found = sheets(taken(person(Role.SERVICE_AGENCY, world.agency), "offices", year="2026"))
    assert some(found["By federal state"], "Federal state", "Offices", *names) == [
        ("Brandenburg", 2, 2, 2, 2, 2, 5, 200),
        (None, 1, 1, None, None, None, None, None),
        ("Total", None, 3, 2, 2, 2, 5, 200),
    ]
    assert [row["Office"] for row in found["By office"]] == [FOREIGN, "LAG", "Servicestelle", None]


def test_years_are_numbers_without_grouping_that_nothing_sums(person, world):
    world.event.series = Series(office=world.here, name="Heumarkt")
    browser = person()
    for name, sheet, csv_name in (
        ("offices", "By office", "offices"),
        ("offices", "By federal state", "states"),
        ("series", "Series of events", "series"),
    ):
        found = openpyxl.load_workbook(io.BytesIO(taken(browser, name)))[sheet]
        (column,) = [column for column in found.iter_cols() if column[0].value == "Year"]
        (year, total) = column[1], column[-1]
        assert (year.value, type(year.value), year.number_format) == (2026, int, "0"), sheet
        assert total.value is None
        assert [row["Year"] for row in table(browser, name, csv_name)] == ["2026"]
        assert ">2026<" in browser.get(f"/reports/{name}").text


# --- Results, series, activity report ---------------------------------------------------------------------------
def test_events_stand_in_numbers(person, world):
    make.contract(world.here, world.baker, world.club, event=world.event, status=ContractStatus.CANCELLED)
    make.event(world.agency, "The agency's", starts_on=date(2026, 1, 1), status=EventStatus.HELD, shared=True)
    names = ("Companies that came", "Nonprofits that came", "Contracts", "Hours", "Equivalent value (€)")
    data = taken(person(), "results")
    rows = sheets(data)["Results"]
    assert some(rows, "Event", *names)[0] == ("Markt LAG", 1, 1, 1, 2.5, 100)
    assert some(rows, "Office", *names)[1:] == [("Total", 1, 1, 1, 2.5, 100)]
    (link,) = [
        cell.hyperlink.target
        for cell in openpyxl.load_workbook(io.BytesIO(data))["Results"][2]
        if cell.hyperlink
    ]
    assert link.endswith(f"/result/{world.event.id}")


def test_of_what_nobody_entered_nothing_is_known(person, world):
    event = make.event(world.here, "Essen 2006", starts_on=date(2006, 9, 18), status=EventStatus.HELD)
    make.figure(event, number=97, chosen=True)
    off = make.event(world.here, "Called off", starts_on=date(2007, 9, 18), status=EventStatus.HELD)
    make.contract(world.here, world.baker, world.club, event=off, status=ContractStatus.CANCELLED)
    make.participation(off, world.baker, status=ParticipationStatus.REGISTERED)
    names = ("Companies that came", "Nonprofits that came", "Contracts")
    browser = person()
    for name, sheet in (("results", "Results"), ("activities", "Marketplaces")):
        rows = {row["Event"]: row for row in sheets(taken(browser, name))[sheet]}
        assert some([rows["Essen 2006"]], *names) == [(None, None, None)]
        assert some([rows["Called off"]], *names) == [(1, 0, None)]  # who came is known
        assert some([rows["Markt LAG"]], *names) == [(1, 1, 1)]
    by_year = {row["Year"]: row for row in sheets(taken(browser, "offices"))["By office"]}
    assert some([by_year[2006]], "Marketplaces held", *names) == [(1, None, None, None)]
    assert some([by_year[2007]], "Marketplaces held", *names) == [(1, 1, 0, None)]


def test_a_series_stands_year_by_year(person, world):
    series = Series(office=world.here, name="Heumarkt")
    db.session.add(series)
    world.event.series = series
    for year in (2024, 2022):
        event = make.event(world.here, f"Markt {year}", starts_on=date(year, 1, 1), status=EventStatus.HELD)
        event.series = series
    rows = sheets(taken(person(), "series"))["Series of events"]
    assert some(rows[:-1], "Series", "Year", "Contracts") == [
        ("Heumarkt", 2022, None),
        ("Heumarkt", 2024, None),
        ("Heumarkt", 2026, 1),
    ]


def test_the_activity_report_counts_what_was_done(person, world):
    for kind in (ActivityKind.CALL, ActivityKind.CALL, ActivityKind.MEETING):
        make.activity(world.here, kind=kind, organisation=world.baker, happened_on=date(2026, 5, 6))
    make.activity(world.here, kind=ActivityKind.CALL, organisation=world.club, happened_on=date(2025, 5, 6))
    found = sheets(taken(person(), "activities", year="2026"))
    assert some(found["In numbers"], "Kind", "Activities", "Organisations") == [
        ("Call", 2, 1), ("Meeting", 1, 1), ("Note", 1, 1), ("Total", 4, None),
    ]  # fmt: skip
    assert {row["Organisation"] for row in found["Activities"]} == {"Baker"}
    assert some(found["Marketplaces"][:-1], "Event") == [("Markt LAG",)]


@pytest.mark.parametrize("path", ["", "/export", "/export.pdf", "/export/unkept.csv"])
def test_a_parameter_that_a_report_does_not_have_is_refused(person, world, path):
    """More than was asked for would come."""
    browser, address = person(), f"/reports/followups{path}"
    assert browser.get(f"{address}?yaer=2026").status_code == 400
    assert browser.get(f"{address}?year=2026&office={world.here.id}&_l_=de").status_code == 200


# --- On paper -------------------------------------------------------------------------------------------------
def printed(data):
    pages = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


@pytest.mark.parametrize(
    ("name", "has", "rows"),
    [
        ("tasks", ("Tasks", "Call LAG"), 1),
        ("participants", ("Baker", "Club", "Jäger", "Total"), 3),
        ("followups", ("Markt LAG", "Total"), 1),
        ("letters", ("Ana Jäger", "Weg 1", "15344 LAG"), 1),
    ],
)
def test_what_is_printed_tells_of_the_own_office_and_leaves_a_receipt(person, name, has, rows):
    answer = person().get(f"/reports/{name}/export.pdf")
    assert answer.mimetype == "application/pdf"
    text = printed(answer.data)
    assert [word for word in has if word not in text] == []
    assert FOREIGN not in text
    receipt = db.session.query(Receipt).one()
    assert (receipt.format, receipt.rows) == ("pdf", rows)


def test_a_rate_has_a_total_on_paper_as_in_the_workbook(person, world):
    ends = (ContractStatus.FULFILLED, ContractStatus.PARTLY_FULFILLED, ContractStatus.NO_CONTACT)
    for number, status in enumerate(ends, 10):
        make.contract(world.here, world.baker, world.club, event=world.event, number=number, status=status)
    text = printed(person().get("/reports/followups/export.pdf").data)
    assert "Total 4 3 1 25 33.3" in " ".join(text.split())


def test_what_is_printed_is_sent_from_the_disk(person, monkeypatch):
    monkeypatch.setattr(Path, "read_bytes", lambda _path: pytest.fail("read as a whole"))
    answer = person().get("/reports/tasks/export.pdf")
    assert answer.content_length == len(answer.data) > 0


def test_a_report_that_nobody_prints_has_no_pdf(person):
    browser = person()
    assert browser.get("/reports/contracts/export.pdf").status_code == 404
    assert "export.pdf" not in browser.get("/reports/contracts").text
    assert "/reports/tasks/export.pdf" in browser.get("/reports/tasks").text


def test_a_long_list_has_its_headings_on_each_page(person, world):
    for number in range(60):
        make.activity(
            world.here,
            subject=f"Task {number} " + "word " * 30,
            kind=ActivityKind.TASK,
            organisation=world.baker,
        )
    pages = pypdfium2.PdfDocument(person().get("/reports/tasks/export.pdf").data)
    texts = [page.get_textpage().get_text_range() for page in pages]
    assert len(texts) > 2
    assert all("Subject" in text for text in texts)
    assert all(f"Task {number} " in "".join(texts) for number in range(60))


# --- The command ----------------------------------------------------------------------------------------------
@pytest.fixture
def command(app, world, tmp_path):
    def run(*arguments, role=Role.OFFICE_MANAGER, office=None, name="contracts", file="out.xlsx"):
        who = make.staff(role, offices=(office or world.here,))
        db.session.commit()
        runner, target = app.test_cli_runner(), tmp_path / file
        done = runner.invoke(args=["report", name, "--as", who.username, "-o", str(target), *arguments])
        return done, target

    return run


def test_the_command_writes_what_the_person_would_download(command, world):
    done, target = command("--language", "en", "--param", "year=2026")
    assert done.exit_code == 0, done.output
    found = sheets(target.read_bytes())
    assert some(found["Contracts"], "Title") == [("Painting LAG",), (None,)]
    receipt = db.session.query(Receipt).one()
    assert (receipt.rows, receipt.office_id) == (5, world.here.id)
    assert "Year: 2026" in receipt.filter


def test_the_command_narrows_to_an_office_and_writes_csv(command, world):
    done, target = command(
        "--language", "en", "--office", "LAG", "--table", "parties", role=Role.SERVICE_AGENCY,
        office=world.agency, file="out.csv",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    text = target.read_text("utf-8-sig")
    assert "Baker" in text
    assert FOREIGN not in text


def test_the_command_prints_where_print_is_usual(command):
    done, target = command("--language", "en", name="tasks", file="out.pdf")
    assert done.exit_code == 0, done.output
    assert "Call LAG" in printed(target.read_bytes())
    receipt = db.session.query(Receipt).one()
    assert (receipt.format, receipt.rows) == ("pdf", 1)


@pytest.mark.parametrize(
    ("arguments", "more", "says"),
    [
        ((), {"role": Role.READER}, "may not take"),
        (("--office", FOREIGN), {}, "works in 0 offices"),
        (("--param", "yaer=2026"), {}, "no parameter 'yaer'"),
        (("--param", "year=x"), {}, "takes no such value"),
        (("--table", "nothing"), {"file": "out.csv"}, "no table 'nothing'"),
        ((), {"file": "out.pdf"}, "no PDF"),
        ((), {"file": "out.txt"}, ".xlsx, .csv or .pdf"),
    ],
)
def test_the_command_refuses_and_leaves_nothing(command, arguments, more, says):
    done, target = command(*arguments, **more)
    assert done.exit_code == 1
    assert says in done.output
    assert not list(target.parent.iterdir())
    assert not db.session.query(Receipt).count()


@pytest.mark.parametrize(
    ("arguments", "more", "says"),
    [
        (("--param", "year"), {}, "no NAME=VALUE: 'year'"),
        (("--table", "parties"), {}, "only a .csv has one table"),
        (("--table", "tasks"), {"name": "tasks", "file": "out.pdf"}, "only a .csv has one table"),
    ],
)
def test_the_command_says_how_it_is_used(command, arguments, more, says):
    done, target = command(*arguments, **more)
    assert done.exit_code == 2
    assert says in done.output
    assert not list(target.parent.iterdir())


def test_the_command_says_where_nothing_can_be_written(command):
    done, target = command(file="nowhere/out.xlsx")
    assert done.exit_code == 1
    assert f"{target} can't be written: No such file" in done.output
    assert not db.session.query(Receipt).count()


def test_nobody_takes_a_report_by_a_name_that_nobody_has(app, world, tmp_path):
    arguments = ["report", "contracts", "--as", "nobody", "-o", str(tmp_path / "out.xlsx")]
    done = app.test_cli_runner().invoke(args=arguments)
    assert (done.exit_code, "Nobody works here" in done.output) == (1, True)


def test_an_agency_sees_the_offices_below_it(world):
    who = make.staff(Role.SERVICE_AGENCY, offices=(world.agency,))
    report = REPORTS["contracts"]
    with opened(of_staff(who.id)):
        rows = list(report.table(report.values({})).rows())
    assert {row.office for row in rows} == {"LAG", FOREIGN}


# --- Workbooks as a person would make them ----------------------------------------------------------------------
def test_texts_lead_to_records_mails_calls_and_sites(person, world):
    world.baker.email, world.baker.website, world.baker.phone = "a@b.de", "www.bäcker.de/a b", "+49 30 1"
    sheet = openpyxl.load_workbook(io.BytesIO(taken(person(), "organisations")))["Organisations"]
    found = {cell.value: cell.hyperlink.target for cell in sheet[2] if cell.hyperlink}
    assert found == {
        "a@b.de": "mailto:a@b.de",
        "www.bäcker.de/a b": "https://www.b%C3%A4cker.de/a%20b",
        "+49 30 1": "tel:+49301",
        "Open the record": f"http://127.0.0.1:8080/organisations/show/{world.baker.id}",
    }
    assert not [cell for cell in sheet[3] if cell.hyperlink and cell.value != "Open the record"]


@pytest.mark.parametrize("website", ["javascript:alert(1)", "data:text/html,x", "", None, "ftp://x"])
def test_what_is_no_website_leads_nowhere(website):
    assert links.site(SimpleNamespace(website=website)) is None


def test_links_that_excel_would_not_open_are_addresses_and_that_is_told(app, person, world, monkeypatch):
    monkeypatch.setattr(sheetrest, "MOST_LINKS", 1)
    book = openpyxl.load_workbook(io.BytesIO(taken(person(), "contracts")))
    assert sum(bool(cell.hyperlink) for row in book["Contracts"] for cell in row) == 1
    told = {row[0].value: row[1].value for row in book["Info"]}
    assert "Links on the sheet “Contracts”" not in told  # one contract, one link
    said = told["Links on the sheet “Contributions”"]
    assert said.startswith("Excel opens no more than 65,530 links on a sheet: one more is text.")
    assert "“Open the record”" in said
    (column,) = [column for column in book["Contributions"].iter_cols() if column[0].value == "In Marktbüro"]
    assert column[1].value == "Open the record"
    assert column[1].hyperlink
    csv = table(person(), "contracts", "contributions")
    assert column[2].value == csv[1]["In Marktbüro"]
    assert column[2].value.startswith(f"{app.config['PUBLIC_URL']}/contracts/show/")
    assert not column[2].hyperlink
    assert not column[2].alignment.wrap_text  # a row is as high as its other texts


def test_where_a_sheet_has_no_more_links_mails_and_calls_stay_what_they_are(person, world, monkeypatch):
    monkeypatch.setattr(sheetrest, "MOST_LINKS", 0)
    make.organisation(world.here, "A", email="a@example.org", phone="030 1", website="example.org")
    (row,) = [one for one in sheets(taken(person(), "organisations"))["Organisations"] if one["Name"] == "A"]
    assert {"a@example.org", "030 1", "example.org"} <= set(row.values())


def test_charts_are_drawn_in_the_workbook_and_on_the_page(person):
    browser = person()
    page, data = browser.get("/reports/followups").text, taken(browser, "followups")
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[-2:] == ["Charts", "Info"]
    (chart,) = book["Charts"]._charts
    assert chart.series[0].val.numRef.f == "'Kept contracts'!$F$2"
    assert [one.val.numRef.numCache.pt[0].v for one in chart.series] == [0, 0, 0, 0, 0, 1]
    assert 'data-kind="bars"' in page


def test_what_is_overdue_stands_out(person, world):
    book = openpyxl.load_workbook(io.BytesIO(taken(person(), "tasks")))
    (rules,) = book["Tasks"].conditional_formatting
    assert (str(rules.sqref), rules.rules[0].formula) == ("E2", ['"yes"'])


def test_what_looks_like_markup_or_a_formula_is_text(person, world):
    names = ["<r><t>bold</t></r>", "=1+1", "<r>&</r>"]
    for name in names:
        make.organisation(world.here, name, city=name)
    world.event.title = names[0]
    browser = person()
    assert set(names) <= {row["Name"] for row in sheets(taken(browser, "organisations"))["Organisations"]}
    data = taken(browser, "contracts", event=str(world.event.id))
    info = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Info").to_python()
    assert str(world.event) in [row[1] for row in info]


def test_long_texts_are_not_cut(person, world):
    text = "Wort " * 8000
    make.contribution(world.contract, text=text)
    data = taken(person(), "contracts")
    found = sheets(data)
    (cell,) = [row["Text"] for row in found["Contributions"] if row["Text"] and len(row["Text"]) > 1000]
    rest = "".join(row["Text"] for row in found["Long texts"])
    assert cell.partition(" … (goes on")[0] + rest == text
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book["Long texts"].oddHeader.left.text.startswith("Contracts: Long texts")
    assert book["Long texts"].oddFooter.right.text == book["Contracts"].oddFooter.right.text


def test_the_words_name_the_office_that_was_chosen_or_the_one_that_is_asked_for(world):
    branch = make.office("Zweig", parent=world.here)
    person = make.staff(Role.OFFICE_MANAGER, offices=(world.agency,))
    report = REPORTS["contacts"]
    for chosen, asked, said in (
        (None, "", "all offices"),
        (world.here.id, "", "LAG and those below it"),
        (world.here.id, str(branch.id), "Zweig"),
    ):
        with opened(of_staff(person.id, chosen)):
            filters = report.asked(clock.now(), report.values({"office": asked})).filters
        assert [value for title, value in filters if title == "Office"] == [said]
