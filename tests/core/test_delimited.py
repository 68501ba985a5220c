"""CSV that programs read is as it is; CSV that people open has no formulas, and the same addresses."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from email.headerregistry import Address

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st

from app.core.delimited import EXCEL, PLAIN, guarded, lines, mailbox
from app.core.excel import Column
from app.core.values import Qualifier, Quantity
from app.models.languages import Language
from config import ROOT

COLUMNS = (Column("one", lambda row: row[0]), Column("two", lambda row: row[1]))
# What may stand before the @ without quotation marks (RFC 5321, 4.1.2).
ATOM = "abcXYZ019!#$%&'*+-/=?^_`{|}~"
VALUES = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.sampled_from(["=1", "-5", "\n=1", "a\r\nb", "\0", Language.GERMAN, Quantity(120, Qualifier.OVER)]),
    st.integers(),
    st.decimals(-(10**9), 10**9, places=2),
    st.booleans(),
    st.dates(),
    st.datetimes(min_value=datetime(1900, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - it gets one
)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=20)


@pytest.fixture(scope="module")
def german():
    """Run the tests in German."""
    app = Flask(__name__)
    Babel(app, default_locale="de", default_translation_directories=str(ROOT / "translations"))
    with app.app_context():
        yield


def read(data, delimiter):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@given(st.lists(st.lists(st.tuples(TEXT, TEXT), max_size=3), max_size=3))
def test_a_program_reads_what_was_there(batches):
    rows = [list(row) for batch in batches for row in batch]
    assert read(b"".join(lines(COLUMNS, batches, PLAIN)), ",") == [["one", "two"], *rows]


@given(st.lists(st.tuples(TEXT, TEXT), max_size=3))
def test_no_cell_of_a_file_for_a_spreadsheet_begins_like_a_formula(rows):
    data = b"".join(lines(COLUMNS, [rows], EXCEL))
    assert data.startswith(b"\xef\xbb\xbf")
    for row, found in zip([("one", "two"), *rows], read(data, ";"), strict=True):
        for value, cell in zip(row, found, strict=True):
            assert not cell.startswith(("=", "+", "-", "@", "\t"))
            assert cell.removeprefix("'") == value.removeprefix("'")


def test_a_piece_is_there_before_the_next_is_read():
    asked = []

    def batches():
        for number in range(2):
            asked.append(number)
            yield [(number, None)]

    blocks = lines(COLUMNS, batches())
    assert (next(blocks), asked) == (b"one,two\r\n", [])
    assert (next(blocks), asked) == (b"0,\r\n", [0])


@given(st.lists(st.text(ATOM, min_size=1, max_size=8), min_size=1, max_size=3).map(".".join))
def test_an_address_is_no_formula_and_the_same_mailbox(local):
    """The standard library reads both alike."""
    written = mailbox(f"{local}@example.org")
    assert guarded(written) == written
    assert Address(addr_spec=written).username == local


@pytest.mark.parametrize("address", ["ana@example.org", "o'neil@example.org", "jörg@müller.example.org"])
def test_an_address_that_is_no_formula_stays_as_it_is(address):
    assert mailbox(address) == address


def test_a_file_for_people_opens_in_a_german_excel(german):
    rows = [("Müller", Decimal("1766.23")), ('"A"\nB', None), ("C", date(2026, 12, 24)), (True, 1234)]
    assert b"".join(lines(COLUMNS, [rows], EXCEL)).decode() == (
        '\ufeffone;two\r\nMüller;1766,23\r\n"""A""\nB";\r\nC;24.12.2026\r\nja;1234\r\n'
    )


@pytest.mark.parametrize(("language", "point"), [("de", ","), ("en", ".")])
@pytest.mark.parametrize("dialect", [EXCEL, PLAIN])
def test_numbers_have_no_grouping_and_the_sign_of_the_language(german, dialect, language, point):
    """A program would take "2.320" for two and a third."""
    values = [2320, Decimal(2320), Decimal("2320.00"), 2320.5, Decimal("-1234567.80"), Decimal("-0.00"), 1e15]
    with force_locale(language):
        data = b"".join(lines([Column("a", lambda row: row)], [values], dialect))
        (over,) = read(b"".join(lines([Column("a", lambda row: row)], [[Quantity(1500)]], dialect)), ";")[1]
    expected = ["2320", "2320", "2320", f"2320{point}5", f"-1234567{point}8", "0", "1000000000000000"]
    assert [row[0] for row in read(data, ";")][1:] == expected
    assert over == "1500"


def test_the_reservation_of_a_number_is_kept(german):
    assert guarded(Quantity(1500, Qualifier.OVER)) == "über 1500"


def test_text_that_looks_like_a_formula_is_guarded_and_a_number_is_not(german):
    values = [
        "=1+1",
        "+49 30",
        "-x",
        "@x",
        "\t=1",
        "\r=1",
        "\n=1",
        "a=1",
        -5,
        Decimal("-0.5"),
        -1.5,
        Quantity(-5),
        "-5",
    ]
    data = b"".join(lines([Column("=A", lambda row: row)], [values], EXCEL))
    expected = [
        "'=A",
        "'=1+1",
        "'+49 30",
        "'-x",
        "'@x",
        "'\t=1",
        "'\r=1",
        "'\n=1",
        "a=1",
        "-5",
        "-0,5",
        "-1,5",
        "-5",
        "'-5",
    ]
    assert [row[0] for row in read(data, ";")] == expected


@given(st.lists(st.tuples(VALUES, VALUES), max_size=4))
def test_cells_are_written_as_lists_show_them(german, rows):
    """A column is written as a whole; so each of its values is compared with what it gives by itself."""
    expected = [[guarded(value) for value in row] for row in rows]
    assert read(b"".join(lines(COLUMNS, [rows], EXCEL)), ";")[1:] == expected
