"""A connection that goes back to its pool takes nothing along, even where rows were left in the middle."""

from __future__ import annotations

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

            with db.engine.connect() as first, db.engine.connect() as second:
                # One of them is the connection on which rows are left; the other writes.
                names = {one.connection.driver_connection: one for one in (first, second)}
                other = next(one for driver, one in names.items() if driver is not used)
                other.execute(Organisation.__table__.update().values(city=stream.__name__))
                other.commit()
                assert _cities(names[used]) == {stream.__name__}
                names[used].execute(Organisation.__table__.update().values(city="again"))
                names[used].commit()
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
