"""The parts of a record are added, changed and removed in one save, and nothing tampered does harm."""

from __future__ import annotations

import pytest

from app.models.contacts import Contact
from app.models.contracts import ContractParty, Contribution
from app.models.events import Corner, EventRole
from app.models.materials import MaterialVersion
from app.views.rows import MAX_ROWS
from tests import factories as make
from tests.forms import opened, send


def test_rows_are_added_changed_and_removed_in_one_save(client, contract, office, database):
    first, second = contract.parties
    bank = make.organisation(office, "Bank")
    contract.parties.append(ContractParty(organisation=bank, side=first.side))
    database.commit()
    new = make.organisation(office, "New")
    kept = second.id
    sent = send(
        client,
        f"/contracts/edit/{contract.id}",
        parties__0__row_remove="y",
        parties__1__side="municipality",
        parties__3__organisation=str(new.id),
        parties__3__side="company",
        contributions__0__row_remove="y",
    )
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
    assert (
        send(client, "/materials/add", title="T", kind="guide").status == 302
    )  # a file input without a file


def test_half_a_row_is_asked_for_its_rest(client, office):
    sent = send(
        client, "/contacts/add", last_name="Jäger", channels__0__kind="", channels__0__value="a@example.org"
    )
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


@pytest.mark.parametrize(
    "name", ["parties-²-side", "parties-x-side", "parties--1-side", f"parties-{'9' * 5000}-side", "parties-"]
)
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
        client,
        f"/materials/edit/{guide.id}",
        versions__0__row_remove="y",
        versions__1__language="de",
        versions__1__title="New",
        versions__1__link="https://example.org/new",
    )
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


def test_rows_are_put_in_another_order_and_a_new_one_goes_where_it_was_put(
    client, contract, office, database
):
    bank = make.organisation(office, "Bank")
    address = f"/contracts/edit/{contract.id}"
    form = opened(client, address)
    form.fields |= {
        "parties-0-row_rank": "2", "parties-1-row_rank": "1",
        "parties-2-row_rank": "0", "parties-2-organisation": str(bank.id), "parties-2-side": "company",
    }  # fmt: skip
    refused = send(client, address, form, number="x")
    assert [refused.fields[f"parties-{row}-row_rank"] for row in (2, 1, 0)] == ["0", "1", "2"]
    places = [refused.html.index(f'name="parties-{row}-row_rank"') for row in (2, 1, 0)]
    assert places == sorted(places)  # it's shown as it was put
    assert send(client, address, refused, number="").status == 302
    database.expire_all()
    assert contract.party_names == "Bank – Club – Baker"
    assert [party.rank for party in contract.parties] == [0, 1, 2]


@pytest.mark.parametrize("rank", ["", "-1", "x", "9" * 40, "1.5", "²"])
def test_a_place_that_is_none_leaves_the_rows_as_they_stand(client, contract, database, rank):
    sent = send(
        client, f"/contracts/edit/{contract.id}", parties__0__row_rank=rank, parties__1__row_rank=rank
    )
    assert sent.status == 302
    database.expire_all()
    assert contract.party_names == "Baker – Club"


def test_a_row_that_is_removed_leaves_no_gap_and_a_new_one_stands_last(client, contract, office, database):
    make.contribution(contract, text="Second")
    make.contribution(contract, text="Third")
    database.commit()
    address = f"/contracts/edit/{contract.id}"
    assert send(client, address, contributions__1__row_remove="y").status == 302
    new = {"contributions__2__text": "New", "contributions__2__category": "hands"}
    assert send(client, address, **new).status == 302
    database.expire_all()
    lines = [(line.rank, line.text) for line in contract.contributions]
    assert lines == [(0, "Two days of painting"), (1, "Third"), (2, "New")]
