"""Every route × every role × own, foreign and shared records: who gets what.

The routes are those of the URL map: one without an expectation fails. What a role may do is read from a table of
its own (tests/access/rights.py), not asked of the code that decides.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.orm.attributes import InstrumentedAttribute

from app.access import Role, everything
from app.core.db import db
from app.models.activities import Activity
from app.models.base import Entity, Shareable
from app.models.contacts import Contact
from app.models.contracts import Contract
from app.models.events import Event
from app.models.figures import Figure
from app.models.lists import SavedView
from app.models.materials import Material
from app.models.news import NewsItem
from app.models.newsletters import Newsletter
from app.models.offers import Offer
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.models.subscribers import Subscriber, Subscription
from app.models.users import Staff
from tests import factories as make
from tests import forms
from tests.access import panels
from tests.access.rights import may
from tests.access.worlds import records, snapshot, stored_file
from tests.api.calls import Program
from tests.conftest import _empty, in_turn
from tests.pages import views
from tests.views.test_leaks import paths

#: What each method of a generated view asks for. The letters are those of the table of rights.
PAGES = {
    "list": "r", "show": "r", "related": "r", "told": "r", "lookup": "r", "file": "r", "export": "x",
    "add": "w", "edit": "w", "find_duplicates": "w", "withdraw": "w", "finish": "w", "invite": "w", "delete": "d",
    "settings": "r", "save_view": "r", "change_view": "r", "bulk": "r",
}  # fmt: skip
CALLS = {"get_list": "r", "info": "r", "get": "r", "post": "w", "put": "w", "delete": "d"}
#: Routes that belong to no record: what nobody is answered, and what each of the roles is.
SIGN_IN = "/login/"
OPEN = {
    "static": (200, 200),
    "appbuilder.static": (200, 200),
    "DashboardView.index": (302, 200),
    "LocaleView.index": (302, 302),
    "SignInView.login": (200, 302),
    "TokenApi.login": (400, 400),
    "TokenApi.refresh": (401, 401),
    "AccountView.account": (302, 200),
    "DocumentationView.index": (302, 200),
    "AccountView.language": (302, 302),
    "InvitationView.first": (410, 410),
    "FindingView.index": (302, 200),
    "FindingView.box": (401, 200),
    "OfficeChoiceView.index": (302, 200),
    "OfficeChoiceView.choose": (302, 302),
    "DocumentApi.get": (401, 200),
}
LAST = "SignInView.logout"  # asked when everything else has been
#: Routes with a right of their own: section and letter.
SPECIAL = {
    "SubscribeView.contact": ("subscribing", "w"),
    "RolesView.list": ("roles", "r"),
    "ReportView.list": ("reports", "r"),
    "ReportView.show": ("reports", "r"),
    "ReportView.export": ("reports", "x"),
}
ROLES = [*Role, None]


def named(role):
    """Name a role, or nobody's."""
    return role.value if role else "nobody"


@dataclass(frozen=True)
class Case:
    """A request, and the status that it has to have."""

    method: str
    address: str
    status: int
    data: Any = field(default=None, compare=False)
    #: Which table, and whether the record must have changed: +1 is a new version or row, -1 one row less.
    effect: tuple[Any, int, int] | None = None


def expected(role, letter, section, kind, *, done=200):
    """Give the status for a record that is own, foreign, shared or only seen, or for none (kind "")."""
    if role is None:
        return 302
    if not may(role, letter, section):
        return 403
    if kind in {"", "own"} or role is Role.ADMINISTRATOR:
        return done
    if kind in {"shared", "seen"}:
        return done if letter in "rx" else 403
    return 404


