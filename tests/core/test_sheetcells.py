"""What is made a column at a time is what would be made cell by cell."""

from __future__ import annotations

from operator import itemgetter
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from flask_babel import lazy_gettext as _
from hypothesis import given
from hypothesis import strategies as st

from app.core import sheetcells
from app.core.excel import Column
from app.core.sheetcells import LINKED, cells_of
from app.core.sheetrest import Links
from app.core.values import Qualifier
from app.models.contacts import Salutation

TEXT = st.text(st.sampled_from([*"aä <>&_x\n\0", "\ufffe"]), max_size=5) | st.just("_x000D_")
ADDRESS = st.none() | st.sampled_from(["https://x.de", "no link"])
STYLES = {("A", Qualifier.EXACT): "3", ("A", LINKED): "5"}
HOME = "https://office.example"


def cells(link=None):
    taken = []

    def take(cells, addresses):
        found = [(cell, one) for cell, one in zip(cells, addresses, strict=True) if one is not None]
        taken.extend(found)
        return [one is not None and one.startswith("https:") for one in addresses]

    column = Column("", itemgetter(0), link=link)
    return cells_of(column, 0, STYLES, lambda _column, _number, text: text, take), taken


@given(st.lists(st.tuples(st.none() | TEXT, ADDRESS), max_size=5))
def test_texts_that_lead_somewhere_are_written_as_one_by_one(rows):
    (quick, found), (slow, wanted) = cells(itemgetter(1)), cells(itemgetter(1))
    numbers = [str(number) for number in range(2, len(rows) + 2)]
    (pieces,) = quick.pieces(quick.read(rows), rows, numbers)
    assert pieces == slow.each(slow.read(rows), rows, numbers)
    assert found == wanted
    assert [cell for cell, _address in found] == [
        f"A{number}" for number, (text, address) in zip(numbers, rows, strict=True) if text and address
    ]


def test_titles_are_looked_up_once_in_a_file(monkeypatch):
    said = []
    monkeypatch.setattr(sheetcells, "display", lambda value: said.append(value) or str(value.title))
    written, _taken = cells()
    rows = [(Salutation.MS,), (None,), (Salutation.MS,), (Salutation.MR,)]
    ms, mr = str(Salutation.MS.title), str(Salutation.MR.title)
    assert written.read(rows) == written.read(rows) == [ms, None, ms, mr]
    assert said == [Salutation.MS, Salutation.MR]


def test_what_is_said_later_is_a_text_and_an_empty_one_is_no_cell():
    written, _taken = cells()
    assert written.read([(_("yes"),), ("",), (None,), (7,)]) == [str(_("yes")), None, None, "7"]
    assert written.read([("a",), ("",)]) == ["a", None]


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text("ab/?&'\"<>%=+-@ ", max_size=12)
)
def test_addresses_are_written_so_that_xml_and_excel_take_them(path):
    links = Links(HOME)
    assert links.take(["A2", "A3"], [f"https://{path}", None]) == [True, False]
    address = quote(f"https://{path}", safe=":/?#[]@!$&'()*+,;=%-._~")
    relations = links.in_relations(b"<Relationships></Relationships>").decode()
    assert f" Target={quoteattr(address)} " in relations


def test_an_address_within_is_written_with_the_one_of_the_server():
    links = Links(HOME)
    assert links.take(["A2"], ["/contacts/show/7"]) == [True]
    assert f' Target="{HOME}/contacts/show/7" '.encode() in links.in_relations(b"</Relationships>")
