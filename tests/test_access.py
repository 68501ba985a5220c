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
from jinja2 import ChoiceLoader, DictLoader
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
from app.models.followups import FollowUpNote
from app.models.imports import Import
from app.models.lists import SavedView
from app.models.materials import Material
from app.models.news import NewsItem
from app.models.newsletters import Newsletter, NewsletterText
from app.models.offers import Offer
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.models.rates import Rate
from app.models.receipts import Receipt
from app.models.registrations import Registration
from app.models.series import Series
from app.models.subscribers import Subscriber, Subscription
from app.models.templates import EventTemplate
from app.models.users import Staff
from app.reports import REPORTS
from app.services import links
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
    "certificate": "x", "embed": "r", "block": "w", "erase": "d",
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
    "NewsletterPages.sign_up": (404, 404),  # a newsletter that isn't public
    "NewsletterPages.confirm": (410, 410),
    "NewsletterPages.leave": (410, 410),
    "OwnDataPages.ask": (200, 200),
    "OwnDataPages.preferences": (410, 410),
    "OwnDataPages.held": (410, 410),
    "OwnDataPages.erasure": (410, 410),
    "ReportPages.report": (410, 410),
    "BounceReports.report": (404, 404),
    "RegisterPages.register": (404, 404),  # an event for which registration isn't open
    "RegisterPages.calendar": (404, 404),
    "HallScreen.show": (410, 410),
    "HallScreen.now": (410, 410),
    "FindingView.index": (302, 200),
    "FindingView.box": (401, 200),
    "OfficeChoiceView.index": (302, 200),
    "OfficeChoiceView.choose": (302, 302),
    "DocumentApi.get": (401, 200),
    "MyDownloadsView.index": (302, 200),
    "MyDownloadsView.notice": (286, 286),
    "SchedulesView.index": (302, 200),
}
LAST = "SignInView.logout"  # asked when everything else has been
#: Routes with a right of their own: section and letter.
SPECIAL = {
    "ApplyTemplatePage.show": ("events", "w"),
    "CockpitPage.show": ("participations", "r"),
    "BenchmarkPage.show": ("events", "r"),
    "BounceAddressView.show": ("subscribers", "w"),
    "BounceAddressView.renew": ("subscribers", "w"),
    "ImportView.assign": ("subscribers", "w"),
    "ImportView.apply": ("subscribers", "w"),
    "PlacesPage.show": ("participations", "r"),
    "PlacesPage.admit": ("participations", "w"),
    "DecideView.decide": ("participations", "w"),
    "DecideView.decline": ("participations", "w"),
    "SubscribeView.contact": ("subscribing", "w"),
    "FollowUpsView.list": ("contracts", "r"),
    "FollowUpPage.show": ("contracts", "r"),
    "FollowUpPage.calls": ("contracts", "r"),
    "FollowUpPage.export": ("contracts", "x"),
    "FollowUpPage.ask": ("contracts", "w"),
    "AnswersView.show": ("contracts", "r"),
    "AnswersView.answer": ("contracts", "w"),
    "AnswersView.decide": ("contracts", "w"),
    "AnswersView.photo": ("contracts", "r"),
    "AnswersView.remove": ("contracts", "w"),
    "RolesView.list": ("roles", "r"),
    "ReportView.list": ("reports", "r"),
    "ReportView.show": ("reports", "r"),
    "ReportView.choices": ("reports", "r"),
    "ReportView.export": ("reports", "x"),
    "ReportView.table": ("reports", "x"),
    "ReportView.paper": ("reports", "x"),
    "ReportApi.index": ("reports", "r"),
    "ReportApi.show": ("reports", "r"),
    "ReportApi.rows": ("reports", "x"),
    "ExportView.index": ("subscribers", "x"),
    "ExportView.newsletter": ("subscribers", "x"),
    "ExportView.removal": ("subscribers", "x"),
    "ProofView.newsletter": ("consents", "x"),
    "PaperView.show": ("participations", "w"),
    "PaperView.paper": ("participations", "w"),
    "PaperView.file": ("participations", "w"),
    "ContractPaperView.show": ("contracts", "w"),
    "ContractPaperView.file": ("contracts", "w"),
    **{
        f"CheckInPage.{name}": ("participations", "w")
        for name in ("show", "code", "enter", "undo", "walk_in")
    },
    **{f"DeskPage.{name}": ("contracts", "w") for name in ("show", "parties", "scan", "corrected")},
    **{f"NotaryPage.{name}": ("contracts", "w") for name in ("show", "stamp", "send_back")},
    **{f"HallPage.{name}": ("contracts", "w") for name in ("show", "gong", "open", "end")},
    "ResultPage.show": ("contracts", "r"),
    "ResultPage.export": ("contracts", "x"),
    "ResultPage.report": ("contracts", "w"),
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
#: A page without what stands around it.
BARE = {
    "layout.html": "{% for one in get_flashed_messages() %}{{ one }}{% endfor %}{% block content %}{% endblock %}"
}


@pytest.fixture(scope="module", autouse=True)
def _bare(app):
    """Draw pages without their frame, of which no status comes: it takes half of the time, and all of a refusal's."""
    with pytest.MonkeyPatch.context() as patch:
        loader = ChoiceLoader([DictLoader(BARE), app.jinja_env.loader])
        patch.setattr(app, "jinja_env", app.jinja_env.overlay(loader=loader))
        yield


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
                make.template(there, "Geteilt", shared=True),
                make.rate(there, "Geteilt", shared=True),
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
            world.guests = {
                kind: rows[Participation].people[0].id for kind, rows in (("own", own), ("foreign", foreign))
            }
            world.badges = {kind: links.badge(key) for kind, key in world.guests.items()}
            world.notes = {kind: rows[FollowUpNote].id for kind, rows in (("own", own), ("foreign", foreign))}
            world.parties = {
                kind: rows[Organisation].id for kind, rows in (("own", own), ("foreign", foreign))
            }
            world.schedule = make.schedule(make.staff(Role.OFFICE_MANAGER, offices=(here,))).id
            world.download = make.download(make.staff(Role.OFFICE_MANAGER, offices=(here,))).id
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
    """Make records that one role may use up: three of each to delete, one to erase, and what new ones may refer to."""
    made = {}
    for _number in range(4):
        company, club = make.organisation(here, "Neu"), make.organisation(here, "Neu")
        name = f"{company.id}@example.org"
        line = make.subscription(make.subscriber(here, f"line{name}"), own[Newsletter])
        rows = [
            make.organisation(here, "Übrig"), make.contact(here, "Übrig"), make.event(here, "Übrig"),
            make.activity(here, organisation=company), make.participation(own[Event], company),
            make.registration(own[Event]), make.offer(own[Event], company),
            make.contract(here, company, club), make.figure(own[Event]),
            make.material(here, "Übrig"), make.news_item(here, "Übrig"), make.newsletter(here, "Übrig"),
            make.subscriber(here, name), line, make.office("Übrig", parent=here),
            make.series(here, "Übrig"), make.template(here, "Übrig"),
            make.rate(here, f"Satz {name}"),
        ]  # fmt: skip
        for row in rows:
            made.setdefault(type(row), []).append(row.id)
        made["new"] = {
            Participation: {"organisation": str(club.id), "head_count": ""},
            Contract: {"number": ""},
            Rate: {"name": f"Neu {company.id}"},
            Subscriber: {"email": f"new{name}"},
            Subscription: {
                "subscriber": str(make.subscriber(here, f"free{name}").id),
                "newsletter": str(own[Newsletter].id),
            },
            NewsletterText: {
                "newsletter": str(own[Newsletter].id),
                "kind": "consent",
                "language": "de",
                "text": "Ja, gern.",
            },
            Import: {
                "newsletter": str(own[Newsletter].id),
                "kind": "subscribers",
                "file": (b"E-Mail\nana@example.org\n", "list.csv"),
            },
            Staff: {"username": f"new{company.id}", "email": f"staff{name}"},
            Office: {"parent": str(here.id)},
        }
        made["pair"] = company.id, club.id
        report = make.follow_up_report(make.contract(here, company, club), company)
        made["note"] = make.follow_up_note(report).id
    return made


def fill(world):
    """Read the form of each record as an administrator sees it: what somebody might send without seeing it."""
    filled = {}
    for view in views(world.app):
        for kind, key in world.rows[view.datamodel.obj].items():
            if view.edit_columns:
                filled[view.endpoint, kind] = forms.opened(world.admin, f"{view.route_base}/edit/{key}")
                assert filled[view.endpoint, kind].status == 200
        if view.add_columns and not view.edit_columns:
            filled[view.endpoint, "own"] = forms.opened(world.admin, f"{view.route_base}/add")
    return filled


# --- what each route has to answer ----------------------------------------------------------------------------
def pages_of(view, world, role):
    """Yield the cases of a generated view."""
    section, base, model = view.section.value, view.route_base, view.datamodel.obj
    yield "list", Case("GET", f"{base}/list/", expected(role, "r", section, ""))
    for fmt in ("xlsx", "csv") if view.downloadable else ():
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
        yield from more_of(view, role, kind, key)
        if view.edit_columns:
            yield "edit", Case("GET", f"{base}/edit/{key}", expected(role, "w", section, kind))
    if view.add_columns:
        yield "add", Case("GET", f"{base}/add", expected(role, "w", section, ""))
    if view.duplicates:
        yield "find_duplicates", Case("GET", f"{base}/duplicates", expected(role, "w", section, ""))


def more_of(view, role, kind, key):
    """Yield the cases of the pages that only some kinds of records have."""
    if hasattr(view, "embed"):
        # The newsletters of this world aren't public.
        status = expected(role, "r", view.section.value, kind, done=404)
        yield "embed", Case("GET", f"{view.route_base}/embed/{key}", status)
    if hasattr(view, "certificate"):
        status = expected(role, "x", "consents", kind)
        yield "certificate", Case("GET", f"{view.route_base}/certificate/{key}", status)


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
        EventTemplate: "events", Series: "events", Rate: "contracts",
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
    for name in ("withdraw", "invite", "finish", "block", "erase"):
        for kind, key in world.rows[model].items():
            if hasattr(view, name):
                status = expected(role, PAGES[name], section, kind, done=302)
                done = name == "erase" and status == 302 and role is not None
                if done and kind != "own":
                    continue  # the programs below look for them
                target = world.spare[role][model][3] if done else key
                yield name, Case("POST", f"{base}/{name}/{target}", status)


def deletes_of(view, world, role):
    section, base, model = view.section.value, view.route_base, view.datamodel.obj
    one, two, *_more = world.spare[role or Role.READER][model]
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
        column = next(name for name in ("notes", "last_name", "source") if name in api.edit_columns)
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
        Rate: {"name": f"Neu {role}", "hourly": "50.00"},
        Subscriber: {"email": f"api{world.spare[role or Role.READER][Contact][0]}@example.org"},
    }[model]
    yield "post", Case("POST", f"{base}/", code, {**new, "office": world.here}, (model, 0, int(code == 201)))


