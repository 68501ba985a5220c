"""Every filter of every list, in both languages; a value that can't be read is said, and finds nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy import inspect

from app.access import Role, everything
from app.core import clock
from app.core.db import Exact, SetOf, Utc
from app.core.values import display, format_decimal
from app.models.contacts import Position
from app.models.organisations import LegalForm, OrganisationKind
from app.views.filters import BadFilterError
from app.views.filters.days import Period
from app.views.filters.values import BETWEEN
from tests import factories as make
from tests.append_only import lifted
from tests.pages import views
from tests.tables import read

DAY, NUMBER, WORDS = date(2026, 12, 24), Decimal("1234.56"), "Übersee 5, ölig"
MOMENT = datetime(
    2026, 12, 24, 22, 30, tzinfo=UTC
)  # half past eleven in the evening, where the pages are read


def values(kind):
    """Give a value for a column, and another one."""
    match kind:
        case SetOf():
            return list(kind.members)[:2], list(kind.members)[2]
        case sa.Enum():
            return tuple(kind.enum_class)[:2]
        case sa.Boolean():
            return True, False
        case sa.Date():
            return DAY, DAY.replace(year=2027)
        case Utc():
            return MOMENT, MOMENT.replace(year=2027)
        case Exact(places=6):  # degrees
            return Decimal("52.5"), Decimal(13)
        case Exact():
            return NUMBER, NUMBER + Decimal("0.01")
        case sa.Integer():
            return 1234, 1235
        case sa.String():
            return WORDS[: kind.length or None], "Else"
    return None, None


def filled(view, database):
    """Give a row of the view that has a value in each search column, and what the values are."""
    row = database.query(view.datamodel.obj).order_by(view.datamodel.obj.id).first()
    table, found = view.datamodel.obj.__table__, {}
    for name in view.search_columns:
        collection, through, relation = name.partition(BETWEEN)
        if through:
            found[name] = getattr(getattr(row, collection)[0], relation).id
            continue
        if view.datamodel.is_relation_one_to_many(name):
            found[name] = getattr(row, name)
            continue
        if view.datamodel.is_relation(name):
            if getattr(row, name) is None:
                make.link(row, name)
            found[name] = getattr(row, name).id
            continue
        found[name] = values(view.datamodel.list_columns[name].type)[0]
    stored = {name: value for name, value in found.items() if name in view.datamodel.list_columns}
    database.flush()
    if stored:
        with lifted(database.connection()):
            database.execute(sa.update(table).where(table.c.id == row.id).values(stored))
    database.commit()
    return row, found


def written(value):
    """Write a value as a person types it into a filter."""
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, date):
        return display(value)
    return str(getattr(value, "value", value))


#: Filters that ask for the presence of something, and for spans of days.
PLAIN = {
    "YesNo": lambda _value: [("y", True), ("n", False), ("1", True), ("0", False)],
    "Related": lambda value: [(str(value), True)],
    "Through": lambda value: [(str(value), True)],
    "Empty": lambda _value: [("1", False)],
    "Filled": lambda _value: [("1", True)],
    "NoParts": lambda value: [("1", not value)],
    "Unreached": lambda value: [("1", not value)],
    "Uncalled": lambda value: [("1", not value)],
    "Mine": lambda _value: [("1", True)],
    "Unstaffed": lambda value: [("1", not any(part.counts(clock.today()) for part in value))],
    "Unvalued": lambda value: [("1", all(part.value is None for part in value))],
    "Parts": lambda value: [("1", bool(value))],
    "Reached": lambda value: [("1", bool(value))],
    "Called": lambda value: [("1", bool(value))],
    "During": lambda _value: [("ahead", clock.today() <= DAY), ("past", clock.today() > DAY)],
    "Between": lambda _value: [
        ("2026-12-24..2026-12-24", True),
        ("2026-12-24 .. ", True),
        ("..2026-12-24", True),
        ("2026-12-23..2026-12-25", True),
        ("2026-12-25..", False),
        ("..2026-12-23", False),
    ],
}


def asked(one, value):
    """Yield texts for a filter, and whether each should find a row with this value."""
    if type(one).__name__ in PLAIN:
        yield from PLAIN[type(one).__name__](value)
        return
    operator, kind = one.arg_name, type(one).__mro__[1].__name__
    name = type(one).__name__
    match name:
        case "Contains":
            yield from (
                (value[1:6], True),
                (value.upper(), True),
                (value.lower(), True),
                ("zzz", False),
                ("%", False),
            )
        case "NotContains":
            yield from ((value[1:6], False), ("zzz", True))
        case "StartsWith":
            yield from ((value[:4], True), (value[:4].swapcase(), True), (value[1:4], False))
        case "Is":
            yield from ((value, True), (value[:-1], False), ("", False))
        case "Member":
            yield from ((value.value, True), (other(value).value, False))
        case "NotMember":
            yield from ((value.value, False), (other(value).value, True))
        case "HasMember":
            yield from ((value[1].value, True), (list(type(value[0]))[-1].value, False))
        case _:
            step = value.replace(day=25) if kind == "DayFilter" else value + 1
            less = value.replace(day=23) if kind == "DayFilter" else value - 1
            hits = {"eq": (True, False, False), "gt": (True, False, True), "lt": (True, True, False)}[
                operator
            ]
            yield from zip(map(written, (value, step, less)), hits, strict=True)


def other(member):
    return next(one for one in type(member) if one is not member)


def ask(app, view, language, *, column, index, text):
    """Give the keys that a list's address finds, without the page around them: a thousand questions."""
    query = {f"_flt_{index}_{column}": text}
    with app.test_request_context("/", query_string=query), force_locale(language):
        view.read_arguments()
        return {row.id for row in view.datamodel.statement(view._filters)}


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_filter_finds_what_it_says_and_nothing_else(app, full_office, database, language):
    tried = set()
    for view in views(app):
        row, found = filled(view, database)
        offered = view._filters.get_search_filters()
        assert set(view.search_columns) == set(offered), type(view).__name__
        for column, filters in offered.items():
            for index, one in enumerate(filters):
                with app.test_request_context(), force_locale(language):
                    questions = list(asked(one, found[column]))
                for text, expected in questions:
                    hits = ask(app, view, language, column=column, index=index, text=text)
                    assert (row.id in hits) == expected, (
                        type(view).__name__,
                        column,
                        type(one).__name__,
                        text,
                    )
                tried.add(type(one).__name__)
    assert len(tried) >= 10


