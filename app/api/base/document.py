"""What the REST API offers, in the words of OpenAPI."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_appbuilder.api import BaseApi
from flask_appbuilder.api.manager import OpenApi


def document(version: str) -> dict[str, Any]:
    """Describe the registered APIs of a version as OpenAPI does."""
    spec = OpenApi._create_api_spec(version)  # noqa: SLF001 - FAB's name
    for api in current_app.extensions["appbuilder"].baseviews:
        if isinstance(api, BaseApi) and (api.route_base or "").startswith(f"/api/{version}/"):
            api.add_api_spec(spec)
    return _without_keys(spec.to_dict())


def _without_keys(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out FAB's API keys: they are switched off."""
    document["components"]["securitySchemes"].pop("api_key", None)
    return document
