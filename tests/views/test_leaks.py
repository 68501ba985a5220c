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
from html import unescape
from types import SimpleNamespace

import pytest
from flask import g, has_request_context, request, request_finished
from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from app.access import Role, current, everything
from app.core.db import db
from app.models.base import Scoped
from app.models.contacts import Contact
from app.models.contracts import Contract
from app.models.events import Event, EventRole, OrganisationRole
from app.models.figures import Figure
from app.models.materials import MaterialVersion
from app.models.newsletters import Newsletter
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.models.registrations import Registration
from app.models.subscribers import Subscriber
from app.models.users import Staff
from tests import factories as make
from tests import forms
from tests.access.rights import may
from tests.access.worlds import FOREIGN, MARK, mark, records, snapshot
from tests.api.calls import ENTITIES, Program
from tests.conftest import _empty, in_turn, share_of
from tests.pages import views

MATCHING = ("", "/plan", "/unmatched", "/sheets", "/paper")
PART = MARK[:4]  # finds the mark, and doesn't spell it out where a page repeats what was typed
ROLES = {
    "everything in the office": (Role.OFFICE_MANAGER, Role.NEWSLETTER_EDITOR, Role.REGIONAL_OFFICE),
    "regional office": (Role.REGIONAL_OFFICE,),
    "office manager": (Role.OFFICE_MANAGER,),
    "newsletter editor": (Role.NEWSLETTER_EDITOR,),
    "reader": (Role.READER,),
    "nobody": None,
}
VARIES = re.compile(r'name="csrf_token" value="[^"]*"')


class Eyes:
    """A browser and a program of one person, and all that they were answered."""

    def __init__(self, app, person):
        self.client = app.test_client()
        self.program = Program(app, person)
        if person is not None:
            make.sign_in(self.client, person)

    def look(self, address):
        """Give status, target and text of an answer; fail where it holds the mark or is an error of ours."""
        get = self.program.client.get if address.startswith("/api/") else self.client.get
        headers = self.program.headers if address.startswith("/api/") else {}
        with get(address, headers=headers) as answer:
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


@pytest.fixture(scope="module", autouse=True)
def strays(app):
    """Collect the rows that a request loaded though its person can't see them."""
    found = []

    def note(session, row):
        # What has a session of its own, and is gone with it, is no part of the request.
        if has_request_context() and session is db.session() and isinstance(row, (Scoped, Office)):
            known = row.__dict__
            office = known["id" if isinstance(row, Office) else "office_id"]
            g.setdefault("loaded", []).append((type(row), office, known.get("shared", False)))

    def judge(_app, **_more):
        scope = current()
        for model, office, shared in g.pop("loaded", ()):
            if not (scope.writes(office) or shared or (model is Office and office in scope.above)):
                found.append((request.full_path, model.__name__))

    event.listen(Session, "loaded_as_persistent", note)
    request_finished.connect(judge, app)
    yield found
    event.remove(Session, "loaded_as_persistent", note)
    request_finished.disconnect(judge, app)


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
        version = db.session.scalars(
            select(MaterialVersion.id).where(MaterialVersion.material_id == FOREIGN + 200)
        )
        mark([FOREIGN], [], {**world.shared, Figure: FOREIGN + 200, MaterialVersion: version.one()})


