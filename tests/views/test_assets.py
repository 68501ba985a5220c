"""The front end is built: sent compressed, kept by browsers for ever, and small."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def addresses(client):
    page = client.get("/login/").text
    return re.findall(r'(?:src|href)="(/static/[^"#]+)', page)


def test_a_page_names_its_parts_by_their_content(addresses):
    assert {re.sub(r"-[0-9a-f]{10}\.", ".", address) for address in addresses} >= {
        "/static/app.css", "/static/app.js", "/static/theme.js", "/static/icons.svg",
    }  # fmt: skip
    assert all(re.search(r"-[0-9a-f]{10}\.\w+$", address) for address in addresses)


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_part_is_sent_compressed_and_kept_for_ever(client, addresses, coding):
    for address in set(addresses):
        answer = client.get(address, headers={"Accept-Encoding": coding}, buffered=True)
        assert answer.status_code == 200
        assert answer.headers["Content-Encoding"] == coding
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_is_sent_compressed(client):
    answer = client.get("/login/", headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"


def test_a_front_end_that_was_not_built_says_so(tmp_path):
    from flask import Flask

    from app.views import assets

    with pytest.raises(FileNotFoundError, match="make assets"):
        assets.register(Flask(__name__, static_folder=str(tmp_path)))
