"""Adding, changing and deleting: what goes in comes out; what breaks a rule is refused, at its field."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.access import Role
from app.models.contacts import Channel, Contact
from app.models.contracts import Contract, Contribution
from app.models.organisations import Organisation
from app.models.subscribers import Subscriber, SubscriptionStatus
from tests import factories as make
from tests.api.calls import ENTITIES
from tests.api.conftest import TEXT

REQUIRED = ["This field is required."]
UNKNOWN = ["This field isn't known here, or can't be written."]


@pytest.fixture
def people(world, database):
    """A program that may write all entities in its office."""
    return world.program(Role.REGIONAL_OFFICE, Role.NEWSLETTER_EDITOR)


def full(world):
    """Give a body for each entity in which every column that can be written has a value."""
    company, club = make.organisation(world.mine, "Bäckerei"), make.organisation(world.mine, "Verein")
    person, event = make.contact(world.mine, "Jäger"), make.event(world.mine, "Markt")
    series, rate = make.series(world.mine), make.rate(world.mine, f"Satz {company.id}")
    address = {"street": "Am Markt 1", "postal_code": "15344", "city": "Strausberg", "country": "DE"}
    return {
        "organisations": {
            "office": world.mine.id, "name": "Brot & Söhne", "kind": "company", "legal_name": "Brot GmbH",
            "legal_form": "gmbh", "parent": company.id, "sectors": ["social", "craft"], **address,
            "phone": "03341 1234", "fax": "03341 1235", "email": "brot@example.org",
            "website": "https://example.org", "head_count": 12, "exemption_kind": "notice",
            "exemption_date": "2024-02-29", "shared": True, "tags": "Handwerk", "source": "Messe",
            "notes": "n",
        },
        "contacts": {
            "office": world.mine.id, "salutation": "ms", "title": "Dr.", "first_name": "Ada",
            "last_name": "Beier",
            "positions": [
                {"organisation": company.id, "function": "Inhaberin", "since": "2020-01-01", "until": None,
                 "primary": True},
                {"organisation": club.id, "function": None, "since": "2010-01-01", "until": "2019-12-31",
                 "primary": False},
            ],
            "channels": [
                {"kind": "email", "value": "ada@example.org", "since": None, "until": None, "note": "privat"},
                {"kind": "mobile", "value": "0151 2345", "since": None, "until": "2024-01-01", "note": None},
            ],
            **address, "language": "en", "do_not_email": False, "do_not_phone": True, "do_not_mail": False,
            "lawful_basis": "consent", "tags": "Presse", "source": "Messe", "notes": "n",
        },
        "events": {
            "office": world.mine.id, "title": "Marktplatz", "edition": "1.", "kind": "marketplace",
            "status": "announced", "format": "on_site", "starts_on": "2026-09-18", "start_time": "17:30:00",
            "ends_on": "2026-09-18", "end_time": "19:00:00", "date_note": "abends", "venue": "Rathaus",
            **address, "state": "BB", "latitude": "52.578900", "longitude": "-0.000001", "public": True,
            "shared": False, "model_project_of": company.id, "website": "https://example.org", "notes": "n",
            "series": series.id, "target_companies": 40, "target_nonprofits": 45, "target_people": 130,
            "target_contracts": 80, "registration_open": True, "registration_until": "2026-09-01",
            "places_companies": 50, "places_nonprofits": 60, "contact_days": 10, "report_days": 90,
            "follow_up_mails": False,
            "roles": [{"organisation": club.id, "role": "initiator", "note": "mit"}],
            "people": [{"contact": person.id, "role": "patron", "note": None}],
            "corners": [{"name": "Hände", "category": "hands"}, {"name": "Köpfe", "category": "know_how"}],
        },
        "contracts": {
            "office": world.mine.id, "event": event.id, "number": 7, "title": "Zaun",
            "status": "not_feasible", "reason": "kein Holz", "form": "oral", "agreed_on": "2026-09-18",
            "place": "Hof", "due_on": "2026-12-24", "broker": person.id, "notary": person.id,
            "stamped_at": "2026-09-18T16:05:00Z", "sent_back": None, "photo_consent": True, "notes": "n",
            "parties": [
                {"organisation": company.id, "side": "company", "signatory": person.id},
                {"organisation": club.id, "side": "nonprofit", "signatory": None},
            ],
            "contributions": [
                {"giver": company.id, "receiver": club.id, "category": "hands", "text": "Zaun streichen",
                 "no_money": False, "hours": "6.50", "rate": None, "quantity": None, "value": "1234567.89",
                 "valuation": "market_price", "estimated_by": "Büro"},
                {"giver": club.id, "receiver": company.id, "category": "hands", "text": "Eine Spende: Kuchen",
                 "no_money": True, "hours": "4.00", "rate": rate.id, "quantity": None, "value": "200.00",
                 "valuation": "hourly_rate", "estimated_by": None},
            ],
        },
        "rates": {
            "office": world.mine.id, "name": "Studierende", "category": "hands", "hourly": "20.00",
            "source": "Beschluss", "shared": False,
        },
        "subscribers": {
            "office": world.mine.id, "email": "ada@example.org", "first_name": "Ada", "last_name": "Beier",
            "language": "nl", "contact": person.id,
        },
    }  # fmt: skip


def bare(value):
    """Leave out the ids that parts get."""
    if isinstance(value, list):
        return [
            {key: cell for key, cell in part.items() if key != "id"} if isinstance(part, dict) else part
            for part in value
        ]
    return value


@pytest.mark.parametrize("entity", ENTITIES)
def test_what_was_sent_comes_back_and_can_be_sent_again(world, database, people, entity):
    body = full(world)[entity]
    columns = people.get(f"{entity}/_info").json
    assert {column["name"] for column in columns["add_columns"]} == set(body), "a column has no value here"
    made = people.post(f"{entity}/", body)
    assert made.status_code == 201, made.text
    assert made.headers["Location"].endswith(f"/api/v1/{entity}/{made.json['id']}")
    shown = people.get(f"{entity}/{made.json['id']}").json
    assert shown == made.json
    assert {name: bare(shown["result"][name]) for name in body} == body
    assert shown["result"]["version"] == 1
    assert shown["result"]["changed_by"].startswith("Pat Person")
    again = {name: shown["result"][name] for name in body if name != "office"}
    changed = people.put(f"{entity}/{shown['id']}", {**again, "version": 1})
    assert changed.status_code == 200, changed.text
    kept = {**shown["result"], "version": 0, "changed_at": ""}
    assert {**changed.json["result"], "version": 0, "changed_at": ""} == kept


def test_values_come_out_in_one_spelling(world, database, people):
    """Enums by their stored value, decimals as text, days and moments as ISO, moments in UTC."""
    body = full(world)["contracts"] | {"stamped_at": "2026-09-18T18:05:00+02:00"}
    body["contributions"] = [{**body["contributions"][0], "value": 5, "hours": "06.5"}]
    shown = people.post("contracts/", body, args={"_l_": "de"}).json["result"]
    assert shown["stamped_at"] == "2026-09-18T16:05:00Z"
    assert (shown["value"], shown["hours"]) == ("5.00", "6.50")
    assert (shown["status"], shown["contributions"][0]["category"]) == ("not_feasible", "hands")
    assert shown["party_names"] == "Bäckerei – Verein"
    organisation = people.post("organisations/", full(world)["organisations"]).json["result"]
    assert organisation["exemption_expires"] == "2029-02-28"


@pytest.mark.parametrize("entity", ENTITIES)
def test_what_a_caller_leaves_out_is_as_on_the_pages(world, database, people, entity):
    answer = people.post(f"{entity}/", world.body(entity))
    assert answer.status_code == 201, answer.text
    shown = answer.json["result"]
    defaults = {
        "organisations": {"country": "DE", "shared": False, "sectors": []},
        "contacts": {"country": "DE", "language": "de", "do_not_email": False, "channels": []},
        "events": {
            "kind": "marketplace",
            "status": "idea",
            "format": "on_site",
            "public": False,
            "roles": [],
        },
        "contracts": {"status": "agreed", "form": "written", "photo_consent": False, "contributions": []},
        "rates": {"category": None, "shared": False},
        "subscribers": {"language": "de", "delivery": "ok", "newsletters": ""},
    }[entity]
    assert {name: shown[name] for name in defaults} == defaults
    assert shown["office"] == world.mine.id


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize(
    "column",
    ["id", "created_at", "created_by", "changed_at", "changed_by", "search", "office_id", "uuid", "nonsense"],
)
def test_other_columns_than_the_declared_ones_are_refused_by_name(world, database, people, entity, column):
    """Trap 5: with FAB's API a posted id overwrites the row that has it."""
    row = world.row(entity, world.mine, name="Alt")
    database.commit()
    version, text = row.version, getattr(row, TEXT[entity])
    made = people.post(f"{entity}/", {**world.body(entity), column: row.id})
    assert (made.status_code, made.json["message"]) == (422, {column: UNKNOWN})
    changed = people.put(f"{entity}/{row.id}", {"version": row.version, column: world.other.id})
    assert (changed.status_code, changed.json["message"]) == (422, {column: UNKNOWN})
    database.refresh(row)
    assert (row.version, getattr(row, TEXT[entity]), row.office_id) == (version, text, world.mine.id)


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_record_stays_in_its_office_and_a_new_one_has_no_version(world, database, entity):
    second = make.office("Jena", parent=world.root)
    row = world.row(entity, world.mine)
    agency = world.program(Role.ADMINISTRATOR, office=world.root)
    moved = agency.put(f"{entity}/{row.id}", {"version": row.version, "office": second.id})
    assert (moved.status_code, moved.json["message"]) == (422, {"office": UNKNOWN})
    made = agency.post(f"{entity}/", {**world.body(entity), "version": 5})
    assert (made.status_code, made.json["message"]) == (422, {"version": UNKNOWN})