#: The reports: the section of each, and its first table.
TABLES = {
    "results": ("events", "results"),
    "series": ("events", "series"),
    "activities": ("activities", "done"),
    "network": ("events", "network_events"),
    "contracts": ("contracts", "contracts"),
    "contributions": ("contracts", "categories"),
    "followups": ("contracts", "rates"),
    "participants": ("participations", "organisations"),
    "organisations": ("organisations", "organisations"),
    "contacts": ("contacts", "contacts"),
    "letters": ("contacts", "letters"),
    "tasks": ("activities", "tasks"),
    "offices": ("events", "offices"),
    "quality": ("organisations", "organisations"),
    "receipts": ("receipts", "receipts"),
    "marketplaces": ("figures", "comparison"),
    "newsletters": ("newsletters", "by_month"),
}


def narrowed_by_office(name):
    return any(one.name == "office" for one in REPORTS[name].parameters)


def reports_of(role):
    """Yield the cases of the reports; each asks for the right of what it's about, too."""
    assert set(TABLES) == set(REPORTS)
    for endpoint, address in (
        ("ReportView.list", "/reports/"),
        ("ReportView.show", "/reports/{}"),
        ("ReportView.choices", "/reports/{}/choices/office"),
        ("ReportView.export", "/reports/{}/export"),
        ("ReportView.paper", "/reports/{}/export.pdf"),
        ("ReportView.table", "/reports/{}/export/{}.csv"),
        ("ReportApi.index", "/api/v1/reports/"),
        ("ReportApi.show", "/api/v1/reports/{}"),
        ("ReportApi.rows", "/api/v1/reports/{}/{}"),
    ):
        section, letter = SPECIAL[endpoint]
        for name, (of, table) in TABLES.items():
            status = expected(role, letter, section, "")
            if "{}" in address and status == 200:
                status = expected(role, letter, of, "")
            if endpoint == "ReportView.paper" and status == 200 and REPORTS[name].prints is None:
                status = 404
            if endpoint == "ReportView.choices" and status == 200 and not narrowed_by_office(name):
                status = 404
            if role is None and address.startswith("/api/"):
                status = 401
            yield endpoint, Case("GET", address.format(name, table), status)