# --- what can be asked ----------------------------------------------------------------------------------------
def probes(world, deep=None):
    """Yield addresses that name, search, sort, count or refer to records of the other office.

    ``deep`` names views and calls by their address: of these it's each way to sort and to filter, of others nothing.
    """
    yield from (
        "/",
        "/account/",
        "/office/",
        f"/office/?q={PART}",
        f"/search/?q={PART}",
        f"/search/box?q={PART}",
        "/roles/list/",
        "/reports/list/",
        f"/subscribe/{FOREIGN}",
        "/exports/",
        f"/exports/{FOREIGN}",
        f"/proof/{FOREIGN}",
        f"/event-registration/{FOREIGN}",
        f"/decide/{FOREIGN}",
        f"/decide/{FOREIGN}?organisation=new",
        f"/register/{FOREIGN}",
        *(f"/matching/{key}{end}" for key in (FOREIGN, FOREIGN + 200) for end in MATCHING),
    )
    # The way back from there leads to the list as it was last seen: on both occasions, to all of it.
    yield from (
        "/contacts/list/",
        f"/subscribe/{world.rows[Contact]}",
        f"/exports/{world.rows[Newsletter]}",
        f"/proof/{world.rows[Newsletter]}",
        f"/reports/marketplaces?office={FOREIGN}",
        "/events/list/",
        f"/event-registration/{world.rows[Event]}",
        "/registrations/list/",
        f"/decide/{world.rows[Registration]}?organisation=new",
        f"/decide/{world.rows[Registration]}?organisation={FOREIGN}",
        f"/decide/{world.rows[Registration]}?organisation=new&contact={FOREIGN}",
        "/contracts/list/",
        "/events/list/",
        "/followups/",
        f"/followups/event/{FOREIGN}",
        f"/followups/event/{FOREIGN + 200}/calls",
        f"/followups/contract/{FOREIGN}",
        f"/followups/contract/{FOREIGN}/party/{FOREIGN}",
        f"/followups/contract/{world.rows[Contract]}/party/{FOREIGN}",
        f"/followups/contract/{world.rows[Contract]}",
        f"/followups/event/{world.rows[Event]}",
        f"/followups/event/{world.rows[Event]}/calls",
        f"/followups/contract/note/{FOREIGN}/photo",
        *(f"/matching/{world.rows[Event]}{end}" for end in MATCHING[:-1]),
        f"/matching/{world.rows[Event]}?organisation={FOREIGN}",
    )
    for view in views(world.app):
        if deep is None or view.route_base in deep:
            yield from around(view, world.rows.get(view.datamodel.obj))
        if deep is not None and view.route_base in deep:
            yield from deeper(view)
    for name in ENTITIES:
        if deep is None or f"/api/v1/{name}" in deep:
            yield from calls(world.app, name, deep is not None)
    yield "/nothing/here"  # shows what messages are left


def around(view, own):
    base = view.route_base
    yield from (every(view), f"{every(view)}&q={PART}", f"{base}/add", f"{base}/file/{FOREIGN}/scan")
    yield from (
        f"{base}/{page}/{key}" for page in ("show", "edit", "told") for key in (own, FOREIGN, FOREIGN + 200)
    )
    yield from (f"{base}/lookup/{path}?q={PART}" for path in paths(view))
    tabs = [tab.route_base for tab in view._related_views]
    yield from (f"{base}/related/{key}{tab}" for tab in tabs for key in (own, FOREIGN, FOREIGN + 200))


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
        case "Between":
            return ("2000-01-01..",)
        case "During":
            return ("ahead",)
        case "Member" | "NotMember" | "HasMember":
            return (next(iter(one.members())).value,)
        case "YesNo":
            return ("y", "n")
        case "StartsWith" | "Is":
            return ()  # as "contains"
        case _:
            return (PART,)


def calls(app, name, deep):
    [api] = [each for each in app.extensions["appbuilder"].baseviews if each.route_base == f"/api/v1/{name}"]
    base = f"/api/v1/{name}"

    def q(**asked):
        return f"{base}/?q={json.dumps({'page_size': 100, **asked})}"

    yield from (q(), f"{base}/_info", f"{base}/{FOREIGN}", f"{base}/{FOREIGN + 200}")
    if not deep:
        return
    yield from (q(order_column=column, order_direction="desc") for column in api.order_columns)
    for column, offered in api._filters.get_search_filters().items():
        for one in offered:
            kind = type(getattr(one, "field", None)).__name__
            value = {
                "Reference": FOREIGN,
                "OfficeReference": FOREIGN,
                "Day": "2000-01-01",
                "Whole": 1,
                "YesNo": True,
            }
            yield q(filters=[{"col": column, "opr": one.arg_name, "value": value.get(kind, PART)}])


@pytest.fixture(scope="module")
def answers(world):
    """What a person with all rights of an office is answered before the other one has anything, and after."""
    eyes = world.eyes["everything in the office"]
    # Statements are narrowed alike on both databases, see tests/access: each takes its half of the views.
    bases = [*(view.route_base for view in views(world.app)), *(f"/api/v1/{name}" for name in ENTITIES)]
    before = {address: eyes.look(address) for address in probes(world, share_of(world.app, bases))}
    settle(world)
    return before, {address: eyes.look(address) for address in before if "/export/" not in address}


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
    assert len(after) > 700


