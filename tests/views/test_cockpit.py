"""The cockpit counts what the lists hold, measures it against the targets, and expects nothing from too little."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from app.models.activities import ActivityKind
from app.models.categories import Side
from app.models.contracts import ContractStatus
from app.models.events import EventKind, EventStatus
from app.models.participations import ParticipationStatus as Status
from app.views import balance
from tests import factories as make
from tests import tables

COMPANY, NONPROFIT = Side.COMPANY, Side.NONPROFIT


@pytest.fixture
def event(office):
    return make.event(office, "Markt", starts_on=date(2027, 5, 20), target_companies=40, target_nonprofits=50)


def fill(event, side, **numbers):
    for status, number in numbers.items():
        for at in range(number):
            guest = make.organisation(event.office, f"{status} {side.value} {at}")
            make.participation(event, guest, side=side, status=Status(status))


def past(office, **more):
    base = {"status": EventStatus.HELD, "starts_on": date(2025, 5, 1)}
    return make.event(office, "Früher", **{**base, **more})


def rows(client, event):
    """Give the cells of the table of sides."""
    return {line[0]: line[1:] for line in headed(client.get(f"/cockpit/{event.id}").text)}


def headed(html):
    body = html[html.index("balance-title") : html.index("</tbody>")]
    for line in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.DOTALL)
        yield [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", cell)).strip() for cell in cells]


def test_each_side_stands_against_its_target(client, event):
    fill(event, COMPANY, invited=5, registered=3, confirmed=2, cancelled=1)
    fill(event, NONPROFIT, registered=6, waitlist=1)
    found = rows(client, event)
    assert found["Side"] == [
        "Invited", "Registered", "Confirmed", "Cancelled", "Waitlist",
        "Come", "Target", "Still wanted", "Expected on the day",
    ]  # fmt: skip
    assert found["Company side"] == ["5", "3", "2", "1", "0", "5", "40", "35", "– unknown"]
    assert found["Nonprofit side"] == ["0", "6", "0", "0", "1", "6", "50", "44", "– unknown"]
    assert "Municipal side" not in found
    page = client.get(f"/cockpit/{event.id}").text
    assert "1.2 nonprofit organisations for each company (target: 1.3)" in page
    assert "The sides are in balance." in page


def test_a_number_leads_to_the_list_of_exactly_these(client, event, office):
    fill(event, COMPANY, invited=3, registered=2, confirmed=1)
    fill(event, NONPROFIT, invited=1)
    fill(past(office), COMPANY, invited=4)
    links = re.findall(
        r'class="number"><a href="([^"]*/participations/[^"]*)">(\d+)</a>',
        client.get(f"/cockpit/{event.id}").text,
    )
    assert [number for _link, number in links] == ["3", "2", "1", "3", "1"]
    for link, number in links:
        assert len(tables.read(client.get(unescape(link))).rows) == int(number), link


@pytest.mark.parametrize(
    ("companies", "nonprofits", "said"),
    [
        (10, 20, "Companies are too few"),
        (20, 10, "Nonprofit organisations are too few"),
        (10, 12, "in balance"),
        (0, 3, "Companies are too few"),
    ],
)
def test_the_smaller_side_is_named(client, event, companies, nonprofits, said):
    fill(event, COMPANY, confirmed=companies)
    fill(event, NONPROFIT, confirmed=nonprofits)
    assert said in client.get(f"/cockpit/{event.id}").text


def test_no_shows_are_expected_from_the_offices_own_earlier_events(client, event, office, database):
    fill(event, COMPANY, registered=30, confirmed=10)
    fill(past(office), COMPANY, attended=16, no_show=3, confirmed=1, invited=9, cancelled=2)
    fill(past(office, starts_on=None), NONPROFIT, attended=4, no_show=1)
    # None of these tells anything of what happens next:
    fill(past(office), COMPANY, confirmed=20)  # nobody noted who came
    fill(past(office, kind=EventKind.WORKSHOP), COMPANY, no_show=9)
    fill(past(office, status=EventStatus.CANCELLED), COMPANY, no_show=9)
    fill(past(office, starts_on=date(2028, 1, 1)), COMPANY, no_show=9)
    fill(past(make.office("Anderswo", parent=office)), COMPANY, no_show=9)
    found = {row.side: row for row in balance.of_event(event).rows}
    assert found[COMPANY].missed == balance.Missed(3, 20, 1)
    assert found[NONPROFIT].missed == balance.Missed(1, 5, 1)
    assert rows(client, event)["Company side"][-1] == "about 34"
    page = client.get(f"/cockpit/{event.id}").text
    assert "3 of 20 didn&#39;t come (15 %), from 1 earlier event." in page
    assert "Too little is known: 1 of 5 didn&#39;t come, from 1 earlier event." in page


def test_without_earlier_events_nothing_is_said_about_no_shows(client, event):
    fill(event, COMPANY, confirmed=40)
    assert rows(client, event)["Company side"][-1] == "– unknown"
    assert "Nothing is known of earlier events" in client.get(f"/cockpit/{event.id}").text


def test_people_contracts_tasks_and_team(client, event, office, database):
    one, other = make.organisation(office, "Eins"), make.organisation(office, "Zwei")
    make.participation(event, one, status=Status.CONFIRMED, head_count=4)
    make.participation(event, other, status=Status.CONFIRMED, side=NONPROFIT)
    make.contract(office, one, other, event=event, number=1)
    make.contract(office, one, other, event=event, number=2, status=ContractStatus.CANCELLED)
    event.target_people, event.target_contracts = 130, 84
    make.activity(office, event=event, kind=ActivityKind.TASK, due_on=date(2020, 1, 1))
    make.activity(office, event=event, kind=ActivityKind.NOTE)
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", client.get(f"/cockpit/{event.id}").text))
    assert "People who come 4 of 130 known of 1 of 2" in text
    assert "Contracts 1 of 84" in text
    assert "Tasks done 0 of 1 1 is overdue" in text
    assert "Nobody is named yet as: Coordinating team, Moderator, Broker, Notary." in text


@pytest.mark.parametrize("language", ["de"])
def test_the_cockpit_speaks_german(client, event):
    fill(event, COMPANY, confirmed=1)
    page = client.get(f"/cockpit/{event.id}").text
    assert "Gleichgewicht" in page
    assert "1 von 40 kommen" in page
