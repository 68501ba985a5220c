"""How a person looks at a list is kept where they say so, for them alone or for their office; never by a GET."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from app.access import Role
from app.models.lists import Density, ListPreference, SavedView
from tests import factories as make
from tests.tables import read


@pytest.fixture
def office(database):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    for name, city in (("Alpha", "Jena"), ("Beta", "Kassel"), ("Gamma", "Jena")):
        make.organisation(office, name, city=city, phone=f"030 {name}")
    return office


@pytest.fixture
def person(client, office, database):
    person = make.staff(Role.OFFICE_MANAGER, offices=(office,))
    make.sign_in(client, person, "en")
    database.commit()
    return person


@pytest.fixture
def colleague(app, office, database):
    """The browser of somebody else of the office."""
    return make.sign_in(app.test_client(), make.staff(Role.READER, offices=(office,)), "en")


@pytest.fixture
def stranger(app, office, database):
    other = make.office("Other", parent=office.parent)
    return make.sign_in(app.test_client(), make.staff(Role.READER, offices=(other,)), "en")


LIST = "/organisations/list/"
QUERY = "_flt_0_city=Jena&_oc_OrganisationView=name&_od_OrganisationView=desc&q=a"


def saved(client, name="Jena", query=QUERY, **more):
    """Save a view; give where it leads."""
    answer = client.post("/organisations/views", data={"name": name, "query": query, **more})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_saved_view_opens_with_its_filters_order_and_columns(client, person, database):
    client.post("/organisations/settings", data={"column": ["name", "phone"]})
    address = saved(client, query=f"{QUERY}&page_OrganisationView=3&x=1")
    asked = parse_qs(urlsplit(address).query)
    [view] = database.query(SavedView)
    assert asked == {
        "_flt_0_city": ["Jena"], "_oc_OrganisationView": ["name"], "_od_OrganisationView": ["desc"], "q": ["a"],
        "view": [str(view.id)],
    }  # fmt: skip
    client.post("/organisations/settings", data={"reset": "1"})
    page = read(client.get(address))
    assert page.first == ["Gamma", "Alpha"]
    assert page.headings == ["Name", "Phone"]
    assert (view.name, view.staff_id, view.office_id, view.listing) == (
        "Jena",
        person.id,
        None,
        "organisations",
    )


def test_nobody_else_sees_a_view_until_it_is_shared_with_the_office(
    client, person, colleague, stranger, database
):
    address = saved(client, "Mine alone")
    [view] = database.query(SavedView)
    change = f"/organisations/views/{view.id}"
    for other in (colleague, stranger):
        assert "Mine alone" not in other.get(LIST).text
        answer = other.get(address)  # the link leads to the same rows, as far as they can be seen
        assert answer.status_code == 200
        assert "Mine alone" not in answer.text
        for act in ("default", "delete", "rename", "renew", "share"):
            assert other.post(change, data={"act": act, "name": "x"}).status_code == 404
    client.post(change, data={"act": "share"})
    assert "Mine alone" in colleague.get(LIST).text
    assert "Mine alone" not in stranger.get(LIST).text
    assert read(colleague.get(address)).first == ["Gamma", "Alpha"]
    for act in ("delete", "rename", "renew", "unshare"):
        assert colleague.post(change, data={"act": act, "name": "x"}).status_code == 403
        assert stranger.post(change, data={"act": act, "name": "x"}).status_code == 404
    client.post(change, data={"act": "unshare"})
    assert "Mine alone" not in colleague.get(LIST).text
    database.expire_all()
    assert (view.name, view.office_id) == ("Mine alone", None)


def test_a_list_begins_with_the_view_that_a_person_chose(client, person, colleague, database):
    address = saved(client, default="1", share="1")
    begun = client.get(LIST)
    assert (begun.status_code, begun.headers["Location"]) == (302, address)
    assert client.get(f"{LIST}?view=0").status_code == 200
    assert client.get(f"{LIST}?q=x").status_code == 200
    assert colleague.get(LIST).status_code == 200
    [view] = database.query(SavedView)
    colleague.post(f"/organisations/views/{view.id}", data={"act": "default"})
    assert colleague.get(LIST).status_code == 302
    client.post(f"/organisations/views/{view.id}", data={"act": "unshare"})
    assert colleague.get(LIST).status_code == 200
    # What was chosen besides it can still be changed.
    assert colleague.post("/organisations/settings", data={"density": "compact"}).status_code == 302
    client.post(f"/organisations/views/{view.id}", data={"act": "nodefault"})
    assert client.get(LIST).status_code == 200


def test_a_view_that_the_list_no_longer_understands_does_not_keep_people_out(client, person, database):
    view = make.saved_view(person, query="_flt_0_gone=x")
    make.preference(person, default_view_id=view.id)
    database.commit()
    assert client.get(LIST).status_code == 200


def test_a_view_is_renamed_renewed_and_deleted_by_its_person(client, person, database):
    saved(client, "Old")
    [view] = database.query(SavedView)
    change = f"/organisations/views/{view.id}"
    client.post(change, data={"act": "rename", "name": "  New \n name "})
    client.post(change, data={"act": "renew", "query": f"?q=beta&view={view.id}"})
    database.expire_all()
    assert (view.name, view.query) == ("New name", "q=beta")
    assert client.post(change, data={"act": "explode"}).status_code == 400
    answer = client.post(change, data={"act": "delete"})
    assert answer.headers["Location"].endswith("view=0")
    assert database.query(SavedView).count() == 0
    assert client.post(change, data={"act": "delete"}).status_code == 404


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_view_needs_a_short_name(client, person, database, name):
    saved(client, name)
    assert database.query(SavedView).count() == 0
    assert len(read(client.get(LIST)).alerts) == 1


def test_two_views_of_a_person_have_two_names_and_two_people_may_use_the_same(
    client, person, colleague, database
):
    saved(client, "Same")
    saved(client, "Same")
    saved(colleague, "Same")
    assert database.query(SavedView).count() == 2
    assert any("already have" in line for line in read(client.get(LIST)).alerts)


def test_what_is_no_address_of_a_list_is_not_kept(client, person, database):
    for query in (
        "_flt_9_name=x",
        "_flt_0_nothing=x",
        "_oc_OrganisationView=nothing",
        "q=%00",
        "q=" + "x" * 9000,
    ):
        for address in ("views", "settings"):
            answer = client.post(f"/organisations/{address}", data={"name": "x", "query": query})
            assert answer.status_code == 400, query[:40]
    assert database.query(SavedView).count() == 0


def test_columns_density_and_size_are_kept_for_the_person(client, person, colleague, database):
    data = {"column": ["city", "name", "nothing", "notes", "city"], "density": "compact", "size": "10"}
    assert client.post("/organisations/settings", data=data).status_code == 302
    page = client.get(LIST)
    assert read(page).headings == ["City", "Name", "Notes"]
    assert "table-sm" in page.text
    assert read(colleague.get(LIST)).headings[0] == "Name"
    [kept] = database.query(ListPreference)
    assert (kept.staff_id, kept.density, kept.page_size) == (person.id, Density.COMPACT, 10)
    client.post("/organisations/settings", data={"reset": "1"})
    assert read(client.get(LIST)).headings[0] == "Name"
    for bad in ({"density": "x"}, {"size": "7"}, {"size": "x"}):
        assert client.post("/organisations/settings", data=bad).status_code == 400


def test_a_button_moves_a_column_without_a_script(client, person, database):
    columns = ["name", "city", "phone"]
    client.post("/organisations/settings", data={"column": columns, "up": "phone"})
    assert read(client.get(LIST)).headings == ["Name", "Phone", "City"]
    client.post("/organisations/settings", data={"column": columns, "down": "name"})
    assert read(client.get(LIST)).headings == ["City", "Name", "Phone"]
    client.post("/organisations/settings", data={"column": columns, "down": "phone"})
    assert read(client.get(LIST)).headings == ["Name", "City", "Phone"]


def test_a_download_has_the_columns_that_are_seen(client, person, database):
    client.post("/organisations/settings", data={"column": ["city", "name"]})
    with client.get("/organisations/export/csv?_flt_0_city=Jena") as answer:
        lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines == ["City;Name", "Jena;Alpha", "Jena;Gamma"]


def test_looking_keeps_nothing(client, person, database):
    for address in (
        LIST,
        f"{LIST}?psize_OrganisationView=10&_flt_0_city=Jena&view=5",
        f"{LIST}?density=compact",
    ):
        assert client.get(address).status_code == 200
    for address in ("settings", "views", "views/1", "bulk"):
        assert client.get(f"/organisations/{address}").status_code == 405
    assert database.query(ListPreference).count() == database.query(SavedView).count() == 0


def test_a_record_leads_back_to_the_list_as_it_was_left(client, person, database):
    query = "?_flt_0_city=Jena&_oc_OrganisationView=name"
    page = read(client.get(LIST + query))
    record = client.get(f"/organisations/show/{page.keys[0]}").text
    assert f'href="{LIST}{query}"'.replace("&", "&amp;") in record
    client.get(f"{LIST}?view=0")
    assert f'href="{LIST}?view=0"' in client.get(f"/organisations/show/{page.keys[0]}").text


def test_every_column_that_can_be_chosen_is_shown_without_a_statement_for_each_row(
    app, client, full_office, database, count_statements
):
    """Whatever a person chooses: ten rows take no more statements than two."""
    from app.views.columns import choices
    from tests.pages import views

    admin = make.staff(Role.ADMINISTRATOR, offices=(full_office,))
    make.sign_in(client, admin, "de")
    for view in views(app):
        make.preference(admin, listing=view.route_base.strip("/"), columns=",".join(choices(view)))
    counts = {}
    for size in (1, 6):
        for _number in range(size):
            company = make.organisation(full_office, "More", parent=make.organisation(full_office, "Parent"))
            event = make.event(full_office, model_project_of=company)
            person = make.contact(full_office, email="x@example.org", at=company)
            agreed = make.contract(
                full_office,
                company,
                make.organisation(full_office),
                event=event,
                broker=person,
                notary=person,
            )
            make.activity(full_office, organisation=company, contact=person, event=event, contract=agreed,
                          assignee=make.staff(Role.READER, offices=(full_office,)))  # fmt: skip
            make.offer(event, company)
            make.participation(event, company)
        database.commit()
        for view in views(app):
            address = f"{view.route_base}/list/"
            assert read(client.get(address)).status == 200, address
            with count_statements() as statements:
                client.get(address)
            counts.setdefault(address, []).append(len(statements))
    grown = {address: found for address, found in counts.items() if found[1] > found[0]}
    assert grown == {}


def test_a_view_says_when_the_list_is_narrowed_otherwise(client, person, database):
    address = saved(client)
    name = address.partition("?")[2].rpartition("view=")[2]
    assert "(changed)" not in client.get(address).text
    assert (
        "(changed)" not in client.get(f"{address}&page_OrganisationView=1&psize_OrganisationView=10&q=").text
    )
    assert "(changed)" in client.get(f"{address}&q=bau").text
    assert "(changed)" in client.get(f"/organisations/list/?view={name.partition('&')[0]}").text
