"""A small network for tests of access: two trees of offices, and people who work in them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from app.access import Role, Scope, of_staff, opened
from app.core.db import db
from tests import factories as make


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
