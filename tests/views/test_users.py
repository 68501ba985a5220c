"""Staff pages: who adds, changes and invites whom; the table of roles; the own account; the one-time link."""

from __future__ import annotations

import html
import re

import pytest

from app.access import GRANTS, Role, Section, Verb
from app.labels import SECTIONS, VERBS
from app.models.languages import Language
from app.models.users import Staff
from tests import factories as make
from tests.forms import opened, read, send

PASSWORD = "an apple a day keeps"
OTHER = "the quick brown foxes"
ADA = {"first_name": "Ada", "last_name": "Neu", "username": "ada", "email": "ada@example.org"}


@pytest.fixture
def tree(database):
    """The network: a service agency with two regional offices."""
    root = make.office("Servicestelle")
    return root, make.office("LAG", parent=root), make.office("Kassel", parent=root)


@pytest.fixture
def manager(tree):
    return make.staff(Role.OFFICE_MANAGER, offices=(tree[1],), last_name="Manager", password=PASSWORD)


@pytest.fixture
def admin(tree):
    return make.staff(Role.ADMINISTRATOR, offices=(tree[0],), last_name="Admin", password=PASSWORD)


def signed_in(app, person, language="en"):
    return make.sign_in(app.test_client(), person, language)


def known(database, **wanted) -> Staff | None:
    return database.query(Staff).filter_by(**wanted).one_or_none()


def names(person) -> set[str]:
    return {role.name for role in person.roles}


def link_in(page: str) -> str | None:
    found = re.search(r'id="link"[^>]* value="([^"]+)"', page)
    return html.unescape(found[1]) if found else None


def sign_in(client, username, password):
    return client.post("/login/", data={"username": username, "password": password})


def is_in(client) -> bool:
    return client.get("/account/").status_code == 200


# --- Adding -----------------------------------------------------------------------------------------------
def test_a_new_account_is_made_invited_and_used(app, tree, manager, database):
    """The whole way: the manager adds, hands over the link, the person sets a password and signs in."""
    desk = signed_in(app, manager)
    lag = tree[1]
    form = send(desk, "/staff/add", **ADA, roles=["Regional office", "Reader"], memberships=[str(lag.id)])
    assert (form.status, form.errors, form.alerts) == (302, {}, [])
    person = known(database, username="ada")
    assert names(person) == {"Regional office", "Reader"}
    assert [membership.office_id for membership in person.memberships] == [lag.id]
    assert form.location == f"/staff/show/{person.id}"

    link = link_in(desk.get(form.location).text)
    assert link.startswith("http://localhost/invitation/")
    assert link_in(desk.get(form.location).text) is None, "the link is shown once"

    browser = app.test_client()
    page = browser.get(link)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "ada" in page.text
    assert browser.post(link, data={"password": OTHER, "again": OTHER}).location == "/login/"
    assert sign_in(browser, "ada", OTHER).location == "/"
    assert is_in(browser)

    # Used, the link says so, and nothing about the account.
    stranger = app.test_client()
    for answer in (stranger.get(link), stranger.post(link, data={"password": PASSWORD, "again": PASSWORD})):
        assert answer.status_code == 410
        assert "Ada" not in answer.text
        assert "ada@" not in answer.text
    assert is_in(browser)


def test_nobody_signs_in_to_an_account_without_a_password(app, tree, manager, database):
    send(signed_in(app, manager), "/staff/add", **ADA, roles=["Reader"], memberships=[str(tree[1].id)])
    for guess in ("", " ", "ada", "password", "None"):
        browser = app.test_client()
        assert sign_in(browser, "ada", guess).status_code == 200
        assert not is_in(browser)