def public_pages(world, place):
    """Yield the cases of the pages for everybody: nobody's rights matter, and a link that is none opens nothing."""
    for endpoint, end, methods in (
        ("NewsletterPages.sign_up", world.rows[Newsletter]["own"], ("GET", "POST")),
        ("NewsletterPages.confirm", "confirm/x", ("GET", "POST")),
        ("NewsletterPages.leave", "leave/x", ("GET", "POST")),
        ("OwnDataPages.ask", f"{world.rows[Newsletter]['own']}/yours", ("GET", "POST")),
        ("OwnDataPages.preferences", "preferences/x", ("GET", "POST")),
        ("OwnDataPages.held", "held/x", ("GET",)),
        ("OwnDataPages.erasure", "delete/x", ("GET", "POST")),
    ):
        for method in methods:
            yield endpoint, Case(method, f"/newsletter/{end}", OPEN[endpoint][place])
    for endpoint, end, methods in (
        ("RegisterPages.register", "", ("GET", "POST")),
        ("RegisterPages.calendar", "/calendar", ("GET",)),
    ):
        for method in methods:
            yield endpoint, Case(method, f"/register/{world.rows[Event]['own']}{end}", OPEN[endpoint][place])
    for method in ("GET", "POST"):
        yield "ReportPages.report", Case(method, "/report/x", OPEN["ReportPages.report"][place])


