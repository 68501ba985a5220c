"""Every statement of every session is narrowed to the scope of the work that is going on."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, cast

from sqlalchemy import Column, Executable, Select, Table, TextClause, Update, event, inspect
from sqlalchemy.orm import FromStatement, ORMExecuteState, Session
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ExecutableOption

from app.access.criteria import User
from app.access.scope import current
from app.models.base import AppendOnly, Entity, Owned, Scoped
from app.models.offices import Office


class UnscopedStatementError(RuntimeError):
    """A statement that no scope can narrow was about to run in one: a mistake in the code, not of a person."""


_PAST = "only within everything(): this statement can't be narrowed to the offices of a scope"


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    """Narrow every statement of every session. A refresh of a loaded row's columns passes: it's already seen."""
    if state.is_column_load:
        return
    scope = current()
    if scope.sees_all:
        return
    past = _reads_past(state.statement, of_models=state.is_orm_statement)
    if not scope.everywhere and (past or _writes_past(state)):
        raise UnscopedStatementError(_PAST)
    options = scope.options(write=state.is_update or state.is_delete)
    narrow = _kept if state.execution_options.get("kept") else _with
    state.statement = narrow(state.statement, options)


def _with(statement: Any, options: tuple[ExecutableOption, ...]) -> Any:
    return statement.options(*options)


#: A statement that is ``kept`` is the same object each time. Narrowed once, it's compared to others once.
_kept = lru_cache(300)(_with)  # of some 40 kB each


def narrowed(statement: Select[Any]) -> Select[Any]:
    """Narrow a statement as every session does, for what the session can't send: it must be of models.

    Raises UnscopedStatementError for one that no scope narrows, even within everything().
    """
    if not {"orm"} & set(statement._propagate_attrs.values()):  # noqa: SLF001 - as a session tells them
        raise UnscopedStatementError(_PAST)
    scope = current()
    return statement if scope.sees_all else statement.options(*scope.options(write=False))


def _reads_past(statement: Executable, *, of_models: bool) -> bool:
    """Whether a statement names tables instead of models, so that no criteria would reach them."""
    if isinstance(statement, (FromStatement, TextClause)):
        return True
    if of_models:
        return False
    elements = list(visitors.iterate(cast("Any", statement)))
    columns = [element for element in elements if isinstance(element, Column)]
    # A column that comes from a model is annotated with it, and leads its table's criteria into the statement.
    narrowed = {column.table.name for column in columns if column._annotations}  # noqa: SLF001
    named = {column.table.name for column in columns if not column._annotations}  # noqa: SLF001
    named |= {element.name for element in elements if isinstance(element, Table)} - narrowed
    return not named.isdisjoint(_scoped_tables())


def _writes_past(state: ORMExecuteState) -> bool:
    """Whether a bulk statement would pass by the guards: new rows, rows by key, moved, linked or shared rows."""
    model = state.bind_mapper.class_ if state.bind_mapper is not None else None
    if model is None:
        return False
    if issubclass(model, AppendOnly):
        return not state.is_select
    if not issubclass(model, (Entity, Owned, User)):
        return False
    if state.is_insert or (state.is_update and state.parameters):
        return True
    if not isinstance(state.statement, Update):
        return False
    columns = (inspect(model).columns.get(getattr(key, "key", key)) for key in state.statement._values or ())  # noqa: SLF001 - SQLAlchemy has no getter
    return any(column is not None and (column.foreign_keys or column.key == "shared") for column in columns)


@cache
def _scoped_tables() -> frozenset[str]:
    models = (mapper.class_ for mapper in Entity.registry.mappers)
    return frozenset(
        model.__tablename__ for model in models if issubclass(model, (Scoped, Office, Owned, User))
    )
