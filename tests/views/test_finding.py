"""The global search finds what the person may read, the best first, and tells of nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from sqlalchemy import update

from app.access import CHOICE, Role
from app.core.db import db
from app.models.contacts import Contact
from app.models.organisations import Organisation
from app.queries import search
from tests import factories as make
from tests.access.rights import may
from tests.access.worlds import network
from tests.pages import texts, views


class Hits(HTMLParser):
    """The hits of a page or box: {kind: [(name, facts, address)]}."""

    def __init__(self, html):
        super().__init__()
        self.kinds, self.alls, self._in, self._href = {}, {}, None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        classes = (named.get("class") or "").split()
        if tag == "a":
            self._href = named.get("href") if "finder-hit" in classes else None
            if "finder-all" in classes:
                self.alls[list(self.kinds)[-1]] = self._href
                self._href = None
            elif self._href:
                self.kinds[list(self.kinds)[-1]].append(["", "", self._href])
        self._in = next(
            (name for name in ("finder-kind", "finder-name", "finder-facts") if name in classes), None
        )

    def handle_data(self, data):
        if self._in == "finder-kind":
            self.kinds[data] = []
        elif self._in and self._href:
            self.kinds[list(self.kinds)[-1]][-1][self._in == "finder-facts"] += data
        self._in = None


@pytest.fixture
def world(database):
    return network()


@pytest.fixture
def find(app):
    """Search as a person; give the hits by kind."""

    def find(person, typed, **session):
        client = make.sign_in(app.test_client(), person)
        with client.session_transaction() as kept:
            kept.update(session)
        answer = client.get("/search/box", query_string={"q": typed})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        return Hits(answer.text)

    return find


def names(hits, kind):
    return [name for name, _facts, _address in hits.kinds.get(kind, [])]


KINDS = {
    "Organisations": "organisations",
    "Contacts": "contacts",
    "Activities": "activities",
    "Events": "events",
    "Participations": "participations",
    "Offers and needs": "offers",
    "Contracts": "contracts",
    "Newsletters": "newsletters",
    "Subscribers": "subscribers",
    "Toolbox": "materials",
    "News": "news",
    "Offices": "offices",
    "Staff": "staff",
}


def one_of_each(office, word):
    company = make.organisation(office, f"{word} GmbH")
    event = make.event(office, f"{word}markt")
    make.contact(office, word)
    make.activity(office, subject=f"{word} anrufen", organisation=company)
    make.participation(event, company)
    make.offer(event, company)
    make.contract(office, company, make.organisation(office, "Verein"), title=word)
    make.newsletter(office, f"{word}brief")
    make.subscriber(office, f"{word.lower()}@example.org")
    make.material(office, f"{word} lernen")
    make.news_item(office, f"{word} hilft")
    make.office(f"{word}büro", parent=office)
    make.staff(Role.READER, offices=(office,), last_name=word)


@pytest.mark.parametrize("role", Role)
def test_each_kind_that_the_role_may_read_is_found_and_no_other(world, find, role):
    one_of_each(world.here, "Quitte")
    hits = find(make.staff(role, offices=(world.here,)), "quitte")
    assert set(hits.kinds) == {kind for kind, section in KINDS.items() if may(role, "r", section)}
    assert all(hits.kinds.values())


def test_every_list_with_a_search_text_is_a_kind(app):
    """A new entity of the menu is searched without anybody listing it."""
    from app.models.base import Searchable

    searched = {str(view.section) for view in views(app) if issubclass(view.datamodel.obj, Searchable)}
    assert searched | {"staff"} == set(KINDS.values())


def test_each_hit_opens_the_record_that_it_names(app, world, find):
    one_of_each(world.here, "Quitte")
    person = make.staff(Role.ADMINISTRATOR)
    client = make.sign_in(app.test_client(), person)
    hits = find(person, "quitte")
    for kind, found in hits.kinds.items():
        for name, _facts, address in found:
            page = client.get(address)
            assert page.status_code == 200, address
            assert any(name in text for text in texts(page.text)), (kind, name)


def test_other_offices_are_not_found_but_what_they_share_is(world, find, database):
    one_of_each(world.there, "Quitte")
    one_of_each(world.elsewhere, "Quitte")
    assert find(world.person, "quitte").kinds == {}
    make.organisation(world.there, "Quitte offen", shared=True)
    make.event(world.elsewhere, "Quittenfest", shared=True)
    assert {kind: len(found) for kind, found in find(world.person, "quitte").kinds.items()} == {
        "Organisations": 1,
        "Events": 1,
    }
    assert set(find(world.stranger, "quitte").kinds) > {"Contacts", "Contracts"}


def test_numbers_count_own_records_only(world, find):
    for number in range(8):
        make.organisation(world.here, f"Quitte {number}")
        make.organisation(world.there, f"Quitte {number}")
    hits = find(world.person, "quitte")
    assert len(hits.kinds["Organisations"]) == 5
    assert hits.alls == {"Organisations": "/organisations/list/?q=quitte"}


def test_a_chosen_office_narrows_what_is_found(world, find):
    agency = make.staff(Role.SERVICE_AGENCY, offices=(world.root,))
    make.contact(world.here, "Quitte")
    make.contact(world.there, "Quitte")
    assert len(find(agency, "quitte").kinds["Contacts"]) == 2
    assert len(find(agency, "quitte", **{CHOICE: world.there.id}).kinds["Contacts"]) == 1


def test_the_name_itself_comes_first_then_beginnings_then_words_then_parts_and_new_before_old(world, find):
    made = ["Alt Linden", "Verlinden", "Linden eG", "Lindenhof", "Linden", "Neu Linden"]
    for name in made:
        make.organisation(world.here, name)
    assert names(find(world.person, "linden"), "Organisations") == [
        "Linden", "Linden eG", "Lindenhof", "Neu Linden", "Alt Linden",
    ]  # fmt: skip


def test_what_changed_last_comes_before_what_was_made_last(world, find, database):
    first, second = make.organisation(world.here, "Linden A"), make.organisation(world.here, "Linden B")
    database.flush()
    first.city = "Jena"
    assert names(find(world.person, "linden"), "Organisations") == ["Linden A, Jena", "Linden B"]
    assert first.id < second.id


def test_a_full_name_is_found_in_both_orders_before_others(world, find):
    for first, last in (("Anna", "Jäger"), ("Annabell", "Jägerin"), ("Anna Maria", "Jäger")):
        make.contact(world.here, last, first_name=first)
    for typed in ("Anna Jäger", "jaeger anna", "Jäger, Anna"):
        assert names(find(world.person, typed), "Contacts")[0] == "Jäger, Anna", typed


def test_an_old_row_of_that_very_name_is_found_among_hundreds_of_others(world, find, monkeypatch):
    monkeypatch.setattr(search, "SEEN", 10)
    make.organisation(world.here, "Berlin")
    for number in range(30):
        make.organisation(world.here, f"Firma {number}", city="Berlin")
    hits = find(world.person, "berlin")
    assert names(hits, "Organisations")[0] == "Berlin"
    assert "Organisations" in hits.alls


def test_the_kind_with_the_best_hit_comes_first(world, find):
    make.organisation(world.here, "Haus am Quittenweg")
    make.contact(world.here, "Quitten")
    assert list(find(world.person, "quitten").kinds) == ["Contacts", "Organisations"]


@pytest.mark.parametrize(
    "typed", ["030 9799259", "+49 30 9799259", "ana@example", "mueller", "MÜLLER", "muller", "mül str"]
)
def test_it_finds_as_lists_do(world, find, typed):
    make.contact(world.here, "Müller", city="Straußberg", email="ana@example.org", phone="030 9799259-14")
    assert len(find(world.person, typed).kinds["Contacts"]) == 1


@pytest.mark.parametrize(
    "typed", ["", " ", "a", "%", "__", "\\\\", "''", "💶💶", ",;", "x" * 500, "zz 'OR 1=1 --"]
)
def test_what_names_nothing_finds_nothing_and_breaks_nothing(app, world, find, typed):
    make.organisation(world.here, "Anna")
    assert find(world.person, typed).kinds == {}
    client = make.sign_in(app.test_client(), world.person)
    assert client.get("/search/", query_string={"q": typed}).status_code == 200


def test_what_no_database_takes_is_a_bad_request(app, world):
    client = make.sign_in(app.test_client(), world.person)
    for page in ("", "box"):
        for typed in ("a\x00b", "x" * 501):
            assert client.get(f"/search/{page}", query_string={"q": typed}).status_code == 400


def test_the_second_line_tells_hits_of_one_name_apart(world, find):
    a, b = make.organisation(world.here, "Quelle A"), make.organisation(world.here, "Quelle B")
    make.contact(world.here, "Meier", at=a, city="Jena")
    make.contact(world.here, "Meier", at=b, city="Kassel")
    facts = [facts for _name, facts, _address in find(world.person, "meier").kinds["Contacts"]]
    assert facts == ["Quelle B · Kassel · Hier", "Quelle A · Jena · Hier"]


def test_the_page_works_without_a_script(app, world):
    client = make.sign_in(app.test_client(), world.person)
    for number in range(25):
        make.contact(world.here, f"Quitte{number}", city="Jena")
    page = client.get("/search/?q=quitte").text
    assert len(re.findall(r'href="/contacts/show/', page)) == 20
    assert "All 25 in Contacts" in page
    assert 'href="/contacts/list/?q=quitte"' in page
    assert 'action="/search/"' in client.get("/").text
    assert "Nothing was found." in client.get("/search/?q=nirgends").text
    assert "Type at least two letters" in client.get("/search/?q=q").text
    assert app.test_client().get("/search/?q=quitte").location == "/login/?next=/search/?q%3Dquitte"
    assert app.test_client().get("/search/box?q=quitte").status_code == 401


def test_markup_in_names_is_text(app, world, find):
    make.organisation(world.here, "<b>Quitte</b>", city="<i>")
    client = make.sign_in(app.test_client(), world.person)
    assert "<b>Quitte" not in client.get("/search/box?q=quitte").text
    assert "<b>Quitte" not in client.get("/search/?q=quitte").text


def test_statements_do_not_grow_with_what_is_found(app, world, count_statements):
    person = make.staff(Role.ADMINISTRATOR)
    client = make.sign_in(app.test_client(), person)
    one_of_each(world.here, "Quitte")
    numbers = []
    for _round in range(3):
        client.get("/search/box?q=quitte")
        with count_statements() as statements:
            client.get("/search/box?q=quitte")
        numbers.append(len(statements))
        for number in range(4):
            company = make.organisation(world.here, f"Quitte {number}")
            make.contact(world.here, f"Quitte {number}", at=company)
    assert numbers[0] == numbers[1] == numbers[2] <= 60, numbers
    with count_statements() as statements:
        client.get("/search/box?q=nirgends")
    # One for each kind, and those of every request.
    assert len(statements) <= len(KINDS) + 12


def test_very_many_hits_cost_one_more_statement_of_their_kind(app, world, count_statements, database):
    client = make.sign_in(app.test_client(), make.staff(Role.ADMINISTRATOR))
    for model in (Organisation, Contact):
        for number in range(search.SEEN + 20):
            make.organisation(world.here, f"Quitte {number}") if model is Organisation else make.contact(
                world.here, f"Quitte {number}"
            )
    db.session.execute(update(Contact).values(city="Quittendorf"))
    with count_statements() as statements:
        page = client.get("/search/box?q=quitte").text
    assert "All 100+ in Organisations" in page
    assert len(statements) <= len(KINDS) + 2 + 8 + 12


def test_pages_of_the_menu_are_found_by_the_beginnings_of_their_names(world, find):
    world.editor = make.staff(Role.NEWSLETTER_EDITOR, offices=(world.here,))
    pages = find(world.person, "con").kinds["Pages"]
    assert [(name, facts) for name, facts, _address in pages] == [
        ("Contacts", "People and organisations"),
        ("Contracts", "Marketplaces"),
    ]
    assert [name for name, _facts, _address in find(world.editor, "con").kinds["Pages"]][:1] == ["Contacts"]
    assert "Pages" not in find(world.person, "ontact").kinds


def test_pages_beside_the_menu_are_found_too(world, find):
    assert find(world.person, "my acc").kinds["Pages"] == [["My account", "", "/account/"]]
    assert find(world.person, "rest").kinds["Pages"][0][2] == "/rest-api/"
