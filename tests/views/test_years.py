"""Over the years: an organisation in a sentence, pairs that repeat, and who came back."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from flask_babel import force_locale

from app.models.categories import Side
from app.models.contracts import ContractStatus
from app.models.events import EventKind, EventStatus
from app.models.participations import Participant
from app.models.participations import ParticipationStatus as Status
from app.views import years
from tests import factories as make


def held(office, year, **more):
    base = {"status": EventStatus.HELD, "starts_on": date(year, 5, 1)}
    return make.event(office, f"Markt {year}", **{**base, **more})


def came(event, *guests, **more):
    for guest in guests:
        make.participation(event, guest, **{"status": Status.ATTENDED, **more})


@pytest.fixture
def told(app, office):
    """Give the sentence and its notes in a language."""

    def told(item, language="en"):
        with app.test_request_context(), force_locale(language):
            found = years.story(item)
            return found and [found.sentence, *found.notes]

    return told


def test_the_sentence_of_the_design(office, told):
    bank, club = make.organisation(office, "Bank"), make.organisation(office, "Verein")
    events = [held(office, 2010 + number) for number in range(9)]
    for number, event in enumerate(events):
        came(event, bank, head_count=331 - 8 * 36 if number == 0 else 36)
        for at in range(8):
            agreed = make.contract(office, bank, club, event=event, number=at + 1)
            make.contribution(agreed, hours=Decimal("16.5"))
    assert told(bank) == ["72 contracts, 331 people and about 1,200 hours in nine marketplaces"]
    assert told(bank, "de") == ["72 Kontrakte, 331 Menschen und rund 1.200 Stunden auf neun Marktplätzen"]


def test_what_isnt_known_of_all_is_at_least_so_much(office, told):
    bank, club = make.organisation(office, "Bank"), make.organisation(office, "Verein")
    first, second = held(office, 2020), held(office, 2021)
    came(first, bank, head_count=3)
    came(second, bank)
    make.contribution(make.contract(office, bank, club, event=first, number=1), hours=Decimal(129))
    make.contract(office, bank, club, event=second, number=1)
    make.contract(office, bank, club)
    assert told(bank) == [
        "2 contracts, at least 3 people and at least 120 hours in two marketplaces",
        "People: known of 1 of 2.",
        "Hours: known of 1 of 3.",
        "1 contract was made outside marketplaces; its hours are included.",
    ]
    assert (
        told(bank, "de")[0]
        == "2 Kontrakte, mindestens 3 Menschen und mindestens 120 Stunden auf zwei Marktplätzen"
    )


def test_only_what_happened_counts(office, told):
    bank, club = make.organisation(office, "Bank"), make.organisation(office, "Verein")
    event = held(office, 2020)
    came(event, bank, status=Status.NO_SHOW, head_count=5)
    make.contract(office, bank, club, event=event, number=1, status=ContractStatus.CANCELLED)
    came(held(office, 2021, status=EventStatus.CANCELLED), bank, head_count=5)
    came(held(office, 2022, kind=EventKind.WORKSHOP), bank, head_count=5)
    assert told(bank) is None
    came(held(office, 2023), bank)
    assert told(bank) == ["Came to one marketplace."]


def test_people_who_are_named_are_counted(office, told, database):
    bank = make.organisation(office, "Bank")
    visit = make.participation(held(office, 2020), bank, status=Status.ATTENDED)
    visit.people = [Participant(name="Eins"), Participant(name="Zwei")]
    database.flush()
    assert told(bank) == ["2 people in one marketplace"]


def test_the_page_of_an_organisation_tells_it_and_names_its_partners(client, office):
    bank, club, once = (make.organisation(office, name) for name in ("Bank", "Verein", "Einmal"))
    for number in (1, 2):
        event = held(office, 2020 + number)
        came(event, bank)
        make.contract(office, bank, club, event=event, number=1)
        make.contract(office, club, bank, event=event, number=2)
        make.contract(office, bank, once, event=event, number=3, status=ContractStatus.CANCELLED)
    make.contract(office, bank, once, event=event, number=4)
    page = client.get(f"/organisations/show/{bank.id}").text
    assert "<strong>5 contracts in two marketplaces</strong>" in page
    again = re.sub("<[^>]+>", "", page[page.index("Agreed again with:") :].split("</p>")[0])
    assert again == "Agreed again with: Verein (2 events)"


# --- a series -------------------------------------------------------------------------------------------------
def test_a_series_tells_who_came_back(client, office):
    row = make.series(office, "Jedes Jahr")
    one, two, three, four = (make.organisation(office, name) for name in ("Eins", "Zwei", "Drei", "Vier"))
    first, second, third = (held(office, year, series=row) for year in (2021, 2022, 2024))
    held(office, 2023, series=row)  # nobody wrote down who came
    held(office, 2030, series=row, status=EventStatus.PREPARATION)
    came(first, one, two)
    came(second, two, three)
    came(second, one, status=Status.CANCELLED)
    came(third, one, three, four)
    came(held(office, 2020), four)
    lines = years.of_series(row)["turnouts"]
    assert [
        (line.event.starts_on.year, line.came, line.new, line.returning, line.again, line.before)
        for line in lines
    ] == [
        (2021, 2, None, None, None, None),
        (2022, 2, 1, 1, 1, 2),
        (2023, 0, None, None, None, None),
        (2024, 3, 1, 2, 1, 2),
    ]
    assert "1 of 2 (50 %)" in client.get(f"/series/show/{row.id}").text


def test_a_series_names_the_pairs_that_agreed_at_several_of_its_events(client, office):
    row = make.series(office)
    bank, club, other = (make.organisation(office, name) for name in ("Bank", "Verein", "Andere"))
    for year in (2021, 2022):
        make.contract(
            office,
            bank,
            club,
            other if year == 2021 else make.organisation(office, "Neu"),
            event=held(office, year, series=row),
        )
    make.contract(office, bank, other, event=held(office, 2023))  # of no series
    found = years.of_series(row)["pairs"]
    assert [({pair.one.name, pair.other.name}, pair.events) for pair in found] == [({"Bank", "Verein"}, 2)]
    assert "Agreed again" in client.get(f"/series/show/{row.id}").text


def test_a_series_of_another_office_takes_no_event(client, office, database):
    from tests import forms

    foreign = make.series(make.office("Anderswo"), "Fremd")
    answer = forms.send(client, "/events/add", title="Markt", series=str(foreign.id))
    assert answer.errors["series"]


def test_both_sides_may_be_the_same_kind(office):
    """Nonprofit with nonprofit counts like any other pair."""
    one, other = make.organisation(office, "A"), make.organisation(office, "B")
    for year in (2021, 2022):
        agreed = make.contract(office, one, other, event=held(office, year))
        for party in agreed.parties:
            party.side = Side.NONPROFIT
    assert [pair.events for pair in years.partners(one)] == [2]
