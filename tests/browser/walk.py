"""Every page of the product, as its own links lead to it."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

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


def pages(page: Page) -> Iterator[str]:
    """Yield the address of each page that the person who is signed in can open, one record of each kind."""
    yield from OTHERS
    page.goto("/")
    lists = page.locator("#sidebar ul a").evaluate_all("links => links.map(link => link.pathname)")
    assert len(lists) > 3, "the side bar names the lists"
    for address in dict.fromkeys(lists):
        if address in OTHERS:
            continue
        yield address
        base = address.removesuffix("list/")
        page.goto(address)
        if page.locator(f"main a[href^='{base}add']").count():
            yield f"{base}add"
        record = page.locator(f"main a[href^='{base}show/'], main a[href^='/reports/']").first
        if not record.count():
            continue
        shown = str(record.get_attribute("href"))
        yield shown
        page.goto(shown)
        edit = page.locator(f"main a[href^='{base}edit/']").first
        if edit.count():
            yield str(edit.get_attribute("href"))