def exports_of(world, role):
    """Yield the cases of the files of a newsletter."""
    yield "ExportView.index", Case("GET", "/exports/", expected(role, "x", "subscribers", ""))
    for base, endpoint in (("exports", "ExportView.newsletter"), ("proof", "ProofView.newsletter")):
        section, letter = SPECIAL[endpoint]
        for kind, key in world.rows[Newsletter].items():
            for method in ("GET", "POST"):
                data = {"layout": "csv", "purpose": "Test"} if method == "POST" else None
                status = expected(role, letter, section, kind)
                yield endpoint, Case(method, f"/{base}/{key}", status, data)
    for kind, key in world.rows[Receipt].items():
        # A receipt of a list has nobody to be called back.
        status = expected(role, "x", "subscribers", kind, done=404)
        yield "ExportView.removal", Case("POST", f"/exports/removal/{key}/csv", status)


def papers_of(world, role):
    """Yield the cases of the papers of an event; who may only read a shared one prints nothing of it."""
    for kind, key in world.rows[Event].items():
        status = expected(role, "w", "participations", kind)
        yield "PaperView.show", Case("GET", f"/papers/{key}", status)
        for name, asked in (
            ("list", "format=a4-85x54&coming=all"), ("badges", "format=a4-85x54&coming=all"),
            ("signs", "coming=all&organisations=y"), ("blank", "first=90&last=91"), ("contracts", "first=1&last=1"),
        ):  # fmt: skip
            yield "PaperView.paper", Case("GET", f"/papers/{key}/{name}", status)
            # Nobody comes to the shared event: there is nothing to print but blank forms.
            given = 302 if (status, kind) == (200, "shared") and name != "blank" else status
            yield "PaperView.file", Case("GET", f"/papers/{key}/{name}/file?language=de&{asked}", given)
    for kind, key in world.rows[Contract].items():
        status = expected(role, "w", "contracts", kind)
        yield "ContractPaperView.show", Case("GET", f"/contract-forms/{key}", status)
        yield "ContractPaperView.file", Case("GET", f"/contract-forms/{key}/file?language=de", status)


