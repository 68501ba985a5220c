"""Two people at one record: nothing is overwritten unknowingly. Parts are saved with it; what others need stays."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from app.access import Role
from app.core.db import db
from app.models.contacts import Channel, Contact
from app.models.contracts import Contract, ContractParty, Contribution
from app.models.events import Corner, EventRole, OrganisationRole
from app.models.materials import MaterialVersion
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.models.users import Staff
from app.services import records
from app.views.forms import MAX_ROWS
from tests import factories as make
from tests.forms import opened, read, send


@pytest.fixture
def office(database, client):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.SERVICE_AGENCY, offices=(office,)), "en")
    return office


@pytest.fixture
def contract(office, database):
    baker, club = make.organisation(office, "Baker"), make.organisation(office, "Club")
    contract = make.contract(office, baker, club, title="Painting")
    make.contribution(contract, giver=baker, receiver=club, value=Decimal(100))
    database.commit()
    return contract


# --- two at one record ----------------------------------------------------------------------------------------


def test_the_second_save_of_a_stale_form_shows_both_versions_and_the_third_is_knowing(client, office, database):
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
    assert (refused.fields["city"], refused.fields["phone"]) == ("Jena", "2")  # and the form holds the second
    knowing = send(client, address, refused)
    assert knowing.status == 302
    database.expire_all()
    assert (row.city, row.phone, row.shared) == ("Jena", "2", True)


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


@contextmanager
def racing(statement, *, before="", **values):
    """Let somebody else commit a statement when a request begins to write, or right before that kind of statement."""
    todo, engine = [statement], db.engine

    def interfere(*_more):
        if todo:
            with engine.begin() as other:
                other.execute(text(todo.pop()), values)

    def interfere_late(_connection, _cursor, running, *_more):
        if running.startswith(before):
            interfere()

    target, moment, act = (
        (engine, "before_cursor_execute", interfere_late) if before else (db.session, "before_flush", interfere)
    )
    event.listen(target, moment, act)
    yield
    event.remove(target, moment, act)
    assert not todo


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
def test_a_record_that_is_deleted_while_it_is_chosen_is_missing_at_its_field(client, office, database, before):
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

    class Violation(Exception):
        sqlstate, diag = "23505", Diagnosis()

    broken = IntegrityError("INSERT", {}, Violation("Schlüssel »(event_id, number)=(1, 5)« existiert bereits."))
    with app.test_request_context():
        assert records.clash(broken, Contract()).field == "number"


# --- the rows of a form ---------------------------------------------------------------------------------------


def test_rows_are_added_changed_and_removed_in_one_save(client, contract, office, database):
    first, second = contract.parties
    bank = make.organisation(office, "Bank")
    contract.parties.append(ContractParty(organisation=bank, side=first.side))
    database.commit()
    new = make.organisation(office, "New")
    kept = second.id
    sent = send(
        client, f"/contracts/edit/{contract.id}",
        parties__0__row_remove="y", parties__1__side="municipality", parties__3__organisation=str(new.id),
        parties__3__side="company", contributions__0__row_remove="y",
    )  # fmt: skip
    assert sent.status == 302, sent.errors
    database.expire_all()
    assert {party.organisation.name for party in contract.parties} == {"Club", "Bank", "New"}
    assert next(party for party in contract.parties if party.id == kept).side.value == "municipality"
    assert contract.contributions == []
    assert database.query(ContractParty).count() == 3


def test_empty_rows_and_rows_with_only_what_was_preset_are_nothing(client, office, database):
    rows = {"positions__0__primary": "y", "channels__0__kind": "phone", "channels__0__note": "  "}
    assert send(client, "/contacts/add", last_name="Jäger", **rows).status == 302
    person = database.query(Contact).one()
    assert (person.positions, person.channels) == ([], [])
    assert send(client, "/materials/add", title="T", kind="guide").status == 302  # a file input without a file


def test_half_a_row_is_asked_for_its_rest(client, office):
    sent = send(client, "/contacts/add", last_name="Jäger", channels__0__kind="", channels__0__value="a@example.org")
    assert list(sent.errors) == ["channels-0-kind"]
    assert sent.fields["channels-0-value"] == "a@example.org"
    assert list(send(client, "/contacts/add", last_name="J", positions__0__function="Chef").errors) == [
        "positions-0-organisation"
    ]


def test_a_key_of_another_records_row_makes_a_new_row_and_leaves_the_other_alone(client, office, database):
    mine, other = make.contact(office, email="me@example.org"), make.contact(office, email="you@example.org")
    database.commit()
    foreign, own = other.channels[0].id, mine.channels[0].id
    address = f"/contacts/edit/{mine.id}"
    for key in (str(foreign), "999999", "x", "9" * 5000):
        sent = send(client, address, channels__0__row_id=key, channels__0__value="new@example.org")
        assert sent.status == 302, sent.errors
    sent = send(client, address, channels__0__row_id=str(foreign), channels__0__row_remove="y")
    assert sent.status == 302
    database.expire_all()
    assert [channel.value for channel in other.channels] == ["you@example.org"]
    assert [channel.value for channel in mine.channels if channel.id == own] == ["me@example.org"]


def test_one_key_in_two_rows_changes_one_part_and_adds_another(client, office, database):
    person = make.contact(office, email="a@example.org")
    database.commit()
    form = opened(client, f"/contacts/edit/{person.id}")
    key = form.fields["channels-0-row_id"]
    rows = {"channels__1__row_id": key, "channels__1__kind": "email", "channels__1__value": "b@example.org"}
    assert send(client, f"/contacts/edit/{person.id}", form, **rows).status == 302
    database.expire_all()
    assert [channel.value for channel in person.channels] == ["a@example.org", "b@example.org"]


@pytest.mark.parametrize("name", ["parties-²-side", "parties-x-side", "parties--1-side", f"parties-{'9' * 5000}-side", "parties-"])
def test_a_name_that_is_no_row_is_no_error_of_ours(client, contract, name):
    form = opened(client, f"/contracts/edit/{contract.id}")
    form.fields[name] = "company"
    assert send(client, f"/contracts/edit/{contract.id}", form).status in {200, 302}


def test_a_record_takes_200_rows_and_the_201st_is_told_so(client, contract, database):
    address = f"/contracts/edit/{contract.id}"
    form = opened(client, address)

    def rows(count):
        names = {f"contributions-{index}-text": f"Day {index}" for index in range(count)}
        return names | {f"contributions-{index}-category": "hands" for index in range(count)}

    form.fields |= rows(MAX_ROWS + 1)
    refused = send(client, address, form)
    assert refused.errors == {"contributions": [f"A record takes at most {MAX_ROWS} rows."]}
    assert refused.fields[f"contributions-{MAX_ROWS}-text"] == f"Day {MAX_ROWS}"
    sent = send(client, address, refused, **{f"contributions__{MAX_ROWS}__row_remove": "y"})
    assert sent.status == 302, sent.errors
    assert database.query(Contribution).count() == MAX_ROWS
    assert opened(client, address).status == 200  # and it can be opened, with an empty row ready


def test_a_full_form_of_200_rows_fits_into_a_request(client, office, contract):
    form = opened(client, f"/contracts/edit/{contract.id}")
    cells = [name.rpartition("-")[2] for name in form.fields if name.startswith("contributions-1-")]
    form.fields |= {f"contributions-{index}-{cell}": "" for index in range(2, MAX_ROWS) for cell in cells}
    assert send(client, f"/contracts/edit/{contract.id}", form).status == 302


def test_what_must_be_unique_can_be_replaced_in_one_save(client, office, database):
    guide = make.material(office)
    market = make.event(office)
    market.corners.append(Corner(name="Hands"))
    database.commit()
    sent = send(
        client, f"/materials/edit/{guide.id}",
        versions__0__row_remove="y", versions__1__language="de", versions__1__title="New",
        versions__1__link="https://example.org/new",
    )  # fmt: skip
    assert sent.status == 302, sent.errors
    version = database.query(MaterialVersion).one()
    assert (version.title, version.link, version.file) == ("New", "https://example.org/new", None)
    sent = send(client, f"/events/edit/{market.id}", corners__0__row_remove="y", corners__1__name="Hands")
    assert sent.status == 302, sent.errors
    assert database.query(Corner).one().name == "Hands"
    bank = make.organisation(office, "Bank")
    roles = {"roles__0__organisation": str(bank.id), "roles__0__role": "sponsor", "roles__0__note": "gold"}
    assert send(client, f"/events/edit/{market.id}", **roles).status == 302
    again = {"roles__1__organisation": str(bank.id), "roles__1__role": "sponsor"}
    assert send(client, f"/events/edit/{market.id}", roles__0__row_remove="y", **again).status == 302
    database.expire_all()
    assert [(role.organisation.name, role.note) for role in database.query(EventRole)] == [("Bank", None)]


def test_an_unticked_box_is_no_and_an_empty_field_nothing(client, office, database):
    row = make.organisation(office, "A", shared=True, city="Jena", tags="x")
    database.commit()
    assert send(client, f"/organisations/edit/{row.id}", shared=None, city="", tags="  ").status == 302
    database.expire_all()
    assert (row.shared, row.city, row.tags) == (False, None, None)


# --- deleting -------------------------------------------------------------------------------------------------


def refused(client, address, *rows):
    """Try to delete; give the reasons why not."""
    answer = client.post(address, data={"rowid": [str(row.id) for row in rows]})
    page = client.get(answer.headers["Location"])
    return [line for line in read(page).alerts if "can't be deleted" in line]


def test_an_organisation_that_others_need_stays_and_they_are_named(client, contract, office, database):
    baker, club = (party.organisation for party in contract.parties)
    person = make.contact(office, "Jäger", at=baker)
    market = make.event(office)
    market.roles.append(EventRole(organisation=baker, role=OrganisationRole.SPONSOR))
    make.participation(market, baker)
    make.offer(market, baker)
    make.organisation(office, "Daughter", parent=baker)
    make.activity(office, organisation=baker)
    database.commit()
    told = refused(client, f"/organisations/delete/{baker.id}", baker)
    assert sorted(told) == [
        "“Baker” can't be deleted, activities refer to it: “Call back”.",
        "“Baker” can't be deleted, contacts refer to it: “Jäger”.",
        "“Baker” can't be deleted, contracts refer to it: “Contract, Painting”.",
        "“Baker” can't be deleted, events refer to it: “Marktplatz”.",
        "“Baker” can't be deleted, offers and needs refer to it: “Painting, Baker”.",
        "“Baker” can't be deleted, organisations refer to it: “Daughter”.",
        "“Baker” can't be deleted, participations refer to it: “Baker, Marktplatz”.",
    ]
    database.expire_all()
    assert database.get(Organisation, baker.id) is not None
    assert person.positions


def test_many_referrers_are_three_names_and_a_number(client, office, database):
    holding = make.organisation(office, "Holding")
    for number in range(6):
        make.organisation(office, f"D{number}", parent=holding)
    database.commit()
    told = refused(client, f"/organisations/delete/{holding.id}", holding)
    assert told == ["“Holding” can't be deleted, organisations refer to it: “D0”, “D1”, “D2”, 3 more."]


def test_referrers_of_other_offices_are_counted_and_not_named(client, office, database):
    ministry = make.organisation(office, "Ministry", shared=True)
    stranger = make.office("Secret", parent=office.parent)
    make.contact(stranger, "Hidden", at=ministry)
    database.commit()
    told = refused(client, f"/organisations/delete/{ministry.id}", ministry)
    assert told == ["“Ministry” can't be deleted, contacts refer to it: 1 in other offices."]


def test_other_records_that_are_needed_stay_too(client, contract, office, database):
    signer, assistant = make.contact(office, "Signer"), make.contact(office, "Broker")
    contract.parties[0].signatory, contract.broker = signer, assistant
    contract.event = make.event(office, "Needed")
    letter = make.newsletter(office)
    mine = make.subscription(make.subscriber(office, contact=signer), letter)
    make.consent(mine)
    database.commit()
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(office,)), "en")
    for address, row, names in (
        ("contacts", signer, ["contracts refer to it: “Contract, Painting”", "subscribers refer to it: “ana@example.org”"]),
        ("contacts", assistant, ["contracts refer to it: “Contract, Painting”"]),
        ("events", contract.event, ["contracts refer to it: “Contract, Painting”"]),
        ("newsletters", letter, ["subscriptions refer to it: “Rundbrief, ana@example.org”"]),
        ("subscribers", mine.subscriber, ["consent records refer to it"]),
    ):
        told = refused(client, f"/{address}/delete/{row.id}", row)
        assert len(told) == len(names), told
        assert all(any(name in line for line in told) for name in names), told
    told = refused(client, f"/offices/delete/{office.id}", office)
    assert any("organisations refer to it: “Baker”, “Club”" in line for line in told)
    assert any("staff refer to it" in line for line in told)


def test_what_nobody_needs_goes_with_its_parts(client, contract, office, database):
    person = make.contact(office, email="a@example.org")
    database.commit()
    assert client.post(f"/contracts/delete/{contract.id}").status_code == 302
    assert client.post(f"/contacts/delete/{person.id}").status_code == 302
    assert client.post("/organisations/delete_selected", data={"rowid": [str(row.id) for row in database.query(Organisation)]})
    for model in (Contract, ContractParty, Contribution, Contact, Channel, Organisation):
        assert database.query(model).count() == 0, model


def test_chosen_records_go_all_or_none_and_may_need_each_other(client, office, database):
    holding = make.organisation(office, "Holding")
    daughter = make.organisation(office, "Daughter", parent=holding)
    needed = make.organisation(office, "Needed")
    make.participation(make.event(office), needed)
    database.commit()
    told = refused(client, "/organisations/delete_selected", holding, daughter, needed)
    assert told == ["“Needed” can't be deleted, participations refer to it: “Needed, Marktplatz”."]
    assert database.query(Organisation).count() == 3
    chosen = {"rowid": [str(holding.id), str(daughter.id), str(holding.id)]}
    assert client.post("/organisations/delete_selected", data=chosen).status_code == 302
    database.expire_all()
    assert [row.name for row in database.query(Organisation)] == ["Needed"]
    assert client.post("/organisations/delete_selected", data={}).status_code == 302
    assert client.post("/organisations/delete_selected", data={"rowid": ["999"]}).status_code == 404
    assert client.post("/organisations/delete_selected", data={"rowid": ["x", "²"]}).status_code == 404


def test_a_reference_that_appears_at_the_last_moment_still_counts(client, office, database):
    company, market = make.organisation(office), make.event(office)
    other = make.participation(market, make.organisation(office, "Other"))
    database.commit()
    theirs = "UPDATE participation SET organisation_id=:company WHERE id=:id"
    with racing(theirs, company=company.id, id=other.id):
        answer = client.post(f"/organisations/delete/{company.id}")
    assert "still refers" in client.get(answer.headers["Location"]).text
    assert database.query(Participation).one().organisation_id == company.id


def test_accounts_are_never_deleted(client, office, database):
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(office,)), "en")
    person = make.staff(Role.READER, offices=(office,))
    database.commit()
    assert client.post(f"/staff/delete/{person.id}").status_code in {404, 405}
    assert client.post("/staff/delete_selected", data={"rowid": [str(person.id)]}).status_code in {404, 405}
    database.expire_all()
    assert database.get(Staff, person.id) is not None
