"""Nothing tells one office what another has: no page, parameter, file, call, label or message.

A person looks at everything twice: before the other office has any record, and when it has a hundred. What is
answered must be the same to the letter. Then the other office shares some records with the network, and nothing
but these may appear. A mark stands in each text of the other office, so that it can be searched for.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from types import SimpleNamespace

import pytest
from flask import request_finished
from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from app.access import Role, current, everything
from app.core.db import db
from app.models.base import Scoped, Shareable
from app.models.contacts import Contact
from app.models.contracts import Contract, ContractParty
from app.models.events import Event
from app.models.materials import Material
from app.models.news import NewsItem
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.models.subscribers import Subscriber
from app.models.users import Staff
from tests import factories as make
from tests import forms
from tests.access.worlds import FOREIGN, MARK, mark, records, snapshot
from tests.api.calls import ENTITIES, Program
from tests.conftest import _empty
from tests.pages import views

PART = MARK[:4]  # finds the mark, and doesn't spell it out where a page repeats what was typed
ROLES = {
    "everything in the office": (Role.OFFICE_MANAGER, Role.NEWSLETTER_EDITOR, Role.REGIONAL_OFFICE),
    "regional office": (Role.REGIONAL_OFFICE,),
    "office manager": (Role.OFFICE_MANAGER,),
    "newsletter editor": (Role.NEWSLETTER_EDITOR,),
    "reader": (Role.READER,),
    "nobody": None,
}
VARIES = re.compile(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"')


class Eyes:
    """A browser and a program of one person, and all that they were answered."""

    def __init__(self, app, person):
        self.client = app.test_client()
        self.program = Program(app, person)
        self.asked = 0
        if person is not None:
            make.sign_in(self.client, person)

    def look(self, address):
        """Give status, target and text of an answer; fail where it holds the mark or is an error of ours."""
        get = self.program.client.get if address.startswith("/api/") else self.client.get
        headers = self.program.headers if address.startswith("/api/") else {}
        with get(address, headers=headers) as answer:
            self.asked += 1
            assert answer.status_code < 500, address
            text = plain(answer)
            assert MARK not in text.casefold(), address
            return answer.status_code, answer.headers.get("Location"), VARIES.sub("", text)


def plain(answer):
    """Give all that an answer holds as text; a workbook is taken apart."""
    head = " ".join(f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie")
    if answer.data[:4] == b"PK\x03\x04":
        parts = zipfile.ZipFile(io.BytesIO(answer.data))
        return head + " ".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    if "Content-Disposition" in answer.headers:
        return head + answer.data.decode("utf-8", "replace")
    return answer.data.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def world(app):
    """The own office and its people. The other office comes later."""
    world = SimpleNamespace(app=app)
    with app.app_context():
        _empty()
        with everything("tests"):
            root = make.office("Servicestelle")
            here = make.office("Hier", parent=root)
            world.rows = {model: row.id for model, row in records(here).items()}
            world.here, world.root = here.id, root.id
            people = {name: make.staff(*roles, offices=(here,)) for name, roles in ROLES.items() if roles}
            world.rows[Staff] = people["reader"].id
            db.session.commit()
            world.eyes = {name: Eyes(app, people.get(name)) for name in ROLES}
    return world


def settle(world):
    """Fill the other office: a record of each kind, and organisations up to a hundred."""
    with world.app.app_context(), everything("tests"):
        there = make.office("Dort", parent=db.session.get(Office, world.root), id=FOREIGN)
        records(there, FOREIGN)
        for number in range(1, 99):
            make.organisation(there, f"Firma {number}", id=FOREIGN - number)
        stranger = make.staff(Role.OFFICE_MANAGER, offices=(there,), id=FOREIGN)
        world.there = there.id
        db.session.commit()
        mark([world.there], [stranger.id])
        world.before = snapshot([world.there])


def share(world):
    """Let the other office share one record of each kind that can be shared; their parts stay marked."""
    with world.app.app_context(), everything("tests"):
        there = db.session.get(Office, FOREIGN)
        rows = [
            make.organisation(there, "Geteilt", id=FOREIGN + 200, shared=True, parent_id=FOREIGN),
            make.event(there, "Geteilt", id=FOREIGN + 200, shared=True, model_project_of_id=FOREIGN),
            make.material(there, "Geteilt", id=FOREIGN + 200, shared=True),
            make.news_item(there, "Geteilt", id=FOREIGN + 200, shared=True),
        ]
        company, market = rows[:2]
        make.figure(market, id=FOREIGN + 200, chosen=True, chosen_by=MARK)
        make.participation(market, company)
        make.offer(market, company)
        make.contract(there, company, db.session.get(Organisation, FOREIGN), event=market, number=7)
        make.contact(there, at=company)
        make.activity(there, organisation=company)
        make.activity(there, event=market)
        world.shared = {type(row): row.id for row in rows}
        db.session.commit()
        from app.models.figures import Figure
        from app.models.materials import MaterialVersion

        version = db.session.scalars(select(MaterialVersion.id).where(MaterialVersion.material_id == FOREIGN + 200))
        mark([FOREIGN], [], {**world.shared, Figure: FOREIGN + 200, MaterialVersion: version.one()})
        world.before = snapshot([FOREIGN])


# --- what can be asked ----------------------------------------------------------------------------------------
def probes(world, *, thorough):
    """Yield addresses that name, search, sort, count or refer to records of the other office."""
    yield from ("/", "/account/", "/roles/", "/reports/", "/back", f"/subscribe/{FOREIGN}")
    yield from (f"/subscribe/{world.rows[Contact]}", f"/reports/marketplaces?office={FOREIGN}")
    for view in views(world.app):
        yield from around(view, world.rows.get(view.datamodel.obj))
        if thorough:
            yield from deeper(view)
    for name in ENTITIES:
        yield from calls(world.app, name, thorough=thorough)
    yield "/nothing/here"  # shows what messages are left


def around(view, own):
    base = view.route_base
    yield from (every(view), f"{every(view)}&q={PART}", f"{base}/add", f"{base}/file/{FOREIGN}/scan")
    yield from (f"{base}/{page}/{key}" for page in ("show", "edit") for key in (own, FOREIGN, FOREIGN + 200))
    yield from (f"{base}/lookup/{path}?q={PART}" for path in paths(view))


def every(view):
    """Give the address of a list with as many rows as it shows."""
    return f"{view.route_base}/list/?psize_{type(view).__name__}=200"


def deeper(view):
    base, name = view.route_base, type(view).__name__
    yield from (f"{base}/list/?psize_{name}=1", f"{every(view)}&page_{name}=1", f"{every(view)}&q=2222222")
    yield from (f"{every(view)}&_oc_{name}={column}&_od_{name}=desc" for column in view.order_columns)
    for column, offered in view._prototype.get_search_filters().items():
        for index, one in enumerate(offered):
            yield from (f"{every(view)}&_flt_{index}_{column}={value}" for value in values_for(one))
    for column in {*view.add_columns, *view.search_columns}:
        if view.datamodel.is_relation(column):
            yield f"{base}/add?{column}={FOREIGN}"
    yield from (f"{base}/lookup/{path}{more}" for path in paths(view) for more in ("", "?page=1"))
    yield from (f"{base}/file/{FOREIGN}/{column}" for column in ("image", "file", "name", "password"))
    yield from (f"{base}/export/{fmt}?q={PART}" for fmt in ("csv", "xlsx"))


def paths(view):
    """Give the paths of all remote selects of a view."""
    named = {*view.add_columns, *view.edit_columns, *view.search_columns}
    yield from sorted(column for column in named if view.datamodel.is_relation_many_to_one(column))
    for collection, columns in view.rows.items():
        part = inspect(view.datamodel.get_related_model(collection))
        yield from (f"{collection}.{column}" for column in columns if column in part.relationships)


def values_for(one):
    match type(one).__name__.partition("_")[0]:
        case "Related":
            return (FOREIGN,)
        case "NumberFilter":
            return (1,)
        case "DayFilter":
            return ("2000-01-01",)
        case "Member" | "NotMember" | "HasMember":
            return (next(iter(one.members())).value,)
        case "YesNo":
            return ("y", "n")
        case _:
            return (PART,)


def calls(app, name, *, thorough):
    [api] = [each for each in app.extensions["appbuilder"].baseviews if each.route_base == f"/api/v1/{name}"]
    base = f"/api/v1/{name}"

    def q(**asked):
        return f"{base}/?q={json.dumps({'page_size': 100, **asked})}"

    yield from (q(), f"{base}/_info", f"{base}/{FOREIGN}", f"{base}/{FOREIGN + 200}")
    if not thorough:
        return
    yield from (q(order_column=column, order_direction="desc") for column in api.order_columns)
    for column, offered in api._filters.get_search_filters().items():
        for one in offered:
            kind = type(getattr(one, "field", None)).__name__
            value = {"Reference": FOREIGN, "OfficeReference": FOREIGN, "Day": "2000-01-01", "Whole": 1, "YesNo": True}
            yield q(filters=[{"col": column, "opr": one.arg_name, "value": value.get(kind, PART)}])


@pytest.fixture(scope="module")
def answers(world):
    """What a person with all rights of an office is answered before the other one has anything, and after."""
    eyes = world.eyes["everything in the office"]
    before = {address: eyes.look(address) for address in probes(world, thorough=True)}
    settle(world)
    after = {address: eyes.look(address) for address in before if "/export/" not in address}
    for name, others in world.eyes.items():
        if others is not eyes:
            for address in probes(world, thorough=False):
                others.look(address)
            assert others.asked > 200, name
    return before, after


@pytest.fixture(scope="module")
def sharing(answers, world):
    """The world once the other office shares some of its records."""
    share(world)
    return world


def test_nobody_notices_what_another_office_has(answers):
    before, after = answers
    changed = {address for address, answer in after.items() if answer != before[address]}
    # Each file that was taken has left a receipt.
    assert {address for address in changed if not address.startswith("/receipts/")} == set()
    assert len(after) > 1000


@pytest.mark.parametrize("name", ROLES)
def test_a_shared_record_shows_nothing_but_itself(sharing, name):
    """Its parts and people stay where they are, and so do the names of who works on it."""
    eyes = sharing.eyes[name]
    for address in probes(sharing, thorough=name == "everything in the office"):
        eyes.look(address)
    seen = eyes.look(f"/organisations/show/{FOREIGN + 200}")
    assert seen[0] == (302 if name == "nobody" else 200)
    assert ("Geteilt" in seen[2]) is (name != "nobody")
