"""Where it's rehearsed: an application of its own, with its own database, folder, queue and mails, on a free port.

It's made with the office's settings but for those that would touch the office's data or reach people: nothing is read
from its database, nothing is written to its folder, and no mail leaves the machine.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, inspect, make_url, select

from app.access import Role, everything
from app.core import catalogue, clock, queue
from app.core.db import db
from app.core.serving import HOST, serving
from app.models.events import Event, EventStatus
from app.models.offices import Office, OfficeKind
from app.models.users import Membership, Staff
from app.rehearsal.scenario import DESKS, TITLE
from app.services import users

#: Everything comes from one network address, and within a minute.
UNLIMITED = "100000 per minute"

Factory = Callable[..., Flask]


class NotEmptyError(Exception):
    """The database that was named isn't empty, or is the office's own."""


@dataclass(frozen=True)
class Account:
    """Who works on the evening."""

    username: str
    password: str


@dataclass(frozen=True)
class Stage:
    """A running installation with an event that is open for registration, and nothing else."""

    app: Flask
    address: str
    event: int
    #: The office's lead first, then one account for each desk.
    accounts: tuple[Account, ...]

    @property
    def spool(self) -> Path:
        """Where its mails stay."""
        folder: Path = self.app.config["DATA_DIR"] / "spool"
        return folder

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """Look into its database."""
        with self.app.app_context(), everything("flask rehearsal"):
            yield db.session
            db.session.rollback()


def settings(folder: Path, url: str) -> dict[str, Any]:
    """Give the settings that are other than the office's."""
    return {
        "DATA_DIR": folder,
        "UPLOAD_FOLDER": str(folder / "files"),
        "SQLALCHEMY_DATABASE_URI": url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "REDIS_URL": "",
        "SESSION_TYPE": "cachelib",
        "RATELIMIT_STORAGE_URI": "memory://",
        "REGISTRATION_LIMIT": UNLIMITED,
        "AUTH_RATE_LIMIT": UNLIMITED,
        "MAIL_SERVER": "",
        "DEMO": False,
        "HTTPS": False,
        "SESSION_COOKIE_SECURE": False,
        "PROXIES": 0,
        "TRUSTED_HOSTS": [HOST],
        "FAB_SAFE_REDIRECT_HOSTS": [HOST],
    }


def check_empty(url: str, own: str) -> None:
    """Raise NotEmptyError for a database in which anything is, and for the office's own, empty or not."""
    if make_url(url) == make_url(own):
        raise NotEmptyError
    engine = create_engine(url)
    try:
        found = inspect(engine)
        if any(found.get_table_names(schema) for schema in _schemas(found)):
            raise NotEmptyError
    finally:
        engine.dispose()


def _schemas(found: Any) -> Iterator[str]:
    yield from (name for name in found.get_schema_names() if name != "information_schema")


@contextmanager
def opened(factory: Factory, folder: Path, url: str) -> Iterator[Stage]:
    """Prepare a database and serve it, with its background work, until the block ends.

    ``factory`` makes the application: ``create_app``.
    """
    app = factory(**settings(folder, url))
    with app.app_context():
        catalogue.compile_all(Path(app.config["BABEL_TRANSLATION_DIRECTORIES"].rpartition(";")[2]))
        upgrade()
        with everything("flask rehearsal"):
            event, accounts = _prepare()
            db.session.commit()
    try:
        with queue.working(app), serving(app, threads=app.config["THREADS"]) as port:
            app.config["PUBLIC_URL"] = f"http://{HOST}:{port}"
            yield Stage(app, app.config["PUBLIC_URL"], event, accounts)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _prepare() -> tuple[int, tuple[Account, ...]]:
    """Make what an office has before an evening: itself, its people, and the event."""
    users.keep_roles()
    office = Office(
        kind=OfficeKind.REGIONAL_OFFICE,
        name="Büro der Generalprobe",
        city="Strausberg",
        email="buero@example.org",
    )
    today = clock.today()
    event = Event(
        office=office,
        title=TITLE,
        city="Strausberg",
        venue="Alte Fabrik",
        status=EventStatus.ANNOUNCED,
        starts_on=today,
        ends_on=today + timedelta(days=1),  # it may be rehearsed at midnight
        registration_open=True,
        places_companies=50,
        places_nonprofits=50,
    )
    db.session.add_all([office, event])
    db.session.flush()
    names = ["leitung", *(f"tisch-{number}" for number in range(1, DESKS + 1))]
    return event.id, tuple(_account(name, office.id) for name in names)


def _account(name: str, office_id: int) -> Account:
    password = secrets.token_urlsafe(24)
    person = Staff(
        username=name, first_name="Probe", last_name=name.title(), email=f"{name}@example.org", active=True
    )
    users.set_password(person, password, at=clock.now())
    db.session.add(person)
    model = users.role_model()
    given = (Role.REGIONAL_OFFICE.value, Role.OFFICE_MANAGER.value)
    person.roles = list(db.session.scalars(select(model).where(model.name.in_(given))))
    person.memberships.append(Membership(office_id=office_id))
    db.session.flush()
    return Account(name, password)