@pytest.mark.parametrize(
    "column", ["subscriptions", "newsletters", "status", "delivery", "bounces", "bounced_at", "consents"]
)
def test_no_caller_says_what_a_subscriber_wants(world, database, people, column):
    row = make.subscriber(world.mine)
    line = make.subscription(row, make.newsletter(world.mine))
    database.commit()
    for value in ("confirmed", 1, [{"status": "confirmed"}]):
        answer = people.put(f"subscribers/{row.id}", {"version": row.version, column: value})
        assert (answer.status_code, answer.json["message"]) == (422, {column: UNKNOWN})
        answer = people.post("subscribers/", {"email": "neu@example.org", column: value})
        assert (answer.status_code, answer.json["message"]) == (422, {column: UNKNOWN})
    database.refresh(line)
    assert line.status is SubscriptionStatus.UNCONFIRMED


DATE = "This is no date. Write it as 2026-12-24."
NUMBER = "This is no number. Write it as text with a point: “1234.50”."
MOMENT = "This is no moment. Write it with its offset: 2026-12-24T18:30:00Z."
CHOICE = "This is none of the choices."
MISSING = "This record can't be found in your office."
BAD = [
    ("organisations", "name", "", REQUIRED[0]),
    ("organisations", "name", "   ", REQUIRED[0]),
    ("organisations", "name", None, REQUIRED[0]),
    ("organisations", "name", 5, "This can't be read."),
    ("organisations", "name", ["x"], "This can't be read."),
    ("organisations", "name", "x\x00y", "This can't be read."),
    ("organisations", "name", "\ud800", "This can't be read."),
    ("organisations", "name", "x" * 201, "This text is too long."),
    ("organisations", "phone", "1" * 61, "This text is too long."),
    ("organisations", "kind", None, REQUIRED[0]),
    ("organisations", "kind", "Company", CHOICE),
    ("organisations", "kind", "COMPANY", CHOICE),
    ("organisations", "kind", ["company"], CHOICE),
    ("organisations", "kind", {}, CHOICE),
    ("organisations", "sectors", "sport", "This can't be read."),
    ("organisations", "sectors", ["sport", "x"], CHOICE),
    ("organisations", "sectors", [["sport"]], CHOICE),
    ("organisations", "country", "Germany", "This text is too long."),
    ("organisations", "country", "XX", CHOICE),
    ("organisations", "country", None, REQUIRED[0]),
    ("organisations", "head_count", "5", "This is no whole number."),
    ("organisations", "head_count", 1.5, "This is no whole number."),
    ("organisations", "head_count", True, "This is no whole number."),
    ("organisations", "head_count", 2**31, "This is no whole number."),
    ("organisations", "head_count", 10**30, "This is no whole number."),
    ("organisations", "shared", "true", "This is neither true nor false."),
    ("organisations", "shared", 1, "This is neither true nor false."),
    ("organisations", "shared", None, REQUIRED[0]),
    ("organisations", "exemption_date", "24.12.2026", DATE),
    ("organisations", "exemption_date", "2026-02-30", DATE),
    ("organisations", "exemption_date", "20261224", DATE),
    ("organisations", "exemption_date", "0026-12-24", DATE),
    ("organisations", "exemption_date", "2026-12-24T00:00:00Z", DATE),
    ("organisations", "exemption_date", 20261224, DATE),
    ("organisations", "parent", "1", MISSING),
    ("organisations", "parent", {"id": 1}, MISSING),
    ("organisations", "parent", True, MISSING),
    ("organisations", "parent", -1, MISSING),
    ("organisations", "parent", 10**30, MISSING),
    ("events", "start_time", "18 Uhr", "This is no time. Write it as 18:30."),
    ("events", "start_time", "24:00", "This is no time. Write it as 18:30."),
    ("events", "start_time", "18:30+02:00", "This is no time. Write it as 18:30."),
    ("events", "latitude", 52.5789, NUMBER),
    ("events", "latitude", "52,5789", NUMBER),
    ("events", "latitude", "52.57890001", NUMBER),
    ("events", "latitude", "NaN", NUMBER),
    ("events", "latitude", "1e1", NUMBER),
    ("events", "latitude", "1" * 13, NUMBER),
    ("events", "latitude", "٣", NUMBER),
    ("contracts", "stamped_at", "2026-09-18T16:05:00", MOMENT),
    ("contracts", "stamped_at", "2026-09-18", MOMENT),
    ("contracts", "stamped_at", "0001-01-01T00:00:00+14:00", MOMENT),
    ("contracts", "stamped_at", "9999-12-31T23:59:59-14:00", MOMENT),
    ("contracts", "parties", "x", "This can't be read."),
    ("contracts", "parties", {}, "This can't be read."),
    ("contracts", "parties", None, REQUIRED[0]),
    ("subscribers", "email", "ana", "This is no e-mail address."),
]  # fmt: skip


