"""What others need stays, and says who needs it."""

from __future__ import annotations

from app.access import Role
from app.models.contacts import Channel, Contact
from app.models.contracts import Contract, ContractParty, Contribution
from app.models.events import EventRole, OrganisationRole
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.models.users import Staff
from tests import factories as make
from tests.forms import read
from tests.racing import racing


def confirmed(*rows):
    """Give what the confirmed question sends."""
    return {"rowid": [str(row.id) for row in rows], "act": "delete", "confirmed": str(len(rows))}


def refused(client, address, *rows):
    """Try to delete; give the reasons why not."""
    answer = client.post(address, data=confirmed(*rows))
    page = client.get(answer.headers["Location"])
    return [line for line in read(page).alerts if "can't be deleted" in line]


def test_an_organisation_that_others_need_stays_and_they_are_named(client, contract, office, database):
    baker, _club = (party.organisation for party in contract.parties)
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
        (
            "contacts",
            signer,
            ["contracts refer to it: “Contract, Painting”", "subscribers refer to it: “ana@example.org”"],
        ),
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
    assert client.post("/organisations/bulk", data=confirmed(*database.query(Organisation)))
    for model in (Contract, ContractParty, Contribution, Contact, Channel, Organisation):
        assert database.query(model).count() == 0, model


def test_chosen_records_go_all_or_none_and_may_need_each_other(client, office, database):
    holding = make.organisation(office, "Holding")
    daughter = make.organisation(office, "Daughter", parent=holding)
    needed = make.organisation(office, "Needed")
    make.participation(make.event(office), needed)
    database.commit()
    told = refused(client, "/organisations/bulk", holding, daughter, needed)
    assert told == ["“Needed” can't be deleted, participations refer to it: “Needed, Marktplatz”."]
    assert database.query(Organisation).count() == 3
    chosen = confirmed(holding, daughter)
    chosen["rowid"].append(str(holding.id))
    assert client.post("/organisations/bulk", data=chosen).status_code == 302
    database.expire_all()
    assert [row.name for row in database.query(Organisation)] == ["Needed"]
    for keys, status in (([], 302), (["999"], 404), (["x", "²"], 404)):
        data = {"rowid": keys, "act": "delete", "confirmed": str(len(keys))}
        assert client.post("/organisations/bulk", data=data).status_code == status


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
    assert client.post("/staff/bulk", data=confirmed(person)).status_code == 403
    database.expire_all()
    assert database.get(Staff, person.id) is not None


def test_a_contract_with_a_number_is_cancelled_and_never_deleted(client, office, database):
    """Its number stands on paper: it's neither missing nor given once more."""
    parties = make.organisation(office, "Baker"), make.organisation(office, "Club")
    numbered = make.contract(office, *parties, event=make.event(office), number=1)
    between = make.contract(office, *parties, title="Between events")
    database.commit()
    answer = client.post(f"/contracts/delete/{numbered.id}", data=confirmed(numbered))
    assert any("so it stays: cancel it instead." in line for line in read(client.get(answer.location)).alerts)
    client.post(f"/contracts/delete/{between.id}", data=confirmed(between))
    assert [one.number for one in database.query(Contract)] == [1]
