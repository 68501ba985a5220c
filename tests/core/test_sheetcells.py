"""What is made a column at a time is what would be made cell by cell."""

from __future__ import annotations

from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from hypothesis import given
from hypothesis import strategies as st

from app.core.excel import Kind
from app.core.sheetcells import LINKED, _Links, _Texts
from app.core.sheetrest import Links
from app.core.values import Qualifier

TEXT = st.text(st.sampled_from([*"aä <>&_x\n\0", "\ufffe"]), max_size=5) | st.just("_x000D_")
ADDRESS = st.none() | st.sampled_from(["https://x.de", "no link"])
STYLES = {("A", Qualifier.EXACT): "3", ("A", LINKED): "5"}


def cells():
    taken = []

    def take(cell, address):
        taken.append((cell, address))
        return address.startswith("https:")

    return _Links(Kind.TEXT, 0, STYLES, lambda _column, _row, text: text, take), taken


@given(st.lists(st.none() | st.tuples(TEXT, ADDRESS), max_size=5))
def test_texts_that_lead_somewhere_are_written_as_one_by_one(values):
    (quick, found), (slow, wanted) = cells(), cells()
    assert quick.each(values, 2) == _Texts.each(slow, values, 2)
    assert found == wanted
    assert list(quick.shown(values)) == [value and value[0] for value in values]


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text("ab/?&'\"<>%=+-@ ", max_size=12)
)
def test_addresses_are_written_so_that_xml_and_excel_take_them(path):
    links = Links()
    assert links.take("A2", f"https://{path}")
    address = quote(f"https://{path}", safe=":/?#[]@!$&'()*+,;=%-._~")
    relations = links.in_relations(b"<Relationships></Relationships>").decode()
    assert f" Target={quoteattr(address)} " in relations