@pytest.mark.parametrize("case", BAD, ids=lambda case: f"{case[1]}-{str(case[2])[:30]!r}")
def test_a_value_that_can_t_be_stored_is_refused_at_its_field(world, people, case):
    entity, column, value, message = case
    answer = people.post(f"{entity}/", {**world.body(entity), column: value})
    assert answer.status_code == 422, answer.text
    assert answer.json["message"] == {column: [message]}


@pytest.mark.parametrize("entity", ENTITIES)
def test_what_is_needed_is_asked_for(people, entity):
    needed = {
        "organisations": ["kind", "name"], "contacts": ["last_name"], "events": ["title"],
        "rates": ["hourly", "name"], "subscribers": ["email"],
    }  # fmt: skip
    answer = people.post(f"{entity}/", {})
    assert answer.status_code == 422
    if entity == "contracts":
        assert answer.json["message"] == {"parties": ["A contract needs at least two parties."]}
    else:
        assert answer.json["message"] == dict.fromkeys(needed[entity], REQUIRED)


def test_all_problems_are_told_at_once_each_at_its_place(world, people):
    body = full(world)["contracts"]
    parties = [{**body["parties"][0], "side": "x"}, {"id": None}, "nonsense"]
    answer = people.post("contracts/", {**body, "status": "x", "parties": parties})
    assert answer.status_code == 422
    assert answer.json["message"] == {
        "status": ["This is none of the choices."],
        "parties": {
            "0": {"side": ["This is none of the choices."]},
            "1": {"organisation": REQUIRED, "side": REQUIRED},
            "2": {"_schema": ["This can't be read."]},
        },
    }


