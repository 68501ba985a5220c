"""Every page of the product, as its own links lead to it: opened once, weighed, and looked at by axe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from config import ROOT

WIDTHS = DESK, PHONE = (1280, 390)
# Each page is looked at in both widths and both themes; which goes with which alternates from page to page.
LOOKS = (((DESK, "light"), (PHONE, "dark")), ((DESK, "dark"), (PHONE, "light")))
# Pages that no link of the side bar, of a list or of a record leads to.
OTHERS = (
    "/",
    "/account/",
    "/downloads/",
    "/schedules/",
    "/schedules/new/contracts",
    "/nowhere",
    "/rest-api/",
    "/office/",
    "/exports/",
    "/search/?q=ma",
    "/organisations/list/?_flt_0_kind=zzz",
)
# What asks for more once the page is there.
LATER = "[hx-trigger=load], [data-picture], .duplicates"
SIDE_BAR, PATHS = "#sidebar ul a", "links => links.map(link => link.pathname)"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# What is the same on every page is looked at on the first ones.
FRAME, WITH_FRAME = (".sidebar", ".topbar-frame", ".demo-bar"), 4
RUN = """async ([tags, part, colours, without]) => {
  const rules = { "color-contrast": { enabled: colours } };
  const exclude = without.filter((one) => document.querySelector(one)).map((one) => [one]);
  const where = { include: [[part]], exclude };
  const found = await axe.run(where, { runOnly: tags, rules, resultTypes: ["violations"] });
  return found.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]);
}"""
# Colours that are on their way from one theme to the other aren't those that a person sees.
STILL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important; }");
  document.adoptedStyleSheets = [sheet];
}"""


# A chart takes its new width when the page was drawn anew.
DRAWN = (
    "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
)


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
    for number, address in enumerate(pages(page)):
        page.set_viewport_size({"width": DESK, "height": 900})
        first, late, charts = weigh(page, address, fresh=True)
        after, _late, _charts = weigh(page, address, fresh=False, wait=late)
        found.weighed.append(Weighed(address, first, after, charts))
        found.faults += faults(page, address, LOOKS[number % 2], frame=number < WITH_FRAME)
    return found


def pages(page: Page) -> Iterator[str]:
    """Yield the address of each page that the person who is signed in can open, one record of each kind.

    The next links are read from the page that is open: each address is opened before the next is asked for.
    """
    named: list[str] = []
    opened: set[str] = set()
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
        shown = _first(page, f"main a[href^='{base}show/']")
        reports = page.locator("main a[href^='/reports/']").evaluate_all(PATHS)
        if _first(page, f"main a[href^='{base}add']"):
            yield f"{base}add"
        yield from dict.fromkeys(reports)
        if shown:
            yield shown
            yield from _from_record(page, shown, named, opened)


def _from_record(page: Page, shown: str, named: Sequence[str], opened: set[str]) -> Iterator[str]:
    """Yield where a record leads: to its form, its other pages, and parts that have no list in the menu."""
    pages: list[str] = page.locator(".record-head .buttons a[href]").evaluate_all(PATHS)
    whole = page.request.get(f"{shown.partition('?')[0]}?print=1").text()
    kinds = {address.removesuffix("list/") for address in named}
    parts: dict[str, str] = {}
    for base, key in re.findall(r'href="(/[\w-]+/)show/(\d+)"', whole):
        if base not in kinds and f"{base}list/" not in named:
            parts.setdefault(base, f"{base}show/{key}")
    for address in dict.fromkeys((*pages, *parts.values())):
        if address != shown.partition("?")[0] and address not in opened:
            opened.add(address)
            if "html" in page.request.head(address).headers.get("content-type", ""):  # else it's a document
                yield address


def _first(page: Page, links: str) -> str | None:
    found = page.locator(links).first
    return str(found.get_attribute("href")) if found.count() else None


def weigh(page: Page, address: str, *, fresh: bool, wait: bool = True) -> tuple[int, bool, bool]:
    """Open a page; give the bytes that it takes, whether it asks for more once it's there, and for charts.

    ``wait`` for what it may still ask for takes half a second, so that's done where something says that it asks.
    """
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    if fresh:
        client.send("Network.clearBrowserCache")
    sizes: list[int] = []
    addresses: list[str] = []
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    client.on("Network.requestWillBeSent", lambda event: addresses.append(event["request"]["url"]))
    page.goto(address)
    page.evaluate("1")  # what the page has asked for until now is told before the answer
    asked = len(addresses)
    if wait and page.locator(LATER).count():
        page.wait_for_load_state("networkidle")
    client.detach()
    return sum(sizes), len(addresses) > asked, any("/charts-" in one for one in addresses)


def faults(
    page: Page,
    address: str,
    looks: Iterable[tuple[int, str]] = LOOKS[0],
    *,
    part: str = "html",
    colours: bool = True,
    frame: bool = True,
) -> list[tuple[Any, ...]]:
    """Give what axe finds on a part of the page that is open, and whether it sticks out to the right.

    ``looks`` are widths, each with a theme. Comparing colours takes most of the time.
    """
    found: list[tuple[Any, ...]] = []
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
        page.evaluate(STILL)
    for width, theme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
        page.evaluate(DRAWN)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append((address, width, "sticks out"))
        found += [
            (address, width, theme, *one)
            for one in page.evaluate(RUN, [RULES, part, colours, [] if frame else FRAME])
        ]
    return found


def main_parts(
    page: Page, addresses: Iterable[str], width: int, *, colours: bool = True
) -> list[tuple[Any, ...]]:
    """Give what axe finds in the main part of more pages of a kind that was looked at in full."""
    found: list[tuple[Any, ...]] = []
    page.set_viewport_size({"width": width, "height": 900})
    for address in addresses:
        page.goto(address)
        found += faults(page, address, [(width, "light")], part="main", colours=colours)
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
