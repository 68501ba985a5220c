"""Whatever stands in an address or a form, the answer is a page or a refusal, and never an error of ours."""

from __future__ import annotations

import io
import json

import pytest
from sqlalchemy import inspect

from app.access import Role
from tests import factories as make
from tests.access.worlds import snapshot
from tests.conftest import _empty, share_of
from tests.pages import views
from tests.views.test_leaks import paths

KEYS = [
    "0", "-1", "1e3", "1.0", "%201", "1%20", "+1", "2147483647", "2147483648", "9223372036854775808", "9" * 30,
    "9" * 5000, "00000000000000000000001", "%00", "1%00", "%D9%A3", "%C2%B2", "%EF%BC%91", "0x1", "1_0", "None",
    "__None", "null", "NaN", "a", "%FF", "..%2F1", "1;2", "1'--", "%27", "*", "{}", "%F0%9F%98%80",
]  # fmt: skip
TEXTS = [
    "%00", "a%00b", "x" * 501, "x" * 6000, "%25", "_", "%5C", "%5C%25", "'", "%FF%FE", "%F0%9F%98%80", "%ED%A0%80",
    "9" * 400, "1e400", "NaN", "Infinity", "-0", "-1", "1.5", "1,5", "31.02.2026", "01.01.0001", "31.12.9999",
    "2026-13-45", "0000-00-00", "10000-01-01", "%C2%B2", "%D9%A3", "(" * 300, "y", "", "%20", "2147483648",
    "9223372036854775808",
]  # fmt: skip
NUMBERS = [
    "-1",
    "abc",
    "1.0",
    "%D9%A3",
    "%C2%B2",
    "9" * 30,
    "0" * 30 + "9" * 30,
    "%00",
    "1e3",
    "",
    "%20",
    "2147483648",
]
# All views read numbers and keys by the same code: these get all of them, the others some, each view other keys.
WHOLE = {"/contracts", "/staff"}


@pytest.fixture(scope="module")
def world(app):
    """An office with everything in it, and an administrator."""
    with app.app_context():
        _empty()
        from app.access import everything

        with everything("tests"):
            office = make.full_office()
            person = make.staff(Role.ADMINISTRATOR, Role.NEWSLETTER_EDITOR, offices=(office,))
            from app.core.db import db

            db.session.commit()
            return make.sign_in(app.test_client(), person), office.id


@pytest.fixture
def client(world):
    return world[0]


def refused(answer):
    """Whether the answer is a refusal in our own words; close what is open."""
    with answer:
        assert answer.status_code < 500
        return answer.status_code in {400, 404, 405, 413, 414, 415, 422}


def test_a_key_that_can_not_be_one_is_no_record(app, client):
    asked = 0
    for place, view in enumerate(views(app)):
        base, changes = view.route_base, bool(view.edit_columns)
        for key in KEYS if base in WHOLE else KEYS[place % 12 :: 12]:
            addresses = [
                ("GET", f"{base}/{page}") for page in (f"show/{key}", f"file/{key}/scan", f"lookup/{key}")
            ]
            if changes:
                addresses += [("GET", f"{base}/edit/{key}"), ("POST", f"{base}/edit/{key}")]
            if "delete" not in view.exclude_route_methods:
                addresses.append(("POST", f"{base}/delete/{key}"))
                assert refused(
                    client.post(f"{base}/bulk", data={"rowid": [key], "act": "delete", "confirmed": "1"})
                )
            for method, address in addresses:
                asked += 1
                assert refused(client.open(address, method=method)), (method, address)
    for key in KEYS:
        for address in (
            "/subscribe",
            "/reports",
            "/roles",
            "/lang",
            "/invitation",
            "/nothing",
            "/static",
            "/api/v1/contacts",
        ):
            with client.get(f"{address}/{key}") as answer:
                assert 400 <= answer.status_code < 500, (address, key)
        with client.get(f"/reports/{key}/export") as answer:
            assert answer.status_code in {400, 404}
    assert asked > 500


def test_the_column_of_a_file_is_one_of_the_record(app, client):
    for column in (
        "__class__",
        "metadata",
        "office",
        "id",
        "password",
        "scan%00",
        "registry",
        "_sa_instance_state",
    ):
        assert refused(client.get(f"/contracts/file/1/{column}"))


