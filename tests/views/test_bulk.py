"""Many records at once: ticked, or all that the filters find. It asks first, and does all or nothing."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from app.access import Role
from app.models.activities import Activity
from app.models.contracts import Contract, ContractStatus
from app.models.organisations import Organisation, OrganisationKind
from app.models.receipts import Receipt
from app.views import bulk, listing
from tests import factories as make
from tests.tables import read


@pytest.fixture
def office(database, client):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.OFFICE_MANAGER, offices=(office,)), "en")
    return office


@pytest.fixture
def send(client, database):
    """Send the form of the bulk bar; give the answer and what the next page says."""

    def send(base, act, *rows, **more):
        database.commit()
        data = {"act": act, "rowid": [str(getattr(row, "id", row)) for row in rows], **more}
        answer = client.post(f"/{base}/bulk", data=data)
        database.expire_all()
        answer.get_data()
        answer.close()
        told = read(client.get(answer.headers["Location"])).alerts if answer.status_code == 302 else []
        return answer, told

    return send


def test_before_anything_is_deleted_the_number_and_the_kind_are_named(office, send, database):
    rows = [make.organisation(office, f"O{number:02}") for number in range(12)]
    answer, _told = send("organisations", "delete", *rows)
    assert "Delete 12 organisations?" in answer.text
    assert "O00" in answer.text
    assert "2 more" in answer.text
    assert database.query(Organisation).count() == 12
    answer, _told = send("organisations", "delete", rows[0])
    assert "Delete “O00”?" in answer.text


def test_all_matches_are_deleted_however_many_pages_they_fill(office, send, database):
    for number in range(40):
        make.organisation(office, f"Away {number}", city="Jena")
    make.organisation(office, "Stays", city="Kassel")
    every = {"every": "1", "query": "_flt_3_city=Jena&q=away"}
    answer, _told = send("organisations", "delete", **every)
    assert "Delete 40 organisations?" in answer.text
    answer, told = send("organisations", "delete", **every, confirmed="40")
    assert told == ["40 records were deleted."]
    assert "q=away" in answer.headers["Location"]
    assert [row.name for row in database.query(Organisation)] == ["Stays"]


def test_more_matches_than_were_confirmed_are_asked_about_again(office, send, database):
    for number in range(3):
        make.organisation(office, f"O{number}")
    answer, _told = send("organisations", "delete", every="1", confirmed="2")
    assert "Delete 3 organisations?" in answer.text
    assert "the number has changed" in answer.text
    assert database.query(Organisation).count() == 3


def test_one_that_others_need_keeps_all_and_says_why(office, send, database):
    needed = make.organisation(office, "Needed")
    make.participation(make.event(office), needed)
    free = make.organisation(office, "Free")
    _answer, told = send("organisations", "delete", needed, free, confirmed="2")
    assert any("“Needed” can't be deleted" in line for line in told)
    assert database.query(Organisation).count() == 2


def test_a_shared_record_of_another_office_stays_and_keeps_the_others(office, send, database):
    other = make.office("Other", parent=office.parent)
    theirs = make.organisation(other, "Theirs", shared=True, kind=OrganisationKind.MINISTRY)
    mine = make.organisation(office, "Mine")
    for act, more in (("delete", {}), ("set-kind", {"kind": "school"}), ("set-shared", {})):
        _answer, told = send("organisations", act, mine, theirs, confirmed="2", **more)
        assert told[0] == "“Theirs” is of another office, which alone may change it."
    assert [row.kind.value for row in database.query(Organisation).order_by("name")] == [
        "company",
        "ministry",
    ]
    assert theirs.shared


def test_all_matches_are_those_of_ones_own_offices_and_the_others_are_named(office, send, database):
    other = make.office("Other", parent=office.parent)
    make.organisation(other, "Theirs", shared=True)
    make.organisation(office, "Mine")
    make.organisation(office, "Mine, too")
    answer, _told = send("organisations", "delete", every="1")
    assert "Delete 2 organisations?" in answer.text
    assert "1 match is of another office, and stays as it is." in answer.text
    _answer, told = send("organisations", "delete", every="1", confirmed="2")
    assert told == ["2 records were deleted."]
    assert [row.name for row in database.query(Organisation)] == ["Theirs"]


def test_what_cant_be_seen_is_not_found_and_never_among_all_matches(office, send, database):
    hidden = make.organisation(make.office("Other", parent=office.parent), "Hidden")
    mine = make.organisation(office, "Mine")
    for act in ("delete", "set-tags", "xlsx", "csv"):
        answer, _told = send("organisations", act, mine, hidden, confirmed="2")
        assert answer.status_code == 404
    _answer, told = send("organisations", "set-tags", every="1", confirmed="1", tags="a")
    assert told == ["1 record was changed."]
    assert (mine.tags, hidden.tags) == ("a", None)


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.READER, set()),
        (Role.REGIONAL_OFFICE, {"set-status", "set-due_on", "set-photo_consent", "delete"}),
        (Role.OFFICE_MANAGER, {"xlsx", "csv", "set-status", "set-due_on", "set-photo_consent", "delete"}),
    ],
)
def test_everybody_is_offered_what_they_may(client, office, send, database, role, acts):
    make.sign_in(client, make.staff(role, offices=(office,)), "en")
    agreed = make.contract(office, make.organisation(office, "A"), make.organisation(office, "B"))
    database.commit()
    page = client.get("/contracts/list/").text
    for act in ("xlsx", "csv", "set-status", "set-due_on", "set-photo_consent", "delete"):
        assert (f'value="{act}"' in page) is (act in acts)
        if act not in acts:
            answer, _told = send("contracts", act, agreed, confirmed="1", status="fulfilled")
            assert answer.status_code == 403
    assert ('name="rowid"' in page) is bool(acts)
    assert database.query(Contract).one().status is ContractStatus.AGREED


@pytest.mark.parametrize("act", ["", "set-", "set-notes", "set-office", "set-number", "pdf", "drop", "\x00"])
def test_what_no_view_offers_is_refused(office, send, database, act):
    agreed = make.contract(office, make.organisation(office, "A"), make.organisation(office, "B"))
    answer, _told = send("contracts", act, agreed, confirmed="1", number="7", notes="x", office="1")
    assert answer.status_code == 403


def test_a_status_is_set_for_all_or_for_none_and_the_rule_is_named(office, send, database):
    rows = [
        make.contract(office, make.organisation(office, "A"), make.organisation(office, "B"), title=f"T{n}")
        for n in range(3)
    ]
    rows[1].reason = "Rain"
    answer, _told = send("contracts", "set-status", *rows)
    assert "of 3 contracts" in answer.text
    assert 'name="status"' in answer.text
    _answer, told = send("contracts", "set-status", *rows, confirmed="3", status="not_feasible")
    assert told[:2] == [f"“Contract, T{n}”: Say why it isn't feasible." for n in (0, 2)]
    assert {row.status for row in rows} == {ContractStatus.AGREED}
    _answer, told = send("contracts", "set-status", *rows, confirmed="3", status="fulfilled")
    assert told == ["3 records were changed."]
    assert {row.status for row in rows} == {ContractStatus.FULFILLED}
    answer, _told = send("contracts", "set-status", *rows, confirmed="3", status="nonsense")
    assert answer.status_code == 200
    assert {row.status for row in rows} == {ContractStatus.FULFILLED}


def test_tasks_are_done_and_given_to_somebody(office, send, database):
    market = make.event(office)
    tasks = [make.activity(office, subject=f"T{n}", event=market) for n in range(2)]
    colleague = make.staff(Role.READER, offices=(office,))
    stranger = make.staff(Role.READER, offices=(make.office("Other", parent=office.parent),))
    answer, _told = send("activities", "set-done_at", *tasks)
    assert str(date.today().year) in answer.text  # noqa: DTZ011 - the field is filled with this moment
    send("activities", "set-done_at", *tasks, confirmed="2", done_at="2026-05-01T12:00")
    send("activities", "set-assignee", *tasks, confirmed="2", assignee=str(colleague.id))
    send("activities", "set-assignee", *tasks, confirmed="2", assignee=str(stranger.id))
    rows = database.query(Activity).all()
    assert all(row.done for row in rows)
    assert {row.assignee_id for row in rows} == {colleague.id}


def test_tags_are_added_to_those_that_stand_there_and_taken_away(office, send, database):
    rows = [make.organisation(office, f"O{n}", tags=tags) for n, tags in enumerate((None, "old, New", "x"))]
    send("organisations", "set-tags", *rows, confirmed="3", tags=" new ,  Fresh,new")
    assert [row.tags for row in rows] == ["new, Fresh", "old, new, Fresh", "x, new, Fresh"]
    send("organisations", "set-tags", *rows, confirmed="3", tags="NEW, fresh", remove="1")
    assert [row.tags for row in rows] == [None, "old", "x"]


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_the_ticked_rows_are_taken_as_a_file_with_a_receipt(office, send, database, fmt):
    rows = [make.organisation(office, f"O{number}") for number in range(4)]
    query = "_oc_OrganisationView=name&_od_OrganisationView=desc"
    answer, _told = send("organisations", fmt, rows[0], rows[2], query=query)
    assert answer.status_code == 200
    if fmt == "csv":
        lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
        assert [line[0] for line in lines[1:]] == ["O2", "O0"]
    [receipt] = database.query(Receipt)
    assert (receipt.rows, receipt.filter, receipt.format) == (2, "2 chosen rows", fmt)


def test_a_file_of_all_matches_says_by_which_filter(office, send, database):
    for number in range(30):
        make.organisation(office, f"O{number}", city="Jena" if number % 2 else "Kassel")
    answer, _told = send("organisations", "csv", every="1", query="_flt_3_city=Jena")
    assert len(answer.data.decode("utf-8-sig").splitlines()) == 16
    [receipt] = database.query(Receipt)
    assert (receipt.rows, receipt.filter) == (15, "City is Jena")


def test_too_many_for_one_go_are_refused(office, send, database, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    for number in range(3):
        make.organisation(office, f"O{number}")
    for act in ("delete", "set-tags"):
        _answer, told = send("organisations", act, every="1", confirmed="3", tags="x")
        assert told == ["At most 2 records can be changed or deleted at once. Please narrow the list."]
    assert database.query(Organisation).filter(Organisation.tags.is_(None)).count() == 3


def test_a_hundred_records_are_deleted_in_few_statements(office, client, database, count_statements):
    counts = []
    for size in (5, 100):
        rows = [make.contact(office, f"C{number}", email="a@example.org") for number in range(size)]
        database.commit()
        data = {"act": "delete", "rowid": [str(row.id) for row in rows], "confirmed": str(size)}
        with count_statements() as statements:
            assert client.post("/contacts/bulk", data=data).status_code == 302
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 20, counts


def test_nothing_is_said_where_nothing_was_chosen(office, send, database):
    for more in ({}, {"every": "1"}, {"every": "0"}):
        _answer, told = send("organisations", "delete", confirmed="0", **more)
        assert told == ["Nothing was chosen."]
    answer, _told = send("organisations", "delete", every="1", query="_flt_9_city=x")
    assert answer.status_code == 400
    answer, _told = send("organisations", "delete", every="1", query="_flt_0_kind=x")
    assert answer.status_code == 400


def test_that_too_many_match_is_said_before_the_click(office, client, database, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    monkeypatch.setattr(listing, "MOST", 2)
    for number in range(3):
        make.organisation(office, f"Firma {number}")
    other = make.office("Other")
    make.organisation(other, "Theirs", shared=True)
    database.commit()
    address = "/organisations/list/?psize_OrganisationView=2"
    page = client.get(address).text
    assert "These are 3. At most 2 records" in page  # not the one that another office shares
    assert "data-too-many" in page
    few = client.get(f"{address}&q=firma+1").text
    assert "data-too-many" not in few