NOTHING = {"contributions": lambda _c: []}
RULES = [
    ({"parties": lambda p: [p[0]], **NOTHING}, {"parties": ["A contract needs at least two parties."]}),
    (
        {"parties": lambda p: [p[0], p[0]], **NOTHING},
        {"parties": ["A party can't be both sides of a contract."]},
    ),
    ({"event": lambda _e: None}, {"number": ["Only a contract of an event has a number."]}),
    ({"number": lambda _n: 0}, {"number": ["Numbers begin with 1."]}),
    ({"reason": lambda _r: " "}, {"reason": ["Say why it isn't feasible."]}),
    (
        {"contributions": lambda c: [{**c[0], "text": "500 Euro"}]},
        {"contributions": {"0": {"text": ["Money is taboo: a contribution can't be a sum of money."]}}},
    ),
    (
        {"contributions": lambda c: [c[0], {**c[0], "text": "Geldspende", "value": "-1"}]},
        {
            "contributions": {
                "1": {
                    "text": ["Money is taboo: a contribution can't be a sum of money."],
                    "value": ["An amount can't be negative."],
                }
            }
        },
    ),
    (
        {"contributions": lambda c: [{**c[0], "receiver": c[0]["giver"]}]},
        {"contributions": {"0": {"receiver": ["Giver and receiver must be two parties."]}}},
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule[1])[:40])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_rules_of_a_contract_hold(world, database, people, rule, method):
    change, message = rule
    body = full(world)["contracts"]
    if method == "PUT":
        made = people.post("contracts/", {**body, "title": "Vorher"}).json
    wrong = body | {column: turn(body[column]) for column, turn in change.items()}
    if method == "PUT":
        del wrong["office"]
        answer = people.put(f"contracts/{made['id']}", {**wrong, "version": 1})
        assert people.get(f"contracts/{made['id']}").json["result"] == made["result"]
    else:
        answer = people.post("contracts/", wrong)
        assert database.query(Contract).count() == 0
        assert database.query(Contribution).count() == 0
    assert (answer.status_code, answer.json["message"]) == (422, message)


