"""A workbook that is sent while it's made reads like the one that XlsxWriter makes, and nothing is cut."""

from __future__ import annotations

import io
import itertools
import tempfile
import textwrap
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import itemgetter

import openpyxl
import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.core import archives, sheetcells, sheetrest
from app.core.enums import Titled
from app.core.excel import Column, Kind, open_workbook, print_setup, write_table
from app.core.spliced import workbook
from app.core.values import Qualifier, Quantity

PLACES = [("A", 0), ("Z", 25), ("AA", 26), ("AZ", 51), ("BA", 52), ("ZZ", 701), ("XFD", 16_383)]
NEARLY_1901 = datetime(1900, 12, 1)  # noqa: DTZ001 - hypothesis adds the zone
EVENING = datetime(2026, 12, 24, 23, 30, tzinfo=UTC)


class Size(Titled):
    """A closed set."""

    SMALL = "small", "klein & fein"


@pytest.fixture(autouse=True, scope="module")
def _session():
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        yield


def columns(*kinds):
    return [
        Column(f"{kind.value} & <{number}>", itemgetter(number), kind) for number, kind in enumerate(kinds)
    ]


def made(of, batches, **options):
    return b"".join(workbook(of, batches, **{"title": "Liste", "locale": "de", **options}))


def plain(of, rows, *, inline=True):
    """Let XlsxWriter make all of it. Texts stand in their cells: openpyxl unescapes shared ones otherwise."""
    stream = io.BytesIO()
    with open_workbook(stream, locale="de", constant_memory=inline) as book:
        sheet = book.sheet("Liste")
        print_setup(sheet)
        write_table(sheet, of, rows)
    return stream.getvalue()


def by_openpyxl(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [
        (
            sheet.title,
            sheet.freeze_panes,
            sheet.auto_filter.ref,
            sheet.print_title_rows,
            {name: one.width for name, one in sheet.column_dimensions.items()},
            {
                cell.coordinate: (cell.value, cell.data_type, cell.number_format, cell.font.bold)
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None
            },
        )
        for sheet in book
    ]


def by_calamine(data):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]


# What XlsxWriter takes for its own markup (and breaks the file with) is tested by itself.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(
    lambda text: not text.startswith("<r>")
)
TEXTS = st.one_of(
    TEXT,
    st.sampled_from(
        [
            "=1+1", "0815", "http://x.de", "_x000D_", "_x005F_x000d_", "a\r\nb", "\0", "\x07", "\x7f", "\x85",
            "\ufffe", "\uffff", " x", "x ", "\tx", "x\n", "\u00a0x", "", " ", "<b>&amp;</b>", '"', "😀",
            "x" * 32_767, "😀" * 16_383 + "x", Size.SMALL,
        ]
    ),
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.decimals(-(10**12), 10**12, places=2),
    st.booleans(),
    st.builds(Quantity, st.integers(-(10**9), 10**9), st.sampled_from(Qualifier)),
)
MOMENTS = st.one_of(st.datetimes(), st.datetimes(min_value=NEARLY_1901, timezones=st.just(UTC)), st.dates())
VALUES = {
    Kind.TEXT: TEXTS,
    **dict.fromkeys((Kind.INTEGER, Kind.YEAR, Kind.NUMBER, Kind.MONEY), NUMBERS),
    **dict.fromkeys((Kind.DATE, Kind.DATETIME), MOMENTS),
    Kind.BOOLEAN: st.booleans(),
}


@st.composite
def tables(draw):
    """Columns of some kinds, most of them of one sort of value, as tables have them, and batches of rows."""
    kinds = draw(st.lists(st.sampled_from(Kind), min_size=1, max_size=5))
    cells = []
    for kind in kinds:
        values = VALUES[kind]
        if kind is not Kind.BOOLEAN and draw(st.booleans()):
            values = draw(st.sampled_from([*values.branches]))
        cells.append(st.none() | values if draw(st.booleans()) else values)
    return columns(*kinds), draw(st.lists(st.lists(st.tuples(*cells), max_size=4), max_size=3))


