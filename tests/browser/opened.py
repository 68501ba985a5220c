"""What opens on a page: menus, dialogs and answers, each with the part of the page in which axe looks."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

LIST = "/organisations/list/"


def _at(page: Page, address: str) -> None:
    """Open a page, unless it's the one that is open: a menu closes when the next one opens."""
    if urlsplit(page.url).path != address:
        page.goto(address)


def _details(menu: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        _at(page, LIST)
        page.locator(f"{menu} > summary").click()

    return show


_filter = _details("#filter-menu")


def _comparison(page: Page) -> None:
    page.goto(LIST)
    _filter(page)
    page.locator("#filter-step .filter-columns a").first.click()
    expect(page.locator("#filter-comparison")).to_be_visible()


def _dropdown(button: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        _at(page, "/account/")
        page.locator(button).click()

    return show


def _keys(page: Page) -> None:
    page.goto("/account/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def _question(page: Page) -> None:
    page.goto("/contracts/show/1")
    page.locator("form[data-confirm][action*='/delete/'] button").click()


def _hits(page: Page) -> None:
    _at(page, "/account/")
    page.locator("#finder").press_sequentially("kranich")
    expect(page.locator(".finder-hit").first).to_be_visible()


def _bulk(page: Page) -> None:
    page.goto(LIST)
    for box in page.locator("tbody input[name=rowid]").all()[:2]:
        box.check()
    page.locator("#bulk > .buttons > button[value=delete]").click()
    expect(page.locator("main .named")).to_be_visible()


def _errors(page: Page) -> None:
    _at(page, "/contracts/add")
    page.fill("#number", "x")
    page.locator("form.record-form [data-save]").click()
    expect(page.locator("#problems")).to_be_visible()


def _choices(page: Page) -> None:
    page.goto("/contracts/add")
    page.locator("#event-ts-control").focus()
    expect(page.locator(".ts-dropdown:visible [data-selectable]").first).to_be_visible()


def _with_icon(name: str) -> str:
    return f"#list-tools > details:has(> summary [href$='#{name}'])"


VIEWS, COLUMNS, DOWNLOAD = _with_icon("bookmark"), _with_icon("columns-3"), _with_icon("download")
#: Name, how it's opened, and the part that axe looks at: what an open panel half covers is no target meanwhile.
OPENED: tuple[tuple[str, Callable[[Page], None], str], ...] = (
    ("filter, first step", _filter, "#filter-menu"),
    ("filter, second step", _comparison, "#filter-menu"),
    ("views", _details(VIEWS), VIEWS),
    ("columns", _details(COLUMNS), COLUMNS),
    ("download", _details(DOWNLOAD), DOWNLOAD),
    ("quick add", _dropdown("#add-menu"), ".dropdown:has(> #add-menu)"),
    ("offices", _dropdown("#office-menu"), ".dropdown:has(> #office-menu)"),
    ("account", _dropdown("#account-menu"), ".dropdown:has(> #account-menu)"),
    ("hits", _hits, ".finder"),
    ("keys", _keys, "#keys"),
    ("question", _question, "#confirm"),
    ("choices", _choices, ".relation:has(#event)"),
    ("errors", _errors, "main"),
    ("bulk", _bulk, "main"),
)
