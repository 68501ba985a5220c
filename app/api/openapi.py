"""The OpenAPI document, for anybody who may sign in: it tells columns and rights, and no row."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.api.manager import OpenApi
from flask_jwt_extended import verify_jwt_in_request


class DocumentApi(OpenApi):
    """Made from the registered APIs, at /api/v1/_openapi."""

    allow_browser_login = True

    @expose("/<any(v1):version>/_openapi")
    def get(self, version: str) -> Response:
        """Give the document to a signed-in browser, or for a token."""
        if not g.user.is_authenticated:
            verify_jwt_in_request()
        return self.response(200, **document(version))


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