@pytest.mark.parametrize(
    ("field", "posted"),
    [
        ("roles", {"roles": ["Administrator"]}),
        ("roles", {"roles": ["Service agency", "Reader"]}),
        ("roles", {"roles": ["Newsletter editor"]}),
        ("roles", {"roles": ["Superuser"]}),
        ("roles", {"roles": ["Public"]}),
        ("roles", {"roles": []}),
        ("memberships", {"memberships": "root"}),
        ("memberships", {"memberships": "kassel"}),
        ("memberships", {"memberships": ["999999999999999999999"]}),
        ("memberships", {"memberships": ["x"]}),
        ("memberships", {"memberships": "unknown"}),
        ("memberships", {"memberships": ["-1"]}),
        ("memberships", {"memberships": []}),
        ("language", {"language": "nl"}),
        ("language", {"language": "xx"}),
        ("email", {"email": "no address"}),
        ("email", {"email": ""}),
        ("username", {"username": " "}),
        ("first_name", {"first_name": "x" * 65}),
    ],
)  # fmt: skip
def test_what_isnt_offered_is_refused_at_its_field_and_nothing_is_saved(
    app, tree, manager, database, *, field, posted
):
    root, lag, kassel = tree
    offices = {
        "root": [str(lag.id), str(root.id)],
        "kassel": [str(kassel.id)],
        "unknown": [str(lag.id), "2147483"],
    }
    posted = {key: offices.get(str(value), value) for key, value in posted.items()}
    data = {**ADA, "roles": ["Reader"], "memberships": [str(lag.id)], **posted}
    form = send(signed_in(app, manager), "/staff/add", **data)
    assert form.status == 200
    assert set(form.errors) == {field}
    assert database.query(Staff).count() == 1
    assert form.fields["last_name"] == "Neu", "what was typed stays"


def test_only_what_may_be_given_is_offered(app, tree, manager, admin):
    lag = tree[1]
    page = signed_in(app, manager).get("/staff/add").text
    offered = set(re.findall(r'name="roles" value="([^"]+)"', page))
    assert offered == {"Office manager", "Regional office", "Reader"}
    assert re.findall(r'name="memberships" value="([^"]+)"', page) == [str(lag.id)]
    page = signed_in(app, admin).get("/staff/add").text
    assert set(re.findall(r'name="roles" value="([^"]+)"', page)) == {role.value for role in Role}
    places = {str(office.id) for office in tree}
    assert set(re.findall(r'name="memberships" value="([^"]+)"', page)) == places
    assert set(re.findall(r'<option[^>]* value="(\w+)"', page)) == {"de", "en"}


@pytest.mark.parametrize(
    ("field", "name"), [("username", "CHRIS"), ("email", "C@example.org"), ("username", "c@example.org")]
)
def test_a_clash_with_a_foreign_account_says_taken_and_no_more(app, tree, manager, database, *, field, name):
    make.staff(Role.READER, offices=(tree[2],), username="chris", email="c@example.org", last_name="Fremd")
    data = {**ADA, "roles": ["Reader"], "memberships": [str(tree[1].id)], field: name}
    form = send(signed_in(app, manager), "/staff/add", **data)
    assert {key: len(messages) for key, messages in form.errors.items()} == {field: 1}
    assert form.errors[field][0].endswith("is taken.")
    assert "Fremd" not in form.html
    assert "Kassel" not in form.html


@pytest.mark.parametrize("field", ["username", "email"])
def test_a_name_that_was_taken_at_the_same_moment_is_said_at_its_field(tree, database, field):
    """The check before saving can't see it; the database can."""
    from sqlalchemy.exc import IntegrityError

    from app.services import records

    make.staff(Role.READER, username="ada", email="ada@example.org")
    base = {"username": "other", "email": "other@example.org", "first_name": "A", "last_name": "B"}
    row = Staff(**{**base, field: ADA[field]})
    database.add(row)
    with pytest.raises(IntegrityError) as caught:
        database.flush()
    database.rollback()
    assert records.clash(caught.value, row).field == field


# --- Changing ---------------------------------------------------------------------------------------------
def test_a_manager_changes_the_staff_of_the_own_office(app, tree, manager, database):
    person = make.staff(Role.READER, offices=(tree[1],), password=PASSWORD)
    form = send(
        signed_in(app, manager),
        f"/staff/edit/{person.id}",
        last_name="Other",
        language="en",
        roles=["Regional office"],
        memberships=[str(tree[1].id)],
    )
    assert (form.status, form.errors) == (302, {})
    assert person.last_name == "Other"
    assert person.language is Language.ENGLISH
    assert names(person) == {"Regional office"}