@settings(deadline=None, max_examples=150)
@given(tables())
def test_it_reads_like_the_one_that_xlsxwriter_makes(table):
    of, batches = table
    found, wanted = made(of, batches), plain(of, itertools.chain.from_iterable(batches))
    assert by_openpyxl(found) == by_openpyxl(wanted)
    assert by_calamine(found) == by_calamine(wanted)
    shared = plain(of, itertools.chain.from_iterable(batches), inline=False)
    assert by_calamine(found) == by_calamine(shared)


def test_all_else_is_the_same_file_for_file():
    of = columns(*Kind)
    rows = [("Jörg", 1, 2026, 2.5, Decimal("3.5"), date(2026, 1, 2), EVENING, True)] * 3
    found, wanted = (
        zipfile.ZipFile(io.BytesIO(data)) for data in (made(of, [rows]), plain(of, rows, inline=False))
    )
    assert found.testzip() is None
    assert sorted(found.namelist()) == sorted(wanted.namelist())
    # There, texts are shared; and a style that no row has is known here.
    other = {"xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "docProps/core.xml"}
    for name in set(found.namelist()) - other:
        assert found.read(name) == wanted.read(name), name


def test_text_that_looks_like_markup_is_text():
    texts = ["<r>&</r>", "<r><t>bold</t></r>", "]]>", "</t></is></c>"]
    assert by_calamine(made(columns(Kind.TEXT), [[(text,) for text in texts]]))[0][1][1:] == [
        [text] for text in texts
    ]


@pytest.mark.parametrize("text", [" x", "x ", "x\n", "\t"])
def test_blanks_at_the_ends_are_marked_as_meant(text):
    """The libraries of the tests keep them anyway; Excel doesn't."""
    for rows in ([(text,)], [(text,), (None,), ("\0",)]):
        sheet = zipfile.ZipFile(io.BytesIO(made(columns(Kind.TEXT), [rows]))).read("xl/worksheets/sheet1.xml")
        assert f'<t xml:space="preserve">{text}</t>'.encode() in sheet


@pytest.mark.parametrize("value", [10**15 - 1, 10**17 + 1, -(10**16) - 3, 0.1, 1e300, Decimal("0.30")])
def test_numbers_have_the_digits_that_xlsxwriter_gives_them(value):
    of = columns(Kind.NUMBER)
    assert by_openpyxl(made(of, [[(value,)]])) == by_openpyxl(plain(of, [(value,)]))


def test_what_is_no_number_is_an_error_that_excel_shows():
    (*_sheet, cells) = by_openpyxl(made(columns(Kind.NUMBER), [[(float("nan"),), (float("-inf"),)]]))[0]
    assert [cells["A2"][0], cells["A3"][0]] == ["=#NUM!", "=-1/0"]


def test_half_a_character_becomes_a_question_mark():
    assert by_calamine(made(columns(Kind.TEXT), [[("\ud83dx",)]]))[0][1][1] == ["?x"]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.TEXT])
def test_a_value_of_another_kind_is_an_error(kind):
    with pytest.raises(TypeError, match=f"no {kind.value}: '5'"):
        made(columns(kind), [[("5",)]])


def test_more_rows_go_on_on_the_next_sheet_with_its_headings():
    of = columns(Kind.INTEGER, Kind.MONEY)
    batches = [[(number, number) for number in range(start, start + 4)] for start in range(0, 12, 4)]
    sheets = by_openpyxl(made(of, batches, most=6))
    assert [(title, filters) for title, _pane, filters, *_more in sheets] == [
        ("Liste", "A1:B6"),
        ("Liste 2", "A1:B6"),
        ("Liste 3", "A1:B3"),
    ]
    rows = [cells[f"A{row}"][0] for *_more, cells in sheets for row in range(2, 7) if f"A{row}" in cells]
    assert rows == list(range(12))
    for *_more, titles, _widths, cells in sheets:
        assert titles == "$1:$1"
        assert cells["A1"] == ("integer & <0>", "s", "General", True)
        assert cells["B2"][2] == '#,##0.00 "€"'


