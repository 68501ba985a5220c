"""Twenty-five rows of everything, each with relations of its own: the lists of a busy office."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from app.access import Role
from app.core import clock
from app.core.values import Qualifier
from app.models.activities import ActivityKind
from app.models.categories import Category
from app.models.contacts import Channel, ChannelKind, Position
from app.models.events import Corner, EventPerson, EventRole, OrganisationRole, PersonRole
from app.models.figures import Measure
from app.models.languages import Language
from app.models.materials import MaterialVersion
from app.models.offices import Office, OfficePlace
from app.models.organisations import Organisation
from app.models.participations import Participant
from app.models.registrations import RegistrationPerson
from app.models.subscribers import SubscriptionStatus
from tests import factories as make

ROWS = 25


def crowd(home: Office) -> None:
    """Fill an office. Each row differs from the next in every relation that a list shows."""
    measures = list(Measure)
    kinds = [Qualifier.EXACT, Qualifier.ABOUT, Qualifier.OVER, Qualifier.UNDER]
    letters = [make.newsletter(home, f"Letter {number}") for number in range(3)]
    for edition in range(1, 11):
        for letter in letters:
            make.newsletter_text(letter, f"Yes, the {edition}th.", edition=edition)
    below = home
    for number in range(ROWS):
        below = make.office(f"Office {number}", parent=home if number % 2 else below)
        below.places.append(OfficePlace(name=f"Place {number}"))
        company = make.organisation(
            home, f"Company {number:02}", city=f"City {number % 7}", shared=bool(number % 2)
        )
        company.parent = make.organisation(home, f"Parent {number:02}")
        club = make.organisation(home, f"Club {number:02}")
        person = _person(home, number, company, club)
        second = make.contact(home, f"Second {number:02}", email=f"second{number}@example.org", at=club)
        market = make.event(
            home,
            f"Market {number}",
            starts_on=date(2026, 1, 1) + timedelta(days=number % 5),
            model_project_of=club,
            series=make.series(home, f"Series {number:02}"),
            template=make.template(home, f"Template {number:02}"),
        )
        market.roles.append(EventRole(organisation=company, role=OrganisationRole.SPONSOR))
        market.people.append(EventPerson(contact=person, role=PersonRole.NOTARY))
        market.corners.append(Corner(name=f"Corner {number}"))
        make.figure(
            market, measures[number % len(measures)], number, qualifier=kinds[number % 4], chosen=True
        )
        visit = make.participation(market, company, head_count=3)
        visit.people.append(Participant(name=f"Guest {number}", contact=second))
        entry = make.registration(market, f"Company {number:02}", email=f"entry{number}@example.org")
        entry.people.append(RegistrationPerson(name=f"Guest {number}"))
        make.offer(market, company, title=f"Offer {number}")
        agreed = _contract(home, number, market, company, club)
        agreed.contributions[0].rate = make.rate(home, f"Rate {number:02}", number + 1)
        agreed.broker, agreed.notary = person, second
        agreed.parties[0].signatory = person
        helper = make.staff(Role.READER, offices=(home, below))
        make.activity(
            home,
            kind=ActivityKind.TASK,
            subject=f"Task {number}",
            contact=person,
            organisation=company,
            event=market,
            contract=agreed,
            assignee=helper,
            due_on=date(2026, 5, 1),
        )
        reader = make.subscriber(home, f"reader{number}@example.org", contact=second)
        for letter in letters[: number % 3 + 1]:
            status = SubscriptionStatus.CONFIRMED if number % 2 else SubscriptionStatus.UNCONFIRMED
            make.consent(make.subscription(reader, letter, status=status))
        guide = make.material(home, f"Guide {number}")
        guide.versions.append(
            MaterialVersion(language=Language.ENGLISH, title="Guide", link="https://example.org")
        )
        make.news_item(home, f"News {number}")
        make.receipt(home, rows=number)
        make.imported(letters[number % len(letters)], file_name=f"list {number}.csv")


def _person(home: Office, number: int, company: Organisation, club: Organisation):
    person = make.contact(
        home, f"Person {number:02}", email=f"person{number}@example.org", phone=f"030 12345{number:02}"
    )
    person.channels.append(Channel(kind=ChannelKind.MOBILE, value=f"0171 12345{number:02}"))
    person.positions.append(Position(organisation=club, until=clock.today() - timedelta(days=1)))
    person.positions.append(Position(organisation=company, primary=True))
    return person


def _contract(home, number, market, company, club):
    agreed = make.contract(home, company, club, event=market, number=number + 1)
    for giver, receiver in ((company, club), (club, company)):
        make.contribution(
            agreed,
            giver=giver,
            receiver=receiver,
            category=Category.HANDS,
            value=Decimal(number),
            hours=Decimal(1),
        )
    return agreed
