"""The demo data: the TOML files of ``app/demo``, read into rows.

A table is named like its model in ``MODELS``, a key like the model's attribute. ``key`` names a row for
others, which give it where they refer to it. Dates may be ``{ days = 3 }``, counted from the day of loading;
``""`` is nothing. ``[defaults.x]`` and ``[defaults."x.parts"]`` hold for the rows and parts of their file.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.types import TypeEngine

from app.access.demo import FOLDER, accounts, seal
from app.core import clock
from app.core.db import Exact, SetOf, Utc, db
from app.models.activities import Activity
from app.models.base import Entity
from app.models.contacts import Contact
from app.models.contracts import Contract
from app.models.events import Event
from app.models.figures import Figure
from app.models.followups import FollowUp, FollowUpNote, FollowUpReport
from app.models.materials import Material
from app.models.news import NewsItem
from app.models.newsletters import Newsletter
from app.models.offers import Offer
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.models.rates import Rate
from app.models.registrations import Registration
from app.models.series import Series
from app.models.subscribers import Consent, Subscriber
from app.models.templates import EventTemplate
from app.models.users import Membership, Staff

__all__ = ["accounts", "load"]

# In an order in which no row refers to a later one.
MODELS: dict[str, type[Entity]] = {
    "office": Office,
    "organisation": Organisation,
    "contact": Contact,
    "series": Series,
    "event_template": EventTemplate,
    "event": Event,
    "figure": Figure,
    "participation": Participation,
    "registration": Registration,
    "offer": Offer,
    "rate": Rate,
    "contract": Contract,
    "follow_up": FollowUp,
    "follow_up_report": FollowUpReport,
    "follow_up_note": FollowUpNote,
    "activity": Activity,
    "newsletter": Newsletter,
    "subscriber": Subscriber,
    "consent": Consent,
    "material": Material,
    "news_item": NewsItem,
}


class NoDemoError(RuntimeError):
    """Demo data, and with it accounts that everybody can use, was asked for outside demo mode."""


def load() -> bool:
    """Load everything into an empty database. False, and nothing changed, where anybody has worked in it.

    Expects the roles' rows. Raises NoDemoError outside demo mode.
    """
    if not current_app.config["DEMO"]:
        raise NoDemoError
    if any(db.session.scalar(sa.select(model.id).limit(1)) is not None for model in (Office, Staff)):
        return False
    rows = _Rows(clock.today())
    files = [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    for table, model in MODELS.items():
        for file in files:
            for fields in file.get(table, ()):
                db.session.add(rows.make(model, table, fields, file.get("defaults", {})))
        db.session.flush()
        if model is Office:
            _add_accounts(rows)
    return True


def _add_accounts(rows: _Rows) -> None:
    """Add the accounts; the key of one is "@" and its sign-in name."""
    role = Staff.roles.property.mapper.class_
    roles = {row.name: row for row in db.session.scalars(sa.select(role))}
    for account in accounts():
        person = Staff(
            username=account.username,
            first_name=account.first_name,
            last_name=account.last_name,
            email=account.email,
            password=seal(account.password),
            password_set_at=clock.now(),
            active=True,
            roles=[roles[each.value] for each in account.roles],
        )
        person.memberships = [Membership(office=rows.named[office]) for office in account.offices]
        db.session.add(person)
        rows.name(f"@{account.username}", person)
    db.session.flush()


class _Rows:
    """Makes rows of tables, and knows those that others refer to."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.named: dict[str, Any] = {}

    def name(self, key: str, row: Any) -> None:
        """Let others refer to a row. A KeyError where another has this key already."""
        if key in self.named:
            raise KeyError(key)
        self.named[key] = row

    def make(self, model: type[Any], table: str, fields: dict[str, Any], defaults: dict[str, Any]) -> Any:
        """Make a row with its parts. A name that the model doesn't have is a KeyError."""
        row = model()
        for name, raw in (defaults.get(table, {}) | fields).items():
            if name == "key":
                self.name(raw, row)
            elif raw != "":
                attribute = sa.inspect(model).attrs[name]
                if not isinstance(attribute, RelationshipProperty):
                    value = self._value(attribute.columns[0].type, raw)
                elif attribute.uselist:
                    part = attribute.mapper.class_
                    value = [self.make(part, f"{table}.{name}", each, defaults) for each in raw]
                else:
                    value = self.named[raw]
                setattr(row, name, value)
        return row

    def _value(self, kind: TypeEngine[Any], raw: Any) -> Any:
        """Give a value as the column holds it."""
        match kind:
            case SetOf():
                return [kind.members(one) for one in raw]
            case sa.Enum(enum_class=members) if members is not None:
                return members(raw)
            case Exact():
                return Decimal(str(raw))
            case sa.Date() | Utc() if isinstance(raw, dict):
                return self._moment(kind, **raw)
            case _:
                return raw

    def _moment(self, kind: TypeEngine[Any], *, days: int) -> date | datetime:
        day = self.today + timedelta(days=days)
        return datetime.combine(day, time(9), clock.OFFICE_ZONE) if isinstance(kind, Utc) else day