def matching_of(world, role):
    """Yield the cases of the matching of an event: nothing of it is shared with the event."""
    for kind, key in world.rows[Event].items():
        for endpoint, end, letter in (
            ("show", "", "r"),
            ("plan", "/plan", "r"),
            ("unmatched", "/unmatched", "r"),
            ("sheets", "/sheets", "r"),
            ("paper", "/paper", "w"),
        ):
            status = expected(role, letter, "offers", kind)
            if kind == "shared" and status == 200 and role is not Role.ADMINISTRATOR:
                status = 403
            yield f"MatchingView.{endpoint}", Case("GET", f"/matching/{key}{end}", status)


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
        "MyDownloadsView.index": ("GET", "/downloads/"), "MyDownloadsView.notice": ("GET", "/downloads/notice"),
        "SchedulesView.index": ("GET", "/schedules/"),
    }  # fmt: skip
    for endpoint, (method, address) in addresses.items():
        data = {"AccountView.language": {"language": "en"}, "OfficeChoiceView.choose": {"office": "all"}}.get(
            endpoint
        )
        yield endpoint, Case(method, address, OPEN[endpoint][place], data)
    yield from reports_of(role)
    yield from exports_of(world, role)
    yield from papers_of(world, role)
    yield from matching_of(world, role)
    yield from public_pages(world, place)
    yield from personal(world, role)
    # Mails are personal: outside the demo, and where none is sent, administrators see them.
    status = 302 if role is None else 200 if role is Role.ADMINISTRATOR else 403
    yield "OutboxView.index", Case("GET", "/outbox/", status)
    for endpoint, end in (("show", ""), ("html", "/html")):
        yield f"OutboxView.{endpoint}", Case("GET", f"/outbox/nothing{end}", 404 if status == 200 else status)
    yield "RolesView.list", Case("GET", "/roles/list/", expected(role, "r", "roles", ""))
    for kind, key in world.rows[Contact].items():
        for method in ("GET", "POST"):
            yield (
                "SubscribeView.contact",
                Case(method, f"/subscribe/{key}", expected(role, "w", "subscribing", kind)),
            )
    yield from imports_of(world, role)
    yield from event_pages(world, role)
    yield from registering(world, role)
    yield from evening_of(world, role)
    yield from results_of(world, role)
    yield from followups_of(world, role)
    for endpoint, letter, end in (("panel", "r", ""), ("export", "x", "/export")):
        for name in panels.NAMES:
            status = 302 if role is None else 200 if panels.may(role, letter, name) else 403
            yield f"DashboardView.{endpoint}", Case("GET", f"/panel/{name}{end}", status)
    yield LAST, Case("POST", "/logout/", 302)


def personal(world, role):
    """Yield the cases of downloads and of reports by mail: here they are somebody else's, whoever asks."""
    status = 302 if role is None else 404
    yield "MyDownloadsView.file", Case("GET", f"/downloads/{world.download}/file", status)
    for act in ("cancel", "retry", "remove"):
        yield "MyDownloadsView.change", Case("POST", f"/downloads/{world.download}/{act}", status)
    for method in ("GET", "POST"):
        yield "SchedulesView.edit", Case(method, f"/schedules/{world.schedule}", status)
        for name, (of, _table) in TABLES.items():
            may_take = expected(role, "x", "reports", "")
            may_take = expected(role, "x", of, "") if may_take == 200 else may_take
            yield "SchedulesView.new", Case(method, f"/schedules/new/{name}", may_take)
    for act in ("pause", "resume", "remove"):
        yield "SchedulesView.act", Case("POST", f"/schedules/{world.schedule}/{act}", status)