# --- the world ------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def world(app):
    """Two offices with everything in them, shared records, and a person of the first office for each role."""
    world = SimpleNamespace(app=app, rows={})
    with app.app_context():
        _empty()
        with everything("tests"):
            root = make.office("Servicestelle")
            here, there = make.office("Hier", parent=root), make.office("Dort", parent=root)
            own, foreign = records(here), records(there)
            shared = [
                make.organisation(there, "Geteilt", shared=True),
                make.event(there, "Geteilt", shared=True),
                make.material(there, "Geteilt", shared=True),
                make.news_item(there, "Geteilt", shared=True),
            ]
            shared.append(make.figure(shared[1]))
            for row in (own[Contract], foreign[Contract]):
                row.scan = stored_file("scan")
            for row in (own[NewsItem], foreign[NewsItem], shared[3]):
                row.image = stored_file("image")
            versions = [row.versions[0] for row in (own[Material], foreign[Material], shared[2])]
            for row in versions:
                row.file = stored_file("version")
            people = {role: make.staff(role, offices=(here,)) for role in Role}
            own[Staff] = make.staff(Role.READER, offices=(here,))
            foreign[Staff] = make.staff(Role.READER, offices=(there,))
            both = make.staff(Role.READER, offices=(here, there))
            kinds = {"own": own, "foreign": foreign, "shared": {type(row): row for row in shared}}
            kinds["seen"] = {Office: root, Staff: both}
            db.session.flush()
            world.rows = {
                model: {kind: rows[model].id for kind, rows in kinds.items() if model in rows}
                for model in {view.datamodel.obj for view in views(app)}
            }
            world.here, world.there = here.id, there.id
            world.versions = {version.material_id: version.id for version in versions}
            world.spare = {role: spare(here, own) for role in Role}
            db.session.commit()
            world.clients = {role: app.test_client() for role in ROLES}
            world.programs = {role: Program(app, people.get(role)) for role in ROLES}
            for role, person in people.items():
                make.sign_in(world.clients[role], person)
            world.admin = make.sign_in(app.test_client(), people[Role.ADMINISTRATOR])
            world.looks = {view.route_base.strip("/"): looks(view, here, there) for view in views(app)}
            db.session.commit()
        world.filled = fill(world)
    return world


def looks(view, here, there):
    """Make saved views of others: one that is shared with the office, and two that aren't."""
    listing, own, foreign = (
        view.route_base.strip("/"),
        make.staff(offices=(here,)),
        make.staff(offices=(there,)),
    )
    made = {
        "lent": make.saved_view(own, "Lent", listing=listing, office_id=here.id),
        "private": make.saved_view(own, "Private", listing=listing),
        "foreign": make.saved_view(foreign, "Foreign", listing=listing, office_id=there.id),
    }
    return {kind: row.id for kind, row in made.items()}


def spare(here, own):
    """Make records that one role may use up: three of each to delete, and what new ones may refer to."""
    made = {}
    for _number in range(3):
        company, club = make.organisation(here, "Neu"), make.organisation(here, "Neu")
        name = f"{company.id}@example.org"
        line = make.subscription(make.subscriber(here, f"line{name}"), own[Newsletter])
        rows = [
            make.organisation(here, "Übrig"), make.contact(here, "Übrig"), make.event(here, "Übrig"),
            make.activity(here, organisation=company), make.participation(own[Event], company),
            make.offer(own[Event], company), make.contract(here, company, club), make.figure(own[Event]),
            make.material(here, "Übrig"), make.news_item(here, "Übrig"), make.newsletter(here, "Übrig"),
            make.subscriber(here, name), line, make.office("Übrig", parent=here),
        ]  # fmt: skip
        for row in rows:
            made.setdefault(type(row), []).append(row.id)
        made["new"] = {
            Participation: {"organisation": str(club.id), "head_count": ""},
            Contract: {"number": ""},
            Subscriber: {"email": f"new{name}"},
            Subscription: {
                "subscriber": str(make.subscriber(here, f"free{name}").id),
                "newsletter": str(own[Newsletter].id),
            },
            Staff: {"username": f"new{company.id}", "email": f"staff{name}"},
            Office: {"parent": str(here.id)},
        }
        made["pair"] = company.id, club.id
    return made


def fill(world):
    """Read the form of each record as an administrator sees it: what somebody might send without seeing it."""
    filled = {}
    for view in views(world.app):
        for kind, key in world.rows[view.datamodel.obj].items():
            if view.edit_columns:
                filled[view.endpoint, kind] = forms.opened(world.admin, f"{view.route_base}/edit/{key}")
                assert filled[view.endpoint, kind].status == 200
    return filled


