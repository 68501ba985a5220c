"""How many lines a text takes is told as the module textwrap tells it."""

from __future__ import annotations

import textwrap

from hypothesis import example, given
from hypothesis import strategies as st

from app.reports.base import _lines

WORDS = st.lists(st.text("abcä.@-\u00a0", min_size=1, max_size=9), max_size=8).map(" ".join)


@given(WORDS | st.text(st.sampled_from("ab \t-\u00a0\u2003"), max_size=20), st.floats(1, 20))
@example("aaaaa bbbb", 10)
@example("aaaaaaaaaaaaaaa b", 5)
def test_lines_are_those_of_textwrap(text, width):
    assert _lines(text, width) == (len(textwrap.wrap(text, int(width), break_long_words=False)) or 1)
