"""SQLite's index of search texts finds what a comparison finds, and holds what the rows hold, however they change."""

from __future__ import annotations

import pytest
from sqlalchemy import text, update

from app.access import Role
from app.core.db import db
from app.core.text import search_terms
from app.models.base import Entity, Searchable
from app.models.contacts import Contact
from app.models.organisations import Organisation
from app.queries import rows
from tests import factories as make
from tests.counting import counting
from tests.tables import read

SEARCHED = sorted(
    mapper.class_.__tablename__ for mapper in Entity.registry.mappers if issubclass(mapper.class_, Searchable)
)
NAMES = (
    "Müller", "Mueller-Lüdenscheidt", "Muller", "O'Mull", '"Mull"', "50 %", "a_b_c", "a%b%c", "Łódź", "Straße",
    "Ell", "El", "Mülle", "mullermuller", "Ulle", "Анна", "😀😀😀x", "x😀😀😀", "back\\slash", "AND OR NOT", "(mul)",
    "mul*",
)  # fmt: skip
TERMS = (
    "mull", "muell", "mül", "ell", "ulle", "ler", "el", "l", "50", "a_b", "a%b", "_b_", "łód", "strasse", "анн",
    "😀😀😀", "😀x", "and", "or not", "mul*", "o'm", "k\\s", "mull muell", "ell ler", "nobody", "mul nobody",
)  # fmt: skip


def sound():
    """Let each index compare itself with its rows; it raises where they differ."""
    db.session.commit()
    for name in SEARCHED:
        db.session.execute(text(f"INSERT INTO fts_{name}(fts_{name}, rank) VALUES ('integrity-check', 1)"))  # noqa: S608
    db.session.commit()


@pytest.fixture
def sqlite(database):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps its indexes itself")
    return database


def test_each_table_with_a_search_text_has_an_index_that_is_kept(sqlite):
    """A migration that makes such a table anew takes its triggers away, and has to bring them back."""
    found = set(sqlite.scalars(text("SELECT name FROM sqlite_master WHERE name LIKE 'fts_%'")))
    wanted = {f"fts_{name}{what}" for name in SEARCHED for what in ("", "_added", "_gone", "_changed")}
    assert wanted - found == set()


def test_the_index_holds_what_the_rows_hold(sqlite):
    office = make.office("LAG")
    people = [make.contact(office, name) for name in NAMES]
    firm = make.organisation(office, "Kürschnerei", sectors=[])
    sound()
    people[0].last_name = "Quitte"
    sqlite.flush()
    sqlite.execute(update(Contact).where(Contact.id == people[1].id).values(search="anything else"))
    sqlite.execute(update(Contact).values(tags="all"))
    sqlite.execute(update(Organisation).where(Organisation.id == firm.id).values(search=""))
    sqlite.delete(people[2])
    sqlite.flush()
    sound()
    sqlite.rollback()


@pytest.mark.parametrize(
    ("role", "cap"), [(Role.SERVICE_AGENCY, 10_000), (Role.SERVICE_AGENCY, 3), (Role.READER, 10_000)]
)
def test_a_search_finds_what_holds_the_words_and_nothing_else(client, database, monkeypatch, role, cap):
    """For who sees all offices and who sees one; whether hits are sorted, or too many and gone through in order."""
    monkeypatch.setattr(rows, "COUNT_CAP", cap)
    above = make.office("Servicestelle")
    office = make.office("LAG", parent=above)
    people = [make.contact(office, name) for name in NAMES]
    database.commit()
    make.sign_in(client, make.staff(role, offices=(above if role is Role.SERVICE_AGENCY else office,)))
    for term in TERMS:
        shown = read(client.get("/contacts/list/", query_string={"q": term, "psize_ContactView": 100}))
        holding = [one for one in people if all(word in one.search for word in search_terms(term))]
        kept = sorted(holding, key=lambda one: (one.last_name, one.id))
        assert shown.keys == [str(one.id) for one in kept], term


def test_who_sees_all_offices_searches_by_the_index(sqlite, client):
    """Who sees few would look at all hits of the country to find their own."""
    above = make.office("Servicestelle")
    office = make.office("LAG", parent=above)
    make.contact(office, "Quitte")
    sqlite.commit()
    for role, where, by_index in ((Role.SERVICE_AGENCY, above, True), (Role.READER, office, False)):
        make.sign_in(client, make.staff(role, offices=(where,)))
        for address in ("/contacts/list/", "/search/box"):
            with counting(db.engine) as sent:
                assert "Quitte" in client.get(address, query_string={"q": "quitte"}).text
            assert any("fts_contact" in statement for statement in sent) is by_index, (role, address)