def test_a_list_refuses_what_it_can_not_read(app, client):
    for view in views(app):
        base, name = f"{view.route_base}/list/", type(view).__name__
        for number in NUMBERS if view.route_base in WHOLE else NUMBERS[::6]:
            assert refused(client.get(f"{base}?page_{name}={number}")), number
            assert refused(client.get(f"{base}?psize_{name}={number}")), number
        for column in ("nothing", "office.name", "id", "search", "__class__", "%00", "x" * 500, "password"):
            assert refused(client.get(f"{base}?_oc_{name}={column}&_od_{name}=asc")), column
        assert refused(
            client.get(f"{base}?_oc_{name}={(view.order_columns or ['x'])[0]}&_od_{name}=sideways")
        )
        for bad in (
            "_flt_0_nothing=x",
            "_flt_99_name=x",
            "_flt_100_name=x",
            "_flt_x=1",
            "_flt_0_=1",
            "_flt_0_search=x",
        ):
            assert refused(client.get(f"{base}?{bad}")), bad
        assert client.get(f"{base}?psize_{name}=1000000&page_{name}=1000000").status_code == 200


@pytest.mark.each_database
def test_a_filter_takes_any_text(app, client):
    """What it can't read it says on the page; a text that no database takes is refused.

    Columns of one type read alike, so they share the texts: each comparison gets all, and each column one or more.
    """
    asked = {}
    for view in views(app):
        for column, offered in view._prototype.get_search_filters().items():
            kind = type(getattr(inspect(view.datamodel.obj).columns.get(column), "type", None))
            for index, one in enumerate(offered):
                asked.setdefault((type(one), kind), []).append(
                    f"{view.route_base}/list/?_flt_{index}_{column}="
                )
    assert len(asked) > 50
    for (one, _kind), beginnings in asked.items():
        # A comparison that asks for nothing doesn't read what it's sent.
        texts = TEXTS[::11] if one.asks == "nothing" else TEXTS
        for turn in share_of(app, range(max(len(texts), len(beginnings)))):
            address = beginnings[turn % len(beginnings)] + texts[turn % len(texts)]
            assert client.get(address).status_code in {200, 400}, address


@pytest.mark.each_database
def test_the_search_box_takes_any_text(app, client):
    for view in share_of(app, list(views(app))):
        for text in TEXTS if view.route_base in {"/organisations", "/staff", "/consents"} else TEXTS[::7]:
            assert client.get(f"{view.route_base}/list/?q={text}").status_code in {200, 400}, text
            for path in list(paths(view))[:2]:
                assert client.get(f"{view.route_base}/lookup/{path}?q={text}").status_code in {200, 400}, text
        for number in NUMBERS if view.route_base in WHOLE else NUMBERS[::6]:
            for path in list(paths(view))[:1]:
                assert refused(client.get(f"{view.route_base}/lookup/{path}?page={number}")), number


@pytest.mark.parametrize(
    "argument",
    [
        "fmt=csv", "endpoint=x", "_external=1", "_scheme=javascript", "_anchor=x", "_method=POST", "values=1", "self=1",
        "pk=1", "filename=x", "_l_=xx", "_l_=%00", "next=//evil.example", "q=1&q=2", "name=x", "form=x", "view=x",
        "row_version=9", "csrf_token=x", "office=x", "locale=xx", "%00=1", "a" * 3000, "_flt_0_name=1&_flt_0_name=2",
        "password=x", "order_column=x", "=x", "&&&", "organisation=%00", "event=-1",
        "contact=abc", "office=999999999999",
    ],
)  # fmt: skip
def test_an_argument_that_nobody_asked_for_changes_nothing(app, client, argument):
    for page in ("/organisations/list/", "/contracts/add", "/activities/add", "/", "/reports/", "/account/"):
        with client.get(f"{page}?{argument}") as answer:
            assert answer.status_code in {200, 400}, page
            assert "javascript:" not in answer.text
            assert 'href="//evil' not in answer.text
    with client.get(f"/organisations/export/csv?{argument}") as answer:
        assert answer.status_code in {200, 400}


def test_looking_changes_nothing(app, client, world):
    """HEAD and OPTIONS carry no token against forged requests, so they may do nothing."""
    with app.app_context():
        before = snapshot([world[1]])
    for view in views(app):
        for page in (
            "list/",
            "add",
            "edit/1",
            "show/1",
            "export/csv",
            "delete/1",
            "bulk",
            "settings",
            "views",
            "views/1",
            "withdraw/1",
        ):
            for method in ("HEAD", "OPTIONS"):
                with client.open(f"{view.route_base}/{page}", method=method) as answer:
                    assert answer.status_code in {200, 400, 404, 405}, page
                    assert answer.status_code != 200 or answer.data == b""
    with app.app_context():
        after = snapshot([world[1]])
    receipts = (before.pop("receipt"), after.pop("receipt"))
    assert len(receipts[0]) < len(receipts[1])  # a download is written down, however it was asked for
    assert before == after


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X"])
def test_other_methods_are_no_way_in(app, client, method):
    for page in (
        "list/",
        "add",
        "edit/1",
        "show/1",
        "delete/1",
        "bulk",
        "settings",
        "views",
        "views/1",
        "export/csv",
        "lookup/office",
    ):
        assert client.open(f"/organisations/{page}", method=method).status_code == 405


