"""Reports of rows: their numbers against rows made by hand, whose rows are in them, and how their files read."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pytest
from flask_babel import force_locale
from python_calamine import CalamineWorkbook

from app.access import Role, of_staff, opened
from app.core.db import db
from app.models.activities import ActivityKind
from app.models.categories import Category, Side
from app.models.contracts import ContractStatus
from app.models.events import EventStatus
from app.models.participations import Participant, ParticipationStatus
from app.models.receipts import Receipt
from app.reports import REPORTS, tables
from app.reports.tables import workbook
from tests import factories as make
from tests.conftest import in_turn

NAMES = [report.name for report in tables.REPORTS]
MOST_STATEMENTS = 9  # of a page, and two more for each sheet
FOREIGN = "Elsewhere"
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
        headings[language] = [[cell.value for cell in sheet[1]] for sheet in found]
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
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows == "$1:$1"
        assert "&P" in sheet.oddFooter.right.text


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
    assert sheet.cell(4, column).value.startswith("=SUBTOTAL(9,")
    assert sheet.auto_filter.ref.endswith("2")


def test_more_rows_than_a_sheet_holds_go_on_on_the_next(person, world, monkeypatch):
    monkeypatch.setattr(workbook, "ROOM", 2)
    for number in range(4, 8):
        contract = make.contract(world.here, world.baker, world.club, event=world.event, number=number)
        make.contribution(contract, giver=world.baker, receiver=world.club, hours=Decimal(1), text="Hands")
    data = taken(person(), "contracts")
    found = sheets(data)
    numbers = [row["Number"] for title in ("Contracts", "Contracts 2", "Contracts 3") for row in found[title]]
    assert numbers == [3, 4, 5, 6, 7, None]
    assert found["Contracts 3"][-1]["Hours"] == 6.5
    formula = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(data))["Contracts 3"][4]]
    assert (
        "=SUBTOTAL(9,'Contracts'!O2:O3)+SUBTOTAL(9,'Contracts 2'!O2:O3)+SUBTOTAL(9,'Contracts 3'!O2:O2)"
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


@pytest.mark.parametrize(
    ("arguments", "more", "says"),
    [
        ((), {"role": Role.READER}, "may not take"),
        (("--office", FOREIGN), {}, "works in 0 offices"),
        (("--param", "yaer=2026"), {}, "no parameter 'yaer'"),
        (("--param", "year=x"), {}, "takes no such value"),
        (("--table", "nothing"), {"file": "out.csv"}, "no table 'nothing'"),
        ((), {"file": "out.pdf"}, ".xlsx or .csv"),
    ],
)
def test_the_command_refuses_and_leaves_nothing(command, arguments, more, says):
    done, target = command(*arguments, **more)
    assert done.exit_code == 1
    assert says in done.output
    assert not list(target.parent.iterdir())
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