def test_a_giver_who_is_no_party_is_named(world, people):
    stranger = make.organisation(world.mine, "Fremde AG")
    body = full(world)["contracts"]
    body["contributions"][0]["giver"] = stranger.id
    answer = people.post("contracts/", body)
    assert answer.json["message"] == {"contributions": ["Fremde AG is no party of this contract."]}


def test_a_rule_is_told_in_the_language_of_the_request(world, people):
    body = {**full(world)["contracts"], "parties": [], "status": "x"}
    german = {"headers": {"Accept-Language": "de"}}
    english = people.post("contracts/", body).json["message"]
    assert people.post("contracts/", body, **german).json["message"] != english
    assert people.post("contracts/", body, args={"_l_": "en"}, **german).json["message"] == english
    rule = {**full(world)["contracts"], "parties": [], "contributions": []}
    message = people.post("contracts/", rule, **german).json["message"]
    assert message == {"parties": ["Ein Kontrakt braucht mindestens zwei Parteien."]}


def test_a_number_is_taken_once_in_an_event(world, database, people):
    body = full(world)["contracts"]
    assert people.post("contracts/", body).status_code == 201
    second = people.post("contracts/", body)
    message = {"number": ["This event already has a contract with this number."]}
    assert (second.status_code, second.json["message"]) == (422, message)
    free = people.post("contracts/", {**body, "number": 8}).json
    taken = people.put(f"contracts/{free['id']}", {"version": 1, "number": 7})
    assert (taken.status_code, taken.json["message"]) == (422, message)


def test_an_address_is_on_file_once_in_an_office(world, database, people):
    """Two rules say so, and a database names the one that it looks at first."""
    make.subscriber(world.other, "ana@example.org")
    database.commit()
    assert people.post("subscribers/", {"email": "ana@example.org"}).status_code == 201
    again = people.post("subscribers/", {"email": "ana@example.org"})
    assert again.status_code == 422
    [message] = again.json["message"]["email"]
    assert message.startswith("This address is already on file")
    assert database.query(Subscriber).count() == 2


@pytest.mark.parametrize(
    ("entity", "change", "message"),
    [
        (
            "contacts",
            {"channels": [{"value": "keine Adresse"}]},
            {"channels": {"0": {"value": ["This is no e-mail address."]}}},
        ),
        (
            "contacts",
            {"channels": [{"kind": "phone", "value": "1", "since": "2026-02-01", "until": "2026-01-01"}]},
            {"channels": {"0": {"until": ["The end can't lie before the beginning."]}}},
        ),
        ("events", {"ends_on": "2026-09-17"}, {"ends_on": ["An event can't end before it starts."]}),
        ("events", {"latitude": "90.000001"}, {"latitude": ["Degrees lie between -90 and 90."]}),
        ("organisations", {"head_count": -1}, {"head_count": ["A count can't be negative."]}),
        (
            "organisations",
            {"exemption_kind": None},
            {"exemption_kind": ["Say which paper of the tax office the date belongs to."]},
        ),
    ],
)
def test_the_rules_of_the_other_entities_hold(world, people, entity, change, message):
    answer = people.post(f"{entity}/", {**full(world)[entity], **change})
    assert (answer.status_code, answer.json["message"]) == (422, message)


