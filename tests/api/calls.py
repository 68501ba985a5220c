"""A program that calls the REST API with a token."""

from __future__ import annotations

import json as jsonlib
from typing import Any

from flask import Flask
from flask_jwt_extended import create_access_token
from werkzeug.test import TestResponse

from app.core.db import db
from app.models.users import Staff

ENTITIES = ("organisations", "contacts", "events", "contracts", "rates", "subscribers")


class Program:
    """Calls with the token of a person, in a language."""

    def __init__(self, app: Flask, person: Staff | None, language: str = "en") -> None:
        self.client = app.test_client()
        self.headers = {"Accept-Language": language}
        if person is not None:
            # A token says which password it was made with, so the person must be on file.
            db.session.commit()
            with app.app_context():
                self.headers["Authorization"] = f"Bearer {create_access_token(identity=str(person.id))}"

    def call(self, method: str, path: str, json: Any = None, q: Any = None, **more: Any) -> TestResponse:
        """Call any route; ``q`` is sent as JSON unless it's text already."""
        query = {"q": q if isinstance(q, str) else jsonlib.dumps(q)} if q is not None else {}
        headers = {**self.headers, **more.pop("headers", {})}
        args = {"query_string": {**query, **more.pop("args", {})}, "headers": headers, **more}
        if json is not None:
            args["json"] = json
        return self.client.open(f"/api/v1/{path}", method=method, **args)

    def get(self, path: str, q: Any = None, **more: Any) -> TestResponse:
        """Read."""
        return self.call("GET", path, q=q, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        """Add."""
        return self.call("POST", path, json, **more)

    def put(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        """Change."""
        return self.call("PUT", path, json, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        """Delete."""
        return self.call("DELETE", path, **more)