@pytest.mark.parametrize(
    ("role", "offices", "status"),
    [
        (Role.REGIONAL_OFFICE, "lag", 200),
        (Role.ADMINISTRATOR, "lag", 403),
        (Role.NEWSLETTER_EDITOR, "lag", 403),
        (Role.READER, "lag kassel", 403),
        (Role.READER, "kassel", 404),
        (Role.READER, "servicestelle", 404),
        (Role.READER, "", 404),
    ],
)
def test_a_manager_edits_and_invites_only_whom_the_own_rights_and_offices_cover(
    app, tree, manager, *, role, offices, status
):
    places = tuple(office for office in tree if office.name.lower() in offices.split())
    person = make.staff(role, offices=places, password=PASSWORD)
    key, mark = person.id, person.password_mark
    desk = signed_in(app, manager)
    assert desk.get(f"/staff/edit/{key}").status_code == status
    data = {**ADA, "roles": "Reader", "memberships": str(tree[1].id), "active": "y"}
    data["row_version"] = person.version
    assert desk.post(f"/staff/edit/{key}", data=data).status_code == (302 if status == 200 else status)
    assert desk.post(f"/staff/invite/{key}").status_code == (302 if status == 200 else status)
    shown = desk.get(f"/staff/show/{key}")
    assert shown.status_code == (404 if status == 404 else 200)
    assert ("/staff/edit/" in shown.text) == (status == 200)
    if status != 200:
        assert (person.username == "ada", person.password_mark) == (False, mark)
        assert "/invitation/" not in shown.text


def test_offices_of_others_arent_shown_with_a_shared_colleague(app, tree, manager, database):
    person = make.staff(Role.READER, offices=tree[1:], last_name="Both")
    desk = signed_in(app, manager)
    for page in ("/staff/list/", f"/staff/show/{person.id}"):
        answer = desk.get(page).text
        assert "Both" in answer
        assert "LAG" in answer
        assert "Kassel" not in answer


def test_an_account_cant_be_deleted(app, tree, admin, database):
    person = make.staff(Role.READER, offices=(tree[1],))
    desk = signed_in(app, admin)
    assert not [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("StaffView.delete")]
    for path in (f"/staff/delete/{person.id}", f"/staff/action/delete/{person.id}"):
        assert desk.post(path, data={"rowid": person.id}).status_code in {404, 405}
    data = {"rowid": person.id, "act": "delete", "confirmed": "1"}
    assert desk.post("/staff/bulk", data=data).status_code == 403
    page = desk.get(f"/staff/show/{person.id}").text + desk.get("/staff/list/").text
    assert "/staff/delete" not in page
    assert known(database, id=person.id) is person


def test_nobody_changes_the_own_roles_or_deactivates_the_own_account(app, tree, manager, admin, database):
    for person in (manager, admin):
        offices = [str(membership.office_id) for membership in person.memberships]
        own, url = sorted(names(person)), f"/staff/edit/{person.id}"
        desk = signed_in(app, person)
        form = send(desk, url, roles=[*own, "Reader"], memberships=offices)
        assert set(form.errors) == {"roles"}
        form = send(desk, url, roles=own, memberships=offices, active=None)
        assert set(form.errors) == {"active"}
        form = send(desk, url, roles=own, memberships=offices, first_name="Renamed")
        assert form.errors == {}
        assert person.active
        assert (person.first_name, sorted(names(person))) == ("Renamed", own)
        assert desk.post(f"/staff/invite/{person.id}").status_code == 403


def test_the_last_administrator_cant_be_removed_or_deactivated(app, tree, admin, database):
    """Also by another administrator, whose account was deactivated while the form was open."""
    second = make.staff(Role.ADMINISTRATOR, password=PASSWORD)
    desk = signed_in(app, second)
    url, offices = f"/staff/edit/{admin.id}", [str(tree[0].id)]
    assert send(desk, url, roles=["Reader"], memberships=offices).status == 302
    assert names(admin) == {"Reader"}
    third = make.staff(Role.ADMINISTRATOR, password=PASSWORD)
    url = f"/staff/edit/{second.id}"
    form = send(signed_in(app, third), url, roles=["Administrator"], memberships=[], active=None)
    assert form.status == 302
    assert not second.active
    assert set(send(signed_in(app, third), f"/staff/edit/{third.id}", roles=["Reader"]).errors) >= {"roles"}
    assert names(third) == {"Administrator"}


