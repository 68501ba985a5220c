"""What every page of a generated view needs: a record by its key, and whether the person may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort

from app.access import Scope, Verb, current
from app.models.base import Scoped
from app.models.offices import Office
from app.views.declaration import Declaration
from app.views.searching import SearchMixin


class Records(SearchMixin, Declaration):
    """The records of a view, as far as the person may see and change them."""

    def item(self, key: str, *, writing: bool = False) -> Any:
        """Give a row by its key: 404 where it can't be seen, 403 where it may only be read."""
        row = self.datamodel.get(key)
        if row is None:
            abort(404)
        if writing and not self.writes(row):
            abort(403)
        return row

    def writes(self, item: Any) -> bool:
        """Whether the person may change the row."""
        return bool(self.written([item]))

    def written(self, items: Sequence[Any]) -> list[Any]:
        """Give those of the rows that the person may change."""
        scope = current()
        return [item for item in items if not _foreign(scope, item)]

    def foreign(self, item: Any) -> bool:
        """Whether the row is of an office in which the person doesn't work."""
        return _foreign(current(), item)

    def may(self, verb: Verb) -> bool:
        """Whether the person has a right in this view's section, and to change anything, an office for it."""
        scope = current()
        return scope.may(verb, self.section.value) and (verb not in {Verb.WRITE, Verb.DELETE} or scope.works)


def _foreign(scope: Scope, item: Any) -> bool:
    if not isinstance(item, (Scoped, Office)):
        return False
    return not scope.writes(item.id if isinstance(item, Office) else item.office_id)
