"""Workbooks and CSV files are read back: text stays text, and numbers and dates are real ones."""

import html
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask_babel import Babel, lazy_gettext
from openpyxl.worksheet.worksheet import Worksheet

from app.core import excel
from app.core.excel import (
    Column,
    Kind,
    TooManyRows,
    open_workbook,
    print_setup,
    write_table,
)
from app.core.values import Qualifier, Quantity

DANGEROUS = [
    "=1+1",
    "+49 30 979925914",
    "-x",
    "@x",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("http://x.de")',
    "http://x.de",
]
EVENING = datetime(2026, 12, 24, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english_session() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        yield


def column(kind: Kind, heading: str = "Heading") -> Column:
    return Column(heading, lambda row: row, kind)


def written(columns: Sequence[Column], rows: Sequence[Any], **options: Any) -> Worksheet:
    """Write a workbook and read it back."""
    stream = io.BytesIO()
    with open_workbook(stream, **{"locale": "de", **options}) as book:
        assert write_table(book.sheet("Liste"), columns, rows) == len(rows)
    return openpyxl.load_workbook(stream)["Liste"]


@pytest.mark.parametrize("constant_memory", [False, True])
def test_text_is_never_a_formula_a_link_or_a_number(constant_memory: bool) -> None:
    rows = [*DANGEROUS, "0815"]
    sheet = written([column(Kind.TEXT)], rows, constant_memory=constant_memory)
    cells = [sheet.cell(row, 1) for row in range(2, len(rows) + 2)]
    assert [cell.value.replace("_x000D_", "\r") for cell in cells] == rows
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


@pytest.mark.parametrize(
    ("kind", "value", "expected", "number_format"),
    [
        (Kind.INTEGER, 270_000, 270_000, "#,##0"),
        (Kind.YEAR, 2026, 2026, "0"),
        (Kind.NUMBER, Decimal("1766.23"), 1766.23, "#,##0.00"),
        (Kind.MONEY, Decimal("-0.1"), -0.1, '#,##0.00 "€"'),
        (Kind.DATE, date(2026, 12, 24), datetime(2026, 12, 24), "dd.mm.yyyy"),  # noqa: DTZ001
        (Kind.DATE, EVENING, datetime(2026, 12, 25), "dd.mm.yyyy"),  # noqa: DTZ001
        (Kind.DATETIME, EVENING, datetime(2026, 12, 25, 0, 30), "dd.mm.yyyy hh:mm"),  # noqa: DTZ001
        (Kind.DATETIME, date(2026, 12, 24), datetime(2026, 12, 24), "dd.mm.yyyy hh:mm"),  # noqa: DTZ001
        (Kind.DATE, date(1888, 3, 1), "01.03.1888", "General"),
        (Kind.BOOLEAN, True, True, "General"),
        (Kind.INTEGER, Quantity(120, Qualifier.OVER), 120, '"over "#,##0'),
        (Kind.INTEGER, Quantity(680, Qualifier.MIXED), 680, '"about "#,##0"*"'),
        (Kind.INTEGER, Quantity(97, Qualifier.EXACT), 97, "#,##0"),
        (Kind.TEXT, Decimal("1234.5"), "1.234,5", "General"),
        (Kind.TEXT, lazy_gettext("Contract"), "Contract", "General"),
    ],
)
def test_a_cell_is_of_the_kind_of_its_column(
    kind: Kind, value: object, expected: object, number_format: str
) -> None:
    cell = written([column(kind)], [value])["A2"]
    assert (cell.value, type(cell.value), cell.number_format) == (expected, type(expected), number_format)


@pytest.mark.parametrize("kind", Kind)
def test_unknown_is_blank_and_not_zero(kind: Kind) -> None:
    sheet = written([column(kind), Column("Second", str)], [None])
    assert (sheet["A2"].value, sheet["B2"].value) == (None, "None")


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.TEXT])
def test_a_value_of_another_kind_is_an_error(kind: Kind) -> None:
    with pytest.raises(TypeError, match=f"no {kind.value}: '5'"):
        written([column(kind)], ["5"])


def test_english_workbooks_put_slashes_into_dates() -> None:
    assert (
        written([column(Kind.DATE)], [date(2026, 12, 24)], locale="en_US")["A2"].number_format == "dd/mm/yyyy"
    )


def test_headings_are_bold_frozen_and_filter_the_rows_written() -> None:
    columns = [column(Kind.INTEGER, "A very long heading"), Column("B", str, width=40)]
    sheet = written(columns, [1, 2, 3])
    assert [cell.value for cell in sheet[1]] == ["A very long heading", "B"]
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B4"
    assert sheet.column_dimensions["A"].width > len("A very long heading")
    assert sheet.column_dimensions["B"].width == pytest.approx(40, abs=1)


def test_an_empty_table_is_a_heading() -> None:
    sheet = written([column(Kind.TEXT)], [])
    assert (sheet.max_row, sheet.auto_filter.ref) == (1, "A1")