@pytest.mark.parametrize(("app", "name"), in_turn(ROLES), indirect=["app"])
def test_nobody_sees_more_of_another_office_than_it_shares(sharing, name):
    """Parts and people of a shared record stay where they are, and so do the names of who works on it."""
    eyes = sharing.eyes[name]
    asked = [eyes.look(address) for address in probes(sharing)]
    assert len(asked) > 200
    for base in ("organisations", "events", "materials", "news"):
        seen = eyes.look(f"/{base}/show/{FOREIGN + 200}")
        assert (seen[0] == 200 and "Geteilt" in seen[2]) is readable(name, base), base


def readable(name, base):
    return any(may(role, "r", base) for role in ROLES[name] or ())


# --- what is sent ---------------------------------------------------------------------------------------------
@pytest.fixture
def browser(sharing):
    """The browser of a person with all rights of the own office."""
    return sharing.eyes["everything in the office"].client


@pytest.fixture
def unharmed(sharing):
    """Nothing of the other office has changed when the test is over."""
    with sharing.app.app_context():
        before = snapshot([FOREIGN])
    yield
    with sharing.app.app_context():
        assert snapshot([FOREIGN]) == before


def own_rows(world):
    with world.app.app_context():
        return snapshot([world.here])


def changed_forms(world):
    """Yield each address with a form, with a field that names a record."""
    for view in views(world.app):
        if view.add_columns and view.section not in {
            "staff",
            "subscribers",
            "newsletters",
            "offices",
            "materials",
        }:
            for name in forms_fields(world, view):
                yield f"{view.route_base}/edit/{world.rows[view.datamodel.obj]}", name


def forms_fields(world, view):
    form = forms.opened(
        world.eyes["everything in the office"].client,
        f"{view.route_base}/edit/{world.rows[view.datamodel.obj]}",
    )
    related = {path.replace(".", "-0-") for path in paths(view)}
    return sorted(related & set(form.fields))


@pytest.mark.usefixtures("unharmed")
def test_a_posted_key_of_a_foreign_record_is_no_record(sharing, browser):
    before, cases = own_rows(sharing), list(changed_forms(sharing))
    for address, name in cases:
        answer = forms.send(browser, address, **{name.replace("-", "__"): str(FOREIGN)})
        assert answer.status == 200, (address, name)
        assert MARK not in answer.html.casefold()
        assert answer.errors.get(name) == ["This record can't be found in your office."], (address, name)
    assert own_rows(sharing) == before
    assert len(cases) > 20


@pytest.mark.usefixtures("unharmed")
def test_a_new_record_can_not_name_a_foreign_one(sharing, browser):
    before = own_rows(sharing)
    for view in views(sharing.app):
        if not view.add_columns or view.section in {"staff", "newsletters", "materials"}:
            continue
        form = forms.opened(browser, f"{view.route_base}/add")
        for path in paths(view):
            name = path.replace(".", "-0-")
            if name in form.fields:
                answer = forms.send(
                    browser, f"{view.route_base}/add", form, **{name.replace("-", "__"): str(FOREIGN)}
                )
                assert answer.status in {200, 403}, name
                assert MARK not in answer.html.casefold()
                assert answer.status == 403 or "can't be found in your office" in str(
                    answer.errors.get(name)
                ), name
    assert own_rows(sharing) == before


PARTS = {
    Contact: ("positions", "channels"),
    Contract: ("parties", "contributions"),
    Event: ("roles", "people", "corners"),
    Participation: ("people",),
    Registration: ("people", "offers"),
}


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
def test_a_row_of_a_form_never_becomes_the_part_of_a_foreign_record(sharing, browser, model):
    """The key of a row is looked for among the record's own parts; another one makes a new part, or none."""
    [view] = [view for view in views(sharing.app) if view.datamodel.obj is model]
    address = f"{view.route_base}/edit/{sharing.rows[model]}"
    for collection in PARTS[model]:
        part = inspect(model).relationships[collection].mapper.class_
        with sharing.app.app_context(), everything("tests"):
            foreign = db.session.scalars(select(part.id).where(part.office_id == FOREIGN)).first()
        for remove in (None, "y"):
            changes = {f"{collection}__0__row_id": str(foreign), f"{collection}__0__row_remove": remove}
            answer = forms.send(browser, address, **changes)
            assert answer.status in {200, 302}
            assert MARK not in answer.html.casefold()


def delete(*keys):
    """Give what a confirmed deletion of these records sends."""
    return {"rowid": [str(key) for key in keys], "act": "delete", "confirmed": str(len(keys))}


