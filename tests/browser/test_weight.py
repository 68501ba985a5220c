"""Pages are small: compressed bytes over the wire, on the first load and on those after it. And they are quiet."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

FIRST, WITH_CHARTS, AFTER = 250_000, 450_000, 60_000


def test_a_page_is_light_on_its_first_load_and_lighter_after(walked):
    assert [page for page in walked.weighed if page.first <= 50_000] == [], (
        "a first load brings style and scripts"
    )
    heavy = [page for page in walked.weighed if page.first > (WITH_CHARTS if page.charts else FIRST)]
    assert heavy == []
    assert [page for page in walked.weighed if page.after > AFTER] == []


def test_no_page_writes_an_error_or_asks_another_host(walked):
    assert walked.complaints == []
