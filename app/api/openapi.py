"""The OpenAPI document, for anybody who may sign in: it tells columns and rights, and no row."""

from __future__ import annotations

from flask import Response, g
from flask_appbuilder.api import expose
from flask_appbuilder.api.manager import OpenApi
from flask_jwt_extended import verify_jwt_in_request

from app.api.base.document import document


class DocumentApi(OpenApi):
    """Made from the registered APIs, at /api/v1/_openapi."""

    allow_browser_login = True

    @expose("/<any(v1):version>/_openapi")
    def get(self, version: str) -> Response:
        """Give the document to a signed-in browser, or for a token."""
        if not g.user.is_authenticated:
            verify_jwt_in_request()
        return self.response(200, **document(version))
