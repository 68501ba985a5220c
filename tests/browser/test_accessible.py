"""WCAG 2.2 AA as far as a program can judge: axe-core on every page, in both themes, on a desk and on a phone."""

from __future__ import annotations

import pytest

from tests.browser.walk import faults

pytestmark = pytest.mark.browser


def test_axe_finds_nothing_on_any_page(walked):
    """What the administrator sees is most."""
    assert walked.faults == []


@pytest.mark.parametrize("account", ["maerkische-seen", "servicestelle", "newsletter", "lesen"])
def test_axe_finds_nothing_on_the_start_page_of_a_role(visit, account):
    page = visit(account)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert faults(page, "/") == []


@pytest.mark.parametrize("address", ["/login/", "/invitation/x"])
def test_axe_finds_nothing_before_sign_in(visitor, address):
    visitor.goto(address)
    visitor.wait_for_load_state("networkidle")
    assert faults(visitor, address) == []
