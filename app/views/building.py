"""Filters as a person builds them, one by one, and as the page says them. Without a script it takes one page more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for

from app.core.values import parse_date
from app.views import arguments
from app.views.filters import Filter, argument, position
from app.views.filters.days import BETWEEN
from app.views.saved_views import NONE

#: What the builder's form sends: the column, the place of the comparison, the value or values, and the second day.
COLUMN, COMPARISON, VALUE, UNTIL = "_new", "_op", "_value", "_until"
#: The form says that the filter is complete, unless a page without a script asks for the next step.
ADD, NEXT = "_add", "_next"


@dataclass(frozen=True)
class Chip:
    """One filter that is set, as a sentence, and the address without it."""

    text: str
    without: str


def chips(view: Any) -> list[Chip]:
    """Give the filters that are set. Values of which one must fit are one sentence."""
    offered = view._filters.get_search_filters()  # noqa: SLF001 - FAB's name
    found = []
    for one, values in view._filters.get_filters_values():  # noqa: SLF001
        if one.column_name not in offered:
            continue
        name = argument(one.column_name, position(offered[one.column_name], type(one)))
        label = view.label_columns[one.column_name]
        parts = [values] if one.takes_several or one.asks == "nothing" else [[value] for value in values]
        for part in parts:
            rest = [value for value in values if value not in part]
            found.append(Chip(one.sentence(label, part), _changed(view, {name: rest})))
    return found


def cleared(view: Any) -> str:
    """Give the address of the list without any filter or search, in the order that it has."""
    sort: dict[str, Any] = {
        name: values for name, values in arguments.kept().items() if name.startswith(("_oc_", "_od_"))
    }
    return url_for(f"{view.endpoint}.list", **sort, view=NONE)


def _changed(view: Any, changes: dict[str, list[str]]) -> str:
    """Give the list's address with other filters, from its first page. What is left isn't the view it was."""
    kept: dict[str, Any] = {
        name: values for name, values in arguments.kept().items() if not name.startswith("page_")
    }
    kept = {name: values for name, values in {**kept, **changes}.items() if values}
    kept.setdefault("view", [NONE])
    return url_for(f"{view.endpoint}.list", **kept)


@dataclass(frozen=True)
class Choice:
    """A value of a closed column: whether the list is narrowed to it, and the address with it or without."""

    text: str
    chosen: bool
    address: str


#: A column with more values than these is narrowed in the builder, where they can be scrolled.
FEW = 12


def choices(view: Any, columns: Sequence[str]) -> list[tuple[str, list[Choice]]]:
    """Give the columns of the list that have few values, with each of them: one click narrows the list."""
    offered = view._filters.get_search_filters()  # noqa: SLF001 - FAB's name
    found = []
    for column in columns:
        values = _choices(view, offered[column][0]) if column in offered else []
        if 0 < len(values) <= FEW:
            found.append((str(view.label_columns[column]), values))
    return found


def _choices(view: Any, one: Filter) -> list[Choice]:
    """Give the values of a closed column by its first comparison; none of another column."""
    if one.asks not in {"choices", "yesno"}:
        return []
    return [_choice(view, one, *value) for value in one.choices()]


def _choice(view: Any, one: Filter, value: str, title: str) -> Choice:
    name = argument(one.column_name, 0)
    before = arguments.kept().get(name, [])
    if value in before:
        return Choice(title, chosen=True, address=_changed(view, {name: [v for v in before if v != value]}))
    now = [*before, value] if one.takes_several else [value]
    return Choice(title, chosen=False, address=_changed(view, {name: now}))


@dataclass(frozen=True)
class Builder:
    """What the builder shows: the columns, and for the chosen one its comparisons and inputs."""

    columns: tuple[tuple[str, str], ...]
    column: str = ""
    comparisons: Sequence[Filter] = ()
    chosen: Filter | None = None
    index: int = 0
    #: The values of a closed column, where a click on one is all that is needed.
    choices: Sequence[Choice] = ()

    @classmethod
    def of(cls, view: Any) -> Builder:
        """Read from the address how far a person has come."""
        offered = view._filters.get_search_filters()  # noqa: SLF001 - FAB's name
        titles = ((name, str(view.label_columns[name])) for name in view.search_columns if name in offered)
        columns = tuple(sorted(titles, key=lambda pair: pair[1].casefold()))
        column = request.args.get(COLUMN, "")
        if column not in offered:
            return cls(columns)
        index = min(arguments.number(COMPARISON), len(offered[column]) - 1)
        chosen = offered[column][index]
        values = _choices(view, chosen) if index == 0 else ()
        return cls(columns, column, offered[column], chosen, index, values)


def added(view: Any) -> str | None:
    """Give the address of the list with the filter that was built; None where none was."""
    if ADD not in request.args or NEXT in request.args:
        return None
    built = Builder.of(view)
    if built.chosen is None:
        return _changed(view, {})
    name = argument(built.column, built.index)
    before = arguments.kept().get(name, [])
    return _changed(view, {name: list(dict.fromkeys((*before, *_values(built.chosen))))})


def _values(one: Filter) -> list[str]:
    if one.asks == "nothing":
        return ["1"]
    values = [value.strip() for value in request.args.getlist(VALUE) if value.strip()]
    if one.asks in {"day", "days"}:
        values = [_day(value) for value in values]
    if one.asks == "days":
        until = _day(request.args.get(UNTIL, "").strip())
        first = values[0] if values else ""
        return [f"{first}{BETWEEN}{until}"] if first or until else []
    if any(len(value) > arguments.LONGEST_TEXT for value in values):
        abort(400)
    return values


def _day(text: str) -> str:
    """Write a day as every language reads it: the address may be opened in another one. What is none stays."""
    try:
        return parse_date(text).isoformat()
    except ValueError:
        return text
