"""``flask generate``: as much invented data as a country has, to see whether an installation stays quick."""

from __future__ import annotations

import secrets
import sys
import time

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.access import Role, everything
from app.core import clock
from app.core.db import alone, db
from app.generator import generate
from app.generator.offices import AGENCY as ABOVE
from app.generator.plan import Size
from app.models.contacts import Contact
from app.models.offices import Office
from app.models.users import Membership, Staff
from app.services import users

FEWEST, MOST = 10, 5_000_000
#: Who may look at it: sign-in name, and roles. The agency sees all offices, the reader the smallest one.
AGENCY, READER = "agency", "reader"
ROLES = {
    AGENCY: (Role.SERVICE_AGENCY, Role.NEWSLETTER_EDITOR),
    READER: (Role.READER,),
}


@click.command("generate")
@click.option("--contacts", type=click.IntRange(FEWEST, MOST), default=10_000, show_default=True)
@click.option("--seed", default=2006, show_default=True, help="The same seed gives the same data.")
@click.option(
    "--password", default=None, help="Of its two accounts; made up and printed where it's left out."
)
@with_appcontext
def generate_command(contacts: int, seed: int, password: str | None) -> None:
    """Fill an empty database with invented data, to see whether an installation stays quick.

    To each thousand contacts there are a thousand subscribers, a hundred organisations, a hundred contracts, and an
    office. Nobody in them exists, and no address can be reached. Needs a database that was made by `flask init` and
    holds nothing yet; where anything fails, it holds nothing afterwards.
    """
    begin = time.monotonic()

    def tell(what: str) -> None:
        click.echo(f"{time.monotonic() - begin:6.1f} s  {what}")

    with alone(current_app.config["DATA_DIR"]), everything("flask generate"):
        if any(
            db.session.scalar(select(model.id).limit(1)) is not None for model in (Office, Staff, Contact)
        ):
            sys.exit("This database holds records already: nothing was generated.")
        users.keep_roles()
        db.session.commit()
        size = Size(contacts)
        smallest = generate(size, seed, tell)
        password = password or secrets.token_urlsafe(12)
        add_accounts(smallest, password)
        db.session.commit()
    click.echo(
        f"{size.contacts:,} contacts, {size.contacts:,} subscribers, {size.organisations:,} organisations,"
        f" {size.contracts:,} contracts in {size.offices:,} offices, seed {seed}."
    )
    click.echo(f"Sign in as {AGENCY} (all offices) or {READER} (office {smallest}), password: {password}")


def add_accounts(smallest: int, password: str) -> None:
    """Add the two accounts; ``smallest`` is the key of the reader's office."""
    for name, office in ((AGENCY, ABOVE), (READER, smallest)):
        _add(name, office, password)


def _add(name: str, office: int, password: str) -> None:
    staff = Staff(
        username=name, first_name="Bench", last_name=name.title(), email=f"{name}@example.org", active=True
    )
    users.set_password(staff, password, at=clock.now())
    db.session.add(staff)
    model = users.role_model()
    given = [role.value for role in ROLES[name]]
    staff.roles = list(db.session.scalars(select(model).where(model.name.in_(given))))
    staff.memberships.append(Membership(office_id=office))
    db.session.flush()