def test_a_sheet_that_is_full_to_the_last_row_is_the_last():
    assert len(by_openpyxl(made(columns(Kind.INTEGER), [[(1,), (2,)], []], most=3))) == 1


@pytest.mark.parametrize("text", ["x" * 32_768, "😀" * 40_000, "_x000D_\r" * 9000, "x" * 32_766 + "😀"])
def test_a_text_too_long_for_a_cell_goes_on_on_a_sheet_of_its_own(text, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sheetrest, "_IN_MEMORY", 10)
    of = columns(Kind.INTEGER, Kind.TEXT)
    data = made(of, [[(1, "short"), (2, text)]])
    (_name, rows), (name, rest) = by_calamine(data)
    assert name == "Long texts"
    mark = " … (goes on on the sheet “Long texts”)"
    assert rows[2][1].endswith(mark)
    assert [line[:4] for line in rest[1:]] == [
        ["Liste", "B3", "text & <1>", number] for number in range(2, len(rest) + 1)
    ]
    assert rows[2][1].removesuffix(mark) + "".join(line[4] for line in rest[1:]) == text
    assert all(len(line[4].encode("utf-16-le")) <= 2 * 32_767 for line in (*rest, (*"four", rows[2][1])))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    ["Wort und Wort " * 5000, "x" * 70_000, "a\n" * 20_000, "\n" * 33_000, "kurz\n\n" + "Wort " * 9000],
)
def test_each_part_of_a_long_text_is_seen_as_a_whole(text):
    """A row has 409 points at most, so that the rest of a longer one would neither be read nor printed."""
    book = openpyxl.load_workbook(io.BytesIO(made(columns(Kind.TEXT), [[(text,)]])))
    sheet, rest = book["Liste"], book["Long texts"]
    found = ""
    for row in range(2, rest.max_row + 1):
        part, height = rest.cell(row, 5), rest.row_dimensions[row].height
        assert part.alignment.wrap_text
        lines = [len(textwrap.wrap(line, 85)) or 1 for line in part.value.removesuffix("\n").split("\n")]
        assert 15 * sum(lines) <= height <= 409
        found += part.value
    assert text.endswith(found)
    assert sheet["A2"].value.partition(" … (goes on")[0] + found == text
    assert sum(one.width for one in rest.column_dimensions.values()) < 150  # letters beside each other on A4
    for one in (sheet, rest):
        assert "&P" in one.oddFooter.right.text
        assert (one.page_setup.orientation, one.page_setup.fitToHeight) == ("landscape", 0)


def test_it_begins_before_the_rows_are_read_and_ends_with_them():
    asked = []

    def batches():
        for number in range(3):
            asked.append(number)
            yield [(f"{number} {row * 7919 % 10_007}",) for row in range(20_000)]

    blocks = workbook(columns(Kind.TEXT), batches(), title="Liste", locale="de")
    assert (next(blocks)[:4], asked) == (b"PK\x03\x04", [])
    next(blocks)
    assert asked == [0]
    blocks.close()


def test_equal_rows_are_equal_files_however_they_come():
    of, rows = columns(Kind.INTEGER), [(number,) for number in range(10)]
    apart = [made(of, batches) for batches in ([rows], [[row] for row in rows])]
    sheets = [zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml") for data in apart]
    assert sheets[0] == sheets[1]


@pytest.mark.parametrize("isal", [True, False])
def test_it_is_compressed_with_and_without_the_faster_library(isal, monkeypatch):
    if not isal:
        monkeypatch.setattr(archives, "isal_zlib", None)
    else:
        assert archives.isal_zlib is not None
    data = made(columns(Kind.TEXT), [[("Müller GmbH",)] * 5000])
    assert len(data) < 40_000
    assert len(by_calamine(data)[0][1]) == 5001


@pytest.mark.parametrize(("name", "index"), PLACES)
def test_columns_have_the_letters_of_a_sheet(name, index):
    assert sheetcells.letters(index) == name
