"""Every page of the product, as its own links lead to it: opened once, weighed, and looked at by axe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from config import ROOT

WIDTHS = DESK, PHONE = (1280, 390)
# Each page is looked at in both widths and both themes; which goes with which, and first, alternates from page to page.
LOOKS = (
    ((DESK, "light"), (PHONE, "dark")),
    ((DESK, "dark"), (PHONE, "light")),
    ((PHONE, "dark"), (DESK, "light")),
    ((PHONE, "light"), (DESK, "dark")),
)
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
PACKAGES, STATIC = ROOT / "node_modules", ROOT / "app" / "static"
AXE = PACKAGES / "axe-core" / "axe.min.js"
# The style sheets of which ours leaves out what no page needs, and the classes that a sheet names, or a page.
SHEETS = ("@tabler/core/dist/css/tabler.css", "tom-select/dist/css/tom-select.bootstrap5.css")
NAMED = re.compile(r"\.([A-Za-z_][\w-]*)")
CLASSES = "all => [...new Set(all.flatMap((one) => [...one.classList]))]"
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


# A chart takes its new width when the page was drawn anew. Then it's seen whether the page sticks out to the right.
DRAWN = """async () => {
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
  return document.documentElement.scrollWidth > window.innerWidth;
}"""


# Each pair of colours of a page: a text as it is written, and the elements on which it stands, up to the whole page.
PAIRS = """(part) => {
  const grounds = new Map([[null, ""]]);
  const ground = (one) => {
    if (!grounds.has(one)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(one);
      const own = [one.localName, one.className, backgroundColor, backgroundImage, opacity].join();
      grounds.set(one, `${own};${ground(one.parentElement)}`);
    }
    return grounds.get(one);
  };
  const pairs = new Set();
  const add = (one) => {
    if (!one.checkVisibility()) return;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(one);
    pairs.add([color, fontSize, fontWeight, textShadow, ground(one)].join());
  };
  const whole = document.querySelector(part);
  whole.querySelectorAll("input, select, textarea").forEach(add);
  const texts = document.createTreeWalker(whole, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (texts.currentNode.data.trim()) add(texts.currentNode.parentElement);
  return [...pairs];
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
    """Open every page, weigh it, and look at what is open then."""
    found, sizes, pairs = Walk([], [], []), {}, set()
    for number, address in enumerate(pages(page)):
        widen(page, DESK)
        weighed, more = weigh(page, address, sizes)
        if more:
            weighed, _more = weigh(page, address, sizes)
        found.weighed.append(weighed)
        found.faults += faults(page, address, LOOKS[number % 4], frame=number < WITH_FRAME, pairs=pairs)
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


def weigh(page: Page, address: str, sizes: dict[str, int]) -> tuple[Weighed, bool]:
    """Open a page; give what it weighs, and whether more than the page itself came over the wire.

    Then it has to be opened again, to see what of it the browser keeps. ``sizes`` are the most bytes that each address
    took so far, which a first load takes.
    """
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    asked: dict[str, str] = {}
    came: dict[str, int] = {}
    client.on(
        "Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]})
    )
    client.on(
        "Network.loadingFinished", lambda event: came.update({event["requestId"]: event["encodedDataLength"]})
    )
    page.goto(address)
    page.evaluate("1")  # what the page has asked for until now is told before the answer
    # Waiting for what it may still ask for takes half a second: it's done where something says that it asks.
    if page.locator(LATER).count():
        page.wait_for_load_state("networkidle")
    client.detach()
    for request, size in came.items():
        sizes[asked[request]] = max(size, sizes.get(asked[request], 0))
    addresses = set(asked.values())
    first, charts = sum(sizes.get(one, 0) for one in addresses), any("/charts-" in one for one in addresses)
    return Weighed(address, first, sum(came.values()), charts), sum(map(bool, came.values())) > 1


def faults(
    page: Page,
    address: str,
    looks: Iterable[tuple[int, str]] = LOOKS[0],
    *,
    part: str = "html",
    colours: bool = True,
    frame: bool = True,
    pairs: set[str] | None = None,
) -> list[tuple[Any, ...]]:
    """Give what axe finds on a part of the page that is open, whether it sticks out to the right, and lacks a style.

    ``looks`` are widths, each with a theme. With ``pairs``, the pairs of colours that were looked at, it's asked in
    the first look, and in another one where that shows a pair that is new; of colours only where there is such a one.
    """
    classes = set(page.locator("[class]").evaluate_all(CLASSES))
    found: list[tuple[Any, ...]] = [(address, "lacks a style", *one) for one in left_out() if one <= classes]
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
        page.evaluate(STILL)
    for number, (width, theme) in enumerate(looks):
        # The theme first: the page is drawn once in its new width, and not once more in its new colours.
        page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
        widen(page, width)
        if page.evaluate(DRAWN):
            found.append((address, width, "sticks out"))
        known = False
        if pairs is not None:
            here = set(page.evaluate(PAIRS, part))
            known = here <= pairs
            pairs |= here
            if number and known:
                continue
        asked = [RULES, part, colours and not known, [] if frame else FRAME]
        found += [(address, width, theme, *one) for one in page.evaluate(RUN, asked)]
    return found


@cache
def left_out() -> set[frozenset[str]]:
    """Give the classes of each selector that those who made the style sheets know, and ours doesn't."""
    ours = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))["app.css"]
    return {one for sheet in SHEETS for one in selectors(PACKAGES / sheet)} - selectors(STATIC / ours)


def selectors(sheet: Path) -> set[frozenset[str]]:
    """Give the classes that stand together in a selector of a style sheet, but for those in parentheses."""
    text, aside = sheet.read_text(encoding="utf-8"), 1
    while aside:
        text, aside = re.subn(r"\([^()]*\)", "", text)
    heads = re.findall(r"[^{}]+(?=\{)", text)
    return {frozenset(NAMED.findall(one)) for head in heads for one in head.split(",")}


def widen(page: Page, width: int) -> None:
    """Give a window a width, unless it has it: the browser would lay out the page once more."""
    size = {"width": width, "height": 900}
    if page.viewport_size != size:
        page.set_viewport_size(size)


def main_parts(
    page: Page, addresses: Iterable[str], width: int, *, colours: bool = True
) -> list[tuple[Any, ...]]:
    """Give what axe finds in the main part of more pages of a kind that was looked at in full."""
    found: list[tuple[Any, ...]] = []
    pairs: set[str] = set()
    widen(page, width)
    for address in addresses:
        page.goto(address)
        found += faults(page, address, [(width, "light")], part="main", colours=colours, pairs=pairs)
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
