"""Every page of the product, as its own links lead to it: opened once, weighed, and looked at by axe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from config import ROOT

THEMES = ("light", "dark")
WIDTHS = (1280, 390)
# Pages that no link of the side bar or of a list leads to.
OTHERS = (
    "/",
    "/account/",
    "/nowhere",
    "/rest-api/",
    "/office/",
    "/search/?q=ma",
    "/organisations/list/?_flt_0_kind=zzz",
)
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
STILL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important; }");
  document.adoptedStyleSheets = [sheet];
}"""


@dataclass(frozen=True)
class Weighed:
    """A page, the bytes of its first load and of the next, and whether it has charts."""

    address: str
    first: int
    after: int
    charts: bool


@dataclass
class Walk:
    """What was found on the way."""

    weighed: list[Weighed]
    faults: list[tuple[Any, ...]]
    complaints: list[str]


def walk(page: Page) -> Walk:
    """Open every page twice, first as somebody who was never here, and look at what is open then."""
    found = Walk([], [], [])
    for address in pages(page):
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        first, charts = weigh(page, address, fresh=True)
        after, _charts = weigh(page, address, fresh=False)
        found.weighed.append(Weighed(address, first, after, charts))
        found.faults += faults(page, address)
    return found


def pages(page: Page) -> Iterator[str]:
    """Yield the address of each page that the person who is signed in can open, one record of each kind.

    The next links are read from the page that is open: each address is opened before the next is asked for.
    """
    lists: list[str] = []
    for address in OTHERS:
        yield address
        if address == "/":
            lists = page.locator("#sidebar ul a").evaluate_all("links => links.map(link => link.pathname)")
    assert len(lists) > 3, "the side bar names the lists"
    for address in dict.fromkeys(lists):
        if address in OTHERS:
            continue
        yield address
        base = address.removesuffix("list/")
        shown = _first(page, f"main a[href^='{base}show/'], main a[href^='/reports/']")
        if _first(page, f"main a[href^='{base}add']"):
            yield f"{base}add"
        if shown:
            yield shown
            edited = _first(page, f"main a[href^='{base}edit/']")
            if edited:
                yield edited


def _first(page: Page, links: str) -> str | None:
    found = page.locator(links).first
    return str(found.get_attribute("href")) if found.count() else None


def weigh(page: Page, address: str, *, fresh: bool) -> tuple[int, bool]:
    """Open a page; give the bytes that it takes, and whether it has charts."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    if fresh:
        client.send("Network.clearBrowserCache")
    sizes: list[int] = []
    addresses: list[str] = []
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    client.on("Network.requestWillBeSent", lambda event: addresses.append(event["request"]["url"]))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    client.detach()
    return sum(sizes), any("/charts-" in one for one in addresses)


def faults(page: Page, address: str) -> list[tuple[Any, ...]]:
    """Give what axe finds on the page that is open, and whether it sticks out to the right, in each theme and width."""
    found: list[tuple[Any, ...]] = []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate(STILL)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append((address, width, "sticks out"))
        for theme in THEMES:
            page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
            found += [(address, width, theme, *one) for one in page.evaluate(RUN, LOOKED_FOR[theme])]
    return found
