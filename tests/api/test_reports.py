"""Reports for programs: the same rows, rights and receipts as on the pages."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from app.access import Role
from app.core.db import db
from app.models.events import EventStatus
from app.models.offices import State
from app.models.organisations import Sector
from app.models.receipts import Receipt
from app.reports import REPORTS
from tests import factories as make
from tests.marketplaces_2006 import six


@pytest.fixture
def rows(world):
    """Make organisations of the own office, and one of another."""
    for number in range(5):
        make.organisation(world.mine, f"Kontor {number}", city="Köln")
    make.organisation(world.other, "Elsewhere")
    db.session.commit()


@pytest.fixture
def program(world, rows):
    """Give the program of an office manager."""
    return world.program(Role.OFFICE_MANAGER)


def test_the_catalogue_names_what_the_account_may_read(program, world):
    found = {one["name"]: one["may_take"] for one in program.get("reports/").json["result"]}
    assert {"contracts", "letters", "network", "newsletters"} <= set(found) <= set(REPORTS)
    assert found["organisations"]
    reader = {
        one["name"]: one["may_take"] for one in world.program(Role.READER).get("reports/").json["result"]
    }
    assert reader["organisations"] is False


def test_a_report_tells_its_parameters_and_columns(program, world):
    told = program.get("reports/organisations").json["result"]
    (office,) = told["parameters"]
    assert (office["name"], [one["title"] for one in office["options"]]) == (
        "office",
        ["LAG", "Servicestelle"],
    )
    assert [one["name"] for one in told["tables"]] == ["organisations", "events", "contracts"]
    assert told["tables"][0]["columns"][0] == {"title": "Office", "type": "text"}
    assert world.program(Role.READER).get("reports/organisations").json["result"]["tables"] == []


def test_years_are_offered_as_people_write_them(program, world):
    make.contract(
        world.mine, *(make.organisation(world.mine, name) for name in "ab"), agreed_on=date(2026, 3, 1)
    )
    db.session.commit()
    (year,) = [
        one for one in program.get("reports/contracts").json["result"]["parameters"] if one["name"] == "year"
    ]
    assert year["options"]
    assert all(one["title"] == one["value"] and one["value"].isdecimal() for one in year["options"]), year


def test_a_year_is_a_whole_number(program, world):
    make.event(world.mine, starts_on=date(2026, 3, 1), status=EventStatus.HELD)
    db.session.commit()
    told = program.get("reports/offices/states").json
    columns = [(one["title"], one["type"]) for one in told["columns"]]
    assert [row[columns.index(("Year", "integer"))] for row in told["result"]] == [2026]


def test_rows_come_page_by_page_and_none_of_another_office(program):
    names = []
    for page in range(3):
        told = program.get("reports/organisations/organisations", args={"page": page, "page_size": 2}).json
        at = [one["title"] for one in told["columns"]].index("Name")
        names += [row[at] for row in told["result"]]
        assert told["more"] is (page < 2)
    assert names == [f"Kontor {number}" for number in range(5)]


def test_each_page_leaves_a_receipt(program):
    answer = program.get("reports/organisations/organisations", args={"page_size": 2})
    receipt = db.session.query(Receipt).one()
    assert (receipt.format, receipt.rows, receipt.title) == (
        "json", 2, "Organisations with their history – Organisations",
    )  # fmt: skip
    assert json.loads(answer.data)["more"]


@pytest.mark.parametrize(
    ("path", "args", "status"),
    [
        ("reports/nothing", {}, 404),
        ("reports/organisations/nothing", {}, 404),
        ("reports/organisations/organisations", {"page": "x"}, 400),
        ("reports/organisations/organisations", {"page_size": "1001"}, 400),
        ("reports/organisations/organisations", {"page": "-1"}, 400),
        ("reports/organisations/organisations", {"offcie": "1"}, 400),
        ("reports/organisations/organisations", {"office": "999999"}, 400),
    ],
)
def test_what_cant_be_asked_for_is_refused(program, path, args, status):
    assert program.get(path, args=args).status_code == status
    assert not db.session.query(Receipt).count()


def test_who_may_not_take_gets_nothing(world, rows):
    assert world.program(Role.READER).get("reports/organisations/organisations").status_code == 403
    assert world.program(Role.READER).get("reports/organisations").status_code == 200


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_table_of_every_report_can_be_taken(world, rows, name):
    admin = world.program(Role.ADMINISTRATOR)
    for table in admin.get(f"reports/{name}").json["result"]["tables"]:
        told = admin.get(f"reports/{name}/{table['name']}").json
        assert told["columns"] == table["columns"]
        assert all(len(row) == len(told["columns"]) for row in told["result"])


def test_a_whole_number_is_a_number_and_an_amount_a_text(world):
    six(world.mine)
    admin = world.program(Role.ADMINISTRATOR)
    told = admin.get("reports/marketplaces/comparison").json
    kinds = [column["type"] for column in told["columns"]]
    assert {"integer", "money"} <= {*kinds}
    cells = [
        (kind, cell)
        for row in told["result"]
        for kind, cell in zip(kinds, row, strict=True)
        if cell is not None
    ]
    assert {type(cell) for kind, cell in cells if kind == "integer"} == {int}
    assert {type(cell) for kind, cell in cells if kind == "money"} == {str}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("organisations/organisations", ["culture", "craft"]),
        ("contacts/contacts", "AT"),
        ("network/network_events", "HE"),
        ("network/network_offices", "HE"),
        ("newsletters/by_month", "2026-01"),
        ("newsletters/by_source", "paper"),
    ],
)
def test_rows_are_the_same_in_each_language(world, path, expected):
    """What is a word of the product's comes as it's stored; the language is for the titles of the columns."""
    world.mine.state = State.HE
    make.organisation(world.mine, "Kontor", sectors=[Sector.CRAFT, Sector.CULTURE])
    make.contact(world.mine, "Kim", country="AT")
    make.event(world.mine, starts_on=date(2026, 3, 1), status=EventStatus.HELD, state=State.HE)
    subscription = make.subscription(make.subscriber(world.mine), make.newsletter(world.mine))
    make.consent(subscription, at=datetime(2026, 1, 15, 12, tzinfo=UTC))
    db.session.commit()
    program, asked = world.program(Role.ADMINISTRATOR), {"year": 2026} if "newsletters" in path else {}
    german, english = (
        program.get(f"reports/{path}", query_string={**asked, "_l_": code}).json for code in ("de", "en")
    )
    assert german["result"] == english["result"]
    assert german["columns"] != english["columns"]
    assert expected in [value for row in english["result"] for value in row]
