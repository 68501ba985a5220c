"""Pages of a list: their size, their order, their count; and pages of a record with many parts."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import insert

from app.access import Role
from app.models.contacts import Position
from app.models.events import EventPerson, EventRole, OrganisationRole, PersonRole
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participant
from app.queries import rows
from app.views import paging
from tests import factories as make
from tests.tables import read


def told(statements):
    return "\n".join(statements)


def test_a_page_has_at_most_200_rows_whatever_is_asked(client, database):
    home = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.READER, offices=(home,)), "de")
    for number in range(203):
        make.organisation(home, f"O{number:03}")
    database.commit()
    for asked, shown in (("100000", 200), ("200", 200), ("7", 7), ("0", 25), ("", None)):
        answer = client.get("/organisations/list/", query_string={"psize_OrganisationView": asked})
        if shown is None:
            assert answer.status_code == 400
        else:
            assert len(read(answer).rows) == shown, asked
    last = client.get("/organisations/list/?psize_OrganisationView=200&page_OrganisationView=1")
    assert read(last).first == ["O200", "O201", "O202"]
    beyond = read(client.get("/organisations/list/?page_OrganisationView=1000000"))
    assert (beyond.status, beyond.rows) == (200, [])


@pytest.mark.parametrize(
    ("language", "capped", "whole"), [("de", "1.234+", "1.234"), ("en", "1,234+", "1,234")]
)
def test_a_count_stops_at_its_cap_and_says_so(client, database, monkeypatch, language, capped, whole):
    home = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.READER, offices=(home,)), language)
    market = make.event(home)
    table = Organisation.__table__
    base = {
        "office_id": home.id,
        "kind": OrganisationKind.COMPANY,
        "version": 1,
        "shared": False,
        "search": "o",
    }
    base |= {"sectors": [], "country": "DE"}
    database.execute(insert(table), [{**base, "name": f"O{number}"} for number in range(1235)])
    for number in range(4):
        make.offer(market, database.query(Organisation).first(), title=f"T{number}")
    database.commit()
    monkeypatch.setattr(rows, "COUNT_CAP", 1234)
    of = "von" if language == "de" else "of"
    assert read(client.get("/organisations/list/")).count == f"1–25 {of} {capped}"
    late = client.get("/organisations/list/?psize_OrganisationView=200&page_OrganisationView=5")
    assert read(late).count == f"{whole[:1]}{whole[1]}001–{whole[:1]}{whole[1]}200 {of} {capped}"
    assert "next" in read(late).links
    monkeypatch.setattr(rows, "COUNT_CAP", 1235)
    assert read(client.get("/organisations/list/")).count.endswith(f"{of} {whole[:-1]}5")
    monkeypatch.setattr(rows, "COUNT_CAP", 3)
    assert ">3+</span>" in client.get(f"/events/show/{market.id}").text
    assert "COUNT" not in client.get("/organisations/list/").text


def test_equal_keys_keep_their_order_from_page_to_page(client, database):
    home = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.READER, offices=(home,)))
    for number in range(60):
        make.organisation(home, "Same", city=None if number % 3 else "Same", phone=str(number))
    database.commit()
    for column in ("name", "city", "kind", "shared"):
        for direction in ("asc", "desc"):
            query = {
                "_oc_OrganisationView": column,
                "_od_OrganisationView": direction,
                "psize_OrganisationView": "7",
            }
            seen = []
            for page in range(9):
                answer = client.get(
                    "/organisations/list/", query_string={**query, "page_OrganisationView": str(page)}
                )
                seen += [row[3] for row in read(answer).rows]
            assert sorted(seen, key=int) == [str(number) for number in range(60)], (column, direction)


def test_headings_link_to_the_other_direction_and_keep_the_filters(client, database):
    home = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.READER, offices=(home,)))
    make.organisation(home, "Müller")
    database.commit()
    page = client.get("/organisations/list/?q=m%C3%BCller&_flt_0_kind=company&_oc_OrganisationView=name").text
    link = unescape(re.search(r'<a href="([^"]+)" id="sort-name"', page)[1])
    assert {"q=m%C3%BCller", "_flt_0_kind=company", "_od_OrganisationView=desc"} <= set(
        link.split("?")[1].split("&")
    )
    assert read(client.get(link)).first == ["Müller"]


def test_a_record_of_many_parts_takes_no_more_statements_than_one_of_few(client, database, count_statements):
    home = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.SERVICE_AGENCY, offices=(home,)))
    pages = {}
    for size in (2, 12):
        members = [make.organisation(home, f"O{size}-{number}", city=f"C{number}") for number in range(size)]
        agreed = make.contract(home, *members)
        person, market = make.contact(home, f"P{size}"), make.event(home, f"E{size}")
        for number, member in enumerate(members):
            make.contribution(agreed, giver=member, receiver=members[number - 1])
            agreed.parties[number].signatory = make.contact(home, f"S{size}-{number}")
            person.positions.append(Position(organisation=member))
            market.roles.append(EventRole(organisation=member, role=OrganisationRole.SPONSOR))
            market.people.append(
                EventPerson(contact=agreed.parties[number].signatory, role=PersonRole.HELPER)
            )
        visit = make.participation(market, members[0])
        visit.people += [Participant(name="N", contact=party.signatory) for party in agreed.parties]
        pages[size] = [
            f"/{base}/{page}/{row.id}"
            for base, row in (
                ("contracts", agreed),
                ("contacts", person),
                ("events", market),
                ("participations", visit),
            )
            for page in ("show", "edit")
        ]
    database.commit()
    for few, many in zip(pages[2], pages[12], strict=True):
        counts = []
        for address in (few, many):
            assert client.get(address).status_code == 200
            with count_statements() as statements:
                client.get(address)
            counts.append(len(statements))
        assert counts[1] <= counts[0], (many, told(statements))


@pytest.mark.parametrize(
    ("page", "count", "offered"),
    [
        (0, 0, []),
        (0, 25, []),
        (0, 26, [0, 1]),
        (1, 75, [0, 1, 2]),
        (3, 250, [0, 1, 2, 3, 4, 5, None, 9]),
        (5, 275, [0, None, 3, 4, 5, 6, 7, None, 10]),
        (4, 500, [0, 1, 2, 3, 4, 5, 6, None, 19]),
        (50, rows.COUNT_CAP + 1, [0, None, 48, 49, 50, 51, 52]),
    ],
)
def test_the_first_the_last_and_near_pages_are_one_click_away(page, count, offered):
    assert paging.numbers(page, 25, count) == offered


def test_a_number_below_the_list_leads_to_its_page(client, database):
    home = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.READER, offices=(home,)))
    for number in range(35):
        make.organisation(home, f"O{number:02}")
    page = client.get("/organisations/list/?psize_OrganisationView=10&q=o").text
    assert 'id="page-0" href' in page
    link = unescape(re.search(r'id="page-3" href="([^"]*)"', page)[1])
    assert read(client.get(link)).first == ["O30", "O31", "O32", "O33", "O34"]
