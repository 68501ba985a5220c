"""Lists: filters, order, pages, counts; what they cost; and what they answer to nonsense."""

from __future__ import annotations

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from app.access import Role
from app.core import clock
from app.models.contracts import ContractStatus
from app.models.events import EventKind
from app.models.organisations import LegalForm, OrganisationKind, Sector
from app.models.subscribers import ConsentChannel
from app.queries import rows
from app.services import subscribers
from tests import factories as make
from tests.api.calls import ENTITIES


def narrowed(program, entity, col, opr, value):
    answer = program.get(f"{entity}/", {"filters": [{"col": col, "opr": opr, "value": value}]})
    assert answer.status_code == 200, answer.text
    return answer.json["ids"]


def test_a_list_gives_the_declared_columns_and_no_others(world, database, admin):
    make.organisation(world.mine, city="Strausberg", sectors=[Sector.SPORT, Sector.YOUTH], notes="intern")
    database.commit()
    answer = admin.get("organisations/").json
    assert set(answer) == {"count", "capped", "ids", "result"}
    row = answer["result"][0]
    assert set(row) == {
        "id", "version", "name", "kind", "legal_form", "parent", "sectors", "street", "postal_code", "city",
        "country", "phone", "email", "website", "tags", "shared", "office", "changed_at",
    }  # fmt: skip
    assert (row["kind"], row["city"], row["sectors"]) == ("company", "Strausberg", ["sport", "youth"])


def test_the_caller_can_ask_for_fewer_columns(world, database, admin):
    row = make.organisation(world.mine)
    database.commit()
    for q in ({"columns": ["name", "id"]}, "(columns:!(name,id))"):
        assert admin.get("organisations/", q).json["result"] == [{"id": row.id, "name": "Müller GmbH"}]
        assert admin.get(f"organisations/{row.id}", q).json["result"] == {"id": row.id, "name": "Müller GmbH"}


def test_text_is_filtered_as_it_is_written_and_search_folds_it(world, database, admin):
    muller = make.organisation(world.mine, "Müller & Söhne", phone="030 9799259-14", city="Köln")
    percent = make.organisation(world.mine, "100 % Recycling")
    database.commit()
    assert narrowed(admin, "organisations", "name", "eq", "Müller & Söhne") == [muller.id]
    assert narrowed(admin, "organisations", "name", "neq", "Müller & Söhne") == [percent.id]
    assert narrowed(admin, "organisations", "name", "sw", "müll") in (
        [muller.id],
        [],
    )  # SQLite folds ASCII only
    assert narrowed(admin, "organisations", "name", "sw", "100 %") == [percent.id]
    assert narrowed(admin, "organisations", "name", "ct", "%") == [percent.id]
    assert narrowed(admin, "organisations", "name", "ct", "_") == []
    assert narrowed(admin, "organisations", "city", "eq", None) == [percent.id]
    assert narrowed(admin, "organisations", "city", "neq", None) == [muller.id]
    for words in ("mueller", "MÜLLER", "soehne koeln", "+49 30 979925914", "Müller, Köln"):
        assert narrowed(admin, "organisations", "search", "ct", words) == [muller.id], words


def test_enums_sets_flags_and_rows_are_filtered_by_what_is_stored(world, database, admin):
    parent = make.organisation(world.mine, "Dach", legal_form=LegalForm.EV, sectors=[Sector.CULTURE])
    child = make.organisation(
        world.mine,
        "Zweig",
        kind=OrganisationKind.NONPROFIT,
        parent=parent,
        shared=True,
        sectors=[Sector.SPORT],
    )
    database.commit()
    assert narrowed(admin, "organisations", "kind", "eq", "nonprofit") == [child.id]
    assert narrowed(admin, "organisations", "kind", "neq", "nonprofit") == [parent.id]
    assert narrowed(admin, "organisations", "legal_form", "neq", "ag") == [parent.id, child.id]
    assert narrowed(admin, "organisations", "legal_form", "eq", None) == [child.id]
    assert narrowed(admin, "organisations", "sectors", "ct", "sport") == [child.id]
    assert narrowed(admin, "organisations", "shared", "eq", True) == [child.id]
    assert narrowed(admin, "organisations", "parent", "rel_o_m", parent.id) == [child.id]
    assert narrowed(admin, "organisations", "parent", "rel_o_m", None) == [parent.id]
    assert narrowed(admin, "organisations", "office", "rel_o_m", world.mine.id) == [parent.id, child.id]


