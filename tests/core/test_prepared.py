"""PostgreSQL keeps prepared what is sent again and again: through rollbacks, for all values, and nothing else."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DataError, NotSupportedError

from app.access import Role
from app.core.db import db
from tests import factories as make
from tests.conftest import databases

pytestmark = pytest.mark.parametrize("app", databases()[1:], indirect=True)


@pytest.fixture
def engine(app, database):
    """An engine with one connection, which is new."""
    apart = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], pool_size=1, max_overflow=0)
    yield apart
    apart.dispose()


def send(engine, statement, values):
    """Send a statement once with each value, as requests that read do: each ends with a rollback."""
    for value in values:
        with engine.connect() as connection:
            assert connection.execute(statement, {"value": value}).scalar_one() == value


def prepared(engine):
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements").scalars().all()


def selected(name, **options):
    return sa.select(sa.bindparam("value", type_=sa.BigInteger).label(name)).execution_options(**options)


def test_what_is_kept_is_prepared_once_for_numbers_of_all_sizes(engine):
    send(engine, selected("kept_one", prepared=True), (1, 100_000, 2**40, -1, 2**62))
    (statement,) = prepared(engine)
    assert "kept_one" in statement


def test_what_was_sent_twice_or_is_not_kept_is_not_prepared(engine):
    send(engine, selected("twice", prepared=True), (1, 2))
    send(engine, selected("searched"), range(10))
    assert prepared(engine) == []


def test_what_fails_between_is_rolled_back_and_the_connection_goes_on(engine):
    one = selected("kept_one", prepared=True)
    send(engine, one, range(3))
    table = sa.table("ab_role", sa.column("name"))
    with engine.connect() as connection:
        connection.execute(table.update().where(table.c.name == Role.READER.value).values(name="nobody"))
    with engine.connect() as connection, pytest.raises(DataError):
        connection.exec_driver_sql("SELECT 1 / 0")
    with engine.connect() as connection:
        assert "nobody" not in connection.scalars(sa.select(table.c.name)).all()
    send(engine, one, range(3))


def test_a_table_that_was_changed_meanwhile_is_read_by_new_connections(engine):
    name = f"changed_{uuid.uuid4().hex[:8]}"
    table = sa.table(name, sa.column("value"))
    asked = sa.select(table.c.value).execution_options(prepared=True)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {name} AS SELECT 'one'::varchar(10) AS value")
    for _time in range(4):
        with engine.connect() as connection:
            assert connection.scalars(asked).all() == ["one"]
    other = sa.create_engine(engine.url, poolclass=sa.NullPool)
    with other.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {name} ALTER value TYPE varchar(20)")
    with engine.connect() as connection, pytest.raises(NotSupportedError) as refused:
        connection.execute(asked)
    assert refused.value.connection_invalidated  # which is told as an outage: please try again
    with engine.connect() as connection:
        assert connection.scalars(asked).all() == ["one"]
    with other.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {name}")


def test_requests_prepare_what_they_all_send(app, client, database):
    office = make.office()
    make.contact(office, "Meier", language="de")
    make.sign_in(client, make.staff(Role.READER, offices=(office,)))
    db.session.commit()
    db.engine.dispose()
    for _time in range(3):
        assert "Meier" in client.get("/contacts/list/?_flt_0_language=de").text
    db.session.rollback()
    found = db.session.execute(sa.text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    # Which rows a filter finds is asked anew, in another statement.
    told = sorted(one.partition(".")[0] for one in found)
    assert told == ["SELECT ab_user", "SELECT contact", "SELECT list_preference"]
