"""What is made a column at a time is what would be made cell by cell."""

from __future__ import annotations

from operator import itemgetter
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from flask_babel import lazy_gettext as _
from hypothesis import given
from hypothesis import strategies as st

from app.core import sheetcells, sheetrest
from app.core.excel import Column
from app.core.sheetcells import ADDRESS, LINKED, cells_of
from app.core.sheetrest import Links
from app.core.values import Qualifier
from app.models.contacts import Salutation

TEXT = st.text(st.sampled_from([*"aä <>&_x\n\0", "\ufffe"]), max_size=5) | st.just("_x000D_")
ADDRESSES = st.none() | st.sampled_from(["https://x.de/?a&b", "no link", "/within"])
STYLES = {("A", Qualifier.EXACT): "3", ("A", LINKED): "5", ("A", ADDRESS): "7"}
HOME = "https://office.example"


class Some(Links):
    """Takes those with a scheme."""

    def __init__(self):
        super().__init__(HOME)
        self.asked = []

    def take(self, cells, addresses):
        self.asked += [(cell, one) for cell, one in zip(cells, addresses, strict=True) if one is not None]
        return [one is not None and one.startswith("https:") for one in addresses]


def cells(link=None, links=None, *, opens=False):
    links = links or Some()
    column = Column("", itemgetter(0), link=link, opens=opens)
    return cells_of(column, 0, STYLES, lambda _column, _number, text: text, links), links


@given(st.lists(st.tuples(st.none() | TEXT, ADDRESSES), max_size=5), st.booleans())
def test_texts_that_lead_somewhere_are_written_as_one_by_one(rows, opens):
    (quick, links), (slow, other) = cells(itemgetter(1), opens=opens), cells(itemgetter(1), opens=opens)
    found, wanted = links.asked, other.asked
    numbers = [str(number) for number in range(2, len(rows) + 2)]
    (pieces,) = quick.pieces(quick.read(rows), rows, numbers)
    assert pieces == slow.each(slow.read(rows), rows, numbers)
    assert found == wanted
    assert [cell for cell, _address in found] == [
        f"A{number}" for number, (text, address) in zip(numbers, rows, strict=True) if text and address
    ]


def test_where_a_sheet_has_no_more_links_the_address_stands_instead_of_a_word(monkeypatch):
    monkeypatch.setattr(sheetrest, "MOST_LINKS", 1)
    rows = [("Open", "/x/1"), ("Open", "/x/2?a&b"), ("Open", None), (None, "/x/4")]
    expected = {
        True: ['s="5" t="inlineStr"><is><t>Open', f's="7" t="inlineStr"><is><t>{HOME}/x/2?a&amp;b'],
        False: ['s="5" t="inlineStr"><is><t>Open', 's="3" t="inlineStr"><is><t>Open'],
    }
    for opens, (first, second) in expected.items():
        written, links = cells(itemgetter(1), Links(HOME), opens=opens)
        (pieces,) = written.pieces(written.read(rows), rows, list("2345"))
        assert pieces == [
            f'<c r="A2" {first}</t></is></c>',
            f'<c r="A3" {second}</t></is></c>',
            '<c r="A4" s="3" t="inlineStr"><is><t>Open</t></is></c>',
            "",
        ]
        assert links.beyond == 1


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
