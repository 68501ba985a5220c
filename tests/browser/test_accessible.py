"""WCAG 2.2 AA as far as a program can judge: axe-core on every page, in both themes, on a desk and on a phone."""

from __future__ import annotations

import pytest

from tests.browser.opened import OPENED
from tests.browser.walk import DESK, LOOKS, PHONE, faults, lists, main_parts, records

pytestmark = pytest.mark.browser


def test_axe_finds_nothing_on_any_page(walked):
    """What the administrator sees is most."""
    assert walked.faults == []


@pytest.mark.parametrize("account", ["maerkische-seen", "leitung", "servicestelle", "newsletter", "lesen"])
def test_axe_finds_nothing_on_the_start_page_of_a_role(visit, account):
    page = visit(account)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert faults(page, "/") == []


@pytest.mark.parametrize("account", ["servicestelle", "lesen"])
def test_axe_finds_nothing_on_the_lists_of_a_role(visit, account):
    """Who may do less sees lists without columns and buttons that the administrator has."""
    page = visit(account, allow=403)
    addresses = [address for address in lists(page) if address != "/"]
    addresses.append("/offices/add")  # which neither may
    assert main_parts(page, addresses, width=PHONE, colours=False) == []


@pytest.mark.parametrize("kind", ["events", "contracts"])
def test_axe_finds_nothing_on_the_page_of_any_event_or_contract(visit, kind):
    """These pages are drawn from what the record holds."""
    page = visit("admin")
    addresses = records(page, kind)
    assert len(addresses) > 2
    assert main_parts(page, addresses, width=DESK) == []


def test_axe_finds_nothing_in_what_opens(visit):
    page = visit("admin", allow=400)
    found = []
    for number, (name, show, part) in enumerate(OPENED):
        page.set_viewport_size({"width": 1280, "height": 900})
        show(page)
        found += faults(page, name, LOOKS[number % 2], part=part)
    assert found == []


@pytest.mark.parametrize("address", ["/login/", "/invitation/x"])
def test_axe_finds_nothing_before_sign_in(visitor, address):
    visitor.goto(address)
    visitor.wait_for_load_state("networkidle")
    assert faults(visitor, address) == []