def test_the_second_save_of_a_stale_form_shows_both_versions(app, tree, admin, database):
    person = make.staff(Role.READER, offices=(tree[1],), first_name="Old")
    url, offices = f"/staff/edit/{person.id}", [str(tree[1].id)]
    here, there = signed_in(app, admin), signed_in(app, admin)
    stale = opened(here, url)
    assert send(there, url, first_name="Theirs", roles=["Regional office"], memberships=offices).status == 302
    form = send(here, url, stale, last_name="Mine", roles=["Reader"], memberships=offices)
    assert form.status == 200
    assert ("First name", "Theirs", "Old") in form.conflict
    assert ("Roles", "Regional office", "Reader") in form.conflict
    assert (person.first_name, names(person)) == ("Theirs", {"Regional office"})
    # Once more, knowingly. That only a role or an office has changed is noticed, too.
    assert send(here, url, form, roles=["Reader"], memberships=offices).status == 302
    assert (person.first_name, person.last_name, names(person)) == ("Theirs", "Mine", {"Reader"})
    for theirs in ({"roles": ["Regional office"]}, {"memberships": [str(tree[2].id)]}):
        form = opened(here, url)
        mine = {"roles": ["Reader"], "memberships": offices}
        assert send(there, url, **{**mine, **theirs}).status == 302
        assert send(here, url, form, **mine).conflict
        assert send(there, url, **mine).status == 302


def test_a_deactivated_person_needs_a_new_link(app, tree, manager, database):
    person = make.staff(Role.READER, offices=(tree[1],), password=PASSWORD)
    desk, url = signed_in(app, manager), f"/staff/edit/{person.id}"
    data = {"roles": ["Reader"], "memberships": [str(tree[1].id)]}
    form = send(desk, url, **data, active=None)
    assert form.status == 302
    assert link_in(desk.get(form.location).text) is None
    assert not person.active
    assert desk.post(f"/staff/invite/{person.id}").status_code == 403
    form = send(desk, url, **data, active="y")
    assert link_in(desk.get(form.location).text)
    browser = app.test_client()
    sign_in(browser, person.username, PASSWORD)
    assert not is_in(browser)


def test_a_new_link_is_made_on_the_page_and_ends_the_older_one(app, tree, manager, database):
    person = make.staff(Role.READER, offices=(tree[1],))
    desk = signed_in(app, manager)
    data = {"rowid": person.id, "act": "delete", "confirmed": "1"}
    assert desk.post("/staff/bulk", data=data).status_code == 403
    page = desk.get(f"/staff/show/{person.id}").text
    assert f'action="/staff/invite/{person.id}"' in page
    assert "This account has no password yet" in page
    links = [link_in(desk.post(f"/staff/invite/{person.id}", follow_redirects=True).text) for _ in range(2)]
    browser = app.test_client()
    assert [browser.get(link).status_code for link in links] == [410, 200]
    # The password of today goes on until another is set.
    settled = make.staff(Role.READER, offices=(tree[1],), password=PASSWORD)
    link = link_in(desk.post(f"/staff/invite/{settled.id}", follow_redirects=True).text)
    assert sign_in(browser, settled.username, PASSWORD).status_code == 302
    assert app.test_client().post(link, data={"password": OTHER, "again": OTHER}).status_code == 302
    assert not is_in(browser)


# --- The list ---------------------------------------------------------------------------------------------
def test_the_list_shows_the_staff_of_the_own_offices(app, tree, manager, database):
    make.staff(Role.READER, Role.REGIONAL_OFFICE, offices=(tree[1],), last_name="Jäger")
    make.staff(Role.READER, offices=(tree[2],), last_name="Fremd")
    desk = signed_in(app, manager, "de")
    page = desk.get("/staff/list/").text
    assert "Jäger" in page
    assert "Fremd" not in page
    assert "Regionalbüro" in page
    for words in ("jaeger", "JÄGER", "lag"):
        assert "Jäger" in desk.get("/staff/list/", query_string={"q": words}).text
    assert "Jäger" not in desk.get("/staff/list/?q=kassel").text


