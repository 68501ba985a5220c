"""A small network for tests of access: two trees of offices, and people who work in them."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import current_app
from flask_appbuilder.models.mixins import FileColumn
from sqlalchemy import Enum, String, select, update

from app.access import Role, Scope, everything, of_staff, opened
from app.core.db import db
from app.models.activities import ActivityKind
from app.models.base import Entity, Scoped
from app.models.categories import Category
from app.models.events import Corner, EventPerson, EventRole, OrganisationRole, PersonRole
from app.models.followups import FollowUpMail
from app.models.history import Change
from app.models.newsletters import Topic
from app.models.offers import Direction
from app.models.offices import Office, OfficePlace
from app.models.participations import Participant
from app.models.receipts import FileContent
from app.models.registrations import Registration, RegistrationOffer, RegistrationPerson
from app.models.subscribers import ChosenTopic, ConsentOrigin
from app.models.users import Staff
from tests import factories as make
from tests.append_only import lifted


def network() -> SimpleNamespace:
    """Make the offices: a root with two regions, a branch below the first, and a tree of others."""
    world = SimpleNamespace()
    world.root = make.office("Servicestelle")
    world.here = make.office("Hier", parent=world.root)
    world.branch = make.office("Zweigstelle", parent=world.here)
    world.there = make.office("Dort", parent=world.root)
    world.elsewhere = make.office("Anderswo")
    world.person = make.staff(Role.REGIONAL_OFFICE, offices=(world.here,))
    world.stranger = make.staff(Role.REGIONAL_OFFICE, offices=(world.there,))
    return world


@contextlib.contextmanager
def working_as(person: Any) -> Iterator[Scope]:
    """Work in the scope of a person, with a session that holds no row yet."""
    key = person.id
    db.session.commit()
    for row in list(db.session):
        db.session.refresh(row)  # the test goes on holding it
    db.session.expunge_all()
    with opened(of_staff(key)) as scope:
        yield scope
        db.session.rollback()
    db.session.expunge_all()


# --- an office with everything in it --------------------------------------------------------------------------
#: The word that stands in every text of a marked office.
MARK = "zyxmarke"
#: The key of each record of an office that was made with it.
FOREIGN = 900_001


def records(office: Any, key: int | None = None, **shared: Any) -> dict[type, Any]:
    """Make one record of each kind in an office. With ``key`` each has this key, which is in no other table's way."""
    more = {} if key is None else {"id": key}
    company = make.organisation(office, "Firma", phone="030 1111111", **more, **shared)
    club = make.organisation(office, "Verein", parent=company)
    person = make.contact(office, "Mensch", email="m@example.org", phone="030 2222222", at=company, **more)
    event = make.event(
        office, "Markt", starts_on=date(2030, 5, 1), model_project_of=company, **more, **shared
    )
    event.roles.append(EventRole(organisation=company, role=OrganisationRole.SPONSOR))
    event.people.append(EventPerson(contact=person, role=PersonRole.PATRON))
    event.corners.append(Corner(name="Ecke"))
    event.series = make.series(office, "Reihe", **more)
    event.template = make.template(office, "Vorlage", **more, **shared)
    participation = make.participation(event, company, **more)
    participation.people.append(Participant(name="Gast", contact=person))
    entry: Registration = make.registration(event, "Firma", participation=participation, **more)
    entry.people.append(RegistrationPerson(name="Gast"))
    wish = {"direction": Direction.NEED, "category": Category.HANDS}
    entry.offers.append(RegistrationOffer(title="Malen", **wish))
    contract = make.contract(
        office, company, club, event=event, number=1, broker=person, notary=person, **more
    )
    contract.parties[0].signatory = person
    rate = make.rate(office, **more, **shared)
    make.contribution(contract, giver=company, receiver=club, rate=rate, hours=8)
    asked = make.follow_up(contract, company, **more)
    asked.mails.append(FollowUpMail(number=1))
    report = make.follow_up_report(contract, club, **more)
    subscriber = make.subscriber(office, "m@example.org", contact=person, **more)
    letter = make.newsletter(office, **more)
    line = make.subscription(subscriber, letter, **more)
    letter.topics.append(Topic(name="Thema"))
    line.topics.append(ChosenTopic(topic=letter.topics[0]))
    text = make.newsletter_text(letter, **more)
    proof = make.consent(line, consent_text=text, **more)
    db.session.add(ConsentOrigin(consent=proof, ip="192.0.2.7", **more))
    task = {"kind": ActivityKind.TASK, "due_on": date(2030, 1, 1)}
    made = [
        company, person, event, event.series, event.template, participation, entry, contract, subscriber, letter,
        line, office,
        person.positions[0], contract.parties[0],
        asked, report, make.follow_up_note(report, **more),
        make.figure(event, **more),
        make.offer(event, company, **more),
        make.activity(office, organisation=company, contact=person, event=event, contract=contract, **task, **more),
        text, proof, make.imported(letter, **more),
        make.material(office, **more, **shared),
        make.news_item(office, **more, **shared),
        make.receipt(office, **more),
        make.event_result(event, **more),
        rate,
    ]  # fmt: skip
    make.receipt_entry(
        make.receipt(office, title="Datei", content=FileContent.SUBSCRIBERS, newsletter=letter), line
    )
    make.preset(office, **more)
    make.former_address(office, **more)
    make.bounce_address(letter, **more)
    office.places.append(OfficePlace(name="Ort"))
    db.session.flush()
    return {type(row): row for row in made}


