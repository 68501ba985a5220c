"""SQLite: who goes through all rows once keeps few pages of the file; the next one keeps as many as ever."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.access.copying import copyable
from app.core.db import db
from app.models.contacts import Contact
from tests import factories as make
from tests.conftest import databases

pytestmark = pytest.mark.parametrize("app", databases()[:1], indirect=True)


def kept():
    return db.session.connection().exec_driver_sql("PRAGMA cache_size").scalar_one()


def in_pieces():
    yield from db.session.execute(sa.select(Contact).execution_options(yield_per=10))


def as_lines():
    yield from copyable(sa.select(Contact.last_name, Contact.first_name)).batches()


@pytest.mark.parametrize("read", [in_pieces, as_lines])
def test_few_pages_are_kept_while_all_rows_are_gone_through(app, database, read):
    make.contact(make.office())
    db.session.commit()
    whole = kept()
    assert len(list(read())) == 1
    assert 0 > kept() > whole, "in kB, which SQLite tells by a number below zero"
    db.session.rollback()
    assert kept() == whole
