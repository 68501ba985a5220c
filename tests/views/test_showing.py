"""The page of a record: what it shows first, what belongs to it, and what it keeps to itself."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from flask_babel import force_locale

from app.access import Role
from app.core import clock
from app.core.db import db
from app.core.values import Qualifier
from app.models.activities import Activity, ActivityKind
from app.models.categories import Side
from app.models.contracts import ContractParty, ContractStatus
from app.models.events import Event
from app.models.figures import Measure
from app.models.participations import ParticipationStatus
from app.views import timeline
from tests import factories as make
from tests.access.worlds import network
from tests.forms import opened
from tests.pages import texts

MOST = 25


@pytest.fixture
def world(database):
    return network()


@pytest.fixture
def browser(client, world):
    return make.sign_in(client, world.person)


def page(browser, row, view, more=""):
    answer = browser.get(f"/{view}/show/{row.id}{more}")
    assert answer.status_code == 200
    return answer.text


def words(html):
    return re.sub(r"\s+", " ", " ".join(texts(html)))


def task(office, **more):
    return make.activity(office, kind=ActivityKind.TASK, **more)


# --- the head -------------------------------------------------------------------------------------------------
def test_the_head_says_what_it_is_and_how_it_is_reached(browser, world):
    row = make.organisation(
        world.here, "Müller GmbH", phone="030 1234", email="a@example.org", website="example.org",
        street="Am Birkenhain 1", postal_code="15344", city="Strausberg", shared=True,
    )  # fmt: skip
    html = page(browser, row, "organisations")
    assert 'href="tel:0301234"' in html
    assert 'href="mailto:a@example.org"' in html
    assert 'href="https://www.openstreetmap.org/search?query=Am+Birkenhain+1%2C+15344+Strausberg"' in html
    assert html.count("15344") == 2  # in the link and its text: below it isn't repeated
    assert "Shared with the network" in words(html)
    assert f"Last changed on {clock.now().astimezone(clock.OFFICE_ZONE):%d/%m/%Y}" in words(html)


def test_the_home_of_a_person_is_not_handed_to_the_map(browser, world):
    row = make.contact(world.here, street="Am Privatweg 7", postal_code="15344", city="Strausberg")
    html = page(browser, row, "contacts")
    assert "query=15344+Strausberg" in html
    assert "Privatweg+7" not in html
    assert "Am Privatweg 7" in html


def test_a_link_to_another_host_tells_it_nothing(browser, world):
    row = make.organisation(world.here, website="https://example.org/x", city="Strausberg")
    links = re.findall(r'<a [^>]*href="https?://[^>]*>', page(browser, row, "organisations"))
    assert len(links) == 2
    assert all('rel="noopener noreferrer"' in link for link in links)


def test_empty_fields_are_left_out(browser, world):
    html = page(browser, make.organisation(world.here, notes="Ruft gern an"), "organisations")
    assert "Notes" in words(html)
    assert "Legal name" not in words(html)
    assert "Website" not in words(html)


def test_deleting_names_the_record(browser, world):
    html = page(browser, make.organisation(world.here, "Müller & Söhne"), "organisations")
    assert 'data-confirm="Delete “Müller &amp; Söhne”?"' in html


def test_columns_that_are_in_no_group_stand_in_a_last_one(browser, world, app, monkeypatch):
    view = next(one for one in app.extensions["appbuilder"].baseviews if one.endpoint == "OrganisationView")
    monkeypatch.setattr(view, "groups", (("Zuerst", ["notes"]),), raising=False)
    row = make.organisation(world.here, notes="Ruft gern an", tags="holz")
    found = words(page(browser, row, "organisations"))
    assert found.index("Zuerst") < found.index("Ruft gern an") < found.index("Details") < found.index("holz")
    assert found.count("Ruft gern an") == 1


# --- tabs -----------------------------------------------------------------------------------------------------
def test_tabs_tell_how_much_there_is_before_they_are_opened(browser, world):
    row = make.organisation(world.here)
    person = make.contact(world.here, "Jäger", at=row)
    event = make.event(world.here)
    make.offer(event, row, title="Bänke streichen")
    make.offer(event, row, title="Zäune bauen")
    html = page(browser, row, "organisations")
    found = words(html)
    assert "People 1" in found
    assert "Offers and needs 2" in found
    assert str(person) in found
    assert "Bänke streichen" not in found


def test_a_tab_can_be_linked_to_and_works_without_a_script(browser, world):
    row = make.organisation(world.here)
    make.offer(make.event(world.here), row, title="Bänke streichen")
    html = page(browser, row, "organisations", "?tab=offers")
    assert "Bänke streichen" in html
    assert re.search(r'id="tab-offers"[^>]*aria-current="true"', html)
    assert page(browser, row, "organisations", "?tab=nothing")


def test_the_inside_of_a_tab_is_fetched_when_it_is_opened(browser, world):
    row = make.organisation(world.here)
    make.offer(make.event(world.here), row, title="Bänke streichen")
    source = f"/organisations/related/{row.id}/offers"
    assert source in page(browser, row, "organisations", "?tab=positions")
    inside = browser.get(source).text
    assert "Bänke streichen" in inside
    assert "<html" not in inside


def test_a_new_row_of_a_tab_knows_its_record_and_the_way_back(browser, world):
    row = make.event(world.here)
    html = page(browser, row, "events", "?tab=offers")
    assert f'href="/offers/add?event={row.id}&amp;back=/events/show/{row.id}?tab%3Doffers"' in html


@pytest.mark.parametrize(
    ("tab", "address", "field"),
    [("positions", "/contacts/add?positions.organisation", "positions-0-organisation"),
     ("parties", "/contracts/add?parties.organisation", "parties-0-organisation")],
)  # fmt: skip
def test_a_part_is_added_with_its_whole(browser, world, tab, address, field):
    row = make.organisation(world.here, "Firma")
    html = page(browser, row, "organisations", f"?tab={tab}")
    assert f'href="{address}={row.id}&amp;back=' in html
    form = browser.get(f"{address}={row.id}").text
    assert re.search(rf'name="{field}"[^>]*>.*?<option value=.{row.id}. selected>Firma<', form, re.DOTALL)


@pytest.mark.parametrize("name", ["positions.organisation", "positions.nothing", "nothing.organisation", "."])
def test_a_part_names_no_foreign_record(browser, world, name):
    row = make.organisation(world.there, "Geheimbund")
    answer = browser.get(f"/contacts/add?{name}={row.id}")
    assert answer.status_code == 200
    assert "Geheimbund" not in answer.text


def test_a_tab_shows_ten_rows_and_the_way_to_the_others(browser, world):
    event = make.event(world.here)
    for number in range(12):
        make.offer(event, make.organisation(world.here, f"Firma {number}"))
    html = page(browser, event, "events", "?tab=offers")
    assert "Show all (12)" in html
    assert f"/offers/list/?_flt_0_event={event.id}" in html


# --- tasks ----------------------------------------------------------------------------------------------------
def test_open_tasks_stand_there_with_the_earliest_first_and_what_is_late_is_said(browser, world):
    row = make.organisation(world.here)
    today = clock.today()
    task(world.here, organisation=row, subject="Später", due_on=today + timedelta(days=9))
    task(world.here, organisation=row, subject="Gestern", due_on=today - timedelta(days=1))
    task(world.here, organisation=row, subject="Irgendwann")
    task(world.here, organisation=row, subject="Erledigt", due_on=today, done_at=clock.now())
    html = page(browser, row, "organisations", "?tab=offers")
    after = words(html[html.index('id="tasks"') : html.index("</section>", html.index('id="tasks"'))])
    assert after.index("Gestern") < after.index("Später") < after.index("Irgendwann")
    assert "overdue since" in after
    assert "Erledigt" not in after


def test_a_task_is_done_in_one_click_and_one_is_back_at_the_record(browser, world):
    row = make.organisation(world.here)
    one = task(world.here, organisation=row)
    here = f"/organisations/show/{row.id}"
    assert f'action="/activities/finish/{one.id}"' in browser.get(here).text
    answer = browser.post(f"/activities/finish/{one.id}", data={"back": here})
    assert (answer.status_code, answer.location) == (302, here)
    assert db.session.get(Activity, one.id).done
    moment = db.session.get(Activity, one.id).done_at
    browser.post(f"/activities/finish/{one.id}")
    assert db.session.get(Activity, one.id).done_at == moment


def test_only_a_task_can_be_done(browser, world):
    one = make.activity(world.here, organisation=make.organisation(world.here))
    answer = browser.post(f"/activities/finish/{one.id}", follow_redirects=True)
    assert "Only a task can be done." in answer.text
    assert not db.session.get(Activity, one.id).done


def test_nobody_is_sent_to_another_host(browser, world):
    one = task(world.here, organisation=make.organisation(world.here))
    answer = browser.post(f"/activities/finish/{one.id}", data={"back": "https://example.org/"})
    assert answer.location == "/"


def test_nobody_finishes_a_task_of_another_office_or_without_the_right(client, browser, world):
    foreign = task(world.there, organisation=make.organisation(world.there))
    own = task(world.here, organisation=make.organisation(world.here))
    assert browser.post(f"/activities/finish/{foreign.id}").status_code == 404
    reader = make.sign_in(client, make.staff(Role.READER, offices=(world.here,)))
    assert reader.post(f"/activities/finish/{own.id}").status_code == 403
    assert not db.session.get(Activity, own.id).done
    assert not db.session.get(Activity, foreign.id).done


# --- the time line --------------------------------------------------------------------------------------------
def test_the_time_line_tells_what_happened_and_what_was_changed(browser, world):
    row = make.contract(world.here, make.organisation(world.here), make.organisation(world.here, "Verein"))
    make.activity(world.here, contract=row, subject="Anruf", happened_on=clock.today() - timedelta(days=3))
    third = make.organisation(world.here, "Dritte")
    row.status, row.notes = ContractStatus.FULFILLED, "Alles gut"
    row.parties.append(ContractParty(organisation=third, side=Side.COMPANY))
    found = words(page(browser, row, "contracts"))
    told = found[found.index("Time line") :]
    assert "Status: Agreed → Fulfilled" in told
    assert "Notes changed" in told
    assert "Parties: 1 added" in told
    assert told.index("Status:") < told.index("Created") < told.index("Anruf")


def test_the_time_line_goes_on(browser, world):
    row = make.organisation(world.here)
    for number in range(14):
        day = clock.today() - timedelta(days=number + 1)
        make.activity(world.here, organisation=row, subject=f"Nummer {number}.", happened_on=day)
    html = page(browser, row, "organisations", "?tab=offers")
    assert "Nummer 8." in html
    assert "Nummer 9." not in html
    assert f'hx-get="/organisations/told/{row.id}?start=10"' in html
    more = browser.get(f"/organisations/told/{row.id}?start=10").text
    assert [f"Nummer {number}." in more for number in (8, 9, 13)] == [False, True, True]
    assert "hx-get" not in more
    assert "Nummer 13." in page(browser, row, "organisations", "?tab=offers&entries=20")
    assert browser.get(f"/organisations/told/{row.id}?start=-1").status_code == 400


def test_what_the_history_can_not_read_any_more_is_shown_as_it_is(app):
    with app.test_request_context(), force_locale("en"):
        assert [*timeline._line(Event, "status", old="forgotten", new="held")] == ["Status: forgotten → Held"]
        assert [*timeline._line(Event, "no_such_column")] == []


# --- panels ---------------------------------------------------------------------------------------------------
def test_an_organisation_shows_its_years(browser, world):
    row, club = make.organisation(world.here, legal_name="Firma"), make.organisation(world.here, "Verein")
    event = make.event(world.here, starts_on=date(2024, 5, 1))
    came = ParticipationStatus.ATTENDED
    make.participation(event, row, status=came)
    make.participation(make.event(world.here, starts_on=date(2024, 9, 1)), row, status=came)
    make.participation(make.event(world.here, starts_on=date(2025, 9, 1)), row)  # invited only
    first = make.contract(world.here, row, club, event=event, number=1)
    for value in (400, 200):
        make.contribution(first, giver=row, hours=Decimal("7.5"), value=Decimal(value))
    make.contract(world.here, row, club, event=event, number=2)
    make.contract(world.here, row, club, agreed_on=date(2026, 1, 1), status=ContractStatus.CANCELLED)
    found = words(page(browser, row, "organisations"))
    strip = found[found.index("Over the years") :]
    assert (
        "2024 Events 2 Contracts 2 Hours 15 known of 1 of 2 Equivalent value 600 € known of 1 of 2" in strip
    )
    assert "2025" not in strip[: strip.index("Legal name")]


def test_an_event_shows_what_was_counted_beside_what_was_reported(browser, world):
    event = make.event(world.here)
    company, club = make.organisation(world.here), make.organisation(world.here, "Verein")
    make.participation(event, company, status=ParticipationStatus.ATTENDED, head_count=3)
    make.participation(event, club, side=Side.NONPROFIT, status=ParticipationStatus.CONFIRMED)
    agreed = make.contract(world.here, company, club, event=event, number=1)
    make.contribution(agreed, giver=company, value=Decimal(300))
    make.contribution(agreed, giver=club)
    make.figure(event, Measure.VALUE, 200000, qualifier=Qualifier.UNDER, chosen=True, source="Presse")
    make.figure(event, Measure.VALUE, 190000, source="Bericht")
    found = words(page(browser, event, "events"))
    table = found[found.index("Figures Measure") : found.index("Who takes part")]
    assert "Equivalent value just under 200,000 €" in table
    assert "190,000 € Bericht" in table
    assert "300 € known of 1 of 2" in table
    assert "Companies – 1" in table
    assert "Participants – 3 known of 1 of 2" in table
    sides = found[found.index("Who takes part") :]
    assert "Company side 1 Attended: 1 3 people" in sides
    assert "Nonprofit side 1 Confirmed: 1" in sides


def test_nothing_is_counted_of_an_event_of_another_office(browser, world):
    event = make.event(world.there, shared=True)
    make.figure(event, Measure.COMPANIES, 40, chosen=True)
    make.participation(event, make.organisation(world.there), status=ParticipationStatus.ATTENDED)
    found = words(page(browser, event, "events"))
    assert "Companies 40" in found
    assert "Counted here" not in found
    assert "Who takes part" not in found


def sentences(html):
    return re.findall(r'<li class="gift gift-(\w+)">\s*<span class="visually-hidden">(.*?)</span>', html)


def test_a_contract_is_a_list_of_sentences_with_arrows(browser, world):
    company, club = make.organisation(world.here, "Firma"), make.organisation(world.here, "Verein")
    row = make.contract(world.here, company, club)
    make.contribution(row, giver=company, receiver=club, hours=Decimal(16), value=Decimal(800))
    make.contribution(row, giver=club, text="Ein Konzert")
    make.contribution(row, text="Kuchen")
    found = sentences(page(browser, row, "contracts"))
    assert found == [
        (
            "right",
            "Firma gives to Verein: Helping hands: Two days of painting; 16 hours; worth 800\N{NO-BREAK SPACE}€.",
        ),
        ("left", "Verein gives to Firma: Helping hands: Ein Konzert."),
        ("none", "Agreed: Helping hands: Kuchen."),
    ]


def test_more_than_two_parties_and_unknown_ends_find_their_place(browser, world):
    first, second, club = (make.organisation(world.here, name) for name in ("Erste", "Zweite", "Verein"))
    town = make.organisation(world.here, "Stadt")
    row = make.contract(world.here, first, club)
    row.parties.append(ContractParty(organisation=second, side=Side.COMPANY))
    row.parties.append(ContractParty(organisation=town, side=Side.MUNICIPALITY))
    make.contribution(row, giver=first, receiver=second, text="Holz")
    make.contribution(row, receiver=first, text="Raum")
    make.contribution(row, giver=town, text="Strom")
    html = page(browser, row, "contracts")
    assert sentences(html) == [
        ("none", "Erste gives to Zweite: Helping hands: Holz."),
        ("left", "Erste gets: Helping hands: Raum."),
        ("left", "Stadt gives: Helping hands: Strom."),
    ]
    left, right = html.index("parties-left"), html.index("parties-right")
    assert left < html.index("Zweite", left) < right < html.index("Stadt", right)


# --- what it keeps to itself ----------------------------------------------------------------------------------
def test_a_newsletter_editor_sees_no_more_of_a_person_than_the_role_allows(client, world):
    editor = make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(world.here,)))
    company = make.organisation(world.here, "Firma")
    row = make.contact(world.here, email="j@example.org", at=company)
    make.subscriber(world.here, contact=row)
    make.activity(world.here, contact=row, subject="Vertraulich")
    task(world.here, contact=row, subject="Vertraulich")
    html = page(editor, row, "contacts")
    assert "Vertraulich" not in html
    assert "Next tasks" not in html
    assert f"/organisations/show/{company.id}" not in html
    assert "ana@example.org" in html
    assert editor.get(f"/contacts/related/{row.id}/activities").status_code == 403
    assert "Vertraulich" not in editor.get(f"/contacts/told/{row.id}").text
    reader = make.sign_in(client, make.staff(Role.READER, offices=(world.here,)))
    assert "ana@example.org" not in page(reader, row, "contacts")
    assert reader.get(f"/contacts/related/{row.id}/subscribers").status_code == 403


def test_of_a_shared_record_nobody_sees_what_its_office_does_with_it(browser, world):
    row = make.organisation(world.there, "Geteilt", shared=True)
    make.activity(world.there, organisation=row, subject="Vertraulich")
    task(world.there, organisation=row, subject="Vertraulich")
    event = make.event(world.there, "Geheimtreffen", starts_on=date(2021, 5, 1))
    make.participation(event, row, status=ParticipationStatus.ATTENDED)
    other = make.organisation(world.there, "Geheimbund")
    make.contribution(make.contract(world.there, row, other, event=event, number=1), value=Decimal(77777))
    row.head_count = 4711
    db.session.commit()
    row.head_count = 1147
    make.activity(world.here, organisation=row, subject="Unser Anruf")
    html = page(browser, row, "organisations")
    for hidden in ("Vertraulich", "Geheim", "77,777", "4711", "2021", "entry-lines"):
        assert hidden not in html, hidden
    assert "Unser Anruf" in html
    assert f"/organisations/show/{row.id}" in html
    for tab in ("positions", "participations", "offers", "parties", "activities"):
        inside = browser.get(f"/organisations/related/{row.id}/{tab}").text
        assert "Geheim" not in inside
        assert "Vertraulich" not in inside
    assert "4711" not in browser.get(f"/organisations/told/{row.id}").text


# --- cost -----------------------------------------------------------------------------------------------------
def fill(world, times):
    """Give a record of each kind that has panels, with as many rows around each."""
    made = {
        "organisations": make.organisation(world.here),
        "events": make.event(world.here, starts_on=date(2024, 1, 1)),
    }
    company, event = made["organisations"], made["events"]
    made["contacts"] = make.contact(world.here, email="x@example.org", at=company)
    made["contracts"] = make.contract(
        world.here, company, make.organisation(world.here, "Verein"), event=event
    )
    for number in range(times):
        other = make.organisation(world.here, f"Firma {number}")
        day = date(2010 + number, 1, 1)
        past = make.event(world.here, starts_on=day)
        make.participation(past, company, status=ParticipationStatus.ATTENDED)
        make.participation(event, other, status=ParticipationStatus.ATTENDED)
        make.offer(event, other)
        make.offer(past, company)
        make.figure(event, Measure.COMPANIES, number)
        agreed = make.contract(world.here, company, other, event=event)
        make.contribution(agreed, giver=other, receiver=company)
        make.contribution(made["contracts"], giver=company)
        make.subscriber(world.here, f"s{times}-{number}@example.org", contact=made["contacts"])
        person = make.contact(world.here, f"Mensch {number}", at=company)
        about = {
            "organisation": company, "event": event, "contact": made["contacts"], "contract": made["contracts"],
        }  # fmt: skip
        make.activity(world.here, **about, happened_on=day)
        make.activity(world.here, contact=person, organisation=company)
        task(world.here, **about, due_on=day, assignee=world.person)
    db.session.commit()
    return made


@pytest.mark.parametrize("view", ["organisations", "events", "contacts", "contracts"])
def test_a_page_takes_as_many_statements_for_many_rows_as_for_few(browser, world, count_statements, view):
    taken = []
    for times in (2, 12):
        row = fill(world, times)[view]
        make.sign_in(browser, world.person)
        page(browser, row, view)
        with count_statements() as statements:
            page(browser, row, view)
        taken.append(len(statements))
    assert taken[1] <= MOST, statements
    assert taken[0] == taken[1], statements


def test_what_is_added_beside_the_tasks_is_a_task_of_the_record(browser, world):
    row = make.organisation(world.here, "Kita")
    html = page(browser, row, "organisations")
    tasks = html[html.index('id="tasks"') :]
    address = unescape(re.search(r'href="(/activities/add[^"]+)"', tasks)[1])
    form = opened(browser, address)
    assert form.fields["kind"] == "task"
    assert form.chosen["organisation"] == [str(row)]
    assert opened(browser, address.replace("kind=task", "kind=nothing")).fields["kind"] == "note"


def test_all_lists_are_on_the_page_for_paper(browser, world):
    event = make.event(world.here)
    make.figure(event, Measure.CONTRACTS, 5)
    make.offer(event, make.organisation(world.here, "Geberin"), title="Zwei Tische")
    db.session.commit()
    page = browser.get(f"/events/show/{event.id}?print=1").text
    assert "data-tabs" not in page
    assert "Zwei Tische" in page
    assert 'id="list-figures"' in page
    assert "data-print" in page
    shown = browser.get(f"/events/show/{event.id}?tab=figures").text
    assert f"/events/show/{event.id}?print=1" in shown
    assert "Zwei Tische" not in shown
