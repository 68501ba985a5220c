"""Search filters: what a list can be narrowed by, and by which comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask_appbuilder.models.filters import BaseFilterConverter

from app.models.base import quotes
from app.models.contacts import Channel, Position
from app.models.contracts import Contract, Contribution
from app.models.organisations import Organisation
from app.views.filters.base import BadFilterError, Filter
from app.views.filters.days import Between, During
from app.views.filters.presence import (
    Called,
    Empty,
    Filled,
    Mine,
    NoParts,
    Parts,
    Reached,
    Uncalled,
    Unreached,
    Unstaffed,
    Unvalued,
)
from app.views.filters.search import Search
from app.views.filters.values import (
    BETWEEN,
    DAYS,
    NUMBERS,
    Contains,
    HasMember,
    Is,
    Member,
    NotContains,
    NotMember,
    Related,
    StartsWith,
    Through,
    YesNo,
)

__all__ = ["BadFilterError", "Filter", "FilterConverter", "Search", "Through", "argument", "position"]

# FAB's annotations are narrower than what it takes.
_Converter: Any = BaseFilterConverter

_TEXTS = [Contains, NotContains, StartsWith, Is]
_PRESENCE = [Empty, Filled]


class FilterConverter(_Converter):  # type: ignore[misc]
    """Which filters a column offers. Positions are part of URLs: add at the end."""

    conversion_table = (
        ("is_relation_many_to_one", [Related]),
        ("is_set", [HasMember]),
        ("is_enum", [Member, NotMember]),
        ("is_boolean", [YesNo]),
        ("is_text", _TEXTS),
        ("is_string", _TEXTS),
        ("is_integer", NUMBERS),
        ("is_numeric", NUMBERS),
        ("is_datetime", [Between, During]),
        ("is_date", [*DAYS, Between, During]),
    )
    parts = (NoParts, Parts)
    #: The parts by which a person is reached: two comparisons that say more than "none" and "at least one".
    channels = (Reached, Unreached, Called, Uncalled)
    #: Columns that are asked otherwise. Nobody looks for degrees, but for what has no place on the map.
    special: ClassVar[dict[str, Sequence[type[Filter]]]] = {"office": (Related, Mine), "latitude": _PRESENCE}
    #: Parts of which there may be some, and still not what matters.
    lacking: ClassVar[dict[tuple[type, type], Sequence[type[Filter]]]] = {
        (Organisation, Position): (Unstaffed,),
        (Contract, Contribution): (Unvalued,),
    }

    def convert(self, col_name: str) -> list[Filter] | None:
        """Give the filters of a column; None for what can't be asked."""
        return [one(col_name, self.datamodel) for one in self._kinds(col_name)] or None

    def _kinds(self, name: str) -> Sequence[type[Filter]]:
        if BETWEEN in name or quotes(self.datamodel.obj, name):
            return (Through,) if BETWEEN in name else ()
        if self.datamodel.is_relation_one_to_many(name):
            part = self.datamodel.get_related_model(name)
            if part is Channel:
                return self.channels
            return [*self.parts, *self.lacking.get((self.datamodel.obj, part), ())]
        if name in self.special:
            return self.special[name]
        for test, kinds in self.conversion_table:
            if getattr(self.datamodel, test)(name):
                return [*kinds, *_PRESENCE] if test == "is_set" or self._may_lack(name) else kinds
        return ()

    def _may_lack(self, name: str) -> bool:
        """Whether a row may have nothing here; what is computed by the database always has something."""
        column = self.datamodel.list_columns.get(name)
        return bool(
            getattr(column, "nullable", False) if column is not None else self.datamodel.is_nullable(name)
        )


def position(offered: Sequence[Filter], kind: type[Filter]) -> int:
    """Give the place of a filter among those of its column: it's part of the URL. One that isn't there is a mistake."""
    return next(index for index, candidate in enumerate(offered) if type(candidate) is kind)


def argument(column: str, place: int) -> str:
    """Give the name that a filter has in the URL."""
    return f"_flt_{place}_{column}"