BAD = {
    "integer": ["", "x", "1,5", "1" * 30, "1e3"],
    "numeric": ["", "x", "1,234", "9" * 20, "NaN", "1,2,3"],
    "date": ["", "x", "31.02.2026", "2026", "99999999"],
    "enum": ["", "x", "None", "__None"],
    "set": ["", "x", "%"],
    "boolean": ["x", "2", "yesno"],
    "relation": ["", "x", "0", "-1", "999999", "9" * 500, "²", "1 OR 1=1"],
}


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_value_that_cant_be_read_is_refused_by_every_filter(app, full_office, database, language):
    kinds = set()
    for view in views(app):
        for column, filters in view._filters.get_search_filters().items():
            kind = next((kind for kind in BAD if getattr(view.datamodel, f"is_{kind}")(column)), None)
            for text in BAD.get(kind, ()):
                for index, one in enumerate(filters):
                    if one.asks == "nothing":
                        continue
                    wrong = text.replace(",", ".") if language == "en" else text
                    with pytest.raises(BadFilterError) as refusal:
                        ask(app, view, language, column=column, index=index, text=wrong)
                    assert str(refusal.value), (type(view).__name__, column, text)
                kinds.add(kind)
    assert kinds == set(BAD)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_refused_filter_is_said_at_the_list_which_shows_nothing(client, full_office, database, language):
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(full_office,)), language)
    database.commit()
    for address, name, text in (
        ("contracts", "_flt_0_number", "zwölf"),
        ("figures", "_flt_2_number", "1,2,3"),
        ("events", "_flt_1_starts_on", "31.02.2026"),
        ("events", "_flt_0_kind", "x"),
        ("organisations", "_flt_0_sectors", "x"),
        ("organisations", "_flt_0_shared", "x"),
        ("contracts", "_flt_0_event", "999999"),
    ):
        answer = client.get(f"/{address}/list/", query_string={name: text})
        page = read(answer)
        assert (page.status, page.rows, len(page.alerts)) == (200, [], 1), (address, name)
        assert f'name="{name}"' in answer.text
        assert answer.text.count('class="chip"') == 1  # it can be taken away again
        with client.get(f"/{address}/export/csv", query_string={name: text}) as refused:
            assert refused.status_code == 302
        assert len(read(client.get(refused.headers["Location"])).alerts) == 1


