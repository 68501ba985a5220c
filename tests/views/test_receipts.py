"""A receipt shows what was typed as a filter to nobody who may not read the records that it's about."""

from __future__ import annotations

import pytest

from app.access import Role
from app.models.receipts import Receipt
from tests import factories as make
from tests.pages import views

ADDRESS = "ana.geheim@example.org"
FILTERED = f"/imports/export/csv?_flt_2_file_name={ADDRESS}"


@pytest.fixture
def root(database):
    return make.office("Servicestelle")


@pytest.fixture
def office(root):
    return make.office("LAG", parent=root)


@pytest.fixture
def browser(app, database):
    """Sign in a person of an office; give the browser."""

    def browser(*roles, at, **more):
        person = make.staff(*roles, offices=at if isinstance(at, tuple) else (at,), **more)
        return make.sign_in(app.test_client(), person)

    return browser


def take(client, address):
    with client.get(address) as answer:
        assert answer.status_code == 200, address


def shown(client, database):
    """Whether the newest receipt shows its filter on its page; the receipt itself can be opened."""
    key = database.query(Receipt.id).order_by(Receipt.id.desc()).limit(1).scalar()
    answer = client.get(f"/receipts/show/{key}")
    assert answer.status_code == 200
    return "geheim" in answer.text.casefold()


@pytest.fixture
def imports_taken(office, browser):
    """A newsletter editor has downloaded the imports of a file with a telling name."""
    make.imported(make.newsletter(office), file_name=ADDRESS)
    editor = browser(Role.NEWSLETTER_EDITOR, at=office, last_name="Ed")
    take(editor, FILTERED)
    return editor


def test_a_filter_is_for_who_may_read_the_section_and_for_who_typed_it(
    root, office, browser, database, imports_taken
):
    assert shown(imports_taken, database)
    assert shown(browser(Role.NEWSLETTER_EDITOR, at=office), database)
    assert shown(browser(Role.ADMINISTRATOR, at=root), database)
    assert not shown(browser(Role.OFFICE_MANAGER, at=office), database)
    assert not shown(browser(Role.SERVICE_AGENCY, at=root), database)


def test_who_typed_a_filter_is_the_account_not_the_name(office, browser, database, imports_taken):
    manager = browser(Role.OFFICE_MANAGER, at=office, last_name="Ed")
    assert database.query(Receipt).one().created_by == "Pat Ed"
    assert not shown(manager, database)


def test_a_person_reads_the_own_filter_when_the_right_has_gone(office, browser, database):
    make.imported(make.newsletter(office), file_name=ADDRESS)
    person = make.staff(Role.NEWSLETTER_EDITOR, Role.OFFICE_MANAGER, offices=(office,))
    client = make.sign_in(browser(Role.READER, at=office), person)
    take(client, FILTERED)
    person.roles = [role for role in person.roles if role.name == Role.OFFICE_MANAGER.value]
    assert client.get("/subscribers/list/").status_code == 403
    assert shown(client, database)


def test_no_list_no_search_and_no_download_of_receipts_tells_the_filter(
    app, root, office, browser, database, imports_taken
):
    """A search that finds a receipt by what it hides would answer questions about it."""
    [view] = [view for view in views(app) if view.datamodel.obj is Receipt]
    assert "filter" not in {*view.search_columns, *view.order_columns, *view.list_columns}
    assert view.datamodel.filter_converter_class(view.datamodel).convert("filter") is None
    for client in (browser(Role.SERVICE_AGENCY, at=root), browser(Role.ADMINISTRATOR, at=root)):
        assert "1–1 of 1" in client.get("/receipts/list/").text
        assert "1–1 of 1" in client.get("/receipts/list/?q=Imports").text
        for address in ("/receipts/list/?q=geheim", "/receipts/list/?q=imports+geheim"):
            assert "1–1 of 1" not in client.get(address).text
    with browser(Role.ADMINISTRATOR, at=root).get("/receipts/export/csv") as answer:
        assert b"geheim" not in answer.data


def test_a_filter_that_names_a_record_of_another_section_is_for_who_may_read_both(office, browser, database):
    """Editors of the newsletter read contacts and no organisations; positions are of both."""
    company = make.organisation(office, "Geheim GmbH")
    make.contact(office, at=company)
    manager = browser(Role.OFFICE_MANAGER, at=office)
    editor = browser(Role.NEWSLETTER_EDITOR, at=office)
    take(manager, "/contacts/export/csv?q=geheim")
    assert shown(editor, database)
    take(manager, f"/positions/export/csv?_flt_0_organisation={company.id}")
    assert database.query(Receipt).order_by(Receipt.id.desc()).first().filter.endswith("Geheim GmbH")
    assert not shown(editor, database)
    assert shown(browser(Role.OFFICE_MANAGER, at=office), database)


def test_a_look_into_several_offices_is_not_for_the_staff_of_one(root, office, browser, database):
    """The receipt is of the person's first office, whose staff don't know what the others have."""
    other = make.office("Andere", parent=root)
    make.contact(other, "Geheim")
    for person in (
        browser(Role.OFFICE_MANAGER, at=(office, other)),
        browser(Role.ADMINISTRATOR, at=office),
    ):
        take(person, "/contacts/export/csv?q=geheim")
        assert shown(person, database)
        assert not shown(browser(Role.OFFICE_MANAGER, at=office), database)
        assert shown(browser(Role.ADMINISTRATOR, at=root), database)


def test_a_look_into_an_office_and_those_below_is_for_its_colleagues(root, office, browser, database):
    take(browser(Role.SERVICE_AGENCY, at=root), "/organisations/export/csv?q=geheim")
    assert shown(browser(Role.SERVICE_AGENCY, at=root), database)
    take(browser(Role.ADMINISTRATOR, at=root), "/organisations/export/csv?q=geheim")
    assert shown(browser(Role.SERVICE_AGENCY, at=root), database)


def test_the_filter_of_a_receipt_from_before_is_for_administrators(root, office, browser, database):
    """Nobody wrote down what it's about."""
    make.receipt(office, filter="Search contains geheim")
    assert shown(browser(Role.ADMINISTRATOR, at=root), database)
    for role in (Role.OFFICE_MANAGER, Role.NEWSLETTER_EDITOR):
        assert not shown(browser(role, at=office), database)


def test_every_filter_of_every_list_has_sections(app, office, database):
    """A filter on the parts of a record is about the record that they are parts of."""
    with app.test_request_context():
        for view in views(app):
            for column, offered in view._filters.get_search_filters().items():
                view._filters.clear_filters()
                view._filters.add_filter_index(column, 0, ["1"])
                assert offered
                assert view.section in view.file_sections()