# --- what each route has to answer ----------------------------------------------------------------------------
def pages_of(view, world, role):
    """Yield the cases of a generated view."""
    section, base, model = view.section.value, view.route_base, view.datamodel.obj
    yield "list", Case("GET", f"{base}/list/", expected(role, "r", section, ""))
    for fmt in ("xlsx", "csv"):
        yield "export", Case("GET", f"{base}/export/{fmt}", expected(role, "x", section, ""))
    yield "lookup", Case("GET", f"{base}/lookup/nothing", expected(role, "r", section, "", done=404))
    for path in paths(view):
        status = expected(role, "r", section, "")
        if status == 200 and not may(role, "r", section_of(view, path)):
            status = 403
        yield "lookup", Case("GET", f"{base}/lookup/{path}", status)
    for kind, key in world.rows[model].items():
        yield "show", Case("GET", f"{base}/show/{key}", expected(role, "r", section, kind))
        for column, has_file in files_of(world, model, key):
            status = expected(role, "r", section, kind)
            status = 404 if status == 200 and not has_file else status
            yield "file", Case("GET", f"{base}/file/{key}/{column}", status)
        yield from below(view, role, kind, key)
        if view.edit_columns:
            yield "edit", Case("GET", f"{base}/edit/{key}", expected(role, "w", section, kind))
    if view.add_columns:
        yield "add", Case("GET", f"{base}/add", expected(role, "w", section, ""))
    if view.duplicates:
        yield "find_duplicates", Case("GET", f"{base}/duplicates", expected(role, "w", section, ""))


def below(view, role, kind, key):
    """Yield the cases of what a record's page fetches later: its tabs, and more of its time line."""
    status = expected(role, "r", view.section.value, kind)
    whole = issubclass(view.datamodel.obj, Entity) and not view.datamodel.obj.part_of
    yield "told", Case("GET", f"{view.route_base}/told/{key}", status if whole or status != 200 else 404)
    address = f"{view.route_base}/related/{key}"
    yield "related", Case("GET", f"{address}/nothing", 404 if status == 200 else status)
    for tab in view._related_views:
        allowed = role is None or may(role, "r", tab.section.value)
        code = status if allowed or status != 200 else 403
        yield "related", Case("GET", f"{address}{tab.route_base}", code)


def files_of(world, model, key):
    """Give columns, and whether this record has a file there; a part's file belongs to its whole."""
    yield from (("name", False), ("scan", model is Contract), ("image", model is NewsItem))
    if model is Material:
        yield from ((f"versions-{part}-file", whole == key) for whole, part in world.versions.items())


def section_of(view, path):
    """Give the section of what a remote select offers; colleagues are known to everybody."""
    model = view.datamodel.obj
    for name in path.split("."):
        model = inspect(model).relationships[name].mapper.class_
    return view.section.value if model is Staff else {
        Office: "offices", Organisation: "organisations", Contact: "contacts", Event: "events",
        Contract: "contracts", Newsletter: "newsletters", Subscriber: "subscribers", Subscription: "subscribers",
    }[model]  # fmt: skip


def writes_of(view, world, role):
    """Yield the cases of a generated view that change something, with what has to be changed."""
    section, base, model = view.section.value, view.route_base, view.datamodel.obj
    client = world.clients[role]
    for kind, key in world.rows[model].items():
        if not view.edit_columns:
            continue
        status = expected(role, "w", section, kind, done=302)
        # Who may open the form sends what it holds today; everybody else what an administrator once saw.
        form = (
            forms.opened(client, f"{base}/edit/{key}")
            if status == 302 and role
            else world.filled[view.endpoint, kind]
        )
        done = status == 302 and role is not None
        yield "edit", Case("POST", f"{base}/edit/{key}", status, changed(view, form), (model, key, int(done)))
    if view.add_columns:
        status = expected(role, "w", section, "", done=302)
        source = world.filled[view.endpoint, "own"]
        data = {name: value for name, value in source.fields.items() if "row_" not in name}
        data |= {"office": str(world.here), **(world.spare[role]["new"].get(model, {}) if role else {})}
        form = forms.Form(fields=data, files=source.files)
        yield (
            "add",
            Case("POST", f"{base}/add", status, form, (model, 0, int(status == 302 and role is not None))),
        )
    yield from looks_of(view, world, role)
    if "delete" not in view.exclude_route_methods:
        yield from deletes_of(view, world, role)
    for name in ("withdraw", "invite", "finish"):
        for kind, key in world.rows[model].items():
            if hasattr(view, name):
                yield name, Case("POST", f"{base}/{name}/{key}", expected(role, "w", section, kind, done=302))


