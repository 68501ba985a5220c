"""Take the pictures of the README from the real product: ``make screenshots``."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from config import ROOT
from tests.browser.conftest import ARGUMENTS, PASSWORDS, start

PICTURES = ROOT / "docs" / "pictures"
ACCOUNT = "maerkische-seen"


def main() -> None:
    """Start a demo, sign in, and save each picture at 1280 × 720."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        process, address = start(Path(folder))
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            page = browser.new_page(base_url=address, locale="de-DE", viewport={"width": 1280, "height": 720})
            page.goto("/login/")
            page.fill("#username", ACCOUNT)
            page.fill("#password", PASSWORDS[ACCOUNT])
            page.click("main form button")
            _start(page)
            _organisations(page)
            _contract(page)
            _phone(page)
            browser.close()
        finally:
            process.terminate()
            process.wait(10)


def _start(page: Page) -> None:
    page.goto("/")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "start.png")


def _organisations(page: Page) -> None:
    page.goto("/organisations/list/?_flt_0_city=strausberg")
    page.screenshot(path=PICTURES / "organisations.png")


def _contract(page: Page) -> None:
    page.goto("/contracts/list/?q=storchenwiese")
    page.locator("a.row-link").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "contract.png")


def _phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 720})
    page.emulate_media(color_scheme="dark")
    page.goto("/contacts/list/?q=mueller")
    page.screenshot(path=PICTURES / "phone.png")


if __name__ == "__main__":
    main()