def test_days_numbers_and_moments_are_filtered_from_and_until(world, database, admin):
    early = make.event(world.mine, "Erster", starts_on=date(2006, 9, 18))
    late = make.event(world.mine, "Zweiter", starts_on=date(2006, 11, 15))
    never = make.event(world.mine, "Irgendwann")
    parties = make.organisation(world.mine, "A"), make.organisation(world.mine, "B")
    one, two = (make.contract(world.mine, *parties, event=early, number=number) for number in (1, 2))
    database.commit()
    assert narrowed(admin, "events", "starts_on", "ge", "2006-09-19") == [late.id]
    assert narrowed(admin, "events", "starts_on", "le", "2006-09-18") == [early.id]
    assert narrowed(admin, "events", "starts_on", "eq", "2006-09-18") == [early.id]
    assert narrowed(admin, "events", "starts_on", "eq", None) == [never.id]
    assert narrowed(admin, "contracts", "number", "ge", 2) == [two.id]
    assert narrowed(admin, "contracts", "number", "le", 1) == [one.id]
    assert set(narrowed(admin, "events", "changed_at", "ge", late.changed_at.isoformat())) == {
        late.id,
        never.id,
    }
    assert narrowed(admin, "events", "changed_at", "le", early.changed_at.isoformat()) == [early.id]
    assert narrowed(admin, "events", "changed_at", "le", "1999-12-31T23:59:59+01:00") == []


def test_several_filters_hold_together(world, database, admin):
    wanted = make.event(world.mine, "Markt", city="Jena", kind=EventKind.MARKETPLACE)
    make.event(world.mine, "Markt", city="Kassel")
    make.event(world.mine, "Runde", city="Jena", kind=EventKind.WORKSHOP)
    database.commit()
    filters = [
        {"col": "city", "opr": "eq", "value": "Jena"},
        {"col": "kind", "opr": "eq", "value": "marketplace"},
    ]
    assert admin.get("events/", {"filters": filters}).json["ids"] == [wanted.id]


def test_every_filter_that_info_offers_works(world, database, admin):
    """FAB looks an operator up in a table that the last model filled: "eq" may be another type's."""
    for entity in ENTITIES:
        world.row(entity, world.mine)
    database.commit()
    for entity in ENTITIES:
        for column, offered in admin.get(f"{entity}/_info").json["filters"].items():
            assert offered, column
            for one in offered:
                tried = []
                for value in ("x", 1, True, "2026-01-01", "2026-01-01T00:00:00Z", "de", "other", "BB", "DE"):
                    q = {"filters": [{"col": column, "opr": one["operator"], "value": value}]}
                    tried.append(admin.get(f"{entity}/", q).status_code)
                assert set(tried) <= {200, 400}, (entity, column, one)
                choices = column in {
                    "kind",
                    "status",
                    "format",
                    "form",
                    "delivery",
                    "lawful_basis",
                    "legal_form",
                }
                assert 200 in tried or choices or one["operator"] == "rel_o_m", (entity, column, one, tried)


def test_the_order_is_the_same_on_every_page(world, database, admin):
    made = [make.organisation(world.mine, "Gleich", city=city) for city in "BABABABABA"]
    database.commit()
    for direction, sign in (("asc", 1), ("desc", -1)):
        asked = {"order_column": "city", "order_direction": direction, "page_size": 3}
        pages = [admin.get("organisations/", {**asked, "page": page}).json for page in range(5)]
        assert [len(page["ids"]) for page in pages] == [3, 3, 3, 1, 0]
        assert {page["count"] for page in pages} == {10}
        found = [key for page in pages for key in page["ids"]]
        assert found == [row.id for row in sorted(made, key=lambda row: (row.city, row.id))][::sign]


def test_a_page_holds_20_rows_and_never_more_than_the_setting_allows(app, world, database, admin):
    for number in range(105):
        make.subscriber(world.mine, f"p{number:03}@example.org")
    database.commit()
    assert app.config["FAB_API_MAX_PAGE_SIZE"] == 100
    for size, length in ((None, 20), (0, 20), (7, 7), (100, 100), (101, 100), (10**9, 100), (-1, 100)):
        q = {} if size is None else {"page_size": size}
        assert len(admin.get("subscribers/", q).json["ids"]) == length, size


def test_the_count_ends_at_its_cap(world, database, admin, monkeypatch):
    for name in "ABCDE":
        make.organisation(world.mine, name)
    database.commit()
    assert [admin.get("organisations/").json[key] for key in ("count", "capped")] == [5, False]
    monkeypatch.setattr(rows, "COUNT_CAP", 3)
    monkeypatch.setattr("app.api.base.COUNT_CAP", 3)
    assert [admin.get("organisations/").json[key] for key in ("count", "capped")] == [3, True]


