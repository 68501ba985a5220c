"""Two people at one record: nothing is overwritten unknowingly, and nothing that was typed is lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from app.models.contracts import Contract
from app.models.events import Event
from app.services import records
from tests import factories as make
from tests.forms import opened, send
from tests.racing import racing


def test_the_second_save_of_a_stale_form_shows_both_versions_and_the_third_is_knowing(
    client, office, database
):
    row = make.organisation(office, "Müller", city="Jena", phone="1", shared=True, sectors=[])
    database.commit()
    address = f"/organisations/edit/{row.id}"
    mine = opened(client, address)
    assert send(client, address, city="Kassel", shared=None, kind="nonprofit").status == 302
    refused = send(client, address, mine, phone="2", exemption_kind="notice", exemption_date="24/12/2025")
    assert refused.status == 200
    assert refused.errors == {}
    assert set(refused.conflict) == {
        ("Kind", "Nonprofit organisation", "Company"),
        ("City", "Kassel", "Jena"),
        ("Phone", "1", "2"),
        ("Shared with the network", "no", "yes"),
        ("Exemption notice", "", "Exemption notice (Freistellungsbescheid)"),
        ("Date of the exemption notice", "", "24/12/2025"),
    }
    database.expire_all()
    assert (row.city, row.phone, row.shared) == ("Kassel", "1", False)  # the first save stands
    # The form holds what the second person changed, and elsewhere what is stored.
    assert (refused.fields["city"], refused.fields["phone"]) == ("Kassel", "2")
    knowing = send(client, address, refused)
    assert knowing.status == 302
    database.expire_all()
    assert (row.city, row.phone, row.shared) == ("Kassel", "2", False)


def test_a_form_that_is_stale_twice_is_refused_twice(client, office, database):
    row = make.organisation(office, "A", city="1")
    database.commit()
    address = f"/organisations/edit/{row.id}"
    mine = opened(client, address)
    send(client, address, city="2")
    again = send(client, address, mine, city="mine")
    assert [line[1] for line in again.conflict] == ["2"]
    send(client, address, city="3")
    third = send(client, address, again)
    assert [line[1:] for line in third.conflict] == [("3", "mine")]
    assert send(client, address, third).status == 302


def test_a_form_without_its_version_is_no_way_round(client, office, database):
    row = make.organisation(office, "A", city="Jena")
    database.commit()
    for version in ("", None, "0", "99", "x" * 5000):
        sent = send(client, f"/organisations/edit/{row.id}", row_version=version, city="Kassel")
        assert sent.status == 200, version
    database.expire_all()
    assert row.city == "Jena"


def test_only_a_part_was_changed_and_the_stale_form_is_refused(client, contract, database):
    address = f"/contracts/edit/{contract.id}"
    mine = opened(client, address)
    assert send(client, address, contributions__0__value="250.50").status == 302
    refused = send(client, address, mine, contributions__0__text="Three days of painting")
    assert refused.conflict == [
        (
            "Contributions",
            "Baker · Club · Helping hands · Two days of painting · 250.5",
            "Baker · Club · Helping hands · Three days of painting · 100",
        )
    ]
    database.expire_all()
    assert contract.contributions[0].value == Decimal("250.50")


def test_a_part_that_was_removed_or_added_makes_a_form_stale_too(client, contract, database):
    address = f"/contracts/edit/{contract.id}"
    mine = opened(client, address)
    assert send(client, address, contributions__0__row_remove="y").status == 302
    assert send(client, address, mine).conflict[0][1] == ""
    mine = opened(client, address)
    added = {"contributions__0__text": "Soup", "contributions__0__category": "goods"}
    assert send(client, address, **added).status == 302
    assert send(client, address, mine).conflict == [("Contributions", "Materials and goods · Soup", "")]


def test_the_same_number_written_otherwise_is_no_difference(client, contract, database):
    address = f"/contracts/edit/{contract.id}"
    mine = opened(client, address)
    assert send(client, address, title="Other").status == 302
    refused = send(client, address, mine, contributions__0__value="100.00")
    assert refused.conflict == [("Title", "Other", "Painting")]


def test_when_two_saves_race_the_later_one_is_told_and_keeps_its_input(client, office, database):
    row = make.organisation(office, "A", city="Jena")
    database.commit()
    address = f"/organisations/edit/{row.id}"
    form = opened(client, address)
    with racing("UPDATE organisation SET city='Kassel', version=version+1 WHERE id=:id", id=row.id):
        lost = send(client, address, form, city="Essen")
    assert lost.status == 200
    assert "at the same moment" in lost.html
    assert lost.fields["city"] == "Essen"
    database.expire_all()
    assert row.city == "Kassel"
    shown = send(client, address, lost)
    assert shown.conflict == [("City", "Kassel", "Essen")]
    assert send(client, address, shown).status == 302


def test_two_who_take_the_same_number_at_once_get_one(client, contract, office, database):
    market = make.event(office)
    other = make.contract(office, *(party.organisation for party in contract.parties))
    database.commit()
    form = opened(client, f"/contracts/edit/{contract.id}")
    theirs = "UPDATE contract SET event_id=:event, number=7 WHERE id=:id"
    with racing(theirs, id=other.id, event=market.id):
        sent = send(client, f"/contracts/edit/{contract.id}", form, event=str(market.id), number="7")
    assert sent.errors == {"number": ["This event already has a contract with this number."]}
    assert sent.fields["number"] == "7"


@pytest.mark.parametrize("before", ["", "INSERT INTO participation"])
def test_a_record_that_is_deleted_while_it_is_chosen_is_missing_at_its_field(
    client, office, database, before
):
    market, company = make.event(office), make.organisation(office)
    database.commit()
    form = opened(client, "/participations/add")
    form.fields |= {"event": str(market.id), "organisation": str(company.id), "side": "company"}
    with racing("DELETE FROM event WHERE id=:id", before=before, id=market.id):
        sent = send(client, "/participations/add", form)
    assert sent.status == 200
    assert ("deleted in the meantime" in sent.html) == bool(before)
    assert sent.errors["event"] == ["This record can't be found in your office."]
    assert sent.chosen["organisation"] == ["Müller GmbH"]


def test_a_database_that_speaks_german_is_understood(app):
    """PostgreSQL names the broken constraint in every language."""

    class Diagnosis:
        constraint_name = "uq_contract_event_id_number"

    class ViolationError(Exception):
        sqlstate, diag = "23505", Diagnosis()

    broken = IntegrityError(
        "INSERT", {}, ViolationError("Schlüssel »(event_id, number)=(1, 5)« existiert bereits.")
    )
    with app.test_request_context():
        assert records.clash(broken, Contract()).field == "number"


def test_what_only_the_other_person_changed_survives_a_knowing_save(client, office, database):
    row = make.organisation(office, "Tafel", city="Erkner")
    address = f"/organisations/edit/{row.id}"
    mine = opened(client, address)
    assert send(client, address, notes="Neue Leitung").status == 302
    refused = send(client, address, mine, city="Strausberg")
    assert (refused.fields["city"], refused.fields["notes"]) == ("Strausberg", "Neue Leitung")
    assert send(client, address, refused).status == 302
    database.refresh(row)
    assert (row.city, row.notes) == ("Strausberg", "Neue Leitung")


def test_what_another_office_no_longer_shares_is_kept(client, office, database):
    """The own record keeps its true reference; nobody sees it, and nobody must replace it."""
    other = make.office("Other", parent=office.parent or office)
    shared = make.organisation(other, "Geteilt", shared=True)
    market = make.event(other, "Fremd", shared=True)
    agreed = make.contract(office, make.organisation(office), shared)
    task = make.activity(office, event=market)
    shared.shared = market.shared = False
    database.commit()
    for address in (f"/contracts/edit/{agreed.id}", f"/activities/edit/{task.id}"):
        sent = send(client, address)
        assert (sent.status, sent.errors, sent.alerts) == (302, {}, []), address
    database.expire_all()
    assert {party.organisation_id for party in agreed.parties} >= {shared.id}
    assert task.event_id == market.id


# --- one round ------------------------------------------------------------------------------------------------
def test_what_breaks_a_rule_is_said_together_with_what_cant_be_read(client, office, database):
    refused = send(
        client, "/events/add", title="", starts_on="24/12/2026", ends_on="23/12/2026", latitude="99"
    )
    assert set(refused.errors) == {"title", "ends_on", "latitude"}
    assert database.query(Event).count() == 0


def test_what_is_stored_stays_and_no_rule_is_asked_of_what_cant_be_read(client, office, database):
    event = make.event(office, "Markt", starts_on=date(2026, 12, 24), ends_on=date(2026, 12, 24))
    database.commit()
    refused = send(client, f"/events/edit/{event.id}", title="Fest", starts_on="x", longitude="999")
    assert set(refused.errors) == {"starts_on", "longitude"}
    assert len(refused.errors["starts_on"]) == 1
    assert refused.fields["title"] == "Fest"
    database.expire_all()
    assert (event.title, event.starts_on) == ("Markt", date(2026, 12, 24))


def test_a_row_that_breaks_a_rule_is_told_of_beside_one_that_cant_be_read(client, office, database):
    row = {"last_name": "", "channels-0-kind": "email", "channels-0-value": "no address"}
    refused = send(client, "/contacts/add", **row)
    assert {"last_name", "channels-0-value"} <= set(refused.errors)
