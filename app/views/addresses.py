"""Addresses that are alike on every page: found once, as each page names a hundred of them."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import g, request, url_for

from app.views import arguments

# Stands for the key of a record.
_KEY = "0000"
#: What stands for itself in the arguments of an address, as Flask writes them.
_PLAIN = "!$'()*,/:;?@"


def fixed(endpoint: str) -> str:
    """Give the address of an endpoint that takes no arguments."""
    return _found(request.root_path, endpoint)


def of_record(endpoint: str, key: int) -> str:
    """Give the address of an endpoint that takes the key of a record and nothing else."""
    before, after = _around(request.root_path, endpoint)
    return f"{before}{key}{after}"


def here(changes: dict[str, Any]) -> str:
    """Give this page's address with some of its arguments changed."""
    known: tuple[str, dict[str, list[str]]] | None = g.get("here")
    if known is None:
        g.here = known = url_for(str(request.endpoint), **(request.view_args or {})), arguments.kept()
    address, sent = known
    query = urlencode({**sent, **changes}, doseq=True, safe=_PLAIN)
    return f"{address}?{query}" if query else address


@cache
def _found(_root: str, endpoint: str) -> str:
    return url_for(endpoint)


@cache
def _around(_root: str, endpoint: str) -> tuple[str, str]:
    before, _key, after = url_for(endpoint, pk=_KEY).partition(_KEY)
    return before, after
