"""A view is one object for all threads: what one person searches is not what another is shown."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from http.client import HTTPConnection
from urllib.parse import quote

import pytest

from app.access import Role, everything
from app.core.db import db
from app.core.serving import serving
from app.views.background import AT_ONCE
from tests import factories as make
from tests.api.calls import Program
from tests.conftest import _empty

WORDS = ("Ahorn", "Birke", "Buche", "Eiche", "Erle", "Esche", "Linde", "Weide")
TURNS = 40  # of each of the eight
ROWS = 3


class Reader:
    """A person with a browser and a word; each has an office of the own, and all have records of that word."""

    def __init__(self, app, word, person):
        self.word = word
        self.client = make.sign_in(app.test_client(), person)
        cookie = self.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        self.headers = {"Cookie": f"{cookie.key}={cookie.value}", "Host": "localhost"}
        self.program = Program(app, person)


@pytest.fixture(scope="module")
def readers(app):
    """Eight people in four offices. Two who share an office are told apart by what they search alone."""
    with app.app_context():
        _empty()
        with everything("tests"):
            root = make.office("Servicestelle")
            offices = [make.office(f"Büro {number}", parent=root) for number in range(4)]
            people = [make.staff(Role.OFFICE_MANAGER, offices=(offices[at // 2],)) for at in range(8)]
            for office in offices:
                for word in WORDS:
                    for number in range(ROWS):
                        make.organisation(office, f"{word} {office.name} {number}")
            homes = [(offices[at // 2].name, offices[at // 2].id) for at in range(8)]
            db.session.commit()
            found = [Reader(app, word, person) for word, person in zip(WORDS, people, strict=True)]
    for reader, (name, key) in zip(found, homes, strict=True):
        reader.office = str(key)
        reader.rows = sorted(f"{reader.word} {name} {number}" for number in range(ROWS))
    return found


@pytest.fixture
def server(app, monkeypatch):
    """The embedded server, with eight threads, each of which may make a file."""
    monkeypatch.setitem(app.extensions, AT_ONCE, threading.BoundedSemaphore(8))
    with serving(app, threads=8) as port:
        yield port


def asked(reader, turn):
    """Give an address that shows the reader's own records alone: by word, by filter, sorted, page by page."""
    word = quote(reader.word)
    return (
        f"/organisations/list/?q={word}",
        f"/organisations/list/?_flt_0_name={word}",
        f"/organisations/list/?q={word}&_oc_OrganisationView=name&_od_OrganisationView=desc",
        f"/organisations/list/?_flt_2_name={word}&psize_OrganisationView=50",
        f"/organisations/export/csv?q={word}",
    )[turn % 5]


def shown(text):
    """Give the names that a list or a file holds."""
    return sorted(set(re.findall(rf"(?:{'|'.join(WORDS)}) Büro \d \d", unescape(text))))


def all_at_once(readers, read):
    """Let all read at the same time; give what somebody saw that was another's, and how many pages were read."""
    barrier = threading.Barrier(len(readers))

    def work(reader):
        barrier.wait()
        return [(reader.rows, shown(read(reader, turn))) for turn in range(TURNS)]

    with ThreadPoolExecutor(len(readers)) as pool:
        pages = [page for pages in pool.map(work, readers) for page in pages]
    return [page for page in pages if page[0] != page[1]], len(pages)


def test_eight_browsers_at_one_server_see_their_own_results(readers, server):
    def read(reader, turn):
        connection = HTTPConnection("127.0.0.1", server, timeout=60)
        try:
            connection.request("GET", asked(reader, turn), headers=reader.headers)
            answer = connection.getresponse()
            body = answer.read().decode("utf-8-sig")
            assert answer.status == 200, body[:500]
            return body
        finally:
            connection.close()

    assert all_at_once(readers, read) == ([], 8 * TURNS)


def test_eight_programs_at_once_see_their_own_results(readers):
    def read(reader, turn):
        name = {"col": "name", "opr": "sw", "value": reader.word}
        word = {"col": "search", "opr": "ct", "value": reader.word}
        answer = reader.program.get("organisations/", {"filters": [name if turn % 2 else word]})
        assert answer.status_code == 200
        return " ".join(row["name"] for row in answer.json["result"])

    assert all_at_once(readers, read) == ([], 8 * TURNS)


def test_records_are_saved_by_who_sent_them(readers, app):
    """Each adds records at once with the others: they are in the own office, under the own name."""

    def add(reader):
        for turn in range(5):
            data = {
                "name": f"Neu {reader.word} {turn}",
                "kind": "company",
                "country": "DE",
                "office": reader.office,
            }
            assert reader.client.post("/organisations/add", data=data).status_code == 302
            assert reader.client.get("/organisations/list/?q=Neu").status_code == 200

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, readers))
    from sqlalchemy import select

    from app.models.organisations import Organisation

    with app.app_context(), everything("tests"):
        rows = db.session.scalars(select(Organisation).where(Organisation.name.like("Neu %"))).all()
        assert len(rows) == 40
        for row in rows:
            reader = next(reader for reader in readers if reader.word in row.name)
            assert row.office.name in reader.rows[0]
        authors = {(row.name.split()[1], row.created_by) for row in rows}
        assert len(authors) == len({author for _word, author in authors}) == 8
        for row in rows:
            db.session.delete(row)
        db.session.commit()


def test_another_thread_finds_all_views_or_none_yet(app, monkeypatch):
    """While one request still collects the views of the models, the next one has to find those of all."""
    from app.views.cells import view_of

    builder, found = app.extensions["appbuilder"], []

    class Watched(list):
        def __iter__(self):
            for place, view in enumerate(list.__iter__(self)):
                if place == len(self) // 2 and not found:
                    found.append(None)
                    found[0] = [view_of(model) for model in models]
                yield view

    with app.app_context():
        views = [view for view in builder.baseviews if hasattr(view, "show_template")]
        models = [view.datamodel.obj for view in views]
        expected = [view_of(model) for model in models]
        monkeypatch.setattr(builder, "baseviews", Watched(builder.baseviews))
        monkeypatch.delitem(app.extensions, "marktbuero_views")
        assert [view_of(model) for model in models] == expected
        assert found == [expected]
    assert None not in expected


def test_no_two_requests_share_their_filters(app):
    """The reason, without a race: what one request has filtered by is not there in the next."""
    for view in app.extensions["appbuilder"].baseviews:
        if not hasattr(view, "_filters"):
            continue
        with app.test_request_context():
            one = view._filters
            if hasattr(view, "show_template"):
                assert one is view._filters
                one._add_filter(object(), "secret")
        with app.test_request_context():
            assert view._filters.filters == []
            assert view._filters.values == []
