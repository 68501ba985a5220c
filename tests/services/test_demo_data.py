"""The demo data: facts as the two pages gave them, and everything else marked as invented."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import inspect, select

from app.access import everything
from app.core import clock
from app.core.db import db
from app.core.values import Qualifier, ratio, total
from app.models.activities import Activity
from app.models.base import AppendOnly, Entity
from app.models.categories import Side
from app.models.contacts import Channel, ChannelKind, Contact
from app.models.contracts import Contract, ContractStatus
from app.models.events import Event, EventKind, EventStatus, OrganisationRole
from app.models.figures import Figure, Measure, Unit
from app.models.followups import FollowUp, FollowUpNote, FollowUpReport
from app.models.languages import Language
from app.models.materials import Material, MaterialVersion
from app.models.news import NewsItem
from app.models.newsletters import Newsletter, NewsletterText
from app.models.offers import Offer, OfferStatus
from app.models.offices import Office, OfficeKind, State
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participation, ParticipationStatus
from app.models.rates import Rate
from app.models.registrations import Registration
from app.models.series import Series
from app.models.subscribers import (
    Consent,
    ConsentStep,
    Delivery,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.models.templates import EventTemplate
from app.models.users import Membership, Staff
from app.reports.marketplaces.comparison import build
from app.services import demo
from tests.conftest import _empty

# The names of the two pages, and what they said: typed from domain.md, not from the data under test.
PAGE_2006 = "Erfolgreiche Marktplätze im Ruhrgebiet, in Jena, Kassel, Berlin, Frankfurt und Düsseldorf"
HEADLINE_2013 = "Impulse für die Entwicklung neuer sozialer Kooperationen auf lokaler Ebene"
EXACT, ABOUT, OVER, UNDER = Qualifier.EXACT, Qualifier.ABOUT, Qualifier.OVER, Qualifier.UNDER
COMPANIES, NONPROFITS, PARTICIPANTS = Measure.COMPANIES, Measure.NONPROFITS, Measure.PARTICIPANTS
CONTRACTS, VALUE = Measure.CONTRACTS, Measure.VALUE

EVENTS = {
    "Essen": ("Ruhrdax", None, date(2006, 9, 18), State.NW),
    "Jena": ('Marktplatz "Gute Geschäfte"', None, date(2006, 9, 27), State.TH),
    "Kassel": ("Marktplatz", None, None, State.HE),
    "Berlin": ("Gute-Tat Marktplatz", "1.", date(2006, 11, 7), State.BE),
    "Frankfurt": ("Marktplatz", None, date(2006, 11, 9), State.HE),
    "Düsseldorf": ("Düsseldorf gewinnt", None, date(2006, 11, 15), State.NW),
}
FIGURES = {
    ("Essen", COMPANIES): (90, EXACT, Unit.ORGANISATIONS),
    ("Essen", NONPROFITS): (150, ABOUT, Unit.ORGANISATIONS),
    ("Essen", CONTRACTS): (97, EXACT, Unit.CONTRACTS),
    ("Essen", VALUE): (200_000, UNDER, Unit.EUROS),
    ("Jena", COMPANIES): (30, EXACT, Unit.UNCLEAR),
    ("Jena", NONPROFITS): (30, EXACT, Unit.UNCLEAR),
    ("Jena", CONTRACTS): (87, EXACT, Unit.CONTRACTS),
    ("Kassel", PARTICIPANTS): (25, ABOUT, Unit.UNCLEAR),
    ("Kassel", CONTRACTS): (68, EXACT, Unit.CONTRACTS),
    ("Kassel", VALUE): (80_000, ABOUT, Unit.EUROS),
    ("Berlin", COMPANIES): (42, EXACT, Unit.ORGANISATIONS),
    ("Berlin", NONPROFITS): (44, EXACT, Unit.ORGANISATIONS),
    ("Berlin", PARTICIPANTS): (130, OVER, Unit.PEOPLE),
    ("Berlin", CONTRACTS): (84, EXACT, Unit.CONTRACTS),
    ("Frankfurt", COMPANIES): (40, EXACT, Unit.REPRESENTATIVES),
    ("Frankfurt", NONPROFITS): (60, EXACT, Unit.REPRESENTATIVES),
    ("Frankfurt", CONTRACTS): (100, EXACT, Unit.CONTRACTS),
    ("Frankfurt", VALUE): (130_000, OVER, Unit.EUROS),
    ("Düsseldorf", CONTRACTS): (120, OVER, Unit.CONTRACTS),
    ("Düsseldorf", VALUE): (270_000, EXACT, Unit.EUROS),
}
ROLES = {
    "Essen": {("Essener Ehrenamtsagentur", OrganisationRole.COORDINATING_TEAM)},
    "Jena": {("Bürgerstiftung ZwischenRaum", OrganisationRole.INITIATOR)},
    "Kassel": {("Freiwilligenagentur Kassel", OrganisationRole.ORGANISER)},
    "Berlin": {("KPMG", OrganisationRole.VENUE_HOST)},
    "Frankfurt": {
        ("Büro Aktiv", OrganisationRole.ORGANISER),
        ("Deutsche Bank", OrganisationRole.ORGANISER),
        ("Deutsche Bank", OrganisationRole.VENUE_HOST),
    },
    "Düsseldorf": set(),
}
MODEL_PROJECTS = {"Jena", "Kassel", "Frankfurt"}

# RFC 2606, and the numbers that the Bundesnetzagentur keeps for film and fiction.
RESERVED_DOMAIN = re.compile(r"(?:[\w-]+\.)*example\.(?:org|com|net)", re.ASCII)
FICTION_NUMBERS = re.compile(
    r"03023125\d{3}|06990009\d{3}|04066969\d{3}|02214710\d{3}|08999998\d{3}"
    r"|017139200\d{2}|0176040690\d{2}|015228817386"
)
LAG_NUMBERS = {"(030) 9799259-14", "(030) 9799259-11"}


@pytest.fixture(scope="module")
def _loaded(app):
    """Load the demo once for this file: its tests only look."""
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        _empty()
        patch.setitem(app.config, "DEMO", True)
        with everything("tests"):
            assert demo.load()
            db.session.commit()
        db.session.remove()
    yield
    with app.app_context():
        _empty()


@pytest.fixture
def rows(app, _loaded):
    """Give the session with the demo in it, in the scope of a command."""
    with app.app_context(), everything("tests"):
        yield db.session
        db.session.rollback()
        db.session.remove()


def of_2006(session):
    return session.scalars(select(Event).join(Figure).where(Figure.source == PAGE_2006).distinct()).all()


def every_entity(session):
    for mapper in Entity.registry.mappers:
        if issubclass(mapper.class_, Entity) and not mapper.class_.__dict__.get("__abstract__"):
            yield from session.scalars(select(mapper.class_))


def office_named(session, name):
    return session.scalars(select(Office).where(Office.name.contains(name))).one()


# --- Facts ------------------------------------------------------------------------------------------------
def test_the_six_events_are_those_of_the_page(rows):
    found = {
        event.city: (event.title, event.edition, event.starts_on, event.state) for event in of_2006(rows)
    }
    assert found == EVENTS
    for event in of_2006(rows):
        assert event.office.city == event.city
        assert event.kind is EventKind.MARKETPLACE
        assert event.status is EventStatus.HELD
        assert event.shared
        assert bool(event.date_note) == (event.city in {"Kassel", "Düsseldorf"})


def test_their_figures_are_those_of_the_page_and_nothing_is_added(rows):
    figures = rows.scalars(
        select(Figure).where(Figure.event_id.in_([event.id for event in of_2006(rows)]))
    ).all()
    found = {(one.event.city, one.measure): (one.number, one.qualifier, one.unit) for one in figures}
    assert found == FIGURES
    assert len(figures) == len(FIGURES)
    for figure in figures:
        assert figure.source == PAGE_2006
        assert figure.as_of == date(2006, 11, 15)
        assert figure.shared
        assert figure.chosen
        assert figure.chosen_by
        assert figure.chosen_at <= clock.now()
    written = next(one for one in figures if (one.event.city, one.measure) == ("Berlin", CONTRACTS))
    assert written.note == "schriftlich"


def test_their_totals_are_those_of_the_domain(rows):
    def quantities(measure):
        figures = rows.scalars(select(Figure).where(Figure.measure == measure, Figure.chosen)).all()
        known = {figure.event.city: figure.quantity for figure in figures if figure.event}
        return [known.get(city) for city in EVENTS]

    contracts, values = quantities(CONTRACTS), quantities(VALUE)
    assert (total(contracts).quantity.number, total(contracts).quantity.qualifier) == (556, OVER)
    assert (total(values).quantity.number, total(values).used, total(values).of) == (680_000, 4, 6)
    assert total(values).quantity.qualifier is Qualifier.MIXED
    assert ratio(zip(values, contracts, strict=True)).quantity.number == Decimal("1766.23")


def test_the_report_of_their_year_holds_all_six_the_one_without_a_date_too(rows):
    report = build(2006)
    assert {line.event for line in report.lines} == set(of_2006(rows))
    contracts, value = report.total(CONTRACTS), report.total(VALUE)
    assert (contracts.quantity.number, contracts.used) == (556, 6)
    assert (value.quantity.number, value.used, value.of) == (680_000, 4, 6)
    assert report.average.quantity.number == Decimal("1766.23")
    assert "Kassel" not in {line.event.city for line in build(2025).lines}


def test_the_roles_are_those_of_the_page(rows):
    for event in of_2006(rows):
        assert {(one.organisation.name, one.role) for one in event.roles} == ROLES[event.city]
        model = event.model_project_of.name if event.model_project_of else None
        assert model == ("Bertelsmann Stiftung" if event.city in MODEL_PROJECTS else None)
    venues = {event.city: event.venue for event in of_2006(rows) if event.venue}
    assert venues == {"Berlin": "Räume der KPMG", "Frankfurt": "Hermann-Josef-Abs-Saal der Deutschen Bank"}
    bureau = rows.scalars(select(Organisation).where(Organisation.name == "Büro Aktiv")).one()
    assert bureau.parent.name == "Frankfurter Bürgerinstitut"


def test_the_network_is_the_service_agencys(rows):
    agency = rows.scalars(select(Office).where(Office.parent_id.is_(None))).one()
    ministry = "Bundesministerium für Familie, Senioren, Frauen und Jugend"
    assert (agency.name, agency.funder) == ("Servicestelle Soziale Kooperation", ministry)
    assert agency.kind is OfficeKind.SERVICE_AGENCY
    below = rows.scalars(select(Office).where(Office.parent_id == agency.id)).all()
    assert {office.city for office in below} == {"Hoppegarten", *EVENTS}
    assert {office.kind for office in below} == {OfficeKind.REGIONAL_OFFICE}
    shared = rows.scalars(select(Organisation).where(Organisation.shared)).all()
    assert {(one.name, one.kind, one.office_id) for one in shared} == {
        ("Bertelsmann Stiftung", OrganisationKind.FOUNDATION, agency.id),
        (ministry, OrganisationKind.MINISTRY, agency.id),
    }
    figures = rows.scalars(select(Figure).where(Figure.event_id.is_(None))).all()
    assert {(one.measure, one.number, one.qualifier, one.unit) for one in figures} == {
        (Measure.MARKETPLACES, 250, OVER, Unit.EVENTS),
        (Measure.CITIES, 90, OVER, Unit.PLACES),
    }
    for figure in figures:
        assert figure.office is agency
        assert figure.as_of == date(2013, 4, 16)
        assert figure.source.startswith(HEADLINE_2013)


def test_the_lag_has_its_contact_block_and_its_news(rows):
    lag = office_named(rows, "LAG")
    block = (lag.name, lag.unit, lag.street, lag.postal_code, lag.city, lag.phone, lag.fax, lag.state)
    assert block == (
        "LAG Märkische Seen e.V.",
        "Regionalmanagement/Geschäftsstelle",
        "Mahlsdorfer Str. 61 b",
        "15366",
        "Hoppegarten",
        "(030) 9799259-14",
        "(030) 9799259-11",
        State.BB,
    )
    assert len(lag.places) > 3
    assert all(place.note for place in lag.places)
    news = rows.scalars(select(NewsItem)).one()
    assert (news.office, news.date, news.title, news.caption) == (
        lag,
        date(2013, 4, 16),
        HEADLINE_2013,
        HEADLINE_2013,
    )
    assert news.language is Language.GERMAN
    assert "www.social-marketplace-international.org" in news.text


def test_the_toolbox_is_shared_in_several_languages(rows):
    agency = office_named(rows, "Servicestelle")
    for material in rows.scalars(select(Material)):
        assert material.shared
        assert material.office is agency
    versions = rows.scalars(select(MaterialVersion)).all()
    assert {version.language for version in versions} > {Language.GERMAN, Language.ENGLISH}
    assert len({version.language for version in versions}) > 3
    assert all(re.match(r"https://[\w.]*example\.org/", version.link) for version in versions)


# --- What is invented -------------------------------------------------------------------------------------
def texts(row):
    for column in inspect(type(row)).columns:
        value = getattr(row, inspect(type(row)).get_property_by_column(column).key)
        if isinstance(value, str):
            yield value


def test_every_mail_address_and_link_is_on_a_reserved_domain(rows):
    found = 0
    for row in [*every_entity(rows), *rows.scalars(select(Staff))]:
        for text in texts(row):
            for found_in in re.findall(r"@([\w.-]+)|https?://([\w.-]+)", text):
                domain = "".join(found_in)
                if domain == "www.social-marketplace-international.org":
                    continue
                assert RESERVED_DOMAIN.fullmatch(domain), text
                found += 1
    assert found > 150


def test_every_phone_number_is_the_lags_or_one_for_fiction(rows):
    numbers = [
        channel.value for channel in rows.scalars(select(Channel)) if channel.kind is not ChannelKind.EMAIL
    ]
    for model in (Office, Organisation):
        numbers += [n for row in rows.scalars(select(model)) for n in (row.phone, row.fax) if n]
    assert len(numbers) > 60
    strange = {n for n in numbers if not FICTION_NUMBERS.fullmatch(re.sub(r"\D", "", n))}
    assert strange == LAG_NUMBERS


def test_no_text_holds_another_phone_number(rows):
    """The columns for numbers are checked above; nobody should hide one in a note."""
    for row in every_entity(rows):
        made_of_digits = {getattr(row, name, None) for name in ("search", "uuid")}
        for text in texts(row):
            if text not in LAG_NUMBERS | made_of_digits:
                for number in re.findall(r"\(?\b0\d{2,4}\)?[ /-]\d[\d -]{4,}", text):
                    assert FICTION_NUMBERS.fullmatch(re.sub(r"\D", "", number)), text


# Where each kind of row says so that stands for itself; parts and rows of an event follow theirs.
MARKS = {
    Organisation: ("tags", "source"),
    Contact: ("tags", "source"),
    Event: ("notes",),
    Contract: ("notes",),
    Activity: ("text",),
    Figure: ("source",),
    EventTemplate: ("description",),
    Rate: ("source",),
    Series: ("notes",),
    FollowUpReport: ("actor",),
    FollowUpNote: ("comment",),
    Material: ("description",),
    Newsletter: ("description",),
    Registration: ("notes",),
    Subscription: ("source",),
    Consent: ("wording",),
    NewsletterText: ("text",),
}
FROM_THE_PAGES = {
    *(("Event", city) for city in EVENTS),
    *(("Figure", city) for city in EVENTS),
    ("Figure", "network"),
    *(("Organisation", name) for roles in ROLES.values() for name, _role in roles),
    *(("Organisation", name) for name in ("Bertelsmann Stiftung", "LAG Märkische Seen e.V.")),
    ("Organisation", "Frankfurter Bürgerinstitut"),
    ("Organisation", "Bundesministerium für Familie, Senioren, Frauen und Jugend"),
}


def what(row):
    match row:
        case Event() if row.starts_on is None or row.starts_on.year == 2006:
            return ("Event", row.city)
        case Figure() if row.event is None or what(row.event)[1]:
            return ("Figure", row.event.city if row.event else "network")
        case Organisation():
            return ("Organisation", row.name)
    return (type(row).__name__, None)


def test_everything_invented_says_so(rows):
    facts = []
    for model, columns in MARKS.items():
        marked = 0
        for row in rows.scalars(select(model)):
            if what(row) in FROM_THE_PAGES:
                facts.append(what(row))
                assert not any("erfunden" in (getattr(row, column) or "") for column in columns), row
            else:
                assert all("erfunden" in (getattr(row, column) or "") for column in columns), row
                marked += 1
        assert marked, model
    assert set(facts) == FROM_THE_PAGES
    for person in rows.scalars(select(Staff)):
        assert person.last_name.endswith(" (Demo)")
    for office in rows.scalars(select(Office).where(Office.city.in_(EVENTS))):
        assert "erfunden" in office.territory_note
    # No kind of row is left out: what isn't named above belongs to something that is.
    others = {Office, FollowUp, Membership, NewsItem, Offer, Participation, Subscriber}
    for row in every_entity(rows):
        assert type(row) in {*MARKS, *others} or row.part_of, type(row)


def test_offers_and_participations_are_those_of_invented_events(rows):
    for model in (Offer, Participation):
        for row in rows.scalars(select(model)):
            assert "erfunden" in row.event.notes


def test_every_row_satisfies_the_guards(rows):
    """Saved again as it is, nothing is refused: links stay in the office, and the rules hold."""
    count = 0
    for row in every_entity(rows):
        assert list(row.problems()) == [], row
        count += 1
        if not isinstance(row, AppendOnly):
            row.changed_by = "again"
    assert count > 500
    rows.flush()


def test_links_stay_within_an_office_or_lead_to_shared_rows(rows):
    for row in every_entity(rows):
        for relation in inspect(type(row)).relationships:
            other = getattr(row, relation.key)
            if (
                relation.uselist
                or other is None
                or relation.key == "office"
                or not hasattr(other, "office_id")
            ):
                continue
            if hasattr(row, "office_id"):
                assert other.office_id == row.office_id or getattr(other, "shared", False), row


def test_the_lag_has_something_of_everything(rows):
    lag = office_named(rows, "LAG")

    def mine(model):
        return rows.scalars(select(model).where(model.office_id == lag.id).order_by(model.id)).all()

    assert 22 <= len(mine(Organisation)) <= 30
    assert {row.kind for row in mine(Organisation)} > {OrganisationKind.COMPANY, OrganisationKind.SCHOOL}
    assert 27 <= len(mine(Contact)) <= 33
    market = next(event for event in mine(Event) if event.kind is EventKind.MARKETPLACE)
    assert market.starts_on.year == 2026
    assert market.corners
    assert market.people
    statuses = {row.status for row in mine(Participation)}
    assert statuses == set(ParticipationStatus)
    assert {row.status for row in mine(Offer)} == set(OfferStatus)
    contracts = [row for row in mine(Contract) if row.event is market]
    assert sorted(row.number for row in contracts) == list(range(1, 13))
    assert {row.status for row in mine(Contract)} == set(ContractStatus)
    assert sorted(len(row.parties) for row in contracts) == [2] * 11 + [3]
    assert any({party.side for party in row.parties} == {Side.NONPROFIT} for row in contracts)
    assert any(row.event is None for row in mine(Contract))
    assert 18 <= len(mine(Subscriber)) <= 24
    assert {row.status for row in mine(Subscription)} == set(SubscriptionStatus)
    assert {row.delivery for row in mine(Subscriber)} == set(Delivery)
    former = [channel for channel in mine(Channel) if channel.until]
    assert former


def test_tasks_are_due_around_the_day_of_loading(rows):
    due = [row.due_on for row in rows.scalars(select(Activity)) if row.due_on and not row.done]
    assert min(due) < clock.today() < max(due)
    assert clock.today() in due


def test_exemption_papers_are_valid_ending_and_ended(rows):
    dated = rows.scalars(select(Organisation).where(Organisation.exemption_date.is_not(None))).all()
    warned = {row.exemption_expires < clock.today() for row in dated if row.exemption_warning(clock.today())}
    assert warned == {True, False}
    assert not all(row.exemption_warning(clock.today()) for row in dated)


def test_each_consent_explains_the_state_of_its_subscription(rows):
    given = {ConsentStep.CONFIRMED, ConsentStep.RECORDED, ConsentStep.IMPORTED}
    subscriptions = rows.scalars(select(Subscription)).all()
    assert len(subscriptions) > 25
    for subscription in subscriptions:
        log = rows.scalars(
            select(Consent).where(Consent.subscription == subscription).order_by(Consent.at)
        ).all()
        assert log, subscription
        assert log[-1].at <= clock.now()
        if subscription.status is SubscriptionStatus.UNSUBSCRIBED:
            assert log[-1].step is ConsentStep.WITHDRAWN
        elif subscription.status is SubscriptionStatus.CONFIRMED:
            assert log[-1].step in given
        else:
            assert log[-1].step is ConsentStep.MAIL_SENT
