"""Lists stay quick and stable however many rows there are: few statements, small pages, one order."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.access import Role, everything
from app.core.db import db
from app.models.users import Staff
from app.views.columns import choices
from tests import factories as make
from tests.conftest import _empty, share_of
from tests.crowd import ROWS, crowd
from tests.pages import views
from tests.tables import read

MOST = 10
#: The person, what the person chose for the list, the keys of the rows, the rows, and which may be edited.
MOST_OF_A_LIST = 5
SORTED_BY = {
    "Contact": "last_name", "Contract": "number", "Event": "starts_on", "Newsletter": "name",
    "NewsletterText": "valid_from", "Office": "name",
    "EventTemplate": "name", "Organisation": "name", "Rate": "name", "Series": "name", "Staff": "last_name",
    "Subscriber": "email",
}  # fmt: skip


def names():
    """The views, by name: a new one is counted from its first day."""
    from app import menu

    found = {view for group in menu.MENU for view in group.views} | set(menu.HIDDEN)
    return sorted(view.__name__ for view in found if hasattr(view, "list_columns"))


def view_named(app, name):
    return next(view for view in views(app) if type(view).__name__ == name)


@pytest.fixture
def busy(app):
    """A busy office, made once: these tests only read it. Another test may have emptied it in between."""
    with app.app_context(), everything("tests"):
        if db.session.query(Staff).filter_by(username="busy").first() is None:
            _empty()
            home = make.office("LAG", parent=make.office("Servicestelle"))
            crowd(home)
            make.staff(Role.ADMINISTRATOR, offices=(home,), username="busy")
            others = [role for role in Role if role is not Role.ADMINISTRATOR]
            make.staff(*others, offices=(home,), username="staff")
            db.session.commit()
        return {person.username: person.get_id() for person in db.session.query(Staff)}


@pytest.fixture
def browser(app, busy):
    """Sign in without touching the rows."""

    def browser(who="staff", language="de"):
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"], session["locale"] = busy[who], True, language
        return client

    return browser


@pytest.fixture
def counted(browser, count_statements):
    """Open a page a second time, when nothing has to be set up any more, and give its statements."""

    def counted(address, **who):
        client = browser(**who)
        assert client.get(address).status_code == 200
        with count_statements() as statements:
            answer = client.get(address)
        assert answer.status_code == 200
        return answer, statements

    return counted


def told(statements):
    return "\n".join(f"{number}. {' '.join(line.split())[:160]}" for number, line in enumerate(statements, 1))


@pytest.mark.parametrize("who", ["staff", "busy"])
@pytest.mark.parametrize("name", names())
def test_a_list_of_25_rows_takes_few_statements(app, counted, name, who):
    view = view_named(app, name)
    answer, statements = counted(f"{view.route_base}/list/?psize_{name}=25", who=who)
    assert len(read(answer).rows) >= min(ROWS, 25) - 22 * (name == "NewsletterView"), name
    assert len(statements) <= MOST_OF_A_LIST, told(statements)


@pytest.mark.parametrize("more", ["", "&q=a"])
@pytest.mark.parametrize("name", names())
def test_a_list_with_all_columns_takes_no_more(app, browser, counted, name, more):
    view = view_named(app, name)
    chosen = browser("busy")
    chosen.post(f"{view.route_base}/settings", data={"column": choices(view)})
    try:
        answer, statements = counted(f"{view.route_base}/list/?psize_{name}=200{more}", who="busy")
    finally:
        chosen.post(f"{view.route_base}/settings", data={"reset": "y"})
    if read(answer).rows:
        assert len(read(answer).headings) >= len(choices(view)), name
    assert len(statements) <= MOST_OF_A_LIST, told(statements)


@pytest.mark.parametrize("name", names())
def test_an_empty_form_takes_few_statements(app, counted, name):
    view = view_named(app, name)
    if view.add_columns:
        _answer, statements = counted(f"{view.route_base}/add")
        assert len(statements) <= MOST, told(statements)


@pytest.mark.parametrize("page", ["show", "edit"])
@pytest.mark.parametrize("name", names())
def test_a_page_of_a_record_takes_no_more_for_more_rows(app, counted, name, page):
    """Statements are for the kinds of rows on a page: each relation, each list below. Not for each row."""
    view = view_named(app, name)
    if page == "edit" and not view.edit_columns:
        return
    _answer, statements = counted(f"{view.route_base}/{page}/{last_key(app, view)}", who="busy")
    columns = view.show_columns if page == "show" else view.edit_columns
    relations = sum(view.datamodel.is_relation(column) for column in columns)
    below = sum(3 + len(other.datamodel.loads) * 2 for other in view._related_views) if page == "show" else 0
    assert len(statements) <= MOST + 3 * relations + below, told(statements)


def last_key(app, view):
    with app.app_context(), everything("tests"):
        model = view.datamodel.obj
        return db.session.query(model.id).order_by(model.id.desc()).limit(1).scalar()


@pytest.mark.parametrize("name", names())
def test_every_column_that_can_be_sorted_by_is_sorted_both_ways(app, browser, name):
    view = view_named(app, name)
    client = browser("busy")
    for column, direction in share_of(app, list(product(view.order_columns, ("asc", "desc")))):
        with app.app_context(), everything("tests"):
            wanted = [str(key) for key in db.session.scalars(sorted_keys(view, column, direction))]
        query = {f"_oc_{name}": column, f"_od_{name}": direction, f"psize_{name}": "200"}
        page = read(client.get(f"{view.route_base}/list/", query_string=query))
        assert (page.status, page.keys) == (200, wanted), (column, direction)
        assert wanted


def sorted_keys(view, column, direction):
    """Select the keys in order; a relation is sorted as the list of what it leads to is, or by a name."""
    model = view.datamodel.obj
    query, keys = select(model.id), [getattr(model, column), model.id]
    if view.datamodel.is_relation(column):
        kind = view.datamodel.get_related_model(column)
        target = aliased(kind)
        query = query.outerjoin(target, target.id == getattr(model, f"{column}_id"))
        keys = [getattr(target, SORTED_BY[kind.__name__]), target.id, model.id]
    return query.order_by(*(getattr(key, direction)() for key in keys)).limit(200)


def test_a_list_that_nobody_sorted_has_the_order_of_its_declaration(app, browser):
    client = browser("busy")
    assert read(client.get("/contacts/list/")).first[0] == "Person 00"
    dates = [row[0] for row in read(client.get("/events/list/")).rows]
    assert dates[0] == "05.01.2026"


def test_participations_are_sorted_by_the_names_of_their_organisations(app, browser):
    page = read(
        browser("busy").get(
            "/participations/list/?_oc_ParticipationView=organisation&_od_ParticipationView=desc"
        )
    )
    names = [row[page.headings.index("Organisation")] for row in page.rows]
    assert len(set(names)) > 5
    assert names == sorted(names, reverse=True)