def test_the_list_takes_few_statements(app, tree, admin, database, count_statements):
    for _ in range(20):
        make.staff(Role.READER, offices=tree)
    desk = signed_in(app, admin)
    desk.get("/staff/list/")
    with count_statements() as statements:
        assert desk.get("/staff/list/?q=person").status_code == 200
    assert len(statements) <= 12, "\n".join(statements)


def test_a_sign_in_is_shown_in_the_time_of_the_offices(app, tree, admin, database):
    from datetime import datetime

    person = make.staff(Role.READER, offices=(tree[1],), last_login=datetime(2026, 7, 1, 22, 30))  # noqa: DTZ001
    page = signed_in(app, admin, "de").get(f"/staff/show/{person.id}").text
    assert "02.07.2026 00:30" in page


@pytest.mark.parametrize(
    "role", [Role.REGIONAL_OFFICE, Role.NEWSLETTER_EDITOR, Role.READER], ids=lambda r: r.value
)
def test_other_roles_dont_see_the_staff_pages(app, tree, database, role):
    desk = signed_in(app, make.staff(role, offices=(tree[1],)))
    person = make.staff(Role.READER, offices=(tree[1],))
    for path in ("list/", "add", f"show/{person.id}", f"edit/{person.id}", "export/csv"):
        assert desk.get(f"/staff/{path}").status_code == 403
    assert desk.post(f"/staff/invite/{person.id}").status_code == 403
    assert desk.get("/roles/list/").status_code == 403


def test_the_lookup_of_colleagues_finds_umlauts(app, tree, manager, database):
    make.staff(Role.READER, offices=(tree[1],), first_name="Udo", last_name="Jäger")
    make.staff(Role.READER, offices=(tree[2],), last_name="Jäger fremd")
    found = signed_in(app, manager).get("/activities/lookup/assignee?q=j%C3%A4ger").json["results"]
    assert [row["text"] for row in found] == ["Udo Jäger"]


# --- The roles --------------------------------------------------------------------------------------------
def test_every_section_and_verb_has_words():
    assert set(SECTIONS) == set(Section)
    assert set(VERBS) == set(Verb) - {Verb.MENU}


def test_the_page_of_roles_says_the_table_in_words(app, tree, manager):
    page = signed_in(app, manager).get("/roles/list/").text
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)
    cells = {section: re.findall(r"<td>(.*?)</td>", row) for section, row in rows}
    assert len(cells) == len(Section)
    place = list(Role).index(Role.OFFICE_MANAGER)
    assert cells["Staff"][place] == "read, add and change"
    assert cells["Contacts"][place] == "read, add and change, delete, download"
    assert cells["Subscribers"][place] == "–"
    said = sum(len(cell.split(", ")) for row in cells.values() for cell in row if cell != "–")
    granted = [set(verbs) - {Verb.MENU} for grants in GRANTS.values() for verbs in grants.values()]
    assert said == sum(map(len, granted))
    assert "Organisationen" in signed_in(app, manager, "de").get("/roles/list/").text


# --- The own account --------------------------------------------------------------------------------------
def test_the_account_page_is_for_everybody_who_is_signed_in(app, tree, database):
    names = {"username": "udo", "email": "udo@example.org", "last_name": "Jäger"}
    person = make.staff(Role.READER, offices=tree[1:], **names)
    page = signed_in(app, person).get("/account/").text
    for text in ("Pat Jäger", "udo", "udo@example.org", "Reader", "LAG<br>Kassel"):
        assert f'<dd class="datagrid-content">{text}</dd>' in page
    assert 'href="/account/"' in signed_in(app, person).get("/").text
    stranger = app.test_client()
    assert stranger.get("/account/").location == "/login/?next=/account/"
    for answer in (stranger.post("/account/"), stranger.post("/account/language")):
        assert answer.location == "/login/"


