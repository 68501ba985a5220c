"""The comparison of the marketplaces, with the six of 2006: its numbers, and the workbook read back."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from flask_babel import force_locale

from app.access import Role, of_staff, opened
from app.core.excel import open_workbook
from app.core.values import Qualifier, Quantity
from app.models.figures import Measure, Unit
from app.reports import REPORTS
from app.reports.base import Asked, read_year
from app.reports.marketplaces import REPORT
from tests import factories as make
from tests.marketplaces_2006 import ABOUT, EXACT, OVER, UNDER, chosen, held, six

MIXED = Qualifier.MIXED
AT = datetime(2026, 12, 24, 9, 5, tzinfo=UTC)
NEEDS_OFFICE = pytest.mark.skipif(
    shutil.which("soffice") is None and os.environ.get("CI") != "true", reason="LibreOffice isn't installed"
)


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def events(office):
    return six(office)


@pytest.fixture(autouse=True)
def _english(database):
    with force_locale("en"):
        yield


def written(language="en", **values):
    """Write the report and give the bytes of the workbook."""
    stream = io.BytesIO()
    asked = Asked("Maja Muster", AT, (("Year", "2006 & all"),))
    with open_workbook(stream, locale=language) as book:
        rows = REPORT.write(book, REPORT.build(**values), asked, REPORT)
    stream.seek(0)
    assert rows == len(REPORT.build(**values).lines)
    return stream


def workbook(language="en", **values):
    return openpyxl.load_workbook(written(language, **values), data_only=True)


def table(language="en", **values):
    """Give the first sheet as dicts of heading and cell, by the text in the first column."""
    sheet = workbook(language, **values).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    rows = [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    return {row[headings[0]].value: row for row in rows if row[headings[0]].value}


def pairs(row):
    """Give the number and the qualifier of each measure that a row states."""
    found = {}
    for heading, cell in row.items():
        if f"{heading}: Qualifier" in row:
            found[heading] = (cell.value, row[f"{heading}: Qualifier"].value)
    return found


def notes(**values):
    return list(REPORT.build(**values).notes())


# --- The numbers ------------------------------------------------------------------------------------------
def test_the_totals_of_2006_are_those_of_the_domain(events):
    report = REPORT.build(year=2006)
    contracts, value = report.total(Measure.CONTRACTS), report.total(Measure.VALUE)
    assert (contracts.quantity, contracts.used, contracts.of) == (Quantity(Decimal(556), OVER), 6, 6)
    assert (value.quantity, value.used, value.of) == (Quantity(Decimal(680_000), MIXED), 4, 6)


def test_the_average_takes_only_the_events_that_hold_both_numbers(events):
    average = REPORT.build().average
    assert (average.quantity, average.used, average.of) == (Quantity(Decimal("1766.23"), MIXED), 4, 6)
    assert average.quantity.number != round(Decimal(680_000) / 556, 2)


def test_the_workbook_holds_the_totals_as_plain_numbers_beside_their_qualifiers(events):
    rows = table()
    assert pairs(rows["Total"]) == {
        "Companies": (202, "mixed"),
        "Nonprofit organisations": (284, "mixed"),
        "Participants": (155, "mixed"),
        "Contracts": (556, "over"),
        "Equivalent value": (680_000, "mixed"),
        "Hours": (None, None),
        "Equivalent value per contract": (1766.23, "mixed"),
    }
    stated = {heading: cell.value for heading, cell in rows["Stated by"].items() if cell.value}
    assert (stated["Contracts"], stated["Equivalent value"]) == ("6 of 6", "4 of 6")
    assert (stated["Hours"], stated["Equivalent value per contract"]) == ("0 of 6", "4 of 6")


def test_each_event_is_a_row_as_it_was_reported(events):
    sheet = workbook().worksheets[0]
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=7)]
    none = (None, None)
    day = datetime.fromisoformat
    assert found == [
        ["Ruhrdax", "Essen", day("2006-09-18"), 90, "exact", 150, "about", *none, 97, "exact",
         200_000, "under", *none, 2061.86, "under"],
        ["Marktplatz „Gute Geschäfte“", "Jena", day("2006-09-27"), 30, "exact", 30, "exact", *none,
         87, "exact", *none, *none, *none],
        ["1. Gute-Tat Marktplatz", "Berlin", day("2006-11-07"), 42, "exact", 44, "exact", 130, "over",
         84, "exact", *none, *none, *none],
        ["Marktplatz", "Frankfurt", day("2006-11-09"), 40, "exact", 60, "exact", *none, 100, "exact",
         130_000, "over", *none, 1300, "over"],
        ["Düsseldorf gewinnt", "Düsseldorf", day("2006-11-15"), *none, *none, *none, 120, "over",
         270_000, "exact", *none, 2250, "under"],
        ["Marktplatz", "Kassel", None, *none, *none, 25, "about", 68, "exact",
         80_000, "about", *none, 1176.47, "about"],
    ]  # fmt: skip


def test_unknown_is_not_zero_and_zero_is_known(office):
    chosen(held(office, city="Null"), Measure.CONTRACTS, 0)
    chosen(held(office, city="Eins"), Measure.VALUE, 0)
    report = REPORT.build()
    contracts = report.total(Measure.CONTRACTS)
    assert (contracts.quantity, contracts.used) == (Quantity(Decimal(0), EXACT), 1)
    assert report.total(Measure.HOURS).quantity is None
    assert report.average.quantity is None
    rows = table()
    assert pairs(rows["Total"])["Contracts"] == (0, "exact")
    assert pairs(rows["Total"])["Companies"] == (None, None)


def test_no_contracts_have_no_value_each(office):
    event = held(office)
    chosen(event, Measure.CONTRACTS, 0)
    chosen(event, Measure.VALUE, 500)
    assert REPORT.build().lines[0].value_per_contract is None
    assert pairs(table()["Marktplatz"])["Equivalent value per contract"] == (None, None)


def test_of_figures_that_disagree_only_the_chosen_one_counts(office):
    event = held(office, city="Essen")
    make.figure(event, number=131, qualifier=ABOUT)
    chosen(event, Measure.CONTRACTS, 156)
    assert REPORT.build().total(Measure.CONTRACTS).quantity == Quantity(Decimal(156), EXACT)


def test_a_figure_that_nobody_chose_is_left_out_and_named(office):
    chosen(held(office, city="Jena"), Measure.CONTRACTS, 87)
    make.figure(held(office, city="Essen"), number=131)
    chosen(held(office, city="Kassel"), Measure.HOURS, 8)
    assert REPORT.build().total(Measure.CONTRACTS).used == 1
    expected = "Contracts: 1 of 3 marketplaces (not stated: Kassel) (reported, but no figure chosen: Essen)"
    assert expected in notes()


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ((Unit.ORGANISATIONS, Unit.ORGANISATIONS), EXACT),
        ((Unit.REPRESENTATIVES, Unit.REPRESENTATIVES), EXACT),
        ((Unit.ORGANISATIONS, Unit.REPRESENTATIVES), MIXED),
        ((Unit.ORGANISATIONS, Unit.UNCLEAR), MIXED),
    ],
)
def test_a_sum_of_different_things_is_marked_as_mixed(office, units, expected):
    for unit in units:
        chosen(held(office), Measure.COMPANIES, 10, EXACT, unit)
    assert REPORT.build().total(Measure.COMPANIES).quantity == Quantity(Decimal(20), expected)


def test_a_contract_is_a_contract_whatever_unit_was_left_in_the_form(office):
    for unit in (Unit.CONTRACTS, Unit.UNCLEAR):
        chosen(held(office), Measure.CONTRACTS, 10, OVER, unit)
    assert REPORT.build().total(Measure.CONTRACTS).quantity == Quantity(Decimal(20), OVER)


# --- What is said about them ------------------------------------------------------------------------------
def test_notes_name_the_events_that_a_total_leaves_out(events):
    said = notes()
    assert "Equivalent value: 4 of 6 marketplaces (not stated: Jena; Berlin)" in said
    assert "Participants: 2 of 6 marketplaces (not stated: Essen; Jena; Frankfurt; Düsseldorf)" in said
    assert "Hours: not stated by any marketplace" in said
    assert not [note for note in said if note.startswith("Contracts")]
    assert (
        "Equivalent value per contract: about 680,000\u00a0€* divided by over 385 contracts, "
        "from the 4 of 6 marketplaces that state both"
    ) in said


def test_notes_say_what_was_counted_and_what_is_implied(events):
    said = notes()
    assert "Companies, counted otherwise: Jena (unclear); Frankfurt (representatives)" in said
    assert "Participants, counted otherwise: Kassel (unclear)" in said
    assert "Date, Düsseldorf: year implied" in said


def test_an_event_without_a_date_belongs_to_the_year_of_its_figures_and_is_named(events):
    expected = "Without a date; counted in the year of its figures: Kassel"
    assert expected in notes(year=2006)
    assert REPORT.build(year=2006).lines[-1].name == "Kassel"
    assert not REPORT.build(year=2013).lines
    assert not [note for note in notes() if note.startswith("Without a date")]


def test_names_with_commas_stay_apart_in_notes(office):
    for year in (2024, 2025):
        event = held(office, title="Heumarkt", city="Köln", starts_on=date(year, 5, 1))
        chosen(event, Measure.COMPANIES, 10, EXACT, Unit.PEOPLE)
        held(office, title="Neumarkt", city="Köln", starts_on=date(year, 5, 1))
    chosen(held(office, city="Essen"), Measure.CONTRACTS, 1)
    both = "Heumarkt, Köln, 2024; Heumarkt, Köln, 2025"
    said = notes()
    assert f"Contracts: 1 of 3 marketplaces (not stated: {both})" in said
    assert (
        "Companies, counted otherwise: Heumarkt, Köln, 2024 (people); Heumarkt, Köln, 2025 (people)" in said
    )
    unreported = "Neumarkt, Köln, 2024; Neumarkt, Köln, 2025"
    assert f"Not compared, because no figures were reported yet: {unreported}" in said


def test_cents_have_two_digits_in_notes_and_in_the_chart(office):
    event = held(office, title="Heumarkt")
    chosen(event, Measure.VALUE, "99999.50")
    chosen(event, Measure.CONTRACTS, 2)
    assert [note for note in notes() if "99,999.50\u00a0€ divided by 2 contracts" in note]
    with zipfile.ZipFile(written()) as archive:
        assert "99,999.50\u00a0€" in archive.read("xl/charts/chart1.xml").decode()


def test_a_marketplace_without_any_figure_is_named_and_not_compared(office):
    chosen(held(office, city="Jena"), Measure.CONTRACTS, 87)
    held(office, city="Strausberg")
    assert [line.name for line in REPORT.build().lines] == ["Jena"]
    assert REPORT.build().total(Measure.CONTRACTS).of == 1
    assert "Not compared, because no figures were reported yet: Strausberg" in notes()


def test_two_marketplaces_in_one_city_are_told_apart(office):
    for year in (2006, 2008):
        event = held(office, title="Ruhrdax", city="Essen", starts_on=date(year, 9, 18))
        chosen(event, Measure.CONTRACTS, 97)
    chosen(held(office, title="Ohne Ort"), Measure.CONTRACTS, 97)
    assert [line.name for line in REPORT.build().lines] == [
        "Ruhrdax, Essen, 2006",
        "Ruhrdax, Essen, 2008",
        "Ohne Ort",
    ]


def test_the_workbook_holds_the_notes_and_explains_its_mark(events):
    texts = [cell.value for cell in workbook().worksheets[0]["A"] if isinstance(cell.value, str)]
    assert set(notes()) <= set(texts)
    assert [text for text in texts if text.startswith("* mixed: ")]


def test_without_a_mixed_total_no_mark_is_explained(office):
    chosen(held(office), Measure.CONTRACTS, 10)
    texts = [cell.value for cell in workbook().worksheets[0]["A"] if isinstance(cell.value, str)]
    assert not [text for text in texts if text.startswith("*")]


# --- Who sees which ---------------------------------------------------------------------------------------
def test_an_office_gets_its_own_marketplaces_and_shared_ones(office, database):
    other = make.office("Other", parent=office.parent)
    for owner, city, shared in ((office, "Jena", False), (other, "Essen", True), (other, "Kassel", False)):
        chosen(held(owner, city=city, shared=shared), Measure.CONTRACTS, 10)
    mine, all_ = (make.staff(Role.READER, offices=(one,)) for one in (office, office.parent))
    database.commit()
    with opened(of_staff(mine.id)):
        report = REPORT.build()
        assert [line.name for line in report.lines] == ["Jena", "Essen"]
        assert report.total(Measure.CONTRACTS).quantity == Quantity(Decimal(20), EXACT)
    with opened(of_staff(all_.id)):
        assert REPORT.build().total(Measure.CONTRACTS).of == 3


def test_the_number_of_statements_does_not_grow_with_the_events(office, count_statements, database):
    """One for the events, one for the chosen figures, one for the figures of which none is chosen."""
    for _round in range(2):
        six(office)
        database.commit()
        with count_statements() as statements:
            report = REPORT.build()
            with open_workbook(io.BytesIO(), locale="en") as book:
                REPORT.write(book, report, Asked("Maja Muster", AT), REPORT)
        assert len(statements) == 3, statements


def test_who_chose_a_figure_of_another_office_is_not_in_the_file(office, database):
    other = make.office("Other", parent=office.parent)
    for owner, name in ((office, "Nora Near"), (other, "Farid Far")):
        event = held(owner, title=f"Of {owner.name}", shared=True)
        chosen(event, Measure.CONTRACTS, 10, chosen_by=name, changed_by=name, created_by=name)
    mine, all_ = (make.staff(Role.READER, offices=(one,)) for one in (office, office.parent))
    database.commit()

    def said(person):
        with opened(of_staff(person.id)), zipfile.ZipFile(written()) as archive:
            return "".join(archive.read(name).decode() for name in archive.namelist())

    near = said(mine)
    assert "Of Other" in near
    assert ("Nora Near" in near, "Far" in near) == (True, False)
    assert "Farid Far" in said(all_)


# --- The workbook -----------------------------------------------------------------------------------------
def test_numbers_are_numbers_and_dates_are_dates_in_their_formats(events):
    row = table()["Ruhrdax"]
    formats = {heading: row[heading].number_format for heading in ("Date", "Contracts", "Equivalent value")}
    assert formats == {"Date": "dd/mm/yyyy", "Contracts": "#,##0", "Equivalent value": '#,##0.00 "€"'}
    assert {row[heading].data_type for heading in ("Contracts", "Equivalent value")} == {"n"}
    total = table()["Total"]
    assert total["Equivalent value per contract"].number_format == '#,##0.00 "€"'
    assert total["Contracts"].font.bold


def test_headings_stay_in_view_and_the_filter_leaves_the_totals_alone(events):
    sheet = workbook().worksheets[0]
    assert sheet.freeze_panes == "B2"
    assert [table.autoFilter.ref for table in sheet.tables.values()] == ["A1:Q7"]
    assert {cell.value for cell in sheet[8]} == {None}
    assert sheet["A9"].value == "Total"


def test_totals_and_averages_are_formulas_and_marketplaces_are_links(events):
    book = openpyxl.load_workbook(written())
    sheet, figures = book.worksheets[0], book["Figures"]
    cells = dict(zip((cell.value for cell in sheet[1]), sheet[9], strict=True))
    assert cells["Contracts"].value == "=SUM(Marketplaces_compared[Contracts])"
    assert cells["Hours"].value is None
    average = cells["Equivalent value per contract"].value
    assert average.startswith("=IFERROR(ROUND(SUMIFS(Marketplaces_compared[Equivalent value],")
    assert sheet["P2"].value == "=ROUND(L2/J2,2)"
    assert sheet["A2"].hyperlink.target.endswith(f"/events/show/{events[0].id}")
    assert len(figures.tables) == 1
    assert figures["A2"].hyperlink.target == sheet["A2"].hyperlink.target


def test_every_sheet_prints_on_a4_landscape_one_page_wide(events):
    book = workbook()
    assert book.sheetnames == ["Marketplaces compared", "Chart", "Figures", "Info"]
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in {(1, 0), (None, 0)}
        assert sheet.oddHeader.left.text == "Marketplaces compared\nYear: 2006 && all"
        assert sheet.oddHeader.right.text == "As of: 24/12/2026 10:05\n"
    assert book.worksheets[0].print_title_rows == "$1:$1"


def test_the_chart_draws_contracts_as_columns_and_the_value_on_a_second_axis(events):
    stream = written()
    sheet = openpyxl.load_workbook(stream)["Chart"]
    (chart,) = sheet._charts
    assert chart.ser
    with zipfile.ZipFile(stream) as archive:
        drawn = archive.read("xl/charts/chart1.xml").decode()
    for part in (
        "<c:barChart>",
        "<c:lineChart>",
        "Chart!$A$27:$A$32",
        "Chart!$B$27:$B$32",
        "Chart!$C$27:$C$32",
    ):
        assert part in drawn, part
    values = drawn.partition("Chart!$C$27:$C$32")[2].partition("</c:numCache>")[0]
    assert re.findall(r'<c:pt idx="(\d)">', values) == ["0", "3", "4", "5"]  # the others are no zeros
    assert drawn.count("<c:valAx>") == 2
    assert drawn.count("over 120") == 1
    names = [sheet.cell(row, 1).value for row in range(27, 33)]
    assert names == ["Essen", "Jena", "Berlin", "Frankfurt", "Düsseldorf", "Kassel"]
    assert [sheet.cell(row, 2).value for row in range(27, 33)] == [97, 87, 84, 100, 120, 68]
    assert [sheet.cell(row, 3).value for row in range(27, 33)] == [
        200_000,
        None,
        None,
        130_000,
        270_000,
        80_000,
    ]
    assert sheet["B31"].number_format == '"over "#,##0'


def test_a_chart_of_many_events_is_not_covered_with_labels(office):
    for number in range(17):
        chosen(held(office, city=f"City {number}"), Measure.CONTRACTS, number)
    with zipfile.ZipFile(written()) as archive:
        assert "<c:dLbl>" not in archive.read("xl/charts/chart1.xml").decode()


def test_the_figures_are_listed_with_unit_and_source(events, database):
    sheet = workbook()["Figures"]
    headings = [cell.value for cell in sheet[1]]
    rows = [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert len(rows) == 20
    assert "another newspaper" not in {row["Source"] for row in rows}
    frankfurt = next(row for row in rows if row["Event"] == "Marktplatz, Frankfurt, 2006")
    assert (frankfurt["Measure"], frankfurt["Number reported"]) == ("Companies", 40)
    assert (frankfurt["What was counted exactly"], frankfurt["Qualifier"]) == ("representatives", "exact")


def test_only_broken_numbers_are_listed_with_decimals(office):
    event = held(office)
    for measure, number in ((Measure.CONTRACTS, 97), (Measure.VALUE, 200_000), (Measure.HOURS, "7.5")):
        chosen(event, measure, number)
    cells = [row[3] for row in workbook()["Figures"].iter_rows(min_row=2)]
    assert [(cell.value, cell.number_format, cell.alignment.vertical) for cell in cells] == [
        (97, "#,##0", "top"),
        (200_000, "#,##0", "top"),
        (7.5, "#,##0.00", "top"),
    ]


def test_a_long_source_takes_several_lines(office):
    event = held(office, title="Ruhrdax")
    chosen(event, Measure.CONTRACTS, 97, source="The newspaper of the city, its edition of the day after")
    chosen(event, Measure.VALUE, 200_000)
    sheet = workbook()["Figures"]
    assert (sheet.row_dimensions[2].height, sheet.row_dimensions[3].height) == (30, None)
    assert sheet.column_dimensions["F"].width > 30


def test_the_info_sheet_tells_filter_time_user_and_meaning(events):
    info = dict(workbook()["Info"].iter_rows(values_only=True))
    assert info["Report"] == "Marketplaces compared"
    assert (info["Year"], info["As of"]) == ("2006 & all", "24/12/2026 10:05")
    assert (info["Created by"], info["Rows"]) == ("Maja Muster", "6")
    assert {f"Qualifier: {one.title}" for one in Qualifier} <= set(info)
    assert info["Unknown"].startswith("An empty cell is unknown, not zero.")
    assert "only of the marketplaces that state both" in info["Average"]


def test_text_that_looks_like_a_formula_is_text(office):
    event = held(office, title="=1+1", city="+49", edition="-x", date_note='=HYPERLINK("http://x.de")')
    chosen(held(office, title="@SUM(A1)", city="-1"), Measure.CONTRACTS, 1)
    chosen(event, Measure.CONTRACTS, 1, source="=1+1", note="+1", source_url="https://example.org")
    book = openpyxl.load_workbook(written())
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    reckoned = [cell.value for cell in cells if cell.data_type == "f"]
    assert all(formula.startswith(("=SUM(Marketplaces", "=IFERROR(ROUND(SUMIFS(")) for formula in reckoned)
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "f"}
    targets = {cell.hyperlink.target for cell in cells if cell.hyperlink}
    assert all(re.search(r"/events/show/\d+$|^https://example.org", target) for target in targets)
    texts = {cell.value for cell in cells}
    assert {"-x =1+1", "+49", "@SUM(A1)", "-1", "=1+1", "+1"} <= texts


def test_nothing_to_compare_is_said_and_is_no_error(office):
    book = workbook(year=2006)
    assert book.sheetnames == ["Marketplaces compared", "Info"]
    assert book.worksheets[0]["A3"].value == "No marketplace was held."
    assert [table.ref for table in book.worksheets[0].tables.values()] == ["A1:Q2"]


def test_one_event_is_its_own_total(office):
    event = held(office, title="Ruhrdax", city="Essen", starts_on=date(2006, 9, 18))
    chosen(event, Measure.CONTRACTS, 97)
    chosen(event, Measure.VALUE, 200_000, UNDER)
    rows = table()
    assert pairs(rows["Total"]) == pairs(rows["Ruhrdax"])
    assert pairs(rows["Total"])["Equivalent value per contract"] == (2061.86, "under")


def test_a_long_note_gets_the_height_it_needs(office):
    for number in range(120):
        chosen(held(office, city=f"Bad Musterstadt an der Musterau {number}"), Measure.HOURS, 1)
    chosen(held(office, city="Jena"), Measure.CONTRACTS, 1)
    sheet = workbook().worksheets[0]
    row = next(cell.row for cell in sheet["A"] if str(cell.value).startswith("Contracts: 1 of 121"))
    assert 15 * 15 < sheet.row_dimensions[row].height <= 409
    assert f"A{row}:Q{row}" in {str(merged) for merged in sheet.merged_cells.ranges}


def test_a_german_gets_german_dates_and_numbers(events):
    sheet = workbook("de").worksheets[0]
    assert sheet["C2"].number_format == "dd.mm.yyyy"
    info = dict(workbook("de")["Info"].iter_rows(values_only=True))
    assert "24.12.2026 10:05" in info.values()
    said = " ".join(str(cell.value) for cell in sheet["A"])
    assert "680.000\u00a0€*" in said


def test_a_german_reads_german(events):
    book = workbook("de")
    sheet = book.worksheets[0]
    assert book.sheetnames[:2] == ["Marktplätze im Vergleich", "Diagramm"]
    headings = [cell.value for cell in sheet[1]]
    total = dict(zip(headings, (cell.value for cell in sheet[9]), strict=True))
    at = headings.index("Kontrakte")
    assert [cell.value for cell in sheet[9]][at : at + 2] == [556, "über"]
    assert (total["Gegenwert"], total["Gegenwert je Kontrakt"]) == (680_000, 1766.23)
    assert "gemischt" in total.values()
    texts = {cell.value for cell in sheet["A"]}
    assert "Gegenwert: 4 von 6 Marktplätzen (ohne Angabe: Jena; Berlin)" in texts


@NEEDS_OFFICE
@pytest.mark.parametrize("language", ["de", "en"])
def test_libreoffice_opens_it_and_prints_four_pages(events, tmp_path, language):
    (tmp_path / "report.xlsx").write_bytes(written(language).read())
    for target in ("pdf", "csv"):
        subprocess.run(
            ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
             "--convert-to", target, "--outdir", str(tmp_path), str(tmp_path / "report.xlsx")],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    table_as_text = (tmp_path / "report.csv").read_text(encoding="latin-1")  # digits are alike in all
    assert ",556," in table_as_text
    assert "Err:" not in table_as_text
    assert (tmp_path / "report.pdf").read_bytes().count(b"/Type/Page/") == 4


# --- The declaration --------------------------------------------------------------------------------------
def test_a_report_is_found_by_its_name():
    assert all(name == report.name for name, report in REPORTS.items())
    assert REPORTS["marketplaces"] is REPORT


@pytest.mark.parametrize(("text", "year"), [("", None), ("2006", 2006), ("1000", 1000), ("9999", 9999)])
def test_a_year_is_four_digits_or_nothing(text, year):
    assert read_year(text) == year


@pytest.mark.parametrize(
    "text", ["0", "0999", "206", "20066", "-206", "\uff12\uff10\uff10\uff16", "2006 ", "20.6", "x", "\x00"]
)
def test_anything_else_is_no_year(text):
    with pytest.raises(ValueError, match="not a year"):
        read_year(text)


def test_contracts_and_value_of_those_that_state_them_are_drawn(events):
    drawn = REPORT.build().picture
    cells = {line.short: line.cells for line in drawn.lines}
    assert cells.keys() == {"Essen", "Jena", "Berlin", "Frankfurt", "Düsseldorf", "Kassel"}
    assert cells["Essen"] == (Quantity(Decimal(97)), Quantity(Decimal(200_000), Qualifier.UNDER))
    assert cells["Jena"][1] is None
    assert {chart.columns for chart in drawn.charts} == {(0,), (1,)}
