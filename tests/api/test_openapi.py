"""The OpenAPI document: valid, complete, and for those who may sign in."""

from __future__ import annotations

import re

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from app.access import Role
from app.models.categories import Category
from app.models.organisations import OrganisationKind
from tests import factories as make
from tests.api.calls import ENTITIES, Program

PATH = "/api/v1/_openapi"
NAMES = {
    "organisations": "OrganisationApi",
    "contacts": "ContactApi",
    "events": "EventApi",
    "contracts": "ContractApi",
    "rates": "RateApi",
    "subscribers": "SubscriberApi",
}


def read(program, **more):
    return program.client.get(PATH, headers={**program.headers, **more})


@pytest.fixture
def document(world):
    answer = read(world.program(Role.READER))
    assert answer.status_code == 200
    return answer.json


def test_the_document_is_valid_openapi(document):
    assert document["openapi"].startswith("3.0")
    assert [str(error) for error in OpenAPIV30SpecValidator(document).iter_errors()] == []


def test_every_reference_leads_somewhere(document):
    references = set(re.findall(r"'\$ref': '#/components/(\w+)/([^']+)'", str(document)))
    assert len(references) > 20
    for kind, name in references:
        assert name in document["components"][kind], name


def test_each_route_of_the_api_stands_in_the_document(app, document):
    routes = {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/")
    }
    told = {(method, path) for path, operations in document["paths"].items() for method in operations}
    assert told == routes
    assert {path.split("/")[3] for _method, path in told} == {*ENTITIES, "reports", "security"}
    operations = [one for path in document["paths"].values() for one in path.values()]
    named = [one["operationId"] for one in operations if "operationId" in one]
    assert len(named) == len(set(named)) == 6 * len(ENTITIES) + 3


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_document_tells_just_the_columns_that_are_taken_and_given(app, world, document, entity):
    api = next(
        view for view in app.extensions["appbuilder"].baseviews if type(view).__name__ == NAMES[entity]
    )
    schemas = document["components"]["schemas"]
    for name, columns in (
        ("get_list", api.list_columns),
        ("get", api.show_columns),
        ("post", api.add_columns),
        ("put", [*api.edit_columns, "version"]),
    ):
        assert set(schemas[f"{NAMES[entity]}.{name}"]["properties"]) == set(columns), name
    for part, columns in api.rows.items():
        for name in ("get", "post", "put"):
            assert set(schemas[f"{NAMES[entity]}.{name}.{part}"]["properties"]) == {"id", *columns}
    told = {
        column for name in schemas if name.startswith(NAMES[entity]) for column in schemas[name]["properties"]
    }
    assert told.isdisjoint({"office_id", "search", "created_by", "uuid", "scan", "password", "subscriptions"})


def test_the_document_tells_how_values_are_written(document):
    schemas = document["components"]["schemas"]
    new = schemas["OrganisationApi.post"]
    assert sorted(new["required"]) == ["kind", "name"]
    assert new["properties"]["kind"]["enum"] == [kind.value for kind in OrganisationKind]
    assert new["properties"]["name"] == {"type": "string", "maxLength": 200, "title": "Name"}
    assert new["properties"]["exemption_date"]["format"] == "date"
    assert new["properties"]["parent"]["type"] == "integer"
    assert new["properties"]["parent"]["nullable"] is True
    assert new["properties"]["country"]["default"] == "DE"
    assert "nullable" not in new["properties"]["kind"]
    assert schemas["OrganisationApi.put"]["required"] == ["version"]
    assert "default" not in schemas["OrganisationApi.put"]["properties"]["country"]
    line = schemas["ContractApi.post.contributions"]
    assert sorted(line["required"]) == ["category", "text"]
    assert line["properties"]["category"]["enum"] == [category.value for category in Category]
    assert line["properties"]["value"]["type"] == "string"
    assert re.fullmatch(line["properties"]["value"]["pattern"], "1234567.89")
    assert schemas["ContractApi.get"]["properties"]["stamped_at"]["format"] == "date-time"


def test_the_document_names_columns_in_the_language_that_is_asked_for(world):
    program = world.program(Role.READER)
    names = [
        read(program, **{"Accept-Language": language}).json["components"]["schemas"]["ContractApi.get"]
        ["properties"]["parties"]["title"]
        for language in ("en", "de")
    ]  # fmt: skip
    assert names == ["Parties", "Parteien"]


def test_a_program_signs_in_with_a_token_and_no_key(document):
    assert set(document["components"]["securitySchemes"]) == {"jwt", "jwt_refresh"}
    for path, operations in document["paths"].items():
        for one in operations.values():
            assert ("/security/" in path) or one["security"] == [{"jwt": []}], path


@pytest.mark.parametrize("role", Role)
def test_whoever_may_sign_in_reads_the_document_with_a_token_or_in_a_browser(app, world, database, role):
    person = make.staff(role, offices=(world.mine,))
    assert read(Program(app, person)).status_code == 200
    browser = Program(app, None)
    make.sign_in(browser.client, person)
    assert browser.client.get(PATH).status_code == 200


def test_nobody_else_reads_the_document(app, world, database):
    nobody = Program(app, None)
    assert read(nobody).status_code == 401
    nobody.headers["Authorization"] = "Bearer wrong"
    assert read(nobody).status_code == 401
    gone = make.staff(Role.ADMINISTRATOR, offices=(world.mine,), active=False)
    assert read(Program(app, gone)).status_code == 401
    browser = Program(app, None)
    make.sign_in(browser.client, gone)
    assert browser.client.get(PATH).status_code == 401


@pytest.mark.parametrize("path", ["/api/v2/_openapi", "/api/x/_openapi", "/swagger/v1", "/swaggerview/v1"])
def test_there_is_no_other_document_and_no_page_for_it(app, world, admin, path):
    assert admin.client.get(path, headers=admin.headers).status_code == 404


def test_the_document_shows_no_row(world, database):
    make.organisation(world.mine, "GEHEIM")
    program = world.program(Role.ADMINISTRATOR)
    assert "GEHEIM" not in read(program).text
