"""How the columns of a record are grouped, on its page and in its form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _

#: A heading, and the columns that stand below it.
Group = tuple[Any, Sequence[str]]

#: What each record tells about itself. In a form it's the office alone.
RECORD: Group = (_("About this record"), ("office", "created_by", "changed_by", "changed_at"))


def columns(groups: Iterable[Group], *, without: Iterable[str] = ()) -> list[str]:
    """Give the columns of all groups, in their order, but for some: a form has no computed ones."""
    left_out = set(without)
    return [column for _title, members in groups for column in members if column not in left_out]


def shown(groups: Iterable[Group], names: Iterable[str]) -> list[tuple[Any, list[str]]]:
    """Give the groups as far as a page has their columns; a group of which it has none is left out."""
    wanted = set(names)
    parts = ((title, [column for column in members if column in wanted]) for title, members in groups)
    return [(title, members) for title, members in parts if members]
