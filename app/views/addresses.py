"""Addresses that are alike on every page: found once, as each page names a hundred of them."""

from __future__ import annotations

from functools import cache

from flask import request, url_for

# Stands for the key of a record.
_KEY = "0000"


def fixed(endpoint: str) -> str:
    """Give the address of an endpoint that takes no arguments."""
    return _found(request.root_path, endpoint)


def of_record(endpoint: str, key: int) -> str:
    """Give the address of an endpoint that takes the key of a record and nothing else."""
    before, after = _around(request.root_path, endpoint)
    return f"{before}{key}{after}"


@cache
def _found(_root: str, endpoint: str) -> str:
    return url_for(endpoint)


@cache
def _around(_root: str, endpoint: str) -> tuple[str, str]:
    before, _key, after = url_for(endpoint, pk=_KEY).partition(_KEY)
    return before, after
