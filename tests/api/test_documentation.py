"""The page about the REST API tells what the OpenAPI document tells."""

from __future__ import annotations

import re

from app.access import Role
from tests import factories as make


def test_each_address_of_the_document_is_on_the_page(client, database):
    home = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.READER, offices=(home,)))
    page = client.get("/rest-api/").text
    told = {
        (method, path) for method, path in re.findall(r">([A-Z]+)</span> <code>(/api/v1/[^<]+)</code>", page)
    }
    paths = client.get("/api/v1/_openapi").json["paths"]
    known = {
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if "/security/" not in path
    }
    assert told == known
    assert "last_name" in page