@pytest.mark.usefixtures("unharmed")
def test_chosen_records_are_deleted_all_or_none(sharing, browser):
    with sharing.app.app_context(), everything("tests"):
        spare = [make.organisation(db.session.get(Office, sharing.here), "Los").id for _number in range(2)]
        db.session.commit()
    for foreign, code in ((FOREIGN, 404), (FOREIGN + 200, 302), (2**40, 404), ("x", 404)):
        for order in ([*spare, foreign], [foreign, *spare]):
            answer = browser.post("/organisations/bulk", data=delete(*order))
            assert answer.status_code == code
    with sharing.app.app_context(), everything("tests"):
        assert all(db.session.get(Organisation, key) for key in spare)
    assert browser.post("/organisations/bulk", data=delete(*spare)).status_code == 302
    with sharing.app.app_context(), everything("tests"):
        assert not any(db.session.get(Organisation, key) for key in spare)


@pytest.mark.usefixtures("unharmed")
def test_what_others_have_already_is_no_reason_to_refuse(sharing, browser):
    """Uniqueness is per office, or it would tell what others have."""
    with sharing.app.app_context(), everything("tests"):
        taken = db.session.get(Subscriber, FOREIGN).email
    answer = forms.send(browser, "/subscribers/add", email=f"{taken}@example.org")
    browser.get("/nothing/here")  # shows the message that names what was added
    assert answer.status == 302
    with sharing.app.app_context(), everything("tests"):
        db.session.delete(
            db.session.scalars(select(Subscriber).where(Subscriber.email == f"{taken}@example.org")).one()
        )
        db.session.commit()


def test_who_else_refers_to_a_record_is_told_as_a_number(sharing, browser):
    with sharing.app.app_context(), everything("tests"):
        here, there = (db.session.get(Office, key) for key in (sharing.here, FOREIGN))
        company = make.organisation(here, "Offene", shared=True)
        event = make.event(there, MARK)
        rows = [
            make.participation(event, company),
            make.activity(there, organisation=company, subject=MARK),
            event,
        ]
        db.session.commit()
        key, used = company.id, [(type(row), row.id) for row in rows]
    answer = browser.post(f"/organisations/delete/{key}", follow_redirects=True)
    assert answer.text.count("1 in other offices") == 2
    assert MARK not in answer.text.casefold()
    answer = sharing.eyes["everything in the office"].program.delete(f"organisations/{key}")
    assert answer.status_code in {405, 422}
    assert MARK not in answer.text.casefold()
    with sharing.app.app_context(), everything("tests"):
        for model, one in used:
            db.session.delete(db.session.get(model, one))
        db.session.commit()


def test_a_message_names_nothing_that_the_person_may_not_read(sharing):
    """Regional staff see no addresses of the newsletter, not even as the reason why a contact has to stay."""
    client = sharing.eyes["regional office"].client
    with sharing.app.app_context(), everything("tests"):
        here = db.session.get(Office, sharing.here)
        person = make.contact(here, "Bleibt")
        make.subscriber(here, "geheim@example.org", contact=person)
        db.session.commit()
        key = person.id
    answer = client.post(f"/contacts/delete/{key}", follow_redirects=True)
    assert "“Bleibt” can't be deleted, subscribers refer to it: 1." in unescape(answer.text)
    assert "geheim" not in answer.text


