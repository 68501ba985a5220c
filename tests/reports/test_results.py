"""The result of an event: sheet, PDF and press text say the same, and say no more than is known."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pypdf
import pytest
from flask_babel import force_locale

from app.access import Role, of_staff, opened
from app.core.excel import open_workbook
from app.core.values import Quantity
from app.models.categories import Category, Side
from app.models.counting import Corner, Count, Direction, Sum
from app.models.figures import Measure, Unit
from app.reports import results
from app.reports.base import Asked
from tests import factories as make
from tests.marketplaces_2006 import UNDER, chosen, held, six

AT = datetime(2026, 9, 24, 18, 15, tzinfo=UTC)
SPACE = "\u00a0"
TABOO_DE = "Geld fließt dabei nicht: Was zählt, sind helfende Hände, Wissen, Material, Räume und Kontakte."
TABOO_EN = "No money changes hands: what counts is helping hands, know-how, materials, rooms and contacts."


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def market(office):
    return held(office, title="Marktplatz „Gute Geschäfte“", city="Seelow", starts_on=date(2026, 9, 24))


def gong(event, **more):
    """Freeze 84 contracts, with 100 contributions of which 61 were valued."""
    base = {
        "ids": list(range(84)),
        "contributions": 100,
        "value": Sum(Decimal("199350.50"), 61),
        "hours": Sum(Decimal("412.5"), 100),
        "directions": [
            Direction(Side.COMPANY, 70, Sum(Decimal(150_000), 50), Sum(Decimal("400.5"), 70)),
            Direction(Side.NONPROFIT, 30, Sum(), Sum(Decimal(12), 30)),
        ],
        "corners": [Corner(Category.HANDS, ["Muskelkraft"], 84, Sum(Decimal("199350.50"), 61), Sum())],
    }
    frozen = Count(**{**base, **more}).frozen()
    if more.get("directions", ()) is None:
        del frozen["directions"]
    content = {
        **frozen,
        "counted_at": AT.isoformat(),
        "organisations": {"company": 40, "nonprofit": 1, "municipality": 0},
        "people": 131,
        "definitions": {"de": ["So wurde gezählt."], "en": ["That was counted."]},
    }
    return make.event_result(event, content=content, note="Einer kam zu spät")


def press(event, language):
    return results.paragraph(results.build(event), language).replace(SPACE, " ")


def sheets(event, language="en"):
    """Write the workbook and read it back."""
    stream = io.BytesIO()
    with open_workbook(stream, locale=language) as book:
        results.REPORT.write(book, results.build(event), Asked("ute", AT), results.REPORT)
    return openpyxl.load_workbook(stream)


def printed(event, folder, language="en"):
    with force_locale(language):
        results.print_result(results.build(event), AT, folder / "result.pdf")
    reader = pypdf.PdfReader(folder / "result.pdf")
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages)), reader


# --- the text for the press -----------------------------------------------------------------------------------
def test_the_press_is_told_what_the_gong_has_counted(market):
    gong(market)
    assert press(market, "de") == (
        "Seelow, 24. September 2026 – „Marktplatz ‚Gute Geschäfte‘“ brachte 40 Unternehmen und 1 gemeinnützige "  # noqa: RUF001
        "Organisation zusammen. Dabei wurden 84 Kontrakte geschlossen. Insgesamt nahmen 131 Personen teil. Für 61 "
        "von 100 Leistungen gibt es eine Schätzung des Gegenwerts, zusammen knapp 200.000 Euro. Die Beteiligten "
        f"haben dafür über 410 Stunden zugesagt. {TABOO_DE}"
    )
    assert press(market, "en") == (
        "Seelow, 24 September 2026 – “Marktplatz ‘Gute Geschäfte’” brought together 40 companies and 1 nonprofit "  # noqa: RUF001
        "organisation. In the end, 84 contracts were made. In all, 131 people took part. For 61 of 100 contributions "
        "there is an estimate of what they are worth together: just under 200,000 euros. The parties have promised "
        f"over 410 hours for it. {TABOO_EN}"
    )


def test_the_press_is_told_what_was_reported_of_2006(office):
    essen, jena, kassel, berlin, frankfurt, duesseldorf = six(office)
    assert press(essen, "de") == (
        "Essen, 18. September 2006 – „Ruhrdax“ brachte 90 Unternehmen und rund 150 gemeinnützige Organisationen "
        "zusammen. Dabei wurden 97 Kontrakte geschlossen. Der Gegenwert der Leistungen wird auf knapp 200.000 Euro "
        f"geschätzt. {TABOO_DE}"
    )
    assert "“Ruhrdax” brought together 90 companies and about 150 nonprofit organisations." in press(
        essen, "en"
    )
    assert (
        "In the end, 97 contracts were made. What was agreed is estimated to be worth just under 200,000"
        in (press(essen, "en"))
    )
    assert "zählte 30 Teilnahmen von Unternehmen und 30 Teilnahmen von gemeinnützigen" in press(jena, "de")
    assert press(kassel, "de").startswith(
        "Kassel – Bei „Marktplatz“ wurden 68 Kontrakte geschlossen. Insgesamt gab es rund 25 Teilnahmen."
    )
    assert "„1. Gute-Tat Marktplatz“ brachte 42" in press(berlin, "de")
    assert "Insgesamt nahmen über 130 Personen teil." in press(berlin, "de")
    assert "40 Vertreterinnen und Vertreter von Unternehmen und 60 Vertreterinnen" in press(frankfurt, "de")
    assert press(duesseldorf, "en") == (
        "Düsseldorf, 15 November 2006 – At “Düsseldorf gewinnt”, over 120 contracts were made. What was agreed is "
        f"estimated to be worth 270,000 euros. {TABOO_EN}"
    )
    for event in (essen, jena, kassel, berlin, frankfurt, duesseldorf):
        for language in ("de", "en"):
            text = press(event, language)
            assert not re.search(r"[()\[\]%]|\b0\b", text), text
            assert ("Euro" in text or "euro" in text) == (event not in {jena, berlin})


def test_where_people_only_met_nothing_is_said_of_money(office):
    event = held(office, title="Werkstatt", city="Buckow")
    chosen(event, Measure.PARTICIPANTS, 18)
    assert press(event, "de") == "Buckow – „Werkstatt“ hat stattgefunden. Insgesamt nahmen 18 Personen teil."


def test_one_is_no_plural(office):
    event = held(office, title="Klein")
    for measure in (Measure.COMPANIES, Measure.CONTRACTS, Measure.VALUE, Measure.PARTICIPANTS, Measure.HOURS):
        chosen(event, measure, 1)
    assert press(event, "de").startswith(
        "„Klein“ zählte 1 Teilnahme von Unternehmen. Dabei wurde 1 Kontrakt geschlossen."
        if results.build(event).line(Measure.COMPANIES).unit is Unit.UNCLEAR
        else "„Klein“ zählte 1 Unternehmen. Dabei wurde 1 Kontrakt geschlossen. Insgesamt nahm 1 Person teil."
    )
    assert "1 contract was made." in press(event, "en")
    assert "worth 1 euro." in press(event, "en")
    assert "promised 1 hour for it." in press(event, "en")
    assert "1 Stunde zugesagt" in press(event, "de")


def test_one_contribution_that_was_valued_is_not_a_sum(market):
    gong(market, value=Sum(Decimal("204.50"), 1))
    assert "Für 1 von 100 Leistungen gibt es eine Schätzung des Gegenwerts: knapp 205 Euro." in press(
        market, "de"
    )


def test_what_nobody_knows_is_not_written(market):
    assert press(market, "de") == ""
    chosen(market, Measure.HOURS, 12)
    assert press(market, "en").endswith(
        "“Marktplatz ‘Gute Geschäfte’” took place. The parties have promised 12 hours for it. "  # noqa: RUF001
        + TABOO_EN
    )


@pytest.mark.parametrize("measure", [Measure.COMPANIES, Measure.NONPROFITS, Measure.PARTICIPANTS])
@pytest.mark.parametrize("unit", list(Unit))
def test_whatever_was_counted_can_be_said(market, measure, unit):
    chosen(market, measure, 12, unit=unit)
    for language in ("de", "en"):
        assert re.search(r"\b12 \w", press(market, language))


# --- what is told ---------------------------------------------------------------------------------------------
def test_what_was_counted_goes_before_what_was_reported_and_gaps_are_filled_with_their_source(market):
    chosen(market, Measure.CONTRACTS, 90, source="Zeitung")
    chosen(market, Measure.VALUE, 80_000, UNDER, source="Zeitung")
    make.figure(market, Measure.HOURS, 7, source="nicht gewählt")
    gong(market, value=Sum(), hours=Sum())
    result = results.build(market)
    contracts, value = result.line(Measure.CONTRACTS), result.line(Measure.VALUE)
    with force_locale("de"):
        assert (contracts.quantity, contracts.source) == (
            Quantity(Decimal(84)),
            "Ergebnis des Gongs vom 24. September 2026, 20:15 Uhr",
        )
    assert (value.quantity, value.source) == (Quantity(Decimal(80_000), UNDER), "Zeitung")
    assert result.line(Measure.HOURS) is None


def test_who_may_not_read_something_is_not_told_it(market):
    gong(market)
    chosen(market, Measure.VALUE, 80_000)
    editor = make.staff(Role.NEWSLETTER_EDITOR, offices=(market.office,))
    with opened(of_staff(editor.id)):
        assert results.build(market).lines == ()


# --- sheet and PDF --------------------------------------------------------------------------------------------
def test_the_sheet_holds_numbers_qualifiers_days_sources_and_definitions(market):
    gong(market)
    book = sheets(market)
    assert book.sheetnames == ["Result", "Give and take", "Trading corners", "Charts", "Info"]
    assert [len(one.tables) for one in book.worksheets] == [1, 1, 1, 0, 0]
    assert [len(one._charts) for one in book.worksheets] == [0, 0, 0, 2, 0]
    sheet = book["Result"]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2, max_row=7)}
    told = {name: [cell.value for cell in row[1:7]] for name, row in rows.items()}
    assert told == {
        "Companies": ["exact", 40, "organisations", 40, None, None],
        "Nonprofit organisations": ["exact", 1, "organisations", 1, None, None],
        "Participants": ["exact", 131, "people", 131, None, None],
        "Contracts": ["exact", 84, "contracts", 84, None, None],
        "Equivalent value": ["under", 200_000, "euros", 199_350.5, 61, 100],
        "Hours": ["over", 410, "hours", 412.5, 100, 100],
    }
    assert rows["Equivalent value"][4].number_format == "#,##0.00"
    assert (rows["Contracts"][8].value.date(), rows["Contracts"][8].is_date) == (date(2026, 9, 24), True)
    assert rows["Contracts"][7].value == "Result of the gong of 24 September 2026, 20:15"
    text = "\n".join(str(cell.value) for row in sheet.iter_rows(min_row=8) for cell in row if cell.value)
    for said in (
        "That was counted.",
        "Counted by: tests",
        "Einer kam zu spät",
        "Seelow",
        "rounded to two or three digits",
    ):
        assert said in text
    given = [[cell.value for cell in row] for row in book["Give and take"].iter_rows(min_row=2, max_row=3)]
    assert given == [
        ["Companies give", 70, 150_000, 50, 400.5, 70],
        ["Nonprofits give", 30, None, 0, 12, 30],
    ]
    assert [cell.value for cell in book["Trading corners"][2]][:3] == ["Muskelkraft", "Helping hands", 84]
    for one in book:
        assert (one.page_setup.orientation, one.page_setup.paperSize) == ("landscape", 9)
    assert sheet.oddHeader.left.text.split("\n")[0] == "Result: Marktplatz „Gute Geschäfte“, Seelow, 2026"
    assert book.properties.title == "Result: Marktplatz „Gute Geschäfte“, Seelow, 2026"
    assert (book.properties.creator, book.properties.subject) == ("ute", "Marktplatz „Gute Geschäfte“")
    assert "20:15" in book.properties.description


def test_sheet_pdf_and_press_text_say_the_same(market, tmp_path):
    gong(market)
    for language, known in (("de", "knapp 200.000"), ("en", "just under 200,000")):
        with force_locale(language):
            line = results.build(market).line(Measure.VALUE)
            assert line.reading.replace(SPACE, " ") == f"{known} €"
        text, _reader = printed(market, tmp_path, language)
        assert f"{known} €" in text
        assert press(market, language) in text
        assert " 84 " in text
        assert known in press(market, language)
        assert sheets(market, language).worksheets[0]["C6"].value == 200_000


def test_the_pdf_has_title_language_source_and_directions(market, tmp_path):
    gong(market)
    text, reader = printed(market, tmp_path, "de")
    assert reader.metadata.title == "Ergebnis: Marktplatz „Gute Geschäfte“, Seelow, 2026"
    assert reader.trailer["/Root"]["/Lang"] == "de"
    for said in (
        "Ergebnis des Gongs vom 24. September 2026, 20:15 Uhr", "Unternehmen geben 70 150.000 € (bekannt für 50) 400,5",
        "Gemeinnützige Organisationen geben 30 – 12 (bekannt für 30)", "So wurde gezählt.",
        "Muskelkraft 84", "bekannt für 61 von 100",
    ):  # fmt: skip
        assert said in text


def test_a_count_of_the_first_edition_says_that_directions_were_not_counted(market, tmp_path):
    gong(market, directions=None)
    text, _reader = printed(market, tmp_path)
    assert "Which side gave what wasn't counted at that time." in text
    assert "Give and take" not in text
    book = sheets(market)
    assert "Give and take" not in book.sheetnames
    values = [cell.value for row in book["Result"].iter_rows() for cell in row]
    assert "Which side gave what wasn't counted at that time." in values


def test_a_marketplace_of_long_ago_has_a_sheet_of_what_was_reported(office, tmp_path):
    essen = six(office)[0]
    book = sheets(essen)
    assert book.sheetnames == ["Result", "Info"]
    rows = [[cell.value for cell in row[:4]] for row in book["Result"].iter_rows(min_row=1, max_row=5)]
    assert rows == [
        ["Measure", "Qualifier", "Result", "What was counted exactly"],
        ["Companies", "exact", 90, "organisations"],
        ["Nonprofit organisations", "about", 150, "organisations"],
        ["Contracts", "exact", 97, "contracts"],
        ["Equivalent value", "under", 200_000, "euros"],
    ]
    text, _reader = printed(essen, tmp_path)
    assert "about 150" in text
    assert "15/11/2006" in text
    assert "under: Just under this number" in text
    assert "Hours" not in text
