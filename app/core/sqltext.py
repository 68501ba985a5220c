"""Values that the database writes itself, as `display` writes them: dates, decimals and closed sets in a language."""

from __future__ import annotations

from datetime import date
from typing import Any

import babel.numbers
import sqlalchemy as sa
from sqlalchemy import ColumnElement, String, case, cast, func, type_coerce

from app.core.clock import OFFICE_ZONE
from app.core.db import Exact, Utc
from app.core.delimited import FORMULA_STARTS
from app.core.values import display, formatting_locale

_DAY = date(2033, 11, 22)
_GROUPED = "FM999,999,999,999,999,990"


def written(value: ColumnElement[Any], dialect: str) -> ColumnElement[Any] | None:
    """Give a column as text for a spreadsheet, in the current language; None for a type that only Python can write.

    Empty text becomes NULL, which a file shows as nothing, too.
    """
    found: ColumnElement[Any] | None = None
    sqlite = dialect == "sqlite"
    # A model has none.
    match getattr(value, "type", None):
        case sa.Enum(enum_class=members) if members is not None:
            titles = {member.value: display(member) for member in members}
            found = case(titles, value=type_coerce(value, String))
        case Utc():
            found = (
                func.office_time(value, f"{_day_format('%d', '%m', '%Y')} %H")
                if sqlite
                else func.to_char(func.timezone(str(OFFICE_ZONE), value), f"{_day_format()} HH24:MI")
            )
        case Exact():
            # SQLite keeps a whole number, which it can't group.
            found = None if sqlite else _decimal(value)
        case sa.String():
            found = _guarded(value, func.unicode(value) if sqlite else func.ascii(value))
        case sa.Boolean():
            found = case((value.is_(True), display(value=True)), (value.is_(False), display(value=False)))
        case sa.Integer():
            found = cast(value, String)
        case sa.Date():
            found = (
                func.strftime(_day_format("%d", "%m", "%Y"), value)
                if sqlite
                else func.to_char(value, _day_format())
            )
    return found


def _guarded(value: ColumnElement[Any], first: ColumnElement[Any]) -> ColumnElement[Any]:
    """Put an apostrophe before what a spreadsheet would take for a formula. All of these stand before the letter A."""
    risky = sa.and_(first < ord("A"), first.in_([sa.literal_column(str(ord(one))) for one in FORMULA_STARTS]))
    return func.nullif(case((risky, sa.literal("'") + value), else_=value), "")


def _day_format(day: str = "DD", month: str = "MM", year: str = "YYYY") -> str:
    """Read off how the language writes a day."""
    return display(_DAY).replace("2033", year).replace("11", month).replace("22", day)


def _decimal(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Group the thousands; decimals as far as needed."""
    where = formatting_locale()
    group, point = babel.numbers.get_group_symbol(where), babel.numbers.get_decimal_symbol(where)
    number = type_coerce(value, sa.Numeric())
    places = func.split_part(cast(func.trim_scale(number), String), ".", 2)
    whole = func.replace(func.to_char(func.trunc(func.abs(number)), _GROUPED), ",", group)
    sign = case((number < 0, "-"), else_="")
    return case(
        (number.is_(None), None),
        else_=func.concat(sign, whole, case((places != "", func.concat(point, places)))),
    )
