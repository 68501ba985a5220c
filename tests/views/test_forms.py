"""Each rule of the domain answers at its field in the person's language, and the form is kept."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.access import Role
from app.core.values import Qualifier
from app.models.categories import TABOO
from app.models.contacts import Contact, Position
from app.models.contracts import Contract
from app.models.events import Corner, Event, EventRole
from app.models.figures import Figure
from app.models.offers import Offer
from tests import factories as make
from tests.forms import contract_form, opened, send


@pytest.fixture(params=["de", "en"])
def language(request):
    return request.param


def lost(form, sent):
    """Give the fields that no longer hold what was sent."""
    return {
        name: (value, sent.fields.get(name))
        for name, value in form.fields.items()
        if sent.fields.get(name) != value
    }


def test_a_contract_is_made_and_its_empty_rows_are_nothing(client, office, parties, database):
    sent = send(client, "/contracts/add", contract_form(client, parties))
    assert sent.status == 302, sent.errors
    contract = database.query(Contract).one()
    assert [party.organisation for party in contract.parties] == list(parties[:2])
    assert [line.text for line in contract.contributions] == ["Zwei Tage streichen"]
    assert contract.notes == "Nicht verlieren\nauch nicht die zweite Zeile"
    assert contract.office_id == office.id


@pytest.mark.parametrize("text", ["500 Euro", "Spende von 200 €", "donation of €200"])
def test_money_is_refused_at_its_text_and_the_form_is_kept(client, parties, database, says, text):
    form = contract_form(client, parties, **{"contributions-0-text": text, "photo_consent": "y"})
    sent = send(client, "/contracts/add", form)
    assert sent.errors == {
        "contributions-0-text": [says("Money is taboo: a contribution can't be a sum of money.")]
    }
    assert lost(form, sent) == {}
    assert sent.chosen["parties-0-organisation"] == ["Bäckerei"]
    assert database.query(Contract).count() == 0


def test_money_as_a_category_is_refused_with_the_reason(client, parties, says):
    sent = send(client, "/contracts/add", contract_form(client, parties), contributions__0__category="money")
    assert sent.errors == {"contributions-0-category": [says(TABOO)]}
    sent = send(
        client, "/contracts/add", contract_form(client, parties), contributions__0__category="nonsense"
    )
    assert sent.errors == {"contributions-0-category": [says("This is none of the choices.")]}


def test_goods_with_a_value_pass(client, parties, database):
    text = "zwei Stühle im Wert von 50 €"
    sent = send(client, "/contracts/add", contract_form(client, parties), contributions__0__text=text)
    assert set(sent.errors) == {"contributions-0-no_money"}, "somebody has to be sure"
    sure = {"contributions__0__text": text, "contributions__0__no_money": "y"}
    sent = send(client, "/contracts/add", contract_form(client, parties), **sure)
    assert sent.status == 302, sent.errors


def test_one_party_or_one_on_both_sides_makes_no_contract(client, parties, says):
    sent = send(
        client, "/contracts/add", contract_form(client, parties, count=1), contributions__0__receiver=""
    )
    assert sent.errors == {"parties": [says("A contract needs at least two parties.")]}
    form = contract_form(client, parties)
    sent = send(
        client,
        "/contracts/add",
        form,
        parties__1__organisation=str(parties[0].id),
        contributions__0__receiver="",
    )
    assert sent.errors == {"parties": [says("A party can't be both sides of a contract.")]}


def test_giver_and_receiver_are_two_parties_of_the_contract(client, parties, says):
    form = contract_form(client, parties)
    sent = send(client, "/contracts/add", form, contributions__0__receiver=str(parties[0].id))
    assert sent.errors == {"contributions-0-receiver": [says("Giver and receiver must be two parties.")]}
    sent = send(client, "/contracts/add", form, contributions__0__giver=str(parties[2].id))
    assert sent.errors == {"contributions": [says("%(name)s is no party of this contract.", name="Bank")]}


def test_a_number_is_used_once_in_its_event_and_needs_one(client, office, parties, database, says):
    event, other = make.event(office), make.event(office, "Other")
    make.contract(office, *parties, event=event, number=5)
    database.commit()
    form = contract_form(client, parties, number="5", event=str(event.id))
    sent = send(client, "/contracts/add", form)
    assert sent.errors == {"number": [says("This event already has a contract with this number.")]}
    assert lost(form, sent) == {}
    assert sent.chosen["event"] == ["Marktplatz"]
    sent = send(client, "/contracts/add", form, event="")
    assert sent.errors == {"number": [says("Only a contract of an event has a number.")]}
    assert send(client, "/contracts/add", form, event=str(other.id)).status == 302
    assert send(client, "/contracts/add", form, number="6").status == 302


def test_what_ends_before_it_starts_is_refused_at_its_row(client, office, parties, database, says):
    message = says("The end can't lie before the beginning.")
    form = opened(client, "/contacts/add")
    sent = send(
        client,
        "/contacts/add",
        form,
        last_name="Jäger",
        positions__0__organisation=str(parties[0].id),
        positions__0__since="2026-05-02",
        positions__0__until="2026-05-01",
        channels__0__kind="phone",
        channels__0__value="030 1",
        channels__0__since="2026-05-02",
        channels__0__until="2025-05-01",
    )
    assert sent.errors == {"positions-0-until": [message], "channels-0-until": [message]}
    assert database.query(Contact).count() == 0
    fixed = send(client, "/contacts/add", sent, positions__0__until="", channels__0__until="2026-05-02")
    assert fixed.status == 302, fixed.errors
    assert database.query(Position).one().organisation == parties[0]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"starts_on": "2026-09-18", "ends_on": "2026-09-17"}, "ends_on"),
        ({"starts_on": "2026-09-18", "start_time": "18:30", "end_time": "17:00"}, "end_time"),
        (
            {"starts_on": "2026-09-18", "ends_on": "2026-09-18", "start_time": "18:30", "end_time": "17:00"},
            "end_time",
        ),
    ],
)
def test_an_event_that_ends_before_it_starts_is_refused(client, office, database, says, fields, place):
    sent = send(client, "/events/add", title="Markt", **fields)
    assert sent.errors == {place: [says("An event can't end before it starts.")]}
    assert sent.fields[place] == fields[place]
    assert database.query(Event).count() == 0


def figure(client, event=None, **more):
    base = {
        "measure": "contracts",
        "number": "97",
        "source": "press",
        "event": str(event.id) if event else "",
    }
    return send(client, "/figures/add", **{**base, **more})


def test_a_figure_needs_a_measure_and_its_number_is_no_words(client, office, says):
    event = make.event(office)
    sent = figure(client, event, measure="")
    assert list(sent.errors) == ["measure"]
    assert sent.fields["number"] == "97"
    assert figure(client, event, number="rund 150").errors == {"number": [says("This is no number.")]}
    assert figure(client, event, qualifier="mixed").errors == {
        "qualifier": [says("Only a total can be mixed.")]
    }


def test_a_second_chosen_figure_is_refused_at_chosen(client, office, database, says):
    event, message = make.event(office), says("Another figure of this measure is already chosen.")
    for place in (event, None):
        assert figure(client, place, chosen="y").status == 302
        second = figure(client, place, number="131", qualifier="over", chosen="y")
        assert second.errors == {"chosen": [message]}
        assert (second.fields["chosen"], second.fields["number"], second.fields["qualifier"]) == (
            "y",
            "131",
            "over",
        )
        assert figure(client, place, number="131").status == 302  # they coexist
        assert figure(client, place, measure="value", chosen="y").status == 302
    other = database.query(Figure).filter_by(number=Decimal(131), event=event).one()
    assert send(client, f"/figures/edit/{other.id}", chosen="y").errors == {"chosen": [message]}


def test_who_chose_and_when_survives_later_edits(client, office, database):
    assert figure(client, make.event(office), chosen="y").status == 302
    row = database.query(Figure).one()
    first = (row.chosen_by, row.chosen_at)
    assert all(first)
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,), last_name="Later"))
    database.commit()
    assert send(client, f"/figures/edit/{row.id}", number="98", qualifier="about").status == 302
    database.expire_all()
    assert (row.number, row.qualifier) == (Decimal(98), Qualifier.ABOUT)
    assert (row.chosen_by, row.chosen_at) == first
    assert row.changed_by.endswith("Later")


def test_an_offer_of_money_is_refused_and_an_offer_of_goods_is_not(client, office, parties, database, says):
    base = {"event": str(make.event(office).id), "organisation": str(parties[0].id), "direction": "offer"}
    sent = send(client, "/offers/add", **base, category="goods", title="500 Euro")
    assert sent.errors == {"title": [says(TABOO)]}
    assert send(client, "/offers/add", **base, category="goods", title="50 Stühle").status == 302
    assert database.query(Offer).one().title == "50 Stühle"


def test_a_duplicate_among_the_parts_is_said_at_the_parts(client, office, parties, database, says):
    event = make.event(office)
    database.commit()
    rows = {"roles-0-organisation": str(parties[0].id), "roles-0-role": "sponsor"}
    form = opened(client, f"/events/edit/{event.id}")
    form.fields |= rows | {name.replace("-0-", "-1-"): value for name, value in rows.items()}
    sent = send(client, f"/events/edit/{event.id}", form)
    assert sent.errors == {"roles": [says("The organisation already has this role.")]}
    assert lost(form, sent) == {}
    make.participation(event, parties[0])
    sent = send(
        client, "/participations/add", event=str(event.id), organisation=str(parties[0].id), side="company"
    )
    assert sent.errors == {"organisation": [says("This organisation already takes part.")]}
    assert database.query(EventRole).count() == 0
    sent = send(client, f"/events/edit/{event.id}", corners__0__name="A", corners__0__category="hands")
    assert sent.status == 302, sent.errors
    again = send(client, f"/events/edit/{event.id}", corners__1__name="A")
    assert again.errors == {"corners": [says("There is already a corner with this name.")]}
    assert database.query(Corner).count() == 1


def test_a_reason_is_asked_for_where_a_contract_is_not_feasible(client, parties, says):
    form = contract_form(client, parties, status="not_feasible")
    assert send(client, "/contracts/add", form).errors == {"reason": [says("Say why it isn't feasible.")]}
    assert send(client, "/contracts/add", form, reason="Zu weit").status == 302