@pytest.mark.parametrize(
    "page", ["add/", "edit/1/", "show/1/", "delete/1/", "list//", "/list/", "%2e%2e/list/", "List/", "list/."]
)
def test_an_address_is_written_in_one_way(app, client, page):
    with client.get(f"/organisations/{page}") as answer:
        assert answer.status_code in {308, 404, 405}


BODIES = {
    "JSON": {"data": json.dumps([1, {"name": ["x"]}]), "content_type": "application/json"},
    "JSON values": {"data": json.dumps({"name": 5, "office": {"a": 1}}), "content_type": "application/json"},
    "broken JSON": {"data": "{", "content_type": "application/json"},
    "no type": {"data": b"\x00\xff", "content_type": ""},
    "broken parts": {"data": b"--x\r\n\r\nname", "content_type": "multipart/form-data; boundary=x"},
    "no boundary": {"data": b"x", "content_type": "multipart/form-data"},
    "another charset": {
        "data": b"name=%FF",
        "content_type": "application/x-www-form-urlencoded; charset=utf-16",
    },
}


@pytest.mark.parametrize(("name", "body"), BODIES.items(), ids=BODIES.keys())
def test_a_body_that_is_no_form_is_refused(app, client, name, body):
    pages = [
        "/login/",
        "/account/",
        "/account/language",
        "/lang/de",
        "/subscribe/1",
        "/organisations/bulk",
        "/organisations/settings",
        "/organisations/views",
    ]
    pages += [f"{view.route_base}/add" for view in views(app) if view.add_columns]
    for page in pages:
        with client.post(page, **body) as answer:
            assert answer.status_code < 500, page
            assert "JSON" not in name or answer.status_code == 415, page


def posted(view):
    """Give the names of all inputs of a view's form, one row of each collection included."""
    for column in view.add_columns:
        yield from (f"{column}-0-{name}" for name in view.rows[column]) if column in view.rows else (column,)


VALUES = ["\x00", "a\x00b", "x" * 70_000, "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
          "²", "٣", "9" * 60,
          "1e400", "NaN", "Infinity", "-1", "01.01.0001 00:00", "31.12.9999 23:59", "01.01.0001", "31.12.9999", "25:99",
          "__None", " 1", "2147483648", "9" * 5000, "'", "<script>", "../../x", "y"]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:20]))
def test_a_form_takes_any_value(app, client, value):
    """Each refuses it at a field, or keeps it; all fields at once, as each has its own say.

    Fields of one type read alike in all forms, so each form gets a third of the values; the largest ones get all.
    """
    turn = VALUES.index(value)
    for place, view in enumerate(view for view in views(app) if view.add_columns):
        if view.route_base in WHOLE or (place + turn) % 3 == 0:
            data = dict.fromkeys(posted(view), value)
            with client.post(f"{view.route_base}/add", data=data) as answer:
                assert answer.status_code in {200, 302}, (view, value)
    for page in ("/login/", "/account/", "/subscribe/1"):
        names = ("username", "password", "old", "again", "newsletter", "channel", "wording")
        with client.post(page, data=dict.fromkeys(names, value)) as answer:
            assert answer.status_code < 500


@pytest.mark.parametrize("name", ["²", "٣", "9" * 5000, "-1", "1e3", "", "x", "\x00", "999999999", "0-0"])
def test_the_number_of_a_row_may_be_anything(app, client, name):
    for view in views(app):
        data = {f"{rows}-{name}-{column}": "1" for rows, columns in view.rows.items() for column in columns}
        if data:
            assert client.post(f"{view.route_base}/add", data=data).status_code in {200, 302}, view


def test_a_file_is_taken_where_one_belongs(app, client):
    for view in views(app):
        if view.add_columns:
            data = {name: (io.BytesIO(b"x"), "x.txt") for name in posted(view)}
            answer = client.post(f"{view.route_base}/add", data=data, content_type="multipart/form-data")
            assert answer.status_code == 200, view
    for page in (
        "/login/",
        "/account/",
        "/account/language",
        "/lang/de",
        "/subscribe/1",
        "/contacts/bulk",
        "/contacts/settings",
        "/contacts/views",
    ):
        names = ("username", "password", "old", "again", "language", "next", "rowid", "newsletter", "wording")
        data = {name: (io.BytesIO(b"x"), "x.txt") for name in names}
        assert client.post(page, data=data, content_type="multipart/form-data").status_code == 415
