"""Parts of a page that are rendered once for many: they can't tell one person of another."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import meta, nodes

from app.access import Role
from app.views.kept import SHARED
from tests import factories as make

TEMPLATES = Path(__file__).resolve().parents[2] / "app" / "templates"


def kept(app):
    """Give each kept part, and the names of what it's given."""
    found = {}
    for path in TEMPLATES.rglob("*.html"):
        tree = app.jinja_env.parse(path.read_text("utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "kept":
                found.setdefault(call.args[0].value, set()).update(one.key for one in call.kwargs)
    return found


def sources(app, name):
    """Give the source of a template, and of those that it includes."""
    source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
    yield source
    for other in meta.find_referenced_templates(app.jinja_env.parse(source)):
        yield from sources(app, other)


def test_they_know_nothing_but_what_they_are_given(app):
    parts = kept(app)
    assert {"layout/sidebar.html", "layout/dialogs.html", "views/list/column_choices.html"} <= parts.keys()
    for name, given in parts.items():
        # Two of them come out of a function.
        known = SHARED | given | ({"shown", "columns"} if name == "views/list/column_choices.html" else set())
        for source in sources(app, name):
            asked = meta.find_undeclared_variables(app.jinja_env.parse(source))
            assert asked <= known, (name, asked - known)


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_role_sees_its_own_menu_whoever_was_there_before(client, database, language):
    office = make.office("LAG")
    seen = {}
    for role in (Role.OFFICE_MANAGER, Role.READER, Role.OFFICE_MANAGER):
        make.sign_in(client, make.staff(role, offices=(office,)), language)
        page = client.get("/contacts/list/").text
        frame = page[page.index('id="sidebar"') : page.index('class="topbar"')]
        assert seen.setdefault(role, frame) == frame
    assert seen[Role.OFFICE_MANAGER] != seen[Role.READER]
    assert ("Kontakte" in seen[Role.READER]) is (language == "de")