def test_a_number_too_fine_or_too_large_for_its_column_is_said(client, full_office, database):
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(full_office,)), "de")
    for text in ("97,001", "1.000.000.000.000", "-1.000.000.000.000"):
        page = read(client.get("/figures/list/", query_string={"_flt_1_number": text}))
        assert (page.status, page.rows, len(page.alerts)) == (200, [], 1), text
    page = read(client.get("/figures/list/", query_string={"_flt_0_number": "97,00"}))
    assert len(page.rows) == 1


def test_what_no_filter_is_is_a_bad_request(app, client, full_office, database):
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(full_office,)))
    database.commit()
    for name in (
        "_flt_9_name",
        "_flt_0_nothing",
        "_flt_0_id",
        "_flt_x_name",
        "_flt_0_",
        "_flt_0_search",
        "_flt_-1_name",
    ):
        assert client.get("/organisations/list/", query_string={name: "x"}).status_code == 400, name
    for name in ("page_OrganisationView", "psize_OrganisationView"):
        for value in ("abc", "-1", "1.5", "²", "9" * 30, "0000000000009"):
            assert client.get("/organisations/list/", query_string={name: value}).status_code == 400, (
                name,
                value,
            )
    for order in ("id", "nothing", "office_id", "notes", "name desc"):
        assert (
            client.get("/organisations/list/", query_string={"_oc_OrganisationView": order}).status_code
            == 400
        )
    assert (
        client.get("/organisations/list/?_oc_OrganisationView=name&_od_OrganisationView=up").status_code
        == 400
    )


@pytest.mark.parametrize(
    "name",
    [
        "endpoint",
        "_external",
        "_scheme",
        "_anchor",
        "_method",
        "fmt",
        "self",
        "values",
        "name",
        "pk",
        "x" * 900,
    ],
)
def test_a_stray_argument_changes_nothing(client, full_office, database, name):
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(full_office,)))
    database.commit()
    assert client.get("/organisations/list/", query_string={name: "javascript"}).status_code == 200
    with client.get("/organisations/export/csv", query_string={name: "javascript"}) as answer:
        assert answer.status_code == 200


def test_filters_add_up_and_stay_on_the_page(client, full_office, database):
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(full_office,)), "de")
    for city in ("Jena", "Kassel"):
        make.organisation(full_office, f"Bau {city}", city=city)
    database.commit()
    query = {"q": "bau", "_flt_0_city": "jen", "_flt_0_kind": "company"}
    answer = client.get("/organisations/list/", query_string=query)
    assert read(answer).first == ["Bau Jena"]
    for name, value in query.items():
        assert f'name="{name}"' in answer.text
        assert f'value="{value}"' in answer.text
    assert "<span>Art ist Unternehmen</span>" in answer.text  # in words, not by its stored value
    both = client.get("/organisations/list/?_flt_0_city=Jena&_flt_0_city=Kassel")
    assert read(both).rows == []


def test_what_is_not_so_is_also_where_nothing_is_known(client, full_office, database):
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(full_office,)))
    make.organisation(full_office, "Unknown")
    make.organisation(full_office, "Known", city="Jena", legal_form=LegalForm.EV)
    database.commit()
    for query in ({"_flt_1_legal_form": "ev"}, {"_flt_1_city": "jen"}, {"_flt_3_city": ""}):
        page = read(client.get("/organisations/list/", query_string={"q": "nown", **query}))
        assert page.first == ["Unknown"], query


def test_a_record_of_another_office_is_no_filter(client, full_office, database):
    strange = make.organisation(make.office("Strange", parent=full_office.parent), "Hidden")
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(full_office,)), "de")
    database.commit()
    answer = client.get("/offers/list/", query_string={"_flt_0_organisation": str(strange.id)})
    assert read(answer).rows == []
    assert "Hidden" not in answer.text


