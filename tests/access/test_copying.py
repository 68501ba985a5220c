"""What the database writes by itself is what Python would write, and no more rows than the session would read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from operator import itemgetter

import psycopg
import pytest
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from app.access import Role, Scope, UnscopedStatementError, copying, everything, of_staff, opened
from app.access.copying import Copied, copyable
from app.core import delimited
from app.core.copies import copied
from app.core.delimited import EXCEL, FORMULA_STARTS
from app.core.excel import Column
from app.models.activities import Activity
from app.models.contacts import Channel, Contact, Salutation
from app.models.contracts import Contract, Contribution
from app.models.languages import Language
from app.models.organisations import Organisation
from tests import factories as make

pytestmark = pytest.mark.each_database

TEXTS = [
    "Müller", "=1+1", "+49 30 12", "-x", "@x", "\t=1", "\r=1", "\n=1", "a=1", ";", 'a "b"', "a\nb", "a\r\nb", "", " ",
    " x ", None, "'", "100 %", "%s", "%(x)s", "%%", ":name", "\\", "\\.", "\\N", "NULL", "😀", "x" * 150, "Ä",
    "_x000D_", "?",
]  # fmt: skip
# No NUL: PostgreSQL takes none.
ANY_TEXT = (
    st.none()
    | st.text(st.sampled_from([*FORMULA_STARTS, ";", '"', "'", " ", "a", "ä"]), max_size=6)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
)


def by_python(statement, session, columns):
    return b"".join(delimited.lines(columns, [session.execute(statement).all()], EXCEL))


def by_database(statement, columns):
    found = copyable(statement)
    return b"".join(copied(columns, found.batches(), found.numbers))


def columns(number):
    return [Column(f"=Heading {index}", itemgetter(index)) for index in range(number)]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_database_writes_what_python_would(database, language):
    office = make.office()
    for number, text in enumerate(TEXTS):
        make.contact(
            office,
            f"N{number}",
            first_name=text,
            notes=text,
            salutation=[None, *Salutation][number % 4],
            do_not_email=bool(number % 2),
        )
    database.commit()
    statement = select(
        Contact.first_name, Contact.id, Contact.salutation, Contact.do_not_email,
        Contact.language, Contact.notes, Contact.created_at,
    ).order_by(Contact.id)  # fmt: skip
    with force_locale(language):
        assert by_database(statement, columns(7)) == by_python(statement, database, columns(7))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=6))
def test_any_text_is_the_same_bytes_as_written_cell_by_cell(database, texts):
    office = make.office()
    keys = []
    for first, notes in texts:
        row = make.contact(office, first_name=first, notes=notes)
        database.flush()
        keys.append(row.id)
    less = (-Contact.id).label("less")
    statement = (
        select(Contact.first_name, less, Contact.notes, Contact.first_name, Contact.id)
        .where(Contact.id.in_(keys))
        .order_by(Contact.id)
    )
    assert by_database(statement, columns(5)) == by_python(statement, database, columns(5))
    database.rollback()


def test_an_error_of_the_server_on_the_way_is_raised(database):
    if database.get_bind().dialect.name == "sqlite":
        return
    office = make.office()
    for _number in range(20):
        make.contact(office)
    last = database.scalar(select(func.max(Contact.id)))
    # In an order, all would be reckoned before the first is sent.
    statement = select(Contact.last_name, (Contact.id % (Contact.id - last)).label("rest"))
    with pytest.raises(psycopg.errors.DivisionByZero):
        list(copyable(statement).batches())
    database.rollback()
    assert database.scalar(select(func.count()).select_from(Contact)) == 0


@pytest.mark.parametrize(("size", "read"), [(1000, 2), (1000, 1), (1, 1)])
def test_the_session_goes_on_as_before(database, monkeypatch, size, read):
    """Its clock and the style of its days are those of before, whether the rows are read to their end or not."""
    if database.get_bind().dialect.name == "sqlite":
        return
    monkeypatch.setattr(copying, "ROWS_AT_ONCE", size)
    office = make.office()
    for _number in range(10):
        make.contact(office, notes="x" * 500_000)
    database.commit()
    asked = select(func.current_setting("TimeZone"), func.current_setting("DateStyle"))
    before = database.execute(asked).one()
    assert before[0] != "Europe/Berlin"
    batches = copyable(select(Contact.last_name, Contact.notes, Contact.created_at)).batches()
    taken = list(islice(batches, read))
    batches.close()
    if len(taken[0]) < 10:
        # It was broken off in the middle.
        database.rollback()
    assert database.execute(asked).one() == before


@pytest.mark.parametrize("language", ["de", "en"])
def test_it_writes_numbers_and_days_of_a_language(database, language):
    if database.get_bind().dialect.name == "sqlite":
        assert copyable(select(Contribution.value, Contribution.id)) is None
        return
    office = make.office()
    party = make.organisation(office), make.organisation(office, "Verein")
    for value in (None, "0", "0.10", "1.50", "999.99", "1000", "1234567.8", "1234567890.12"):
        due = date(2026, 2, len(value or "") + 1)
        contract = make.contract(office, *party, due_on=due if value else None)
        make.contribution(contract, value=Decimal(value) if value else None)
    database.commit()
    statement = (
        select(Contribution.value, (-Contribution.value).label("less"), Contract.due_on, Contract.created_at)
        .join(Contribution.contract)
        .order_by(Contribution.id)
    )
    with force_locale(language):
        assert by_database(statement, columns(4)) == by_python(statement, database, columns(4))


def test_days_are_those_of_a_language(database):
    office = make.office()
    for day in (date(2026, 2, 1), date(1888, 12, 31), None):
        make.contract(office, make.organisation(office), make.organisation(office, "Verein"), due_on=day)
    database.commit()
    statement = select(Contract.due_on, Contract.id).order_by(Contract.id)
    with force_locale("de"):
        assert by_database(statement, columns(2)) == by_python(statement, database, columns(2))


def test_moments_are_those_of_the_clocks_in_the_office(database):
    office = make.office()
    for month in (1, 7):
        row = make.contact(office)
        row.created_at = datetime(2026, month, 31, 23, 30, tzinfo=UTC)
    database.commit()
    statement = select(Contact.created_at, Contact.last_name).order_by(Contact.id)
    with force_locale("de"):
        assert by_database(statement, columns(2)).decode().splitlines()[1:] == [
            "01.02.2026 00:30;Jäger",
            "01.08.2026 01:30;Jäger",
        ]


def _world(database):
    mine, other = make.office("Mine", parent=make.office("Root")), make.office("Other")
    for office in (mine, other):
        person = make.contact(office, f"of {office}", email=f"{office.name}@example.org".lower())
        company = make.organisation(office, f"Company of {office}", shared=office is other)
        person.notes = str(company)
    database.commit()
    return make.staff(Role.OFFICE_MANAGER, offices=(mine,))


STATEMENTS = {
    "columns": lambda: select(Contact.last_name, Contact.notes),
    "join": lambda: select(Contact.last_name, Channel.value).join(Contact.channels),
    "outer join": lambda: select(Contact.last_name, Channel.value).outerjoin(Channel, Channel.id > 0),
    "alias": lambda: select((one := aliased(Contact)).last_name, one.notes),
    "exists": lambda: select(Organisation.name, Organisation.city).where(
        exists().where(Contact.notes == Organisation.name)
    ),
    "subquery": lambda: select(
        Organisation.name, select(Contact.last_name).where(Contact.notes == Organisation.name).scalar_subquery()
    ),
    "cte": lambda: select((found := select(Contact.last_name, Contact.notes).cte()).c.last_name, found.c.notes),
    "filter": lambda: select(Contact.last_name, Contact.notes).where(
        Contact.language == Language.GERMAN, Contact.last_name.ilike("%o%"), Contact.id.in_(range(10**6, 0, -97))
        | Contact.id.is_not(None)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_row_of_a_foreign_office_gets_into_the_file(database, name):
    """It holds what the session would read in this scope, and in no scope nothing."""
    person = _world(database)
    statement = STATEMENTS[name]()
    with opened(of_staff(person.id)):
        found = by_database(statement, columns(2))
        assert sorted(found.splitlines()) == sorted(by_python(statement, database, columns(2)).splitlines())
        assert b"of Other" not in found.replace(b"Company of Other", b"")
    with everything("tests"):
        assert len(by_database(statement, columns(2))) > len(found)


def test_the_narrowing_is_what_keeps_them_out(database, monkeypatch):
    """The test above would see it missing."""
    person = _world(database)
    monkeypatch.setattr("app.access.copying.narrowed", lambda statement: statement)
    with opened(of_staff(person.id)):
        assert b"of Other" in by_database(STATEMENTS["columns"](), columns(2))


def test_where_nobody_works_there_are_no_rows(database):
    _world(database)
    with opened(Scope(actor="")):
        assert len(by_database(STATEMENTS["columns"](), columns(2)).splitlines()) == 1


def test_a_statement_of_tables_is_refused(database):
    table = Contact.__table__
    with pytest.raises(UnscopedStatementError):
        list(Copied(select(table.c.last_name, table.c.notes)).batches())


def test_what_only_python_can_write_is_left_to_it(database):
    assert copyable(select(Organisation.name, Organisation.sectors)) is None
    assert copyable(select(Contact, Contact.id)) is None
    assert copyable(select(Contact.last_name)) is None
    assert copyable(select(Activity.id, Contact.id)) is not None