def test_a_role_that_is_given_twice_is_refused_without_a_word_of_sql(world, people):
    body = full(world)["events"]
    answer = people.post("events/", {**body, "roles": body["roles"] * 2})
    assert answer.status_code == 422
    for word in ("UNIQUE", "INSERT", "constraint", "event_role", "psycopg", "sqlite"):
        assert word not in answer.text


# --- changing ---------------------------------------------------------------------------------------------
def test_only_what_is_sent_is_changed(world, people):
    made = people.post("contacts/", full(world)["contacts"]).json
    answer = people.put(f"contacts/{made['id']}", {"version": 1, "city": "Buckow", "title": None})
    assert answer.status_code == 200
    kept = {**made["result"], "city": "Buckow", "title": None, "version": 2, "changed_at": ""}
    assert {**answer.json["result"], "changed_at": ""} == kept


def test_parts_are_changed_by_their_id_added_without_one_and_removed_where_left_out(world, database, people):
    made = people.post("contacts/", full(world)["contacts"]).json
    first, second = made["result"]["channels"]
    channels = [{"id": second["id"], "note": "alt"}, {"kind": "phone", "value": "03341 99"}]
    answer = people.put(f"contacts/{made['id']}", {"version": 1, "channels": channels})
    assert answer.status_code == 200, answer.text
    shown = answer.json["result"]["channels"]
    assert shown[0] == {**second, "note": "alt"}
    assert bare(shown)[1] == {
        "kind": "phone", "value": "03341 99", "since": None, "until": None, "note": None,
    }  # fmt: skip
    assert database.query(Channel).filter_by(id=first["id"]).count() == 0
    assert answer.json["result"]["positions"] == made["result"]["positions"]
    assert answer.json["result"]["version"] == 2
    emptied = people.put(f"contacts/{made['id']}", {"version": 2, "channels": []})
    assert emptied.json["result"]["channels"] == []
    assert database.query(Channel).count() == 0


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({}, {"value": REQUIRED}),
        ({"id": None, "kind": "phone"}, {"value": REQUIRED}),
        ({"id": 999999, "value": "x@example.org"}, {"id": ["This record can't be found in your office."]}),
        ({"id": "1", "value": "x@example.org"}, {"id": ["This is no whole number."]}),
        ({"value": "x@example.org", "contact": 1}, {"contact": UNKNOWN}),
        ({"value": "x@example.org", "office": 1}, {"office": UNKNOWN}),
    ],
)
def test_a_part_that_makes_no_sense_is_refused(world, people, part, message):
    made = people.post("contacts/", full(world)["contacts"]).json
    answer = people.put(f"contacts/{made['id']}", {"version": 1, "channels": [part]})
    assert (answer.status_code, answer.json["message"]) == (422, {"channels": {"0": message}})
    assert people.get(f"contacts/{made['id']}").json == made


def test_a_part_can_t_be_sent_twice_nor_in_endless_number(world, people):
    made = people.post("contacts/", full(world)["contacts"]).json
    part = {"id": made["result"]["channels"][0]["id"]}
    answer = people.put(f"contacts/{made['id']}", {"version": 1, "channels": [part, part]})
    assert answer.json["message"] == {
        "channels": {"1": {"id": ["This record can't be found in your office."]}}
    }
    many = [{"value": "x@example.org"}] * 201
    answer = people.put(f"contacts/{made['id']}", {"version": 1, "channels": many})
    assert (answer.status_code, answer.json["message"]) == (422, {"channels": ["This can't be read."]})


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_change_says_which_version_it_was_made_from(world, database, people, entity):
    row = world.row(entity, world.mine)
    database.commit()
    path, column = f"{entity}/{row.id}", TEXT[entity]
    first = people.get(path).json["result"]["version"]
    for missing in ({}, {"version": None}):
        answer = people.put(path, {column: "Neu", **missing})
        assert (answer.status_code, answer.json["message"]) == (422, {"version": REQUIRED})
    for wrong in ("1", 1.5, True):
        answer = people.put(path, {column: "Neu", "version": wrong})
        assert (answer.status_code, answer.json["message"]) == (
            422,
            {"version": ["This is no whole number."]},
        )
    assert people.put(path, {column: "Mein", "version": first}).json["result"]["version"] == first + 1
    for stale in (first, first + 2, 0):
        answer = people.put(path, {column: "Dein", "version": stale})
        assert answer.status_code == 409
        assert answer.json["result"] == people.get(path).json["result"]
        assert answer.json["result"][column] == "Mein"