def test_columns_of_a_search_form_have_a_filter_each(app):
    for view in views(app):
        for name in view.search_columns:
            mapper = inspect(view.datamodel.obj)
            assert name.partition(BETWEEN)[0] in mapper.attrs, (type(view).__name__, name)


@pytest.fixture
def reader(client, full_office, database):
    """Ask a list as a person of the office; give the first cells of the rows."""
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(full_office,)), "en")

    def read_list(address, **query):
        database.commit()
        return sorted(read(client.get(f"/{address}/list/", query_string=query)).first)

    return read_list


def test_contacts_that_nobody_can_write_to_are_found_by_what_counts_today(reader, full_office):
    """The dashboard leads here: /contacts/list/?_flt_1_channels=1."""
    make.contact(full_office, "Mute")
    former = make.contact(full_office, "Former", email="old@example.org")
    former.channels[0].until = date(2020, 1, 1)
    later = make.contact(full_office, "Later", email="new@example.org", phone="030 1234567")
    later.channels[0].since = date(2999, 1, 1)
    assert reader("contacts", _flt_0_channels="1") == ["Jäger"]
    assert reader("contacts", _flt_1_channels="1") == ["Former", "Later", "Mute"]
    assert reader("contacts", _flt_2_channels="") == ["Jäger", "Later"]
    assert reader("contacts", _flt_3_channels="1") == ["Former", "Mute"]
    assert reader("contacts", _flt_0_positions="1") == ["Former", "Later", "Mute"]
    assert reader("contacts", _flt_1_positions="1") == ["Jäger"]


def test_several_choices_of_a_closed_set_widen_and_their_opposites_narrow(reader, full_office):
    for name, kind in (("A", "company"), ("B", "school"), ("C", "ministry")):
        make.organisation(full_office, f"Kind {name}", kind=OrganisationKind(kind))
    assert reader("organisations", q="kind", _flt_0_kind=["school", "ministry"]) == ["Kind B", "Kind C"]
    assert reader("organisations", q="kind", _flt_1_kind=["school", "ministry"]) == ["Kind A"]
    assert reader("organisations", q="kind", _flt_0_kind=["school", "x"]) == []


def test_several_records_widen_and_me_is_whoever_asks(reader, client, full_office, database):
    first, second = (make.organisation(full_office, name) for name in ("First", "Second"))
    other = make.staff(Role.READER, offices=(full_office,))
    me = make.staff(Role.READER, offices=(full_office,))
    for number, person in enumerate((me, other, None)):
        make.activity(full_office, subject=f"T{number}", organisation=(first, second, None)[number],
                      event=make.event(full_office), assignee=person)  # fmt: skip
    keys = [str(first.id), str(second.id)]
    assert len(reader("activities", _flt_0_organisation=keys)) == 2
    make.sign_in(client, me, "en")
    database.commit()
    answer = client.get("/activities/list/", query_string={"_flt_0_assignee": "me"})
    assert [row[0] for row in read(answer).rows] == ["T0"]
    make.sign_in(client, other, "en")
    answer = client.get("/activities/list/", query_string={"_flt_0_assignee": "me"})
    assert [row[0] for row in read(answer).rows] == ["T1"]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("today", "2028-02-29", "2028-02-29"),
        ("past", None, "2028-02-28"),
        ("ahead", "2028-02-29", None),
        ("this_week", "2028-02-28", "2028-03-05"),
        ("this_month", "2028-02-01", "2028-02-29"),
        ("this_year", "2028-01-01", "2028-12-31"),
        ("last_year", "2027-01-01", "2027-12-31"),
        ("last_7_days", "2028-02-23", "2028-02-29"),
        ("last_30_days", "2028-01-31", "2028-02-29"),
        ("last_365_days", "2027-03-02", "2028-02-29"),
        ("next_7_days", "2028-02-29", "2028-03-06"),
        ("next_30_days", "2028-02-29", "2028-03-29"),
    ],
)
def test_a_period_covers_its_days(period, first, last):
    found = Period(period).days(date(2028, 2, 29))
    assert tuple(day and day.isoformat() for day in found) == (first, last)
    assert len(Period) == 12


