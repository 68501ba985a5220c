"""Two offices that know nothing of each other, with a row of each entity, and people of each role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from app.access import Role
from app.models.offices import Office
from tests import factories as make
from tests.api.calls import Program


@dataclass
class World:
    """``mine`` stands below ``root``; ``other`` below a service agency of its own."""

    root: Office
    mine: Office
    other: Office
    program: Callable[..., Program]

    def row(self, entity: str, office: Office, *, shared: bool = False, name: str = "Kontor") -> Any:
        """Make a row that nothing refers to."""
        more = {"shared": True} if shared else {}
        match entity:
            case "organisations":
                return make.organisation(office, name, **more)
            case "contacts":
                return make.contact(office, name, email="kontor@example.org")
            case "events":
                return make.event(office, name, **more)
            case "contracts":
                parties = make.organisation(office, f"{name} A"), make.organisation(office, f"{name} B")
                return make.contract(office, *parties, title=name)
            case "rates":
                return make.rate(office, name, **more)
        return make.subscriber(office, f"{name.lower().replace(' ', '')}@example.org")

    def body(self, entity: str, name: str = "Neu") -> dict[str, Any]:
        """Give the least that a new row of ``mine`` needs."""
        match entity:
            case "organisations":
                return {"name": name, "kind": "company"}
            case "contacts":
                return {"last_name": name}
            case "events":
                return {"title": name}
            case "contracts":
                a, b = make.organisation(self.mine, "A"), make.organisation(self.mine, "B")
                return {
                    "title": name,
                    "parties": [
                        {"organisation": a.id, "side": "company"},
                        {"organisation": b.id, "side": "nonprofit"},
                    ],
                }
            case "rates":
                return {"name": name, "hourly": "50.00"}
        return {"email": f"{name.lower()}@example.org"}


#: A column of each entity that any text fits.
TEXT = {
    "organisations": "name",
    "contacts": "last_name",
    "events": "title",
    "contracts": "title",
    "rates": "name",
    "subscribers": "last_name",
}


@pytest.fixture
def world(app, database):
    root = make.office("Servicestelle")
    mine = make.office("LAG", parent=root)
    other = make.office("Essen", parent=make.office("Agentur West"))

    def program(*roles: Role, office: Office | None = None, language: str = "en") -> Program:
        person = make.staff(*roles, offices=(office or mine,))
        database.commit()
        return Program(app, person, language)

    return World(root, mine, other, program)


@pytest.fixture
def admin(world):
    """An administrator's program."""
    return world.program(Role.ADMINISTRATOR)


@pytest.fixture
def office(world):
    """A program of the regional office."""
    return world.program(Role.REGIONAL_OFFICE)
