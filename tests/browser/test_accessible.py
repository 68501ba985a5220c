"""WCAG 2.2 AA as far as a program can judge: axe-core on every page, in both themes, on a desk and on a phone."""

from __future__ import annotations

import pytest

from config import ROOT
from tests.browser.walk import THEMES, WIDTHS, pages

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Of a page in the dark only the colours are another.
LOOKED_FOR = {
    "light": {"type": "tag", "values": RULES},
    "dark": {"type": "rule", "values": ["color-contrast"]},
}
RUN = """async (only) => {
  const found = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  return found.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]);
}"""
# Colours that are on their way from one theme to the other aren't those that a person sees.
STILL = "*, ::before, ::after { transition: none !important; animation: none !important; }"


def faults(page, address):
    """Give what axe finds on a page, and whether it sticks out to the right, in each theme and width."""
    found = []
    page.goto(address)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate("""(css) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets = [sheet];
    }""", STILL)  # fmt: skip
    page.wait_for_load_state("networkidle")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append((address, width, "sticks out"))
        for theme in THEMES:
            page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
            found += [(address, width, theme, *one) for one in page.evaluate(RUN, LOOKED_FOR[theme])]
    return found


@pytest.mark.parametrize("account", ["admin", "maerkische-seen", "servicestelle", "newsletter", "lesen"])
def test_axe_finds_nothing_on_any_page(visit, account):
    page = visit(account, allow=404)
    # What the administrator sees is most; the other roles have a start page of their own.
    every = list(pages(page)) if account == "admin" else ["/"]
    assert [fault for address in every for fault in faults(page, address)] == []


@pytest.mark.parametrize("address", ["/login/", "/invitation/x"])
def test_axe_finds_nothing_before_sign_in(visitor, address):
    assert faults(visitor, address) == []
