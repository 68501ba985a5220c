"""Pages are small: compressed bytes over the wire, on the first load and on those after it."""

from __future__ import annotations

import pytest

from tests.browser.walk import pages

pytestmark = pytest.mark.browser

FIRST, WITH_CHARTS, AFTER = 250_000, 450_000, 60_000


def weigh(page, address):
    """Give the bytes that a page takes, and whether it has charts."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    sizes: list[int] = []
    addresses: list[str] = []
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    client.on("Network.requestWillBeSent", lambda event: addresses.append(event["request"]["url"]))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    client.detach()
    return sum(sizes), any("/charts-" in one for one in addresses)


def test_a_page_is_light_on_its_first_load_and_lighter_after(visit):
    walker = visit("admin", allow=404)
    every = list(pages(walker))
    heavy = []
    for address in every:
        fresh = visit("admin", allow=404)
        fresh.context.new_cdp_session(fresh).send("Network.clearBrowserCache")
        first, charts = weigh(fresh, address)
        after, _charts = weigh(fresh, address)
        if first > (WITH_CHARTS if charts else FIRST) or after > AFTER:
            heavy.append((address, first, after))
        fresh.context.close()
    assert heavy == []
