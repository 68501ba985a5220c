"""The examples of docs/api.md do what the page says."""

from __future__ import annotations

import json
import re
import shlex
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.security import generate_password_hash

from app.access import Role
from app.models.organisations import OrganisationKind
from config import ROOT
from tests import factories as make

PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
EXAMPLE = re.compile(r"```sh\n(?P<script>.*?)```\n```json\n(?P<answer>.*?)```", re.DOTALL)
#: What differs from one database to another.
KEYS = {"id", "ids", "office", "organisation"}
SERVER = "http://127.0.0.1:8080"


def curl(client, command):
    """Run a curl command against the test client: -s -G -X -H -d --data-urlencode."""
    words = shlex.split(command)
    assert words.pop(0) == "curl"
    method, headers, data, query, url = None, {}, None, {}, ""
    while words:
        match words.pop(0):
            case "-s" | "-G":
                pass
            case "-X":
                method = words.pop(0)
            case "-H":
                name, _colon, value = words.pop(0).partition(":")
                headers[name] = value.strip()
            case "-d":
                data = words.pop(0)
            case "--data-urlencode":
                name, _equals, value = words.pop(0).partition("=")
                query[name] = value
            case word:
                assert not word.startswith("-"), f"{word} isn't known to this curl"
                url = word
    parts = urlsplit(url)
    return client.open(
        parts.path,
        method=method or ("POST" if data else "GET"),
        headers=headers,
        data=data,
        query_string={**dict(parse_qsl(parts.query)), **query},
    )


def holds(answer, told, key=""):
    """Whether an answer holds all that the page tells; "…" is any text, and ids are any ids."""
    if isinstance(told, dict):
        return isinstance(answer, dict) and all(
            name in answer and holds(answer[name], value, name) for name, value in told.items()
        )
    if isinstance(told, list):
        return len(answer) == len(told) and all(
            holds(one, value, key) for one, value in zip(answer, told, strict=True)
        )
    if told == "…":
        return isinstance(answer, str) and bool(answer)
    return type(answer) is type(told) if key in KEYS else answer == told


@pytest.fixture
def shell(world, database):
    """The names that the page's commands use, in a world like the demo's."""
    person = make.staff(
        Role.REGIONAL_OFFICE, Role.NEWSLETTER_EDITOR, offices=(world.mine,), username="maerkische-seen"
    )
    person.password = generate_password_hash("demo-maerkische-seen")
    club = make.organisation(world.mine, "SV Märkische Wellen e.V.", kind=OrganisationKind.NONPROFIT)
    make.organisation(world.mine, "LAG Märkische Seen e.V.", kind=OrganisationKind.INTERMEDIARY)
    title, day = "Marktplatz Gute Geschäfte Märkische Seen", date(2026, 9, 17)
    make.event(world.mine, title, starts_on=day, city="Strausberg")
    database.commit()
    return {"OTHER": str(club.id)}


def test_the_page_has_examples():
    assert len(EXAMPLE.findall(PAGE)) == PAGE.count("curl -s") == 11


def test_each_example_answers_what_the_page_says(app, shell):
    client = app.test_client()
    for script, answer in EXAMPLE.findall(PAGE):
        lines = script.replace("\\\n", " ").strip().split("\n")
        code = int(lines.pop(0)[2:]) if lines[0].startswith("# ") else 200
        while match := re.fullmatch(r"(\w+)=(\S+)", lines[0]):
            shell[match[1]] = match[2]
            lines.pop(0)
        command = re.sub(r"\$([A-Z]+)", lambda found: shell[found[1]], "\n".join(lines))
        got, told = curl(client, command), json.loads(answer)
        assert got.status_code == code, (command, got.text)
        assert holds(got.json, told), (command, got.text)
        if "access_token" in got.json:
            shell["TOKEN"] = got.json["access_token"]
            shell["REFRESH"] = got.json.get("refresh_token", "")
        elif "/organisations/" in command and code == 201:
            shell["ID"] = str(got.json["id"])
    assert shell["SERVER"] == SERVER
