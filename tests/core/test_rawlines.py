"""Lines that are made a column at a time are those of the module csv."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.rawlines import raw_lines

TEXT = st.text(st.sampled_from([*";\"\r\n\t,' \0a", "ä", "😀", "\u2028", "\x85"]), max_size=8)
CELL = st.none() | TEXT | st.text(st.characters(exclude_categories=["Cs"])) | st.integers()


@given(st.integers(2, 4).flatmap(lambda width: st.lists(st.tuples(*[CELL] * width), max_size=6)))
@example([("a", "b"), ("a;", "b")])
@example([(None, None), ("", 0)])
def test_they_are_those_of_the_module_csv(rows):
    found = raw_lines(rows)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    for row, line in zip(rows, found, strict=True):
        writer.writerow(row)
        assert line.endswith(b"\n")
        assert stream.getvalue() == line[:-1].decode() + "\r\n"
        stream.seek(0)
        stream.truncate()


def test_half_a_character_is_an_error():
    """No database gives one."""
    with pytest.raises(UnicodeEncodeError):
        raw_lines([("\ud83d", "")])
