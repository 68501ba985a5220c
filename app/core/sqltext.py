"""Values that the database writes itself, as `spelled` writes them: dates, decimals and closed sets in a language."""

from __future__ import annotations

from datetime import date
from typing import Any

import babel.numbers
import sqlalchemy as sa
from sqlalchemy import ColumnElement, String, case, cast, func, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.core.clock import OFFICE_ZONE
from app.core.db import Exact, Utc
from app.core.values import display, formatting_locale

_DAY = date(2033, 11, 22)
#: How PostgreSQL calls the ways in which that day is written.
_STYLES = {"22.11.2033": "German", "22/11/2033": "SQL, DMY"}
_TO_THE_MINUTE = len("22.11.2033 18:30")
#: Where the minutes begin in a moment as SQLite keeps it ("2026-12-24 18:30:00"), and their length with the colon.
_MINUTES, _LENGTH = 14, 3


def written(value: ColumnElement[Any], dialect: str) -> ColumnElement[Any] | None:
    """Give a column as it stands in a file, in the current language; None for a type that only Python can write.

    Texts and whole numbers are given as they are: nothing is asked of each row that can be asked of many together.
    PostgreSQL writes days and moments in the style of its session, by the clock of its session.
    """
    found: ColumnElement[Any] | None = None
    sqlite = dialect == "sqlite"
    # A model has none.
    match getattr(value, "type", None):
        case sa.Enum(enum_class=members) if members is not None:
            titles = {member.value: display(member) for member in members}
            found = case(titles, value=type_coerce(value, String))
        case sa.String() | sa.Integer():
            found = value
        case sa.Boolean():
            found = case((value.is_(True), display(value=True)), (value.is_(False), display(value=False)))
        case Exact():
            # SQLite keeps a whole number, of the smallest parts.
            found = None if sqlite else _decimal(value)
        case sa.Date() if sqlite:
            found = func.strftime(_day_format(), value)
        case Utc() if sqlite:
            found = _office_time(value)
        case sa.Date() if date_style():
            found = value
        case Utc() if date_style():
            found = cast(value, String(_TO_THE_MINUTE))
    return found


def date_style() -> str | None:
    """Give PostgreSQL's name for how the language writes days; None where it has none."""
    return _STYLES.get(display(_DAY))


class office_day(FunctionElement[date]):  # noqa: N801 - as functions of the database are named
    """The day of a moment, by the clocks in the offices; NULL of none."""

    type = sa.Date()
    inherit_cache = True


@compiles(office_day)
def _on_postgresql(element: office_day, compiler: Any, **more: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **more)} AT TIME ZONE '{OFFICE_ZONE}' AS DATE)"


@compiles(office_day, "sqlite")
def _on_sqlite(element: office_day, compiler: Any, **more: Any) -> str:
    return f"office_hour({compiler.process(element.clauses, **more)}, '%Y-%m-%d')"


def numeric(value: ColumnElement[Any]) -> bool:
    """Whether what is written of a column are numbers, which are no formulas, whatever they begin with."""
    return isinstance(value.type, sa.Integer | Exact)


def _office_time(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Ask for the hour alone, as many rows share one; minutes are the same in every zone."""
    hour = func.substr(value, 1, _MINUTES - 1, type_=String)
    return func.office_hour(hour, f"{_day_format()} %H", type_=String) + func.substr(
        value, _MINUTES, _LENGTH, type_=String
    )


def _day_format() -> str:
    """Read off how the language writes a day."""
    return display(_DAY).replace("2033", "%Y").replace("11", "%m").replace("22", "%d")


def _decimal(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Write decimals as far as needed, after the sign of the language."""
    number = cast(func.trim_scale(type_coerce(value, sa.Numeric())), String)
    return func.replace(number, ".", babel.numbers.get_decimal_symbol(formatting_locale()))