def deletes_of(view, world, role):
    section, base, model = view.section.value, view.route_base, view.datamodel.obj
    one, two, _three = world.spare[role or Role.READER][model]
    for kind, key in world.rows[model].items():
        if kind != "own" and role is not Role.ADMINISTRATOR:
            status = expected(role, "d", section, kind)
            yield "delete", Case("POST", f"{base}/delete/{key}", status, None, (model, key, 0))
            # A shared record is one that the person sees: the list says why it stays, and with it the other.
            status = 302 if role is None or (status == 403 and may(role, "d", section)) else status
            yield "bulk", Case("POST", f"{base}/bulk", status, deleting(two, key), (model, two, 0))
    status = expected(role, "d", section, "own", done=302)
    less = -1 if status == 302 and role else 0
    yield "delete", Case("POST", f"{base}/delete/{one}", status, None, (model, one, less))
    yield "bulk", Case("POST", f"{base}/bulk", status, deleting(two), (model, two, less))


def deleting(*keys):
    """Give what a confirmed deletion of these records sends."""
    return {"rowid": [str(key) for key in keys], "act": "delete", "confirmed": str(len(keys))}


def looks_of(view, world, role):
    """Yield what keeps how a person looks at a list: their own views, and those that a colleague shares or not."""
    section, base = view.section.value, view.route_base
    status = expected(role, "r", section, "", done=302)
    yield "settings", Case("POST", f"{base}/settings", status, {"density": "compact"})
    yield "save_view", Case("POST", f"{base}/views", status, {"name": f"New {section}"})
    yield "bulk", Case("POST", f"{base}/bulk", 302 if role is None else 403, {"act": "nothing"})
    for kind, key in world.looks[base.strip("/")].items():
        # An administrator sees what is lent to any office.
        shown = kind == "lent" or (kind == "foreign" and role is Role.ADMINISTRATOR)
        seen = status if role is None or status == 403 else 403 if shown else 404
        yield "change_view", Case("POST", f"{base}/views/{key}", seen, {"act": "delete"}, (SavedView, key, 0))


def changed(view, form):
    """Fill in something else than what the form holds, so that there is something to save."""
    names = ("notes", "note", "source", "description", "text", "caption", "funder", "last_name", "subject")
    name = next(name for name in names if name in form.fields)
    return forms.Form(fields={**form.fields, name: f"{form.fields[name]}x"}, files=form.files)


def calls_of(api, world, role):
    """Yield the cases of an entity of the REST API."""
    section, base, model = api.section.value, api.route_base, api.datamodel.obj

    def status(letter, kind, done=200):
        return 401 if role is None else expected(role, letter, section, kind, done=done)

    yield "get_list", Case("GET", f"{base}/", status("r", ""))
    yield "info", Case("GET", f"{base}/_info", status("r", ""))
    for kind, key in world.rows[model].items():
        yield "get", Case("GET", f"{base}/{key}", status("r", kind))
        with everything("tests"):
            version = db.session.scalar(select(model.version).where(model.id == key))
        column = next(name for name in ("notes", "last_name") if name in api.edit_columns)
        code = status("w", kind)
        data = {"version": version, column: f"x{role}"}
        yield "put", Case("PUT", f"{base}/{key}", code, data, (model, key, int(code == 200)))
        if kind != "own" and role is not Role.ADMINISTRATOR:
            yield "delete", Case("DELETE", f"{base}/{key}", status("d", kind), None, (model, key, 0))
    key = world.spare[role or Role.READER][model][2]
    code = status("d", "own")
    yield "delete", Case("DELETE", f"{base}/{key}", code, None, (model, key, -int(code == 200)))
    code = status("w", "", done=201)
    parties = [{"organisation": key, "side": "company"} for key in world.spare[role or Role.READER]["pair"]]
    new = {
        Organisation: {"name": "Neu", "kind": "company"},
        Contact: {"last_name": "Neu"},
        Event: {"title": "Neu"},
        Contract: {"parties": parties},
        Subscriber: {"email": f"api{world.spare[role or Role.READER][Contact][0]}@example.org"},
    }[model]
    yield "post", Case("POST", f"{base}/", code, {**new, "office": world.here}, (model, 0, int(code == 201)))