def test_a_filter_names_nothing_that_the_person_may_not_read(sharing):
    """Editors of the newsletter read contacts and no organisations: a key in the address tells no name."""
    with sharing.app.app_context(), everything("tests"):
        key = make.organisation(db.session.get(Office, sharing.here), "Unerwähnt").id
        db.session.commit()
    address = f"/positions/list/?_flt_0_organisation={key}"
    assert "Unerwähnt" not in sharing.eyes["newsletter editor"].look(address)[2]
    assert "Unerwähnt" in sharing.eyes["reader"].look(address)[2]


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("name", ENTITIES)
def test_a_program_changes_nothing_of_another_office(sharing, name):
    program = sharing.eyes["everything in the office"].program
    shared = 403 if name in {"organisations", "events"} else 404
    for key, code in ((FOREIGN, 404), (FOREIGN + 200, shared)):
        shown = program.get(f"{name}/{key}")
        assert shown.status_code == (200 if code == 403 else 404)
        assert program.put(f"{name}/{key}", {"version": 1, "notes": "x"}).status_code == code
        assert program.delete(f"{name}/{key}").status_code in {code, 405}
    [view] = [view for view in views(sharing.app) if view.route_base == f"/{name}"]
    own = program.get(f"{name}/{sharing.rows[view.datamodel.obj]}").json["result"]
    for path in paths(view):
        collection, _dot, field = path.rpartition(".")
        if collection and own.get(collection):
            change = {collection: [{**own[collection][0], field: FOREIGN}, *own[collection][1:]]}
        elif not collection and field in own and field != "office":
            change = {field: FOREIGN}
        else:
            continue
        answer = program.put(f"{name}/{own['id']}", {"version": own["version"], **change})
        assert answer.status_code == 422, path
        assert MARK not in answer.text.casefold()
    for collection in view.rows:
        with sharing.app.app_context(), everything("tests"):
            part = view.datamodel.get_related_model(collection)
            foreign = db.session.scalars(select(part.id).where(part.office_id == FOREIGN)).first()
        change = {collection: [{"id": foreign}]}
        assert program.put(f"{name}/{own['id']}", {"version": own["version"], **change}).status_code == 422
    assert program.post(name + "/", {"office": FOREIGN}).status_code == 422


def test_who_refers_to_a_renamed_record_stays_unseen(sharing, browser):
    """Foreign rows are found by the new name, too; the request that renames it never holds them."""
    with sharing.app.app_context(), everything("tests"):
        here, there = (db.session.get(Office, key) for key in (sharing.here, FOREIGN))
        company = make.organisation(here, "Alter Name", shared=True)
        key, used = company.id, make.participation(make.event(there, MARK), company).id
        db.session.commit()
    assert forms.send(browser, f"/organisations/edit/{key}", name="Taufrisch").status == 302
    with sharing.app.app_context(), everything("tests"):
        assert "taufrisch" in db.session.get(Participation, used).search
        # What is shared no longer is renamed without anybody else hearing of it.
        db.session.get(Organisation, key).shared = False
        db.session.commit()
    assert forms.send(browser, f"/organisations/edit/{key}", name="Geheim").status == 302
    with sharing.app.app_context(), everything("tests"):
        assert "geheim" not in db.session.get(Participation, used).search


def test_what_is_shared_no_longer_leaves_a_gap_and_no_name(sharing):
    """Own records that name it stay; their pages open, and tell nothing of what it is called today."""
    eyes = sharing.eyes["everything in the office"]
    with sharing.app.app_context(), everything("tests"):
        here, there = (db.session.get(Office, key) for key in (sharing.here, FOREIGN))
        company = make.organisation(there, "Bald fort", shared=True)
        fair = make.event(there, "Bald fort", shared=True)
        event = make.event(here, model_project_of=company)
        event.roles.append(EventRole(organisation=company, role=OrganisationRole.FUNDER))
        club = make.organisation(here, "Tochter", parent=company)
        agreed = make.contract(here, company, club, event=event)
        make.contribution(agreed, giver=company, receiver=club)
        rows = [
            *(event, club, agreed, make.contact(here, at=company), make.participation(event, company)),
            *(make.offer(event, company), make.activity(here, organisation=company, event=fair)),
        ]
        keys = {type(row): row.id for row in rows}
        company.shared = fair.shared = False
        company.name = fair.title = MARK
        db.session.commit()
        unshared = company.id, fair.id
    for view in views(sharing.app):
        key = keys.get(view.datamodel.obj)
        if key is not None:
            for page in ("show", "edit"):
                assert eyes.look(f"{view.route_base}/{page}/{key}")[0] == 200
        assert eyes.look(every(view))[0] == 200
        assert eyes.look(f"{view.route_base}/export/csv")[0] in {200, 403, 404}
    for name in ENTITIES:
        [view] = [view for view in views(sharing.app) if view.route_base == f"/{name}"]
        assert eyes.look(f"/api/v1/{name}/?q={json.dumps({'page_size': 100})}")[0] == 200
        assert eyes.look(f"/api/v1/{name}/{keys.get(view.datamodel.obj, FOREIGN)}")[0] in {200, 404}
    for base, key in zip(("organisations", "events"), unshared, strict=True):
        assert eyes.look(f"/{base}/show/{key}")[0] == 404


def test_no_request_held_a_row_that_its_person_could_not_see(strays):
    """A row in the session is found without a statement, so none may get there past the scope."""
    assert strays == []
