"""What a database has written is the same file, byte for byte, as one that's written cell by cell."""

from __future__ import annotations

import csv
import io
from operator import itemgetter

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import example, given
from hypothesis import strategies as st

from app.core import copies
from app.core.copies import copied
from app.core.delimited import EXCEL, FORMULA_STARTS, lines
from app.core.excel import Column

COLUMNS = [Column(f"=Heading {index}", itemgetter(index)) for index in range(4)]
NUMBERS = {1, 3}
# All that means something to CSV or to a spreadsheet, close together, and anything else.
NASTY = st.text(st.sampled_from([*FORMULA_STARTS, ";", '"', "'", " ", "a", "ä"]), max_size=8)
TEXT = (
    st.none() | NASTY | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
)
NUMBER = st.none() | st.integers()
ROWS = st.lists(st.tuples(TEXT, NUMBER, TEXT, NUMBER), max_size=5)


@pytest.fixture(scope="module")
def _session():
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        yield


def line(row, *, empty_is_quoted):
    """Write a row as a database does; one of them tells an empty text from none."""
    if empty_is_quoted:
        return b";".join(_cell(value) for value in row) + b"\n"
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";", lineterminator="\r\n").writerow(row)
    return stream.getvalue().removesuffix("\r\n").encode() + b"\n"


def _cell(value):
    text = "" if value is None else str(value)
    if value == "" or any(sign in text for sign in ';"\r\n'):
        text = '"' + text.replace('"', '""') + '"'
    return text.encode()


def plainly(batches):
    return b"".join(lines(COLUMNS, batches, EXCEL))


@pytest.mark.usefixtures("_session")
@pytest.mark.parametrize("empty_is_quoted", [True, False])
@given(batches=st.lists(ROWS, max_size=3))
@example(batches=[[("-1", -1, "", -1)], [("", None, "=", None)]])
@example(batches=[[("a;=1", 1, 'x;"";y', 1), ("\n=1", 1, ";", -5), ("a\n-1", 1, "", None)]])
def test_it_is_the_file_that_is_written_cell_by_cell(empty_is_quoted, batches):
    written = [[line(row, empty_is_quoted=empty_is_quoted) for row in batch] for batch in batches]
    assert b"".join(copied(COLUMNS, written, NUMBERS)) == plainly(batches)


@pytest.mark.usefixtures("_session")
@pytest.mark.parametrize("at", [0, 1234, 1999])
@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_one_formula_among_many_is_found(start, place, at):
    rows = [("text; with a sign", number, "more", number) for number in range(2000)]
    assert not copies._suspicious(b"".join(line(row, empty_is_quoted=False) for row in rows))
    rows[at] = tuple(f"{start}1" if index == place else value for index, value in enumerate(rows[at]))
    found = b"".join(copied(COLUMNS, [[line(row, empty_is_quoted=False) for row in rows]], NUMBERS))
    assert found == plainly([rows])
    assert f"'{start}1".encode() in found


@pytest.mark.usefixtures("_session")
def test_a_text_may_be_longer_than_a_reader_of_csv_takes():
    rows = [("=" + "x" * 200_000, 1, 'a "b"' * 50_000, 1)]
    written = [[line(row, empty_is_quoted=False) for row in rows]]
    assert b"".join(copied(COLUMNS, written, NUMBERS)) == plainly([rows])


def test_what_is_harmless_is_not_taken_apart():
    """That's where the time would go: signs within a text, and quotes, are no reason."""
    row = ("Müller - 2; 3 = 4 @ +", 5, '01.02.2026 "x"', 7)
    assert not copies._suspicious(line(row, empty_is_quoted=False))
