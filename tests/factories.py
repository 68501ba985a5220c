"""Rows for tests. Each function makes a valid row, flushes it, and returns it; what matters is passed in."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient

from app.access import Role
from app.core import clock
from app.core.db import db
from app.core.values import Qualifier
from app.models.activities import Activity
from app.models.categories import Category, Side
from app.models.contacts import Channel, ChannelKind, Contact, Position
from app.models.contracts import Contract, ContractParty, Contribution
from app.models.counting import Count
from app.models.downloads import Download
from app.models.events import Event
from app.models.figures import Figure, Measure
from app.models.followups import FollowUp, FollowUpNote, FollowUpReport, ReportChannel, ReportState, Stage
from app.models.imports import (
    BounceAddress,
    Import,
    ImportConsent,
    ImportKind,
    ImportPreset,
    ImportStatus,
    Outcome,
)
from app.models.languages import Language
from app.models.lists import ListPreference, SavedView
from app.models.materials import Material, MaterialKind, MaterialVersion
from app.models.news import NewsItem
from app.models.newsletters import Newsletter, NewsletterText, TextKind
from app.models.offers import Direction, Offer
from app.models.offices import Office, OfficeKind
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participation
from app.models.rates import Rate
from app.models.receipts import Receipt, ReceiptEntry
from app.models.registrations import Registration
from app.models.results import EventResult, ResultKind
from app.models.schedules import ReportRecipient, ReportSchedule
from app.models.series import Series
from app.models.subscribers import (
    Consent,
    ConsentChannel,
    ConsentStep,
    FormerAddress,
    Subscriber,
    Subscription,
    digest,
)
from app.models.templates import EventTemplate, TemplateCorner, TemplateTask
from app.models.users import Membership, Staff
from app.services import users

_numbers = itertools.count(1)


def _made(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def office(name: str = "LAG", parent: Office | None = None, **more: Any) -> Office:
    kind = OfficeKind.REGIONAL_OFFICE if parent else OfficeKind.SERVICE_AGENCY
    return _made(Office(name=name, parent=parent, **{"kind": kind, **more}))


def staff(*roles: Role, offices: tuple[Office, ...] = (), password: str | None = None, **more: Any) -> Staff:
    number = next(_numbers)
    row = Staff(
        **{
            "username": f"person{number}",
            "first_name": "Pat",
            "last_name": f"Person{number}",
            "email": f"person{number}@example.org",
            "active": True,
            **more,
        }
    )
    row.password = "scrypt:none"
    db.session.add(row)
    if password:
        users.set_password(row, password, at=clock.now())
    model = users.role_model()
    with db.session.no_autoflush:
        row.roles = db.session.query(model).filter(model.name.in_([role.value for role in roles])).all()
    for one in offices:
        row.memberships.append(Membership(office_id=one.id))
    db.session.flush()
    return row


def sign_in(client: FlaskClient, person: Staff, language: str = "en") -> FlaskClient:
    """Make the client a browser in which this person is signed in."""
    with client.session_transaction() as session:
        session["_user_id"] = person.get_id()
        session["_fresh"] = True
        session["locale"] = language
    return client


def organisation(office: Office, name: str = "Müller GmbH", **more: Any) -> Organisation:
    kind = more.pop("kind", OrganisationKind.COMPANY)
    return _made(Organisation(office_id=office.id, name=name, kind=kind, **more))


def contact(office: Office, last_name: str = "Jäger", **more: Any) -> Contact:
    email, phone, at = more.pop("email", None), more.pop("phone", None), more.pop("at", None)
    row = Contact(office_id=office.id, last_name=last_name, **more)
    if email:
        row.channels.append(Channel(kind=ChannelKind.EMAIL, value=email))
    if phone:
        row.channels.append(Channel(kind=ChannelKind.PHONE, value=phone))
    if at:
        row.positions.append(Position(organisation=at, primary=True))
    return _made(row)


def event(office: Office, title: str = "Marktplatz", **more: Any) -> Event:
    return _made(Event(office_id=office.id, title=title, **more))


def series(office: Office, name: str = "Jedes Jahr", **more: Any) -> Series:
    return _made(Series(office_id=office.id, name=name, **more))


def rate(office: Office, name: str = "Hände", hourly: object = 50, **more: Any) -> Rate:
    return _made(Rate(office_id=office.id, name=name, hourly=Decimal(str(hourly)), **more))


def template(office: Office, name: str = "Marktplatz", **more: Any) -> EventTemplate:
    """A template; ``tasks`` are subjects with their days, ``corners`` names."""
    tasks, corners = more.pop("tasks", {"Saal buchen": -28}), more.pop("corners", ("Hände",))
    row = EventTemplate(office_id=office.id, name=name, **more)
    row.tasks = [TemplateTask(subject=subject, days_from_event=days) for subject, days in tasks.items()]
    row.corners = [TemplateCorner(name=one, category=Category.HANDS) for one in corners]
    return _made(row)


def figure(
    event: Event | None, measure: Measure = Measure.CONTRACTS, number: Any = 97, **more: Any
) -> Figure:
    qualifier = more.pop("qualifier", Qualifier.EXACT)
    return _made(
        Figure(
            event=event, measure=measure, number=Decimal(number), qualifier=qualifier,
            source=more.pop("source", "press"), **more,
        )
    )  # fmt: skip


def participation(event: Event, organisation: Organisation, **more: Any) -> Participation:
    return _made(
        Participation(event=event, organisation=organisation, side=more.pop("side", Side.COMPANY), **more)
    )


def registration(event: Event, name: str = "Müller GmbH", **more: Any) -> Registration:
    base = {"side": Side.COMPANY, "last_name": "Jäger", "email": "j@example.org"}
    return _made(Registration(event=event, name=name, **{**base, **more}))


def offer(event: Event, organisation: Organisation, **more: Any) -> Offer:
    base = {"direction": Direction.OFFER, "category": Category.HANDS, "title": "Painting"}
    return _made(Offer(event=event, organisation=organisation, **{**base, **more}))


def contract(office: Office, *parties: Organisation, **more: Any) -> Contract:
    row = Contract(office_id=office.id, **more)
    for index, party in enumerate(parties):
        row.parties.append(ContractParty(organisation=party, side=Side.NONPROFIT if index else Side.COMPANY))
    return _made(row)


def contribution(contract: Contract, **more: Any) -> Contribution:
    row = Contribution(**{"category": Category.HANDS, "text": "Two days of painting", **more})
    contract.contributions.append(row)
    db.session.flush()
    return row


def follow_up(contract: Contract, organisation: Organisation, **more: Any) -> FollowUp:
    base = {"stage": Stage.COMPLETION, "due_on": clock.today()}
    return _made(FollowUp(contract=contract, organisation=organisation, **{**base, **more}))


def follow_up_report(contract: Contract, organisation: Organisation | None, **more: Any) -> FollowUpReport:
    base = {"state": ReportState.IN_PROGRESS, "channel": ReportChannel.PHONE, "actor": "tests"}
    return _made(FollowUpReport(contract=contract, organisation=organisation, **{**base, **more}))


def follow_up_note(report: FollowUpReport, **more: Any) -> FollowUpNote:
    return _made(FollowUpNote(report=report, **{"comment": "Went well.", **more}))


def activity(office: Office, **more: Any) -> Activity:
    return _made(Activity(office_id=office.id, **{"subject": "Call back", **more}))


def newsletter(office: Office, name: str = "Rundbrief", **more: Any) -> Newsletter:
    base = {"sender_name": "LAG", "sender_email": "news@example.org"}
    return _made(Newsletter(office_id=office.id, name=name, **{**base, **more}))


def subscriber(office: Office, email: str = "ana@example.org", **more: Any) -> Subscriber:
    return _made(Subscriber(office_id=office.id, email=email, **more))


def subscription(subscriber: Subscriber, newsletter: Newsletter, **more: Any) -> Subscription:
    return _made(Subscription(subscriber=subscriber, newsletter=newsletter, **more))


def newsletter_text(newsletter: Newsletter, text: str = "Ja, gern.", **more: Any) -> NewsletterText:
    base = {"kind": TextKind.CONSENT, "edition": 1}
    return _made(NewsletterText(newsletter=newsletter, text=text, **{**base, **more}))


def former_address(office: Office, email: str = "old@example.org", **more: Any) -> FormerAddress:
    return _made(FormerAddress(office_id=office.id, digest=digest(email), **more))


def consent(subscription: Subscription, **more: Any) -> Consent:
    base = {"step": ConsentStep.REQUESTED, "channel": ConsentChannel.PAPER, "actor": "tests"}
    return _made(Consent(subscription=subscription, **{**base, **more}))


def imported(newsletter: Newsletter, **more: Any) -> Import:
    """An import that is done."""
    base = {
        "file_name": "liste.csv", "sha256": "0" * 64, "rows": 1, "status": ImportStatus.DONE,
        "consent": ImportConsent.GIVEN, "counts": {Outcome.ADDED.value: 1},
    }  # fmt: skip
    return _made(Import(newsletter=newsletter, **{**base, **more}))


def preset(office: Office, **more: Any) -> ImportPreset:
    base = {"kind": ImportKind.SUBSCRIBERS, "name": "Vereine", "columns": {"email": "email"}}
    return _made(ImportPreset(office_id=office.id, **{**base, **more}))


def bounce_address(newsletter: Newsletter, **more: Any) -> BounceAddress:
    return _made(BounceAddress(newsletter=newsletter, **more))


def material(office: Office, title: str = "Leitfaden", **more: Any) -> Material:
    row = Material(office_id=office.id, title=title, kind=MaterialKind.GUIDE, **more)
    row.versions.append(
        MaterialVersion(language=Language.GERMAN, title=title, link="https://example.org/l.pdf")
    )
    return _made(row)


def news_item(office: Office, title: str = "Impulse", **more: Any) -> NewsItem:
    return _made(NewsItem(office_id=office.id, title=title, text="Text", **more))


def receipt(office: Office, **more: Any) -> Receipt:
    base = {"title": "Wochenliste", "format": "csv", "rows": 3, "sha256": "0" * 64}
    return _made(Receipt(office_id=office.id, **{**base, **more}))


def receipt_entry(receipt: Receipt, subscription: Subscription) -> ReceiptEntry:
    keys = {"receipt_id": receipt.id, "subscription_id": subscription.id}
    return _made(ReceiptEntry(office_id=receipt.office_id, **keys))


def event_result(event: Event, **more: Any) -> EventResult:
    """A gong after which nothing was counted."""
    content = Count().frozen() | {
        "counted_at": clock.now().isoformat(),
        "organisations": {side.value: 0 for side in Side},
        "people": 0,
        "definitions": {},
    }
    base = {"kind": ResultKind.GONG, "content": content}
    return _made(EventResult(event=event, **{**base, **more}))


def saved_view(person: Staff, name: str = "View", **more: Any) -> SavedView:
    return _made(SavedView(**{"staff_id": person.id, "listing": "organisations", "name": name, **more}))


def download(person: Staff, **more: Any) -> Download:
    asked = {"title": "Contracts", "report": "contracts", "fmt": "xlsx"}
    return _made(Download(**{"staff_id": person.id, **asked, **more}))


def schedule(person: Staff, *people: Staff, **more: Any) -> ReportSchedule:
    asked = {"title": "Contracts", "report": "contracts", "next_on": clock.today()}
    row = ReportSchedule(**{"staff_id": person.id, **asked, **more})
    for one in people:
        row.recipients.append(ReportRecipient(staff_id=person.id, person_id=one.id, name=str(one)))
    return _made(row)


def preference(person: Staff, **more: Any) -> ListPreference:
    return _made(ListPreference(**{"staff_id": person.id, "listing": "organisations", **more}))


def link(row: Any, name: str) -> None:
    """Fill an empty relation of a row with a record of its office."""
    target = type(row).__mapper__.relationships[name].mapper.class_
    home = getattr(row, "office", None) or db.session.query(Office).order_by(Office.id.desc()).first()
    made: dict[type, Any] = {
        Contact: lambda: contact(home, "Linked"),
        Contract: lambda: contract(home, organisation(home, "A"), organisation(home, "B")),
        Event: lambda: event(home, "Linked"),
        EventTemplate: lambda: template(home, "Linked"),
        Newsletter: lambda: newsletter(home, "Linked"),
        Office: lambda: office("Above"),
        Organisation: lambda: organisation(home, "Linked"),
        Rate: lambda: rate(home, "Linked"),
        Series: lambda: series(home, "Linked"),
        Staff: lambda: staff(Role.READER, offices=(home,)),
    }
    setattr(row, name, made[target]())


def full_office() -> Office:
    """Make an office with a record of every kind."""
    home = office("LAG", parent=office("Servicestelle"))
    company, nonprofit = organisation(home), organisation(home, "Verein")
    person = contact(home, email="j@example.org", phone="030 123456", at=company)
    market = event(
        home, series=series(home, "Jährlich"), template=template(home, "Marktvorlage"), registration_open=True
    )
    figure(market)
    registration(market)
    participation(market, company)
    offer(market, company)
    agreed = contract(home, company, nonprofit, event=market, number=1)
    contribution(agreed, giver=company, receiver=nonprofit, rate=rate(home, "Handschlag"), hours=8)
    follow_up(agreed, company)
    follow_up_note(follow_up_report(agreed, nonprofit))
    activity(home, contact=person)
    letter = newsletter(home)
    newsletter_text(letter)
    consent(subscription(subscriber(home), letter))
    imported(letter)
    preset(home)
    bounce_address(letter)
    material(home)
    news_item(home)
    receipt(home)
    event_result(market)
    db.session.commit()
    return home
