"""Addresses that are the same on every page: found once, as each page names half a hundred of them."""

from __future__ import annotations

from functools import cache

from flask import request, url_for


def fixed(endpoint: str) -> str:
    """Give the address of an endpoint that takes no arguments."""
    return _found(request.root_path, endpoint)


@cache
def _found(_root: str, endpoint: str) -> str:
    return url_for(endpoint)
