"""Who may do what through the API, and with which rows: architecture.md's table, each cell called."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask_jwt_extended import create_access_token, create_refresh_token

from app.access import Role
from app.core import clock
from app.services import users
from tests import factories as make
from tests.api.calls import ENTITIES, Program
from tests.api.conftest import TEXT

READ, WRITE = "read", "write"
MARKET = {"events": WRITE, "contracts": WRITE, "rates": WRITE}

# architecture.md, "Access": what a role may do with its offices' data and with newsletter addresses.
EXPECTED = {
    Role.ADMINISTRATOR: {"organisations": WRITE, "contacts": WRITE, **MARKET, "subscribers": WRITE},
    Role.SERVICE_AGENCY: {"organisations": WRITE, "contacts": WRITE, **MARKET},
    Role.REGIONAL_OFFICE: {"organisations": WRITE, "contacts": WRITE, **MARKET},
    Role.OFFICE_MANAGER: {"organisations": WRITE, "contacts": WRITE, **MARKET},
    Role.NEWSLETTER_EDITOR: {"contacts": READ, "subscribers": WRITE},
    Role.READER: {"organisations": READ, "contacts": READ, "events": READ, "contracts": READ, "rates": READ},
}
SHAREABLE = ("organisations", "events", "rates")


def expected(role: Role, entity: str, *, where: str) -> dict[str, int]:
    """Give the answers to GET, PUT and DELETE of a row: ``where`` is own, foreign or shared."""
    right = EXPECTED[role].get(entity)
    if right is None:
        return {"GET": 403, "PUT": 403, "DELETE": 403}
    if role is Role.ADMINISTRATOR or where == "own":
        found = change = 200
    elif where == "foreign":
        found = change = 404
    else:
        found, change = 200, 403
    return {"GET": found, **dict.fromkeys(("PUT", "DELETE"), change if right is WRITE else 403)}


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("role", Role)
def test_each_role_reaches_the_rows_that_are_its_own(world, database, role, entity):
    at = world.root if role is Role.SERVICE_AGENCY else world.mine
    program = world.program(role, office=at)
    rows = {
        "own": world.row(entity, world.mine, name="Eigen"),
        "foreign": world.row(entity, world.other, name="Fremd"),
    }
    if entity in SHAREABLE:
        rows["shared"] = world.row(entity, world.other, shared=True, name="Geteilt")
    database.commit()
    for where, row in rows.items():
        path, answers = f"{entity}/{row.id}", expected(role, entity, where=where)
        body = {"version": row.version, TEXT[entity]: "Anders"}
        got = {"GET": program.get(path), "PUT": program.put(path, body), "DELETE": program.delete(path)}
        assert {method: answer.status_code for method, answer in got.items()} == answers, (where, role)


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("role", Role)
def test_each_role_lists_and_adds_in_its_own_offices(world, database, role, entity):
    program = world.program(role, office=world.mine)
    own, foreign = world.row(entity, world.mine, name="Eigen"), world.row(entity, world.other, name="Fremd")
    seen = {own.id} | ({foreign.id} if role is Role.ADMINISTRATOR else set())
    if entity in SHAREABLE:
        seen.add(world.row(entity, world.other, shared=True, name="Geteilt").id)
    database.commit()
    right = EXPECTED[role].get(entity)
    listed = program.get(f"{entity}/")
    assert listed.status_code == (200 if right else 403)
    assert program.get(f"{entity}/_info").status_code == (200 if right else 403)
    if right:
        assert set(listed.json["ids"]) == seen
        assert listed.json["count"] == len(seen)
    assert program.post(f"{entity}/", world.body(entity)).status_code == (201 if right is WRITE else 403)


def test_the_service_agency_reaches_the_offices_below_it_and_an_office_nothing_above(world, database):
    below, above = make.organisation(world.mine, "Unten"), make.organisation(world.root, "Oben")
    database.commit()
    agency = world.program(Role.SERVICE_AGENCY, office=world.root)
    assert agency.get("organisations/").json["ids"] == [above.id, below.id]
    assert agency.put(f"organisations/{below.id}", {"version": 1, "city": "Buckow"}).status_code == 200
    regional = world.program(Role.REGIONAL_OFFICE)
    assert regional.get("organisations/").json["ids"] == [below.id]
    assert regional.get(f"organisations/{above.id}").status_code == 404


# The catalogue, a report, and rows of it.
REPORT = ("", "tasks", "tasks/tasks")


def every_call(world, database):
    """Yield (method, path, body) for every route of the entities and the reports."""
    yield from (("GET", f"reports/{path}", None) for path in REPORT)
    for entity in ENTITIES:
        row = world.row(entity, world.mine)
        body = world.body(entity)
        database.commit()
        yield from [
            ("GET", f"{entity}/", None),
            ("GET", f"{entity}/_info", None),
            ("GET", f"{entity}/{row.id}", None),
            ("POST", f"{entity}/", body),
            ("PUT", f"{entity}/{row.id}", {"version": row.version}),
            ("DELETE", f"{entity}/{row.id}", None),
        ]


def test_the_calls_of_these_tests_are_all_the_routes_there_are(app, world, database):
    """A route that is added without an expectation fails here."""
    rules = {
        (method, rule.rule.replace("<int:pk>", "1"))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    calls = every_call(world, database)
    called = {(method, f"/api/v1/{re.sub(r'[0-9]+$', '1', path)}") for method, path, _body in calls}
    named = {(method, rule.replace("<name>", "tasks").replace("<table>", "tasks")) for method, rule in rules}
    assert named == called | {
        ("GET", "/api/<any(v1):version>/_openapi"),
        ("POST", "/api/v1/security/login"),
        ("POST", "/api/v1/security/refresh"),
        ("POST", "/api/bounces/<token>"),  # its secret is the right
    }


def test_nothing_is_answered_without_a_token(app, world, database):
    program = Program(app, None)
    for method, path, body in every_call(world, database):
        answer = program.call(method, path, body)
        assert answer.status_code == 401, (method, path)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "sign in" in answer.json["message"]


def test_a_browser_session_is_no_token(app, world, database):
    """Cookies are sent along by whatever page a person visits; a token is not."""
    program = Program(app, None)
    make.sign_in(program.client, make.staff(Role.ADMINISTRATOR, offices=(world.mine,)))
    for method, path, body in every_call(world, database):
        assert program.call(method, path, body).status_code == 401, (method, path)


def test_the_token_decides_where_a_browser_session_comes_along(app, world, database):
    row = make.organisation(world.other, "Fremd")
    program = world.program(Role.READER)
    make.sign_in(program.client, make.staff(Role.ADMINISTRATOR, offices=(world.other,)))
    assert program.get(f"organisations/{row.id}").status_code == 404
    assert program.get("organisations/").json["ids"] == []
    assert program.delete(f"organisations/{row.id}").status_code == 403


def test_a_changed_role_counts_from_the_next_call(app, world, database):
    person = make.staff(Role.READER, offices=(world.mine,))
    program = Program(app, person)
    assert program.post("organisations/", world.body("organisations")).status_code == 403
    person.roles = database.query(users.role_model()).filter_by(name=Role.REGIONAL_OFFICE.value).all()
    database.commit()
    assert program.post("organisations/", world.body("organisations")).status_code == 201


@pytest.mark.parametrize("change", ["deactivated", "new password", "gone"])
def test_a_token_ends_with_the_account_or_its_password(app, world, database, change):
    person = make.staff(Role.REGIONAL_OFFICE, offices=(world.mine,))
    program = Program(app, person)
    assert program.get("organisations/").status_code == 200
    if change == "deactivated":
        person.active = False
    elif change == "new password":
        users.set_password(person, "a long new password", at=clock.now())
    else:
        database.delete(person)
    database.commit()
    assert program.get("organisations/").status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", "Bearer " + "x" * 5000]
)
def test_a_broken_token_is_no_token(app, database, header):
    program = Program(app, None)
    program.headers["Authorization"] = header
    answer = program.get("organisations/")
    assert answer.status_code == 401
    assert answer.json["message"] == "Please sign in: the token is missing, wrong, or has ended."


def test_an_old_token_and_one_for_renewal_open_nothing(app, world, database):
    person = make.staff(Role.ADMINISTRATOR, offices=(world.mine,))
    program = Program(app, person)
    with app.app_context():
        old = create_access_token(identity=str(person.id), expires_delta=timedelta(seconds=-1))
        renewal = create_refresh_token(identity=str(person.id))
    for token in (old, renewal):
        program.headers["Authorization"] = f"Bearer {token}"
        assert program.get("organisations/").status_code == 401


def test_a_person_gets_a_token_for_name_and_password_and_renews_it(app, world, database):
    make.staff(Role.READER, offices=(world.mine,), username="rita", password="eight sunny fields")
    row = make.organisation(world.mine)
    database.commit()
    program = Program(app, None)
    sign_in = {"username": "rita", "password": "eight sunny fields", "provider": "db", "refresh": True}
    answer = program.post("security/login", sign_in)
    assert answer.status_code == 200
    program.headers["Authorization"] = f"Bearer {answer.json['access_token']}"
    listed = program.get("organisations/")
    assert listed.json["ids"] == [row.id]
    assert "Set-Cookie" not in {*answer.headers.keys(), *listed.headers.keys()}
    program.headers["Authorization"] = f"Bearer {answer.json['refresh_token']}"
    renewed = program.post("security/refresh").json["access_token"]
    program.headers["Authorization"] = f"Bearer {renewed}"
    assert program.get("organisations/").json["ids"] == [row.id]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"username": "rita", "password": "wrong", "provider": "db"}, {401}),
        ({"username": "nobody", "password": "wrong", "provider": "db"}, {401}),
        ({"username": "\x00", "password": "\x00", "provider": "db"}, {400, 401}),
        ({"username": "\ud800", "password": "x", "provider": "db"}, {400, 401}),
        ({"username": "rita", "password": "wrong", "provider": "ldap"}, {400}),
        ({"username": "rita", "password": "wrong", "provider": "other"}, {400}),
        ({"username": 5, "password": ["x"], "provider": "db"}, {400}),
        ({}, {400}),
        ([], {400}),
    ],
)
def test_a_wrong_sign_in_of_a_program_is_refused_and_breaks_nothing(app, world, database, body, codes):
    make.staff(Role.READER, offices=(world.mine,), username="rita", password="eight sunny fields")
    answer = Program(app, None).post("security/login", body)
    assert answer.status_code in codes
    assert "access_token" not in answer.json


def foreign_world(world, database):
    """Fill the other office with rows whose every text says GEHEIM, and that refer to each other."""
    secret = "GEHEIM"
    company, club = (
        make.organisation(world.other, f"{secret} {n}", email=f"{secret}@x.example") for n in "AB"
    )
    person = make.contact(world.other, secret, email=f"{secret}@example.org", at=company)
    for number in range(100):
        make.organisation(world.other, f"{secret} {number}")
    event = make.event(world.other, secret, model_project_of=company)
    contract = make.contract(world.other, company, club, event=event, number=1, title=secret, broker=person)
    rate = make.rate(world.other, secret, source=secret)
    make.contribution(contract, text=secret, giver=company, receiver=club, rate=rate, hours=1)
    subscriber = make.subscriber(world.other, f"{secret.lower()}@example.org", first_name=secret)
    make.subscription(subscriber, make.newsletter(world.other, secret))
    # A shared event whose parts are not shared.
    shared = make.event(world.other, "Offen", shared=True, model_project_of=company)
    database.commit()
    return {
        "organisations": company, "contacts": person, "events": event, "contracts": contract,
        "rates": rate, "subscribers": subscriber, "shared": shared,
    }  # fmt: skip


def test_no_answer_shows_or_names_a_row_of_another_office(world, database):
    rows = foreign_world(world, database)
    program = world.program(Role.OFFICE_MANAGER, Role.NEWSLETTER_EDITOR)
    own = {entity: world.row(entity, world.mine) for entity in ENTITIES}
    database.commit()
    answers = []
    for entity in ENTITIES:
        answers += [program.get(f"{entity}/{rows[entity].id}"), program.delete(f"{entity}/{rows[entity].id}")]
        answers.append(program.put(f"{entity}/{rows[entity].id}", {"version": 1}))
        info = program.get(f"{entity}/_info")
        answers += [info, program.get(f"{entity}/", {"page_size": -1})]
        for column, offered in info.json["filters"].items():
            for one in offered:
                for value in ("GEHEIM", rows["organisations"].id):
                    q = {"filters": [{"col": column, "opr": one["operator"], "value": value}]}
                    answers.append(program.get(f"{entity}/", q))
        for column in program.get(f"{entity}/_info").json["add_columns"]:
            if column["type"] == "Reference":
                for other in rows.values():
                    body = {"version": own[entity].version, column["name"]: other.id}
                    answers.append(program.put(f"{entity}/{own[entity].id}", body))
    answers.append(program.get(f"events/{rows['shared'].id}"))
    answers.append(program.client.get("/api/v1/_openapi", headers=program.headers))
    assert len(answers) > 150
    for answer in answers:
        assert answer.status_code < 500
        assert "geheim" not in answer.text.lower(), answer.request.url


def test_a_shared_row_hides_what_its_office_keeps_to_itself(world, database):
    rows = foreign_world(world, database)
    shown = world.program(Role.READER).get(f"events/{rows['shared'].id}").json["result"]
    assert shown["title"] == "Offen"
    assert shown["model_project_of"] is None
    assert shown["office"] is None
    assert shown["changed_at"]
    assert shown["changed_by"] is None


@pytest.mark.parametrize(
    ("entity", "column", "target"),
    [
        ("organisations", "parent", "organisations"),
        ("events", "model_project_of", "organisations"),
        ("contracts", "event", "events"),
        ("contracts", "broker", "contacts"),
        ("contracts", "notary", "contacts"),
        ("subscribers", "contact", "contacts"),
    ],
)
def test_a_foreign_or_unknown_id_is_refused_alike_and_makes_no_row(world, database, entity, column, target):
    """Trap 5: FAB's own API makes an empty row for an id that it doesn't know."""
    foreign = world.row(target, world.other, name="Fremd")
    program = world.program(Role.REGIONAL_OFFICE, Role.NEWSLETTER_EDITOR)
    own = world.row(entity, world.mine)
    body = world.body(entity)
    database.commit()
    before = {name: program_count(database, name) for name in ENTITIES}
    for key in (foreign.id, 999999):
        for answer in (
            program.post(f"{entity}/", {**body, column: key}),
            program.put(f"{entity}/{own.id}", {"version": own.version, column: key}),
        ):
            assert answer.status_code == 422
            assert answer.json["message"] == {column: ["This record can't be found in your office."]}
    assert {name: program_count(database, name) for name in ENTITIES} == before


def program_count(database, entity):
    from app.models.contacts import Contact
    from app.models.contracts import Contract
    from app.models.events import Event
    from app.models.organisations import Organisation
    from app.models.rates import Rate
    from app.models.subscribers import Subscriber

    models = dict(zip(ENTITIES, (Organisation, Contact, Event, Contract, Rate, Subscriber), strict=True))
    return database.query(models[entity]).count()


@pytest.mark.parametrize(
    ("entity", "rows"),
    [
        ("contacts", {"positions": [{"organisation": "organisations"}]}),
        ("events", {"roles": [{"organisation": "organisations", "role": "sponsor"}]}),
        ("events", {"people": [{"contact": "contacts", "role": "patron"}]}),
        ("contracts", {"parties": [{"organisation": "organisations", "side": "company"}]}),
        ("contracts", {"contributions": [{"giver": "organisations", "category": "hands", "text": "x"}]}),
        ("contracts", {"contributions": [{"rate": "rates", "hours": 1, "category": "hands", "text": "x"}]}),
    ],
)
def test_a_foreign_id_in_a_part_is_refused_at_its_place(world, database, entity, rows):
    (name, [part]) = next(iter(rows.items()))
    relation, target = next((key, value) for key, value in part.items() if value in ENTITIES)
    foreign = world.row(target, world.other, name="Fremd")
    database.commit()
    program = world.program(Role.REGIONAL_OFFICE)
    body = {**world.body(entity), name: [{**part, relation: foreign.id}]}
    answer = program.post(f"{entity}/", body)
    assert answer.status_code == 422
    expected_message = {"0": {relation: ["This record can't be found in your office."]}}
    assert answer.json["message"][name] == expected_message


def test_a_part_of_another_record_can_t_be_taken_over(world, database, office):
    foreign = make.contact(world.other, "Fremd", email="fremd@example.org")
    mine, own = make.contact(world.mine, "Eigen", email="eigen@example.org"), make.contact(world.mine, "Ich")
    database.commit()
    for victim in (foreign, mine):
        channel = victim.channels[0]
        body = {"version": own.version, "channels": [{"id": channel.id, "value": "meine@example.org"}]}
        answer = office.put(f"contacts/{own.id}", body)
        assert answer.status_code == 422
        assert answer.json["message"] == {
            "channels": {"0": {"id": ["This record can't be found in your office."]}}
        }
        database.refresh(channel)
        assert channel.contact_id == victim.id


def test_the_office_is_one_of_the_person_s_own(world, database):
    agency = world.program(Role.SERVICE_AGENCY, office=world.root)
    made = agency.post("organisations/", {"name": "Neu", "kind": "company", "office": world.mine.id})
    assert made.json["result"]["office"] == world.mine.id
    home = agency.post("organisations/", {"name": "Neu", "kind": "company"})
    assert home.json["result"]["office"] == world.root.id
    regional = world.program(Role.REGIONAL_OFFICE)
    body = {"name": "Neu", "kind": "company"}
    above = regional.post("organisations/", {**body, "office": world.root.id})
    assert (above.status_code, above.json["message"]) == (
        422, {"office": ["You can only choose offices of your own."]},
    )  # fmt: skip
    foreign = regional.post("organisations/", {**body, "office": world.other.id})
    assert foreign.status_code == 422
    assert foreign.json["message"] == {"office": ["This record can't be found in your office."]}


def test_an_administrator_without_an_office_must_name_one(app, world, database):
    program = Program(app, make.staff(Role.ADMINISTRATOR))
    answer = program.post("organisations/", {"name": "Neu", "kind": "company"})
    assert (answer.status_code, answer.json["message"]) == (422, {"office": ["This field is required."]})
    assert (
        program.post(
            "organisations/", {"name": "Neu", "kind": "company", "office": world.other.id}
        ).status_code
        == 201
    )


def test_rows_of_two_own_offices_are_not_mixed(world, database):
    """The agency sees both, but a contract of one office can't lean on the private event of another."""
    second = make.office("Jena", parent=world.root)
    event, person = make.event(second, "Dort"), make.contact(second, "Dort")
    database.commit()
    agency = world.program(Role.SERVICE_AGENCY, office=world.root)
    body = {**world.body("contracts"), "office": world.mine.id}
    answer = agency.post("contracts/", {**body, "event": event.id})
    assert (answer.status_code, list(answer.json["message"])) == (422, ["event"])
    signed = [{**body["parties"][0], "signatory": person.id}, body["parties"][1]]
    answer = agency.post("contracts/", {**body, "parties": signed})
    assert (answer.status_code, list(answer.json["message"])) == (422, ["parties"])
