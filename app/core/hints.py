"""What we know of our rows, and a database that plans a statement can't."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class Nearly(FunctionElement[bool]):
    """A condition that nearly every row meets: no index needs to be gone through because of it.

    SQLite takes any condition for one that few rows meet, and would read a million rows in the order of an index that
    tells only this. PostgreSQL knows better, from its statistics.
    """

    type = Boolean()
    inherit_cache = True


def nearly_all(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say of a condition that nearly every row meets it."""
    return Nearly(condition)


@compiles(Nearly)
def _plain(element: Nearly, compiler: Any, **how: Any) -> str:
    return f"({compiler.process(element.clauses, **how)})"


@compiles(Nearly, "sqlite")
def _likely(element: Nearly, compiler: Any, **how: Any) -> str:
    return f"likelihood({compiler.process(element.clauses, **how)}, 0.999)"