def test_a_part_that_somebody_changed_makes_a_change_stale_too(world, database, people):
    made = people.post("contacts/", full(world)["contacts"]).json
    channel = database.get(Channel, made["result"]["channels"][0]["id"])
    channel.note = "von Hand"
    database.commit()
    answer = people.put(f"contacts/{made['id']}", {"version": 1, "channels": []})
    assert answer.status_code == 409
    assert database.query(Channel).count() == 2


def test_of_changes_at_the_same_moment_one_is_taken(world, database):
    row = make.organisation(world.mine)
    path = f"organisations/{row.id}"
    programs = [world.program(Role.REGIONAL_OFFICE) for _ in range(6)]

    def change(pair):
        number, program = pair
        return program.put(path, {"version": 1, "name": f"Nummer {number}"}).status_code

    with ThreadPoolExecutor(6) as pool:
        codes = sorted(pool.map(change, enumerate(programs)))
    assert codes == [200, 409, 409, 409, 409, 409]
    database.refresh(row)
    assert row.version == 2


# --- deleting ---------------------------------------------------------------------------------------------
def test_what_others_refer_to_stays_and_they_are_named(world, database, people):
    company, club = make.organisation(world.mine, "Bäckerei"), make.organisation(world.mine, "Verein")
    make.contract(world.mine, company, club, title="Zaun")
    answer = people.delete(f"organisations/{company.id}")
    assert answer.status_code == 422
    assert answer.json["message"] == {
        "_schema": ["“Bäckerei” can't be deleted, contracts refer to it: “Contract, Zaun”."]
    }
    assert database.get(Organisation, company.id) is not None


def test_what_another_office_refers_to_stays_and_is_only_counted(world, database, people):
    company = make.organisation(world.mine, "Bäckerei", shared=True)
    make.contact(world.other, "GEHEIM", at=company)
    answer = people.delete(f"organisations/{company.id}")
    assert answer.status_code == 422
    assert answer.json["message"] == {
        "_schema": ["“Bäckerei” can't be deleted, contacts refer to it: 1 in other offices."]
    }


def test_a_record_goes_with_its_parts(world, database, people):
    made = people.post("contacts/", full(world)["contacts"]).json
    assert database.query(Channel).count() == 2
    assert people.delete(f"contacts/{made['id']}").json == {"message": "Deleted."}
    assert database.query(Channel).count() == 0
    assert database.query(Contact).filter_by(id=made["id"]).count() == 0
    assert people.delete(f"contacts/{made['id']}").status_code == 404


# --- bodies -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"x"', b"5", b"\xff\xfe", b"{'name': 1}", b'{"name": 1', b"name=x",
        b"[" * 100_000, b'{"name":' * 50_000, b'{"head_count": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_that_is_no_object_is_answered_with_400(world, database, people, method, body):
    row = make.organisation(world.mine)
    database.commit()
    path = "organisations/" if method == "POST" else f"organisations/{row.id}"
    answer = people.call(method, path, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json == {"message": "The body must be a JSON object, sent as application/json."}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_is_no_body(people, kind):
    """What a page of another site could send, which is why the API needs no CSRF token."""
    answer = people.post("organisations/", data='{"name": "x", "kind": "company"}', content_type=kind)
    assert answer.status_code == 400


def test_a_body_that_is_too_large_is_refused(app, people):
    text = "x" * (app.config["MAX_CONTENT_LENGTH"] + 1)
    answer = people.post("organisations/", {"name": "x", "kind": "company", "notes": text})
    assert answer.status_code == 413
    assert set(answer.json) == {"message"}