def mark(offices: list[int], people: list[int], spared: dict[type, int] | None = None) -> None:
    """Write MARK into every text of these offices' rows and of these people; spare the records that are shared."""
    spared = spared or {}
    with everything("tests"), db.engine.begin() as connection, lifted(connection):
        for mapper in Entity.registry.mappers:
            model, table = mapper.class_, mapper.local_table
            if issubclass(model, Scoped):
                mine = table.c.office_id.in_(offices)
            elif model is Office or model is Staff:
                mine = table.c.id.in_(offices if model is Office else people)
            else:
                continue
            columns = [
                c for c in table.columns if isinstance(c.type, String) and not isinstance(c.type, Enum)
            ]
            texts = {
                c.name: c for c in columns if (c.type.length or 99) >= len(MARK) + 8 and c.name != "password"
            }
            if model is Change:
                del texts["kind"]  # it says whose history it is
            files = [c.name for c in table.columns if isinstance(c.type, FileColumn)]
            for (key,) in connection.execute(select(table.c.id).where(mine)).all():
                words = {name: f"{MARK}{key}{name}"[: c.type.length or 99] for name, c in texts.items()}
                if key == spared.get(model):
                    # What is shared may be read; who works on it is nobody else's business.
                    words = {name: text for name, text in words.items() if name.endswith("_by")}
                else:
                    words |= {name: stored_file(f"{MARK}{key}") for name in files}
                if words:
                    connection.execute(update(table).where(table.c.id == key).values(words))


def stored_file(text: str) -> str:
    """Keep a file in the upload folder; give the name that a record has of it."""
    folder = Path(current_app.config["UPLOAD_FOLDER"])
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{uuid.uuid4()}_sep_{text}.txt"
    (folder / name).write_text(text, "utf-8")
    return name


def snapshot(offices: list[int]) -> dict[str, list[Any]]:
    """Give all rows of these offices as the database holds them."""
    found = {}
    with db.engine.connect() as connection:
        for mapper in Entity.registry.mappers:
            table = mapper.local_table
            key = table.c.id if mapper.class_ is Office else table.c.get("office_id")
            if key is not None:
                rows = connection.execute(select(table).where(key.in_(offices)).order_by(table.c.id))
                found[table.name] = [tuple(row) for row in rows]
    return found