def test_a_moment_is_filtered_by_the_day_that_it_shows(reader, full_office):
    """Half past eleven in the evening of London is the next day of the office."""
    market = make.event(full_office)
    make.activity(full_office, subject="Late", event=market, done_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    assert len(reader("activities", _flt_0_done_at="2026-07-02..2026-07-02")) == 1
    assert reader("activities", _flt_0_done_at="2026-07-01..2026-07-01") == []
    assert len(reader("activities", _flt_3_done_at="1")) == 1


def test_filters_read_as_sentences(app, client, full_office, database):
    parent = make.organisation(full_office, "Holding")
    database.commit()
    query = {
        "_flt_0_city": "Berlin",
        "_flt_4_city": "1",
        "_flt_0_kind": ["school", "company"],
        "_flt_0_parent": str(parent.id),
        "_flt_0_shared": "n",
        "_flt_3_exemption_date": "2026-01-01..",
        "_flt_4_exemption_date": "this_year",
        "_flt_1_exemption_date": "2026-02-01",
    }
    view = next(view for view in views(app) if type(view).__name__ == "OrganisationView")
    with app.test_request_context("/", query_string=query), force_locale("de"), everything("tests"):
        view.read_arguments()
        found = view._filters.get_filters_values()
        words = {one.sentence(view.label_columns[one.column_name], values) for one, values in found}
    assert {"Ort enthält Berlin", "Trägerorganisation ist Holding", "Im Netzwerk geteilt ist nein"} <= words
    assert any("01.02.2026" in line for line in words)
    assert any("01.01.2026" in line and "…" in line for line in words)
    assert len(words) == len(query)


# --- by what a part belongs to --------------------------------------------------------------------------------
def test_contacts_are_found_by_an_organisation_and_contracts_by_a_party(client, database):
    office = make.office("LAG")
    firm, club, third = (make.organisation(office, name) for name in ("Firma", "Verein", "Dritte"))
    person, _other = make.contact(office, last_name="Arendt"), make.contact(office, last_name="Birk")
    person.positions.append(Position(organisation=firm))
    deal, _else = (
        make.contract(office, firm, club, title="Dach"),
        make.contract(office, club, third, title="Zaun"),
    )
    theirs = make.organisation(make.office("Other"), "Fremd")
    database.commit()
    make.sign_in(client, make.staff(Role.OFFICE_MANAGER, offices=(office,)), "en")
    contacts = client.get(f"/contacts/list/?_flt_0_positions__organisation={firm.id}").text
    assert "Organisation is Firma" in contacts
    assert "Arendt" in contacts
    assert "Birk" not in contacts
    contracts = client.get(f"/contracts/list/?_flt_0_parties__organisation={firm.id}").text
    assert "Party is Firma" in contracts
    assert f"/contracts/show/{deal.id}" in contracts
    assert f"/contracts/show/{_else.id}" not in contracts
    both = f"/contracts/list/?_flt_0_parties__organisation={firm.id}&_flt_0_parties__organisation={third.id}"
    assert f"/contracts/show/{_else.id}" in client.get(both).text
    hidden = client.get(f"/contacts/list/?_flt_0_positions__organisation={theirs.id}").text
    assert "found in your office" in hidden
    assert "Fremd" not in hidden
    found = client.get("/contacts/lookup/positions__organisation?q=firm").json
    assert [one["text"] for one in found["results"]] == [str(firm)]
    assert client.get("/contacts/lookup/positions__contact?q=a").status_code == 404


def test_a_day_of_the_builder_is_kept_as_every_language_reads_it(client, database):
    office = make.office("LAG")
    make.sign_in(client, make.staff(Role.OFFICE_MANAGER, offices=(office,)), "de")
    asked = "/events/list/?_new=starts_on&_op=3&_add=1&_value=01.02.2026&_until=bald"
    assert "_flt_3_starts_on=2026-02-01..bald" in client.get(asked).location
    page = client.get("/events/list/?_new=starts_on&_op=0").text
    assert 'data-date="22.11.2006"' in page
    assert 'type="date"' not in page