def test_the_password_changes_for_who_knows_the_old_one(app, tree, database):
    person = make.staff(Role.READER, offices=(tree[1],), username="udo", password=PASSWORD)
    here, there = app.test_client(), app.test_client()
    for browser in (here, there):
        sign_in(browser, "udo", PASSWORD)
    mark = person.password_mark
    for field, posted in {
        "old": {"old": "wrong", "password": OTHER, "again": OTHER},
        "password": {"old": PASSWORD, "password": "short", "again": "short"},
        "again": {"old": PASSWORD, "password": OTHER, "again": OTHER + "x"},
    }.items():
        answer = read(here.post("/account/", data=posted))
        assert set(answer.errors) == {field}
        assert OTHER not in answer.html
        assert person.password_mark == mark
    answer = here.post("/account/", data={"old": PASSWORD, "password": OTHER, "again": OTHER})
    assert answer.location == "/account/"
    assert is_in(here), "this session goes on"
    assert not is_in(there), "all others end"
    assert sign_in(app.test_client(), "udo", PASSWORD).status_code == 200
    assert sign_in(app.test_client(), "udo", OTHER).status_code == 302


def test_the_language_is_kept_with_the_account(app, tree, database):
    person = make.staff(Role.READER, offices=(tree[1],), password=PASSWORD)
    browser = app.test_client()
    sign_in(browser, person.username, PASSWORD)
    assert browser.post("/account/language", data={"language": "xx"}).status_code == 400
    assert browser.post("/account/language", data={"language": "en"}).location == "/account/"
    assert person.language is Language.ENGLISH
    assert '<html lang="en">' in browser.get("/account/").text
    elsewhere = app.test_client()
    sign_in(elsewhere, person.username, PASSWORD)
    answer = elsewhere.get("/", headers={"Accept-Language": "de"})
    assert '<html lang="en">' in answer.text


# --- The one-time link ------------------------------------------------------------------------------------
def test_a_first_password_is_typed_twice_and_not_too_short(app, tree, manager, database):
    person = make.staff(Role.READER, offices=(tree[1],))
    link = link_in(signed_in(app, manager).post(f"/staff/invite/{person.id}", follow_redirects=True).text)
    mark = person.password_mark
    browser = app.test_client()
    short = read(browser.post(link, data={"password": "short", "again": "short"}))
    assert set(short.errors) == {"password"}
    assert set(read(browser.post(link, data={"password": OTHER, "again": PASSWORD})).errors) == {"again"}
    assert person.password_mark == mark
    assert browser.get(link).status_code == 200


def test_a_link_that_is_forged_old_or_of_a_deactivated_account_is_over(app, tree, manager, monkeypatch):
    person = make.staff(Role.READER, offices=(tree[1],), last_name="Secretname")
    desk, browser = signed_in(app, manager), app.test_client()
    link = link_in(desk.post(f"/staff/invite/{person.id}", follow_redirects=True).text)
    assert browser.get(link).status_code == 200
    payload, rest = link.rsplit("/", 1)[1].split(".", 1)
    for forged in (f"{payload}x.{rest}", f"{payload}.{rest}x", payload, "x"):
        answer = browser.get(f"/invitation/{forged}")
        assert answer.status_code == 410
        assert "Secretname" not in answer.text
    monkeypatch.setitem(app.config, "INVITATION_DAYS", -1)
    assert browser.get(link).status_code == 410
    monkeypatch.undo()
    person.active = False
    for answer in (browser.get(link), browser.post(link, data={"password": OTHER, "again": OTHER})):
        assert answer.status_code == 410
        assert "Secretname" not in answer.text


def test_setting_the_first_password_signs_out_whoever_sits_there(app, tree, manager, database):
    person = make.staff(Role.READER, offices=(tree[1],))
    desk = signed_in(app, manager)
    link = link_in(desk.post(f"/staff/invite/{person.id}", follow_redirects=True).text)
    assert desk.post(link, data={"password": OTHER, "again": OTHER}).location == "/login/"
    assert not is_in(desk)
