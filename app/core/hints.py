"""What we know of our rows, and a database that plans a statement can't."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Unsearched(FunctionElement[Any]):
    inherit_cache = True


def unsearched(column: Any) -> ColumnElement[Any]:
    """Name a column in a condition that nearly every row meets: no index is gone through because of it.

    SQLite takes any condition for one that few rows meet, and would read a million rows in the order of an index that
    tells nothing else. PostgreSQL knows better, from its statistics.
    """
    return _Unsearched(column)


@compiles(_Unsearched)
def _as_it_is(element: _Unsearched, compiler: Any, **how: Any) -> str:
    return str(compiler.process(element.clauses, **how))


@compiles(_Unsearched, "sqlite")
def _with_a_plus(element: _Unsearched, compiler: Any, **how: Any) -> str:
    return f"+{compiler.process(element.clauses, **how)}"
