"""Every page of the product, as its own links lead to it: opened once, weighed, and looked at by axe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
SIDE_BAR, PATHS = "#sidebar ul a", "links => links.map(link => link.pathname)"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Of a page in the dark only the colours are another.
LOOKED_FOR = {
    "light": {"type": "tag", "values": RULES},
    "dark": {"type": "rule", "values": ["color-contrast"]},
}
RUN = """async ([only, part, colours]) => {
  const rules = { "color-contrast": { enabled: colours } };
  const found = await axe.run(part, { runOnly: only, rules, resultTypes: ["violations"] });
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
    named: list[str] = []
    for address in OTHERS:
        yield address
        if address == "/":
            named = page.locator(SIDE_BAR).evaluate_all(PATHS)
    assert len(named) > 3, "the side bar names the lists"
    for address in dict.fromkeys(named):
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


def faults(
    page: Page,
    address: str,
    *,
    part: str = "html",
    widths: Iterable[int] = WIDTHS,
    themes: Iterable[str] = THEMES,
    colours: bool = True,
) -> list[tuple[Any, ...]]:
    """Give what axe finds on a part of the page that is open, and whether it sticks out to the right."""
    found: list[tuple[Any, ...]] = []
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
        page.evaluate(STILL)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append((address, width, "sticks out"))
        for theme in themes:
            page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
            found += [
                (address, width, theme, *one)
                for one in page.evaluate(RUN, [LOOKED_FOR[theme], part, colours])
            ]
    return found


def main_parts(
    page: Page, addresses: Iterable[str], width: int, *, colours: bool = True
) -> list[tuple[Any, ...]]:
    """Give what axe finds in the main part of more pages of a kind that was looked at in full.

    Comparing colours takes most of the time.
    """
    found: list[tuple[Any, ...]] = []
    page.set_viewport_size({"width": width, "height": 900})
    for address in addresses:
        page.goto(address)
        found += faults(page, address, part="main", widths=[width], themes=["light"], colours=colours)
    return found


def lists(page: Page) -> list[str]:
    """Give the addresses to which the side bar leads."""
    page.goto("/")
    found: list[str] = page.locator(SIDE_BAR).evaluate_all(PATHS)
    return list(dict.fromkeys(found))


def records(page: Page, kind: str) -> list[str]:
    """Give the addresses of the records on the first page of a list."""
    page.goto(f"/{kind}/list/")
    found: list[str] = page.locator("main a.row-link").evaluate_all(PATHS)
    return found
