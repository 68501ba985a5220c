"""How the databases find the pages of long lists: by an index in the list's order, and not row by row.

Seconds would tell of the machine. With few rows PostgreSQL would rather read all of them, so that is forbidden to it.
"""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from app.core.db import db
from app.generator import generate
from app.generator.command import AGENCY, READER, add_accounts
from app.generator.plan import Size
from app.models.users import Staff
from app.queries import rows
from tests import factories as make
from tests.tables import read


@pytest.fixture
def country(app, database):
    """Offices with people, and browsers of the two who look at them."""
    smallest = generate(Size(2_000), 1, lambda _line: None)
    add_accounts(smallest, "sesame-4711-open")
    db.session.commit()
    db.engine.dispose()  # SQLite goes by the statistics that a connection has read when it began
    people = {one.username: one for one in db.session.query(Staff)}
    return {name: make.sign_in(app.test_client(), person) for name, person in people.items()}


def asked(browser, address):
    """Give the statements of a page."""
    found = []

    def note(_connection, _cursor, statement, parameters, *_more):
        found.append((statement, parameters))

    engine = db.engine
    browser.get("/contacts/list/")  # what is loaded once for all pages
    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = browser.get(address)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    return found


def plan(statement, parameters):
    """Give how the database would do it, as text."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_sort = off"))
            connection.execute(text("SET LOCAL enable_incremental_sort = off"))
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        word = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        return "\n".join(str(row) for row in connection.exec_driver_sql(f"{word} {statement}", parameters))


def plan_of_page(browser, address):
    """Give how the rows of a list are found."""
    statements = [each for each in asked(browser, address) if "AS page" in each[0]]
    return plan(*statements[-1])


LISTS = [
    ("contacts", "", "ix_contact_last_name_id_office_id", "ix_contact_office_id_last_name_id"),
    (
        "contacts",
        "_oc_ContactView=city&_od_ContactView=desc",
        "ix_contact_city_id_office_id",
        "ix_contact_office_id_city_id",
    ),
    ("contacts", "page_ContactView=40", "ix_contact_last_name_id_office_id", ""),
    ("subscribers", "", "ix_subscriber_email_id_office_id", ""),
    ("organisations", "", "ix_organisation_name_id_office_id", ""),
    # An office has two contracts here: too few for its plan to tell anything.
    ("contracts", "", "ix_contract_number_id_office_id", ""),
]


def test_a_page_of_a_list_is_found_by_an_index_in_its_order(country):
    """For all offices by one that tells the office, too; for one office by one that begins with it."""
    for name, query, everywhere, within in LISTS:
        assert everywhere in plan_of_page(country[AGENCY], f"/{name}/list/?{query}"), (name, query)
        if within:
            assert within in plan_of_page(country[READER], f"/{name}/list/?{query}"), (name, query)


def test_who_sees_all_offices_sends_no_list_of_them(country):
    for statement, _parameters in asked(country[AGENCY], "/contacts/list/"):
        assert "office_id IN" not in statement, statement


def test_a_list_takes_five_statements_whatever_it_shows(country):
    for name in ("contacts", "organisations", "subscribers", "contracts"):
        few, many = (
            asked(country[AGENCY], f"/{name}/list/?psize_{view}={size}") for view, size in _sizes(name)
        )
        assert len(few) == len(many) <= 5, (name, [statement for statement, _parameters in many])
    assert len(asked(country[AGENCY], "/contacts/list/?q=hagreuter")) <= 5


def _sizes(name):
    view = {
        "contacts": "ContactView", "organisations": "OrganisationView", "subscribers": "SubscriberView",
        "contracts": "ContractView",
    }[name]  # fmt: skip
    return [(view, 10), (view, 100)]


def test_few_hits_are_found_before_they_are_sorted(country):
    """Else a database may go through a million rows in their order, because it thinks that some will soon fit."""
    statements = [
        one for one, _parameters in asked(country[AGENCY], "/contacts/list/?q=hagreuter") if "AS page" in one
    ]
    assert len(statements) == 1
    assert "MATERIALIZED" in statements[0]


def test_many_hits_take_no_more_statements_than_few(country, monkeypatch):
    few = asked(country[AGENCY], "/contacts/list/?q=an")
    monkeypatch.setattr(rows, "COUNT_CAP", 3)
    for query in ("q=an", "_flt_0_language=de", "q=an&_oc_ContactView=title"):
        assert len(asked(country[AGENCY], f"/contacts/list/?{query}")) <= len(few) <= 5, query


def test_statistics_that_tell_of_very_many_spare_the_agency_a_count(country, monkeypatch):
    if db.engine.dialect.name != "postgresql":
        return
    for cap, spared in ((20, True), (1_000, False)):
        monkeypatch.setattr(rows, "COUNT_CAP", cap)
        for who, counts in ((AGENCY, not spared), (READER, True)):
            (statement,) = [one for one in asked(country[who], "/contacts/list/") if "AS page" in one[0]]
            with db.engine.connect() as connection:
                done = connection.exec_driver_sql(f"EXPLAIN (ANALYZE) {statement[0]}", statement[1])
                counting = "\n".join(str(row) for row in done).split("Aggregate")[1].splitlines()[0]
            assert ("never executed" not in counting) is counts, (cap, who, counting)
            said = read(country[who].get("/contacts/list/")).count
            assert ("about" in said) is not counts, (cap, who, said)


def test_an_order_without_an_index_is_not_read_by_another_one(country):
    """SQLite would read all rows by the index of offices, one by one, only because each office is one that is seen."""
    if db.engine.dialect.name == "sqlite":
        address = "/contacts/list/?_oc_ContactView=title"
        assert "contact USING INDEX" not in plan_of_page(country[AGENCY], address).split("SCAN page")[0]


def test_the_start_page_finds_its_few_contracts_by_indexes(country):
    found = {
        plan(*one)
        for one in asked(country[AGENCY], "/")
        if "FROM contract" in one[0] and "ORDER BY" in one[0]
    }
    assert len(found) >= 3
    # Of an index of no rows at all SQLite knows nothing, and may take another.
    some = ("status_agreed_on", "status_due_on")
    for name in some if db.engine.dialect.name == "sqlite" else (*some, "contested"):
        assert any(f"ix_contract_{name}" in each for each in found), (name, found)


def test_the_global_search_asks_all_kinds_at_once(country):
    statements = [one for one, _parameters in asked(country[AGENCY], "/search/?q=xqzxqz")]
    assert len(statements) <= 6, statements
    assert sum(".search LIKE" in one for one in statements) == 1