def special(world, role):
    """Yield the cases of the routes that belong to no generated view."""
    nobody, somebody = 0, 1
    place = nobody if role is None else somebody
    addresses = {
        "static": ("GET", "/static/manifest.json"),
        "appbuilder.static": ("GET", "/static/appbuilder/css/bootstrap.min.css"),
        "DashboardView.index": ("GET", "/"),
        "LocaleView.index": ("POST", "/lang/en"),
        "SignInView.login": ("GET", "/login/"), "TokenApi.login": ("POST", "/api/v1/security/login"),
        "TokenApi.refresh": ("POST", "/api/v1/security/refresh"), "AccountView.account": ("GET", "/account/"),
        "AccountView.language": ("POST", "/account/language"), "InvitationView.first": ("GET", "/invitation/x"),
        "DocumentApi.get": ("GET", "/api/v1/_openapi"), "DocumentationView.index": ("GET", "/rest-api/"),
        "OfficeChoiceView.index": ("GET", "/office/"),
        "FindingView.index": ("GET", "/search/?q=neu"), "FindingView.box": ("GET", "/search/box?q=neu"),
        "OfficeChoiceView.choose": ("POST", "/office/choose"),
    }  # fmt: skip
    for endpoint, (method, address) in addresses.items():
        data = {"AccountView.language": {"language": "en"}, "OfficeChoiceView.choose": {"office": "all"}}.get(
            endpoint
        )
        yield endpoint, Case(method, address, OPEN[endpoint][place], data)
    for endpoint, address in (("list", "/"), ("show", "/marketplaces"), ("export", "/marketplaces/export")):
        section, letter = SPECIAL[f"ReportView.{endpoint}"]
        yield f"ReportView.{endpoint}", Case("GET", f"/reports{address}", expected(role, letter, section, ""))
    yield "RolesView.list", Case("GET", "/roles/list/", expected(role, "r", "roles", ""))
    for kind, key in world.rows[Contact].items():
        for method in ("GET", "POST"):
            yield (
                "SubscribeView.contact",
                Case(method, f"/subscribe/{key}", expected(role, "w", "subscribing", kind)),
            )
    for endpoint, letter, end in (("panel", "r", ""), ("export", "x", "/export")):
        for name in panels.NAMES:
            status = 302 if role is None else 200 if panels.may(role, letter, name) else 403
            yield f"DashboardView.{endpoint}", Case("GET", f"/panel/{name}{end}", status)
    yield LAST, Case("POST", "/logout/", 302)


def cases(world, role, *, writes):
    """Yield every case of a role, with the endpoint that it is about."""
    for view in views(world.app):
        made = writes_of(view, world, role) if writes else pages_of(view, world, role)
        yield from ((f"{view.endpoint}.{name}", case) for name, case in made)
    for api in apis(world.app):
        for name, case in calls_of(api, world, role):
            if (case.method == "GET") is not writes:
                yield f"{api.endpoint}.{name}", case
    if writes:
        yield from special(world, role)


def apis(app):
    for view in app.extensions["appbuilder"].baseviews:
        if hasattr(view, "datamodel") and hasattr(view, "show_model_schema"):
            yield view


def size_of(effect):
    """Give the version of a record, or the number of rows where none is named."""
    model, key, _change = effect
    with everything("tests"):
        if key == 0:
            return db.session.scalar(select(func.count(model.id)))
        if model is SavedView:
            return db.session.scalar(select(model.id).where(model.id == key))
        if isinstance(getattr(model, "version", None), InstrumentedAttribute):
            return db.session.scalar(select(model.version).where(model.id == key))
        return db.session.scalar(select(model.last_name).where(model.id == key))


