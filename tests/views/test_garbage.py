"""What a page reads goes when the page has been sent, and isn't left to a search through the whole memory for garbage.

Such a search takes longer than to read the rows. A macro that is imported "with context" makes it necessary: it knows
the page's context, which knows the macro.
"""

from __future__ import annotations

import gc

import pytest

from app.models.base import Entity
from config import ROOT
from tests import factories as make

TEMPLATES = sorted((ROOT / "app" / "templates").rglob("*.*"))


@pytest.fixture
def searched():
    """Search for garbage when asked only, and keep what is found."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield lambda: gc.collect() and [type(one).__name__ for one in gc.garbage if isinstance(one, Entity)]
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


@pytest.mark.parametrize(
    "address", ["/contacts/list/", "/contacts/list/?q=mann", "/contacts/show/{key}", "/"]
)
def test_a_page_leaves_no_record_behind(client, office, searched, address):
    person = make.contact(office, "Mustermann")
    address = address.format(key=person.id)
    assert "Mustermann" in client.get(address).text or address == "/"
    searched()
    gc.garbage.clear()
    client.get(address)
    assert searched() == []


def test_what_is_imported_knows_what_it_is_given_alone():
    assert TEMPLATES
    assert [one.name for one in TEMPLATES if "with context" in one.read_text(encoding="utf-8")] == []
