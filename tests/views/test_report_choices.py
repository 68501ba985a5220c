"""Reports are narrowed by one of very many offices or events, too: these are searched, within the own scope."""

from __future__ import annotations

import pytest

from app.access import Role
from app.core.db import db
from app.models.offices import Office
from app.reports.tables.parameters import MOST
from app.views.lookups import PAGE
from tests import factories as make

ADDRESS = "/reports/contracts/choices"


@pytest.fixture
def agency(client, database):
    """Sign in who sees more offices than a select holds, beside one that is foreign."""
    top = make.office("Agentur")
    for number in range(MOST):
        db.session.add(Office(name=f"Büro {number:03}", parent=top))
    make.office("Büro der Fremden")
    make.event(top, title="Markt der Müller")
    db.session.commit()
    make.sign_in(client, make.staff(Role.OFFICE_MANAGER, offices=(top,)), "de")
    return top


def found(client, name, **asked):
    answer = client.get(f"{ADDRESS}/{name}", query_string=asked).json
    return [one["text"] for one in answer["results"]], answer["more"]


def test_they_are_found_by_what_is_typed_a_page_at_a_time(client, agency):
    fitting = [name for name in (f"Büro {number:03}" for number in range(MOST)) if "2" in name]
    last = len(fitting) // PAGE
    assert found(client, "office", q="büro 2") == (fitting[:PAGE], True)
    assert found(client, "office", q="buero 2", page=last) == (fitting[last * PAGE :], False)
    assert found(client, "office", q="299") == (["Büro 299"], False)
    assert found(client, "office", q="fremden") == ([], False)
    assert found(client, "event", q="müller")[0] == ["Markt der Müller"]
    assert len(found(client, "office")[0]) == PAGE


@pytest.mark.parametrize("name", ["year", "none", "state"])
def test_what_has_few_values_is_not_searched(client, agency, name):
    assert client.get(f"{ADDRESS}/{name}").status_code == 404


def test_the_page_asks_for_them_only_where_they_are_many(client, agency):
    page = client.get("/reports/contracts").text
    assert f'data-url="{ADDRESS}/office"' in page
    assert f'data-url="{ADDRESS}/event"' not in page
    assert page.count("Büro 0") == 0
    chosen = db.session.query(Office).filter_by(name="Büro 299").one().id
    page = client.get(f"/reports/contracts?office={chosen}").text
    assert f'<option value="{chosen}" selected>Büro 299</option>' in page
