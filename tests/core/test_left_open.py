"""A connection that goes back to its pool takes nothing along, even where rows were left in the middle."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from sqlalchemy import select

from app.access import everything
from app.core.db import db
from app.models.organisations import Organisation
from tests import factories as make


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # on PostgreSQL a rollback closes what is open
def test_who_gets_a_connection_next_reads_what_is_new_and_can_write(app, database):
    """As after a full disk: who was writing a file is held by the error, and with it the rows that were being read."""
    with everything("test"):
        office = make.office()
        for _number in range(9):
            make.organisation(office=office)
        db.session.commit()
        for stream in (_entities, _by_the_driver):
            held = stream()
            next(held)
            used = db.session.connection().connection.driver_connection
            db.session.rollback()

            with ExitStack() as stack:
                # All that the pool holds, and one more: the first is that on which rows are left, the other writes.
                kept = [
                    stack.enter_context(db.engine.connect())
                    for _number in range(db.engine.pool.checkedin() + 1)
                ]
                next_one = next(one for one in kept if one.connection.driver_connection is used)
                other = next(one for one in kept if one is not next_one)
                other.execute(Organisation.__table__.update().values(city=stream.__name__))
                other.commit()
                assert _cities(next_one) == {stream.__name__}
                next_one.execute(Organisation.__table__.update().values(city="again"))
                next_one.commit()
                other.rollback()
                assert _cities(other) == {"again"}


def _entities():
    found = db.session.execute(select(Organisation).execution_options(yield_per=2))
    yield from found.partitions()


def _by_the_driver():
    cursor = db.session.connection().connection.driver_connection.cursor()
    cursor.execute("SELECT name FROM organisation")
    while rows := cursor.fetchmany(2):
        yield rows


def _cities(connection):
    return set(connection.execute(select(Organisation.__table__.c.city)).scalars())