def ask(world, role, case):
    if case.address.startswith("/api/"):
        path = case.address.removeprefix("/api/v1/")
        return world.programs[role].call(case.method, path, case.data)
    if isinstance(case.data, forms.Form):
        return forms.send(world.clients[role], case.address, case.data)
    return world.clients[role].open(case.address, method=case.method, data=case.data)


def judge(world, role, case):
    """Ask, and give what is wrong with the answer: "" where nothing is."""
    before = size_of(case.effect) if case.effect else None
    answer = ask(world, role, case)
    if isinstance(answer, forms.Form):
        status, location, more = answer.status, answer.location, f" {answer.errors} {answer.alerts}"
    else:
        status, location, more = answer.status_code, answer.location or "", ""
        answer.close()
    if status != case.status:
        return f"{case.method} {case.address}: {status} instead of {case.status}{more}"
    if role is None and status == 302 and case.address != "/lang/en" and SIGN_IN not in location:
        return f"{case.method} {case.address}: leads to {location} instead of to the sign-in"
    if not case.effect:
        return ""
    db.session.rollback()
    after, change = size_of(case.effect), case.effect[2]
    if case.effect[1] == 0:
        right = after - before == change
    elif change < 0:
        right = before is not None and after is None
    else:
        right = before is not None and (after > before if change else after == before)
    return "" if right else f"{case.method} {case.address}: {before} became {after}, instead of by {change}"


# --- the tests ------------------------------------------------------------------------------------------------
def test_every_route_has_an_expectation(app, world):
    """What is added to the URL map has to be added here, with who may do it on whose records."""
    with app.app_context():
        known = {
            endpoint for writes in (False, True) for endpoint, _case in cases(world, None, writes=writes)
        }
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes - known == set(), "no test says who may use these routes"
    # A method that no view has any more is no rule that holds.
    methods = {endpoint.partition(".")[2] for endpoint in routes}
    assert set(PAGES) | set(CALLS) <= methods
    assert {*OPEN, *SPECIAL, LAST} <= routes


def test_every_method_of_a_route_is_asked(app, world):
    """A route that answers to POST as well needs a case for it."""
    with app.app_context():
        asked = {
            (endpoint, case.method)
            for writes, role in itertools.product((False, True), (None, Role.ADMINISTRATOR))
            for endpoint, case in cases(world, role, writes=writes)
        }
    login = {("SignInView.login", "POST"), ("AccountView.account", "POST"), ("InvitationView.first", "POST")}
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            assert (rule.endpoint, method) in asked | login, (rule, method)


@pytest.mark.parametrize(("app", "role"), in_turn(ROLES, named), indirect=["app"])
def test_who_sees_what(world, role):
    with world.app.app_context():
        wrong = [judge(world, role, case) for _endpoint, case in cases(world, role, writes=False)]
    assert [line for line in wrong if line] == []
    assert len(wrong) > 200


@pytest.mark.parametrize(("app", "role"), in_turn(ROLES, named, first=1), indirect=["app"])
def test_who_changes_what(world, role):
    with world.app.app_context():
        before = snapshot([world.there])
        wrong = [judge(world, role, case) for _endpoint, case in cases(world, role, writes=True)]
        after = snapshot([world.there])
    assert [line for line in wrong if line] == []
    assert len(wrong) > 100
    # Whatever the statuses say: nothing of the other office has changed.
    assert (before == after) is (role is not Role.ADMINISTRATOR)


def test_a_shared_record_is_in_the_matrix_for_each_kind_that_can_be_shared(world):
    shareable = {view.datamodel.obj for view in views(world.app) if issubclass(view.datamodel.obj, Shareable)}
    assert shareable == {Organisation, Event, Material, NewsItem, Figure}
    assert all("shared" in world.rows[model] for model in shareable)
    assert all({"own", "foreign"} <= set(rows) for rows in world.rows.values())
    assert Activity in world.rows
    assert Offer in world.rows
