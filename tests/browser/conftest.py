"""The product as a person has it: the real server with the demo data, and the system's Chromium."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from config import ROOT
from tests.browser.walk import Walk, walk
from tests.conftest import of_all

# A loaded machine is slow; a page that never comes still fails.
expect.set_options(timeout=20_000)
# Each new window would load three pages of the browser's own, for its field of addresses: half of what a window costs.
# With each page that is opened, a process is started for the next one, which comes in the same. Of several such lists
# the last one counts, so that what matters to tests of Playwright's is named again.
LEFT_OUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    "SpareRendererForSitePerProcess", "BackForwardCache", "Translate",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay",
    "MediaRouter", "OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning",
)  # fmt: skip
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-default-apps",
    # Nobody looks: pictures are drawn in the browser's own process, by one thread. What runs for a second on a page
    # isn't worth translating into faster code.
    "--in-process-gpu",
    "--disable-software-rasterizer",
    "--num-raster-threads=1",
    "--js-flags=--no-turbofan --no-maglev",
    f"--disable-features={','.join(LEFT_OUT)}",
)
PASSWORDS = {
    "maerkische-seen": "demo-maerkische-seen",
    "regionalbuero": "demo-regionalbuero",
    "leitung": "demo-leitung-lag",
    "newsletter": "demo-newsletter",
    "lesen": "demo-nur-lesen",
    "servicestelle": "demo-servicestelle",
    "admin": "demo-administrator",
}

LOCALES = {"de": "de-DE", "en": "en-GB"}


def start(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Prepare a database in a folder, load the demo data, and serve it on a free port."""
    prepare(folder)
    return serve_somewhere(folder)


def prepare(folder: Path) -> None:
    """Make a database in a folder, and load the demo data."""
    flask = [sys.executable, "-m", "flask", "--app", "app"]
    for command in ("init", "load-demo"):
        subprocess.run(
            [*flask, command], env=settings_of(folder, 0), cwd=ROOT, check=True, capture_output=True
        )


def serve_somewhere(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Serve what is prepared in a folder, on a free port; give the process, and the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return serve(folder, port), f"http://127.0.0.1:{port}"


def settings_of(folder: Path, port: int | str) -> dict[str, str]:
    """Give the environment of a server with its data in a folder."""
    settings = {
        **os.environ,
        "MARKTBUERO_DATA": str(folder),
        "MARKTBUERO_DEMO": "1",
        "MARKTBUERO_PORT": str(port),
        "MARKTBUERO_LOGIN_LIMIT": "1000 per minute",
        "MARKTBUERO_SIGN_UP_LIMIT": "1000 per minute",
    }
    settings.pop("DATABASE_URL", None)
    return settings


def serve(folder: Path, port: int | str) -> subprocess.Popen[bytes]:
    """Start the server on data that is ready, and wait until it answers."""
    settings = settings_of(folder, port)
    process = subprocess.Popen([sys.executable, "run.py"], env=settings, cwd=ROOT, stdout=subprocess.DEVNULL)
    for _attempt in range(600):  # a minute: a loaded machine is slow
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                return process
        time.sleep(0.1)
    process.terminate()
    process.wait(10)
    message = "the server did not start"
    raise RuntimeError(message)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo data, to be copied: made once, by the first process that needs it."""
    shared = of_all(tmp_path_factory)
    folder, unfinished = shared / "demo", tmp_path_factory.mktemp("unfinished")
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            prepare(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def server(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running demo."""
    process, address = serve_somewhere(shutil.copytree(demo, tmp_path_factory.mktemp("served") / "demo"))
    yield address
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium. Where CI runs, its absence is a failure."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing")
        pytest.skip("Chromium is missing")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Visits:
    """Browser windows of one test. Whatever a page complains of, or asks of another host, is kept."""

    def __init__(self, chromium: Browser, server: str) -> None:
        self.chromium, self.server = chromium, server
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open(self, language: str = "de", width: int = 1280, allow: int = 0) -> Page:
        """Open a window; ``allow`` is a status that the browser may complain of, since the test asks for it."""
        context = self.chromium.new_context(
            base_url=self.server,
            locale=LOCALES[language],
            viewport={"width": width, "height": 900},
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        page = context.new_page()
        expected = f"status of {allow} " if allow else "\0"
        page.on(
            "console",
            lambda m: (
                self.complaints.append(m.text) if m.type == "error" and expected not in m.text else None
            ),
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda r: self.complaints.append(r.url) if foreign(r.url, self.server) else None)
        return page

    def __call__(self, account: str, language: str = "de", width: int = 1280, allow: int = 0) -> Page:
        """Sign in as a demo account: ``visit("leitung", language="de", width=1280)`` gives a window without a page.

        The form is sent without being drawn: a test of its own signs in as people do.
        """
        page = self.open(language, width, allow)
        self.sign_in(page, account, language)
        return page

    def sign_in(self, page: Page, account: str, language: str = "de") -> None:
        """Sign in, or in again, in a window that is open."""
        headers = {"Accept-Language": LOCALES[language], "Referer": self.server}
        form = page.request.get("/login/", headers=headers).text()
        data = {"username": account, "password": PASSWORDS[account], "csrf_token": token_in(form)}
        answer = page.request.post("/login/", form=data, headers=headers, max_redirects=0)
        assert answer.status == 302, answer.text()
        # An account keeps the language that another test has chosen for it.
        text = page.request.get("/account/", headers=headers).text()
        if f'<html lang="{language}">' not in text:
            data = {"csrf_token": token_in(text)}
            page.request.post(f"/lang/{language}", form=data, headers=headers, max_redirects=0)

    def close(self) -> None:
        """Close all windows."""
        for context in self.contexts:
            context.close()


@pytest.fixture
def visit(chromium: Browser, server: str) -> Iterator[Visits]:
    """Give windows; afterwards none may have written an error to the console or asked another host for anything."""
    visits = Visits(chromium, server)
    yield visits
    visits.close()
    assert not visits.complaints


@pytest.fixture(scope="session")
def walked(chromium: Browser, server: str) -> Walk:
    """What was found on all pages of an administrator: opening them takes minutes, so it's done once."""
    visits = Visits(chromium, server)
    found = walk(visits("admin", allow=404))
    visits.close()
    found.complaints += visits.complaints
    return found


@pytest.fixture
def visitor(visit: Visits) -> Page:
    """A window of somebody who isn't signed in; a link that is over answers 410."""
    return visit.open(allow=410)


def token_in(page: str) -> str:
    """Give the token of the forms on a page."""
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def foreign(url: str, server: str) -> bool:
    """Whether a request leaves the product."""
    return urlsplit(url).scheme in {"http", "https"} and not url.startswith(server)