def event_pages(world, role):
    """Yield the cases of the pages of an event: a shared one may be read, but what comes to it isn't shared."""
    for endpoint, base, methods in (
        ("ApplyTemplatePage.show", "event-template", ("GET", "POST")),
        ("BenchmarkPage.show", "benchmark", ("GET",)),
        ("CockpitPage.show", "cockpit", ("GET",)),
    ):
        section, letter = SPECIAL[endpoint]
        for kind, key in world.rows[Event].items():
            status = expected(role, letter, section, kind)
            status = 403 if kind == "shared" and status == 200 and role is not Role.ADMINISTRATOR else status
            for method in methods:
                yield endpoint, Case(method, f"/{base}/{key}", status)


def registering(world, role):
    """Yield the cases of an event's page for its registration, and of the decision about one."""
    for kind, key in world.rows[Event].items():
        for endpoint, method, end in (("show", "GET", ""), ("admit", "POST", "/admit")):
            letter = SPECIAL[f"PlacesPage.{endpoint}"][1]
            # Nobody is named, so nobody is found; who comes isn't shared with the event.
            status = expected(role, letter, "participations", kind, done=404 if end else 200)
            if kind == "shared" and role not in {None, Role.ADMINISTRATOR}:
                status = 403
            yield f"PlacesPage.{endpoint}", Case(method, f"/event-registration/{key}{end}", status)
    for kind, key in world.rows[Registration].items():
        status = expected(role, "w", "participations", kind)
        for method in ("GET", "POST"):
            yield "DecideView.decide", Case(method, f"/decide/{key}", status)
        status = expected(role, "w", "participations", kind, done=302)
        yield "DecideView.decline", Case("POST", f"/decide/{key}/decline", status)


def evening_of(world, role):
    """Yield the cases of the pages of an event's evening; an event that is only shared has none."""
    guest = {kind: world.guests.get(kind, 1) for kind in world.rows[Event]}
    contract = {kind: world.rows[Contract].get(kind, 1) for kind in world.rows[Event]}
    for endpoint, method, address, done in (
        ("CheckInPage.show", "GET", "/checkin/{event}", 200),
        ("CheckInPage.enter", "POST", "/checkin/{event}/in/{guest}", 302),
        ("CheckInPage.undo", "POST", "/checkin/{event}/undo/{guest}", 302),
        ("CheckInPage.walk_in", "GET", "/checkin/{event}/walk-in", 200),
        ("CheckInPage.walk_in", "POST", "/checkin/{event}/walk-in", 200),
        ("DeskPage.show", "GET", "/desk/{event}", 200),
        ("DeskPage.show", "POST", "/desk/{event}", 422),
        ("DeskPage.parties", "GET", "/desk/{event}/parties", 200),
        ("DeskPage.scan", "GET", "/desk/{event}/scan/{contract}", 200),
        ("DeskPage.scan", "POST", "/desk/{event}/scan/{contract}", 302),
        ("DeskPage.corrected", "POST", "/desk/{event}/corrected/{contract}", 302),
        ("NotaryPage.show", "GET", "/notary/{event}", 200),
        ("NotaryPage.stamp", "POST", "/notary/{event}/stamp/{contract}", 302),
        ("NotaryPage.send_back", "POST", "/notary/{event}/send-back/{contract}", 302),
        ("HallPage.show", "GET", "/hall/{event}", 200),
        ("HallPage.gong", "POST", "/hall/{event}/gong", 302),
        ("HallPage.open", "POST", "/hall/{event}/open", 302),
        ("HallPage.end", "POST", "/hall/{event}/end", 302),
    ):
        section, letter = SPECIAL[endpoint]
        for kind, key in world.rows[Event].items():
            if (
                kind == "shared"
                and role is Role.ADMINISTRATOR
                and ("{guest}" in address or "{contract}" in address)
            ):
                continue  # it has neither
            status = expected(role, letter, section, kind, done=done)
            data = {"after": "0"} if endpoint.endswith("gong") else None
            filled = address.format(event=key, guest=guest[kind], contract=contract[kind])
            yield endpoint, Case(method, filled, status, data)
    for kind, token in world.badges.items():
        status = expected(role, "w", "participations", kind)
        yield "CheckInPage.code", Case("GET", f"/checkin/code/{token}", status)
    for end, endpoint in (("", "show"), ("/now", "now")):
        yield f"HallScreen.{endpoint}", Case("GET", f"/screen/x{end}", OPEN[f"HallScreen.{endpoint}"][0])


