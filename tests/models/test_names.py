"""What a model says of its name is all that the name needs: a list reads it with its rows, and nothing row by row."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import raiseload

from app.core.db import db
from app.models.base import Entity
from app.queries import rows
from tests import factories as make
from tests.access.worlds import records


def test_the_name_of_each_kind_of_record_needs_nothing_else(database):
    office = make.office()
    records(office)
    make.staff(offices=(office,))
    db.session.commit()
    models = [mapper.class_ for mapper in Entity.registry.mappers if issubclass(mapper.class_, Entity)]
    named = set()
    for model in models:
        db.session.expunge_all()
        loading = rows.loading(model, *model.named_by)
        for row in db.session.scalars(select(model).options(*loading, raiseload("*"))).unique():
            assert isinstance(str(row), str)
            named.add(model)
    assert len(named) > 30