def fill(world, rows_of_each):
    """Make rows that use every relation that a list shows."""
    parent = make.organisation(world.mine, "Dach")
    letter = make.newsletter(world.mine)
    for number in range(rows_of_each):
        company = make.organisation(world.mine, f"Firma {number}", parent=parent)
        club = make.organisation(world.mine, f"Verein {number}")
        person = make.contact(world.mine, f"Name {number}", email="n@example.org", phone="030 1", at=company)
        event = make.event(world.mine, f"Markt {number}", model_project_of=company)
        contract = make.contract(world.mine, company, club, event=event, number=number + 1, broker=person)
        make.contribution(contract, giver=company, receiver=club, value=Decimal(50), hours=Decimal(1))
        make.rate(world.mine, f"Satz {number}")
        subscriber = make.subscriber(world.mine, f"s{number}@example.org", contact=person)
        make.subscription(subscriber, letter)


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_list_takes_at_most_ten_statements_however_long_it_is(world, database, count_statements, entity):
    fill(world, 12)
    program = world.program(Role.REGIONAL_OFFICE, Role.NEWSLETTER_EDITOR)
    program.get(f"{entity}/")  # the offices are read once
    used = []
    for size in (2, 12):
        with count_statements() as statements:
            answer = program.get(f"{entity}/", {"page_size": size})
        assert len(answer.json["ids"]) == size
        used.append(len(statements))
    assert used[0] == used[1] <= 10, statements
    counting = [
        text for text in statements if "count(" in text and "newsletter" not in text and "state" not in text
    ]
    assert len(counting) == 1
    assert "LIMIT" in counting[0]
    assert "search" not in counting[0]