def results_of(world, role):
    """Yield the cases of the result of an event, of which the gong has counted nothing, so that there is no sheet."""
    for endpoint, method, end, done in (
        ("show", "GET", "", 200),
        ("report", "POST", "/figures", 302),
        ("export", "GET", "/pdf", 404),
        ("export", "GET", "/xlsx?language=de", 404),
    ):
        section, letter = SPECIAL[f"ResultPage.{endpoint}"]
        for kind, key in world.rows[Event].items():
            status = expected(role, letter, section, kind, done=done)
            if kind == "shared" and role not in {None, Role.ADMINISTRATOR}:
                status = 403
            yield f"ResultPage.{endpoint}", Case(method, f"/result/{key}{end}", status)


def followups_of(world, role):
    """Yield the cases of the follow-up of an event, and of a contract. An event that is only shared opens none."""
    yield "FollowUpsView.list", Case("GET", "/followups/", expected(role, "r", "contracts", ""))
    for kind, key in world.rows[Event].items():
        for name, method, end, done in (
            ("show", "GET", "", 200), ("calls", "GET", "/calls", 200), ("ask", "POST", "/ask", 302),
            ("export", "GET", "/calls/export", 200),
        ):  # fmt: skip
            letter = SPECIAL[f"FollowUpPage.{name}"][1]
            status = expected(role, letter, "contracts", kind, done=done)
            if kind == "shared" and status == done and role not in {None, Role.ADMINISTRATOR}:
                status = 403
            if name == "export" and status == done and not may(role, "x", "contacts"):
                status = 403  # numbers of people are in it
            yield f"FollowUpPage.{name}", Case(method, f"/followups/event/{key}{end}", status)
    for kind, key in world.rows[Contract].items():
        base = f"/followups/contract/{key}"
        yield "AnswersView.show", Case("GET", base, expected(role, "r", "contracts", kind))
        for method in ("GET", "POST"):
            status = expected(role, "w", "contracts", kind)
            yield "AnswersView.answer", Case(method, f"{base}/party/{world.parties[kind]}", status)
            yield "AnswersView.decide", Case(method, f"{base}/decide", status)
    for kind, key in world.notes.items():
        base = f"/followups/contract/note/{key}"
        # It has no photo.
        yield (
            "AnswersView.photo",
            Case("GET", f"{base}/photo", expected(role, "r", "contracts", kind, done=404)),
        )
    made = world.spare[role]["note"] if role else world.notes["own"]
    if role is not Role.ADMINISTRATOR:
        status = expected(role, "w", "contracts", "foreign")
        yield (
            "AnswersView.remove",
            Case("POST", f"/followups/contract/note/{world.notes['foreign']}/remove", status),
        )
    status = expected(role, "w", "contracts", "own", done=302)
    yield "AnswersView.remove", Case("POST", f"/followups/contract/note/{made}/remove", status)


def imports_of(world, role):
    """Yield the cases of the steps of an import, and of the addresses for bounces."""
    for kind, key in world.rows[Import].items():
        for method in ("GET", "POST"):
            status = expected(role, "w", "subscribers", kind, done=302)
            yield "ImportView.assign", Case(method, f"/imports/assign/{key}", status)
        yield "ImportView.apply", Case("POST", f"/imports/apply/{key}", status)
    for kind, key in world.rows[Newsletter].items():
        status = expected(role, "w", "subscribers", kind)
        yield "BounceAddressView.show", Case("GET", f"/bounce-address/{key}", status)
        status = expected(role, "w", "subscribers", kind, done=302)
        yield "BounceAddressView.renew", Case("POST", f"/bounce-address/{key}/renew", status)
    yield "BounceReports.report", Case("POST", "/api/bounces/x", OPEN["BounceReports.report"][0])


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
    if case.address.startswith("/api/v1/"):
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
    assert shareable == {Organisation, Event, EventTemplate, Material, NewsItem, Figure, Rate}
    assert all("shared" in world.rows[model] for model in shareable)
    assert all({"own", "foreign"} <= set(rows) for rows in world.rows.values())
    assert Activity in world.rows
    assert Offer in world.rows
