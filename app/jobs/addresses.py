"""Where the links of mails lead."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for


def page(endpoint: str, token: str | None = None, **values: Any) -> str:
    """Give the address of a public page, as everybody reaches it."""
    if token:
        values["token"] = token
    with current_app.test_request_context(base_url=current_app.config["PUBLIC_URL"]):
        return url_for(endpoint, _external=True, **values)
