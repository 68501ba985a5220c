"""What can be no address is refused at its field, for organisations and offices alike."""

from __future__ import annotations

import pytest

from app.core.rules import RuleBrokenError
from app.models.offices import Office
from app.models.organisations import Organisation, OrganisationKind
from app.models.reach import NO_EMAIL, NO_PHONE, NO_WEBSITE
from tests import factories as make


def organisation(**more):
    return Organisation(name="Verein", kind=OrganisationKind.NONPROFIT, **more)


def office(**more):
    return Office(name="LAG", **more)


def problems(row):
    return [(problem.field, problem.message) for problem in row.problems()]


both = pytest.mark.parametrize("row", [organisation, office])


@both
@pytest.mark.parametrize(
    "website",
    [
        "ftp://example.org",
        "javascript:alert(1.5)",
        "javascript://example.org/%0aalert(1)",
        "mailto:info@example.org",
        "data:text/html,a.b",
        "foo.bar:baz",
        "example",
        "https://example",
        "https://example/index.html",
        "https://",
        "...",
        "none",
    ],
)
def test_a_website_is_of_the_web_and_has_a_dot(row, website):
    assert problems(row(website=website)) == [("website", NO_WEBSITE)]


@both
@pytest.mark.parametrize(
    "website",
    [
        "https://example.org",
        "HTTP://WWW.Example.org/",
        "www.example.org",
        "müller.example",
        "example.org:8080/a?b=c#d",
        "example.org?to=mailto:info",
        " https://example.org/a:b ",
        "",
        None,
    ],
)
def test_a_website_may_come_with_a_scheme_a_port_and_a_path_or_without(row, website):
    assert problems(row(website=website)) == []


@both
def test_an_email_address_has_an_at_sign(row):
    assert problems(row(email="info.example.org")) == [("email", NO_EMAIL)]
    assert problems(row(email="info@example.org")) == []


@both
@pytest.mark.parametrize("field", ["phone", "fax"])
def test_a_phone_number_has_a_digit(row, field):
    assert problems(row(**{field: "none – see website"})) == [(field, NO_PHONE)]
    assert problems(row(**{field: "+49 30 1 (desk)"})) == []


@both
def test_each_address_is_refused_at_its_own_field(row):
    wrong = row(email="a", website="a", phone="a", fax="a")
    assert [field for field, _message in problems(wrong)] == ["email", "website", "phone", "fax"]


def test_no_writer_gets_past_the_rule(database):
    home = make.office("LAG")
    with pytest.raises(RuleBrokenError) as refusal:
        make.organisation(home, website="javascript:alert(1)")
    assert [problem.field for problem in refusal.value.problems] == ["website"]
    database.rollback()
