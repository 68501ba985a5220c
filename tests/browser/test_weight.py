"""Pages are small: compressed bytes over the wire, on the first load and on those after it."""

from __future__ import annotations

import pytest

from tests.browser.walk import pages

pytestmark = pytest.mark.browser

FIRST, WITH_CHARTS, AFTER = 250_000, 450_000, 60_000


def weigh(page, address, *, fresh):
    """Give the bytes that a page takes, and whether it has charts."""
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


def test_a_page_is_light_on_its_first_load_and_lighter_after(visit):
    page = visit("admin", allow=404)
    heavy = []
    for address in list(pages(page)):
        first, charts = weigh(page, address, fresh=True)
        after, _charts = weigh(page, address, fresh=False)
        assert first > 50_000, "a first load brings style and scripts"
        if first > (WITH_CHARTS if charts else FIRST) or after > AFTER:
            heavy.append((address, first, after))
    assert heavy == []