@pytest.fixture
def _restless():
    """Let threads take turns as often as they can: what they share by mistake is then mixed up for sure."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("_restless")
def test_eight_programs_that_search_at_once_see_only_their_own_results(world, database):
    """Trap 1: an API is one object for all threads, and FAB keeps the filters of a request in it."""
    words = [f"wort{letter}" for letter in "abcdefgh"]
    keys = {word: make.organisation(world.mine, f"Firma {word}").id for word in words}
    programs = {word: world.program(Role.READER) for word in words}

    def search(word):
        q = {"filters": [{"col": "search", "opr": "ct", "value": word}] * 10}
        return [(word, programs[word].get("organisations/", q).json["ids"]) for _ in range(25)]

    with ThreadPoolExecutor(8) as pool:
        found = [one for several in pool.map(search, words) for one in several]
    assert len(found) == 200
    assert [one for one in found if one[1] != [keys[one[0]]]] == []


BAD = [
    "(", "!", "'", "((((((", "(page:", "(page:-1)", "(page:1000001)", "(page:99999999999999999999)",
    "(page:abc)",
    "(page:1.5)", "(page:!t)", "(page_size:x)", "(order_column:search)", "(order_column:office)",
    "(order_column:nothing)", "(order_column:version)", "(order_column:name,order_direction:up)",
    "(columns:!(notes))", "(columns:name)", "(columns:!(1))", "(keys:!(x))", "(select_columns:!(search))",
    "(filters:x)", "(filters:!(x))", "(filters:!((col:name,opr:eq)))",
    "(filters:!((col:name,opr:xx,value:a)))",
    "(filters:!((col:notes,opr:ct,value:a)))", "(filters:!((col:search,opr:eq,value:a)))",
    "(filters:!((col:id,opr:eq,value:1)))", "(filters:!((col:name,opr:eq,value:!(a,b))))",
    "(filters:!((col:name,opr:eq,value:(a:b))))", "(filters:!((col:name,opr:ct,value:1)))",
    "(filters:!((col:name,opr:ct,value:!n)))", "(filters:!((col:kind,opr:eq,value:nothing)))",
    "(filters:!((col:kind,opr:eq,value:1)))", "(filters:!((col:sectors,opr:ct,value:nothing)))",
    "(filters:!((col:shared,opr:eq,value:yes)))",
    "(filters:!((col:exemption_date,opr:ge,value:'24.12.2026')))",
    "(filters:!((col:exemption_date,opr:ge,value:'0000-00-00')))",
    "(filters:!((col:exemption_date,opr:ge,value:!n)))",
    "(filters:!((col:changed_at,opr:ge,value:'2026-01-01')))",
    "(filters:!((col:changed_at,opr:ge,value:'0001-01-01T00:00:00+14:00')))",
    "(filters:!((col:parent,opr:rel_o_m,value:999999)))", "(filters:!((col:parent,opr:rel_o_m,value:x)))",
    "(filters:!((col:parent,opr:rel_o_m,value:99999999999999999999999)))",
    "(filters:!((col:parent,opr:rel_o_m,value:!t)))", '{"page": 1', '{"page": "1"}', "{}{}", '{"page": NaN}',
    '{"filters": [{"col": "name", "opr": "eq", "value": "\\ud800"}]}',
    '{"filters": [{"col": "search", "opr": "ct", "value": "\\u0000"}]}',
    '{"filters": [{"col": "name", "opr": "eq", "value": 1e400}]}', "[]", "1", "!t", "a", "x" * 20000,
    "(" * 9000, "!(" * 4500, '{"filters":' + "[" * 9000, '{"page": ' + "9" * 5000 + "}",
]  # fmt: skip


@pytest.mark.parametrize("q", BAD, ids=lambda q: q[:60])
def test_an_argument_that_makes_no_sense_is_answered_with_400(admin, q):
    answer = admin.get("organisations/", q)
    assert answer.status_code == 400, answer.text
    assert isinstance(answer.json["message"], str)
    assert "SELECT" not in answer.text


def test_no_argument_at_all_breaks_the_server(admin):
    """Arguments made of the pieces of good ones, in any order."""
    dice = random.Random(2006)
    pieces = [
        "(", ")", "!(", "!", ",", ":", "'", "filters", "col", "opr", "value", "page", "name", "kind", "eq",
        "ct", "1", "-1", "1e9", "!t", "!n", "{", "}", "[", "]", '"', "\\", "\x00", "ü", "%", " ",
        "9" * 30, "search",
    ]  # fmt: skip
    for _ in range(400):
        q = "".join(dice.choices(pieces, k=dice.randint(1, 24)))
        assert admin.get("organisations/", q).status_code in {200, 400}, q


@pytest.mark.parametrize("key", ["0", "99999999999999999999", "9" * 5000, "abc", "-1", "1.5", "%00", "1%20"])
def test_a_key_that_can_t_be_one_is_not_found(world, database, admin, key):
    make.organisation(world.mine)
    database.commit()
    for method, body in (("GET", None), ("PUT", {"version": 1}), ("DELETE", None)):
        answer = admin.call(method, f"organisations/{key}", body)
        # Beyond 4,300 digits not even Python reads a number: for the router that's another address.
        assert answer.status_code == 404 or (answer.status_code, len(key)) == (405, 5000), answer.text
        assert set(answer.json) == {"message"}


def test_a_message_is_in_the_language_that_is_asked_for(world, database):
    program = world.program(Role.READER, language="de-AT,de;q=0.9")
    english = {"headers": {"Accept-Language": "en"}}
    german = program.get("organisations/9").json["message"]
    assert german == program.get("organisations/9", args={"_l_": "de"}, **english).json["message"]
    assert german != program.get("organisations/9", **english).json["message"]
    assert (
        program.get("organisations/9", args={"_l_": "en"}).json
        == program.get("organisations/9", **english).json
    )


def test_info_names_columns_and_choices_in_the_language_that_is_asked_for(world):
    program = world.program(Role.READER)
    info = program.get("contracts/_info").json
    columns = {column["name"]: column for column in info["add_columns"]}
    assert columns["due_on"] == {"name": "due_on", "label": "Due", "type": "Day", "required": False}
    choices = {choice["value"]: choice["title"] for choice in columns["status"]["choices"]}
    assert set(choices) == {status.value for status in ContractStatus}
    assert choices["in_progress"] == "In progress"
    assert info["permissions"] == ["can_read"]
    german = program.get("contracts/_info", args={"_l_": "de"}).json
    assert "In Arbeit" in str(german["add_columns"])


def test_who_was_erased_is_not_listed(world, database, admin):
    person = make.subscriber(world.mine, "ana@example.org")
    database.commit()
    listed = admin.get("subscribers/").json["count"]
    subscribers.erase(person, subscribers.Event(clock.now(), "tests", ConsentChannel.MAIL))
    database.commit()
    assert admin.get("subscribers/").json["count"] == listed - 1
    assert person.id not in admin.get("subscribers/").json["ids"]
    assert admin.get(f"subscribers/{person.id}").status_code == 404
