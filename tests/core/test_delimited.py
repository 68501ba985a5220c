"""CSV that programs read is as it is; CSV that people open has no formulas, and the same addresses."""

from __future__ import annotations

import csv
import io
from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.delimited import EXCEL, PLAIN, lines, mailbox
from app.core.excel import Column, guarded

COLUMNS = (Column("one", lambda row: row[0]), Column("two", lambda row: row[1]))
# What may stand before the @ without quotation marks (RFC 5321, 4.1.2).
ATOM = "abcXYZ019!#$%&'*+-/=?^_`{|}~"
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=20)


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