def test_a_table_may_begin_further_down() -> None:
    stream = io.BytesIO()
    with open_workbook(stream, locale="de") as book:
        sheet = book.sheet("Liste")
        assert write_table(sheet, [column(Kind.INTEGER)], iter([7]), first_row=2) == 1
        print_setup(sheet, heading_row=2)
    found = openpyxl.load_workbook(stream)["Liste"]
    assert (found["A3"].value, found["A4"].value) == ("Heading", 7)
    assert (found.auto_filter.ref, found.freeze_panes, found.print_title_rows) == ("A3:A4", "A4", "$3:$3")


def test_a_full_sheet_is_an_error_not_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    assert excel.MAX_ROWS == 1_048_576
    monkeypatch.setattr(excel, "MAX_ROWS", 3)
    assert written([column(Kind.TEXT)], ["a", "b"])["A3"].value == "b"
    with pytest.raises(TooManyRows, match="2 rows"):
        written([column(Kind.TEXT)], ["a", "b", "c"])


def test_text_too_long_for_a_cell_is_seen_to_be_cut() -> None:
    longest = "x" * 32_767
    sheet = written([column(Kind.TEXT)], [longest, longest + "x", "😀" * 20_000])
    assert sheet["A2"].value == longest
    assert sheet["A3"].value == longest[:-1] + "…"
    assert sheet["A4"].value == "😀" * 16_383 + "…"


def test_a_failed_workbook_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with (
        pytest.raises(ZeroDivisionError),
        open_workbook(tmp_path / "list.xlsx", locale="de", constant_memory=True) as book,
    ):
        write_table(book.sheet("Liste"), [Column("A", lambda row: 1 // row, Kind.INTEGER)], [1, 0])
    assert list(tmp_path.iterdir()) == []


def test_any_title_names_a_sheet() -> None:
    stream = io.BytesIO()
    titles = ["Gute/Geschäfte: [2006]?", "x" * 40, "X" * 40, "'", "History", "'Ruhrdax'", "😀" * 20]
    with open_workbook(stream, locale="de") as book:
        for title in titles:
            book.sheet(title)
    assert openpyxl.load_workbook(stream).sheetnames == [
        "Gute Geschäfte   2006",
        "x" * 31,
        f"{'X' * 29} 2",
        "1",
        "History 2",
        "Ruhrdax",
        "😀" * 15,
    ]


def test_a_sheet_prints_on_one_page_width_with_its_headings() -> None:
    stream = io.BytesIO()
    with open_workbook(stream, locale="de") as book:
        sheet = book.sheet("Liste")
        write_table(sheet, [column(Kind.TEXT)], ["a"])
        print_setup(sheet)
    found = openpyxl.load_workbook(stream)["Liste"]
    assert (found.page_setup.orientation, found.page_setup.paperSize) == ("landscape", 9)
    assert (found.sheet_properties.pageSetUpPr.fitToPage, found.page_setup.fitToHeight) == (True, 0)
    assert found.print_title_rows == "$1:$1"
    assert found.oddFooter.right.text == "Page &P of &N"


@pytest.mark.parametrize("text", ["<r>&</r>", "<r><t>bold</t></r>"])
def test_what_xlsxwriter_takes_for_markup_is_text(text: str) -> None:
    assert [cell.value for cell in written([column(Kind.TEXT, text)], [text])["A"]] == [text, text]


def header(path, *parts):
    with open_workbook(path, locale="de") as book:
        excel.print_header(book.sheet("Sheet"), *parts)
    return openpyxl.load_workbook(path).active.oddHeader


@pytest.mark.parametrize("part", ["Ein Marktplatz mit sehr langem Namen ", "Müller & Söhne "])
def test_a_header_that_a_page_has_no_room_for_is_shortened(tmp_path, part):
    """The width of A4 at the usual size, less its margins, is 784 points; a letter of 11 points is 6 wide, if any."""
    head = header(tmp_path / "header.xlsx", part * 20, part * 20, "As of: 24/12/2026 10:05")
    title, filters = head.left.text.split("\n")
    assert title.startswith("Ein" if part.startswith("Ein") else "Müller &")
    assert title.endswith("…")
    assert filters.endswith("…")
    assert head.center.text is None
    assert head.right.text == "As of: 24/12/2026 10:05\n"  # in one line with the title
    assert (len(title) + len("As of: 24/12/2026 10:05")) * 6 <= 784
    assert len(filters) * 6 * 9 / 11 <= 784


def test_filters_stand_small_below_the_title(tmp_path):
    for filters, written in (("Year: 2026", "&9Year: 2026"), ("2026", "&9 2026"), ("", "")):
        path = tmp_path / "header.xlsx"
        header(path, "Contracts", filters, "As of: 24/12/2026")
        sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
        found = html.unescape(re.search("<oddHeader>(.*?)</oddHeader>", sheet, re.DOTALL)[1])
        blank = "\n&9\u00a0" if filters else ""
        assert found == f"&LContracts{blank[:1]}{written}&RAs of: 24/12/2026{blank}"
