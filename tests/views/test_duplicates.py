"""Likely duplicates are shown while a name is typed: those of the person's own offices, and shared ones."""

from __future__ import annotations

from datetime import date

import pytest

from app.access import Role
from tests import factories as make


@pytest.fixture
def office(database, client):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,)), "en")
    return office


def found(client, section, **typed):
    """Give the names that are shown."""
    from tests.pages import texts

    typed = {name.replace("__", "."): value for name, value in typed.items()}
    answer = client.get(f"/{section}/duplicates", query_string=typed)
    assert answer.status_code == 200
    return texts(answer.text)


def test_a_name_is_recognised_however_it_is_written(client, office):
    make.organisation(office, "Bäckerei Müller GmbH", city="Strausberg")
    make.organisation(office, "Bank", city="Strausberg")
    for typed in ("Baeckerei Mueller", "Müller Bäckerei", "Bäckerei Müler", "bäckerei müller gmbh"):
        texts = found(client, "organisations", name=typed)
        assert "Bäckerei Müller GmbH, Strausberg" in " ".join(texts), typed
        assert "Bank" not in " ".join(texts)


def test_another_place_or_first_name_is_another_record_and_an_unknown_one_may_be_the_same(client, office):
    make.organisation(office, "Caritas", city="Potsdam")
    assert found(client, "organisations", name="Caritas", city="Cottbus") == []
    assert found(client, "organisations", name="Caritas", city="Potsdam")
    assert found(client, "organisations", name="Caritas")
    make.organisation(office, "Caritas")
    assert found(client, "organisations", name="Caritas", city="Cottbus")
    make.contact(office, "Jäger", first_name="Ida")
    assert found(client, "contacts", last_name="Jaeger", first_name="Ida")
    assert found(client, "contacts", last_name="Jaeger", first_name="Wolfgang") == []


def test_the_same_address_is_enough(client, office):
    make.contact(office, "Jäger", email="ida@example.org")
    assert found(client, "contacts", last_name="Nobody", channels__value=["x@example.org", "IDA@example.org"])
    assert found(client, "contacts", channels__value=["ida@example.com"]) == []
    assert found(client, "contacts", channels__value=["ida"]) == []  # no address yet


def test_an_event_of_the_same_days_and_title_or_place_is_shown(client, office):
    make.event(office, "Gute Geschäfte", city="Bernau", starts_on=date(2026, 9, 10))
    make.event(office, "Gute Geschäfte", city="Bernau", starts_on=date(2025, 9, 10))
    texts = " ".join(found(client, "events", title="Gute Geschäfte", starts_on="11/09/2026"))
    assert "2026" in texts
    assert "2025" not in texts
    assert found(client, "events", title="Something else", city="Bernau", starts_on="10/09/2026")
    assert found(client, "events", title="Something else", city="Bernau", starts_on="10/12/2026") == []
    assert found(client, "events", title="Gute Geschäfte", starts_on="half a date")


def test_at_most_five_are_shown_the_likest_first(client, office):
    for number in range(8):
        make.organisation(office, f"Kranichholz {number}")
    make.organisation(office, "Kranichholz")
    texts = found(client, "organisations", name="Kranichholz")
    assert len([text for text in texts if text.startswith("Kranichholz")]) == 5
    assert next(text for text in texts if "Kranich" in text) == "Kranichholz"


def test_a_foreign_record_is_no_duplicate_unless_it_is_shared(client, office):
    other = make.office("Other", parent=office.parent)
    make.organisation(other, "Sparkasse Barnim", email="info@spk.example")
    make.contact(other, "Jäger", first_name="Ida", email="ida@example.org")
    assert found(client, "organisations", name="Sparkasse Barnim", email="info@spk.example") == []
    assert (
        found(client, "contacts", last_name="Jäger", first_name="Ida", channels__value="ida@example.org")
        == []
    )
    make.organisation(other, "Volksbank Barnim", shared=True)
    assert found(client, "organisations", name="Volksbank Barnim")


def test_who_may_not_add_a_record_isnt_told_of_any(client, office):
    make.organisation(office, "Bank")
    make.sign_in(client, make.staff(Role.READER, offices=(office,)))
    assert client.get("/organisations/duplicates?name=Bank").status_code in {302, 403}


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "a", "\\", "é" * 200, "'; DROP TABLE contact; --", "@"])
def test_whatever_is_typed_is_no_error_of_ours(client, office, typed):
    make.contact(office)
    answer = client.get("/contacts/duplicates", query_string={"last_name": typed, "first_name": typed})
    assert answer.status_code == 200


def test_a_text_that_no_database_takes_is_refused(client, office):
    assert client.get("/contacts/duplicates?last_name=a%00b").status_code == 400
    assert client.get("/contacts/duplicates?last_name=" + "a" * 2000).status_code == 400


def test_views_without_names_have_no_such_page(client, office):
    assert client.get("/contracts/duplicates?name=x").status_code == 404


def test_what_is_typed_costs_few_statements(client, office, count_statements):
    for number in range(20):
        make.contact(
            office, "Jäger", first_name="Ida", email=f"ida{number}@example.org", at=make.organisation(office)
        )
    with count_statements() as statements:
        client.get("/contacts/duplicates?last_name=Jaeger&first_name=Ida&channels.value=ida@example.org")
    assert len(statements) < 25
