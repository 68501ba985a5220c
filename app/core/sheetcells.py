"""Cells of a sheet as XlsxWriter would write them, a column and many rows at a time: what is plain, all at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import repeat
from math import isfinite, isnan
from types import NoneType
from typing import Any

from flask_babel.speaklater import LazyString

from app.core.clock import OFFICE_ZONE
from app.core.excel import FIRST_YEAR, MAX_TEXT, NUMBERS, Column, Kind, fits, moment_of
from app.core.sheetrest import Links
from app.core.values import Qualifier, Quantity, display

#: The number of a cell's format in a column ("A"), as the workbook counts them.
Styles = dict[tuple[str, Qualifier], str]
#: Takes column, number of the row and a text that no cell holds; gives what the cell shows of it.
Rest = Callable[[int, str, str], str]
#: Gives the address to which a row's text leads, None where it leads nowhere.
Link = Callable[[Any], str | None]
#: Cells, how each text starts, and the texts.
Leads = tuple[Sequence[str], Sequence[int], Sequence[Any]]
#: What stands between one thing and the next in each row, in turn; some go on for ever.
Pieces = tuple[Iterable[str], ...]
#: Texts have no reservations: the places of two in their samples are those of a link, and of an address instead of one.
LINKED, ADDRESS = Qualifier.ABOUT, Qualifier.OVER

_TEXT, _TEXT_END = '" t="inlineStr"><is><t>', "</t></is></c>"
_KEPT = '" t="inlineStr"><is><t xml:space="preserve">'
_DAY_ZERO = date(1899, 12, 30).toordinal()  # of Excel's dates from March 1900 on
_DAY = 86_400  # seconds
_EXACT = 10**15  # whole numbers below are written alike by str() and with 16 digits
_BETWEEN = "\0"
_TITLED = (Enum, LazyString, bool, NoneType)
_CONTROLS = bytes({*range(32)} - {*b"\0\t\n"})
_ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def letters(index: int) -> str:
    """Name a column, counted from 0, as a sheet does: A, B, … AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def escaped(text: str) -> str:
    """Write a text for XML, and what XML can't hold as Excel does: "_x0007_"; what only looks like that, too."""
    text = _ESCAPED.sub(r"_x005F\1", text)
    text = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Cells:
    """How the values of a column are read and written."""

    def __init__(self, column: Column, index: int, styles: Styles, rest: Rest) -> None:
        self.kind, self.index, self.letters, self.rest = column.kind, index, letters(index), rest
        self._value = column.value
        self.styles = {qualifier: styles.get((self.letters, qualifier)) for qualifier in Qualifier}
        self.start, self.end = f'{self._style()}"><v>', "</v></c>"

    def _style(self, qualifier: Qualifier = Qualifier.EXACT) -> str:
        style = self.styles[qualifier]
        return f'" s="{style}' if style else ""

    def read(self, rows: Sequence[Any]) -> list[Any]:
        """Read the values of these rows; None is no cell."""
        return list(map(self._value, rows))

    def pieces(self, values: Sequence[Any], rows: Sequence[Any], numbers: Sequence[str]) -> Pieces:
        """Write the values of these rows, which have these numbers: what follows one another in each row.

        Where they all are plain, that are the same pieces of markup with each value between them; else whole cells.
        """
        known = [value for value in values if value is not None]
        plain = self.plain(known) if known else ()
        if plain is None:
            return (self.each(values, rows, numbers),)
        if len(known) == len(values):
            return repeat(f'<c r="{self.letters}'), numbers, repeat(self.start), plain, repeat(self.end)
        following, head, start, end = iter(plain), f'<c r="{self.letters}', self.start, self.end
        return (
            [
                "" if value is None else f"{head}{number}{start}{next(following)}{end}"
                for value, number in zip(values, numbers, strict=True)
            ],
        )

    def each(self, values: Sequence[Any], _rows: Sequence[Any], numbers: Sequence[str]) -> list[str]:
        """Write whole cells, one by one."""
        head = f'<c r="{self.letters}'
        return [
            "" if value is None else f"{head}{number}{self.one(value, number)}"
            for value, number in zip(values, numbers, strict=True)
        ]

    def plain(self, values: Sequence[Any]) -> Iterable[str] | None:
        """Give what stands between ``start`` and ``end``; None where the values aren't all plain."""
        raise NotImplementedError

    def one(self, value: Any, number: str) -> str:
        """Write what follows the number of the row: any value of this kind."""
        raise NotImplementedError

    def wrong(self, value: object) -> TypeError:
        """Give the error for a value of another kind."""
        return TypeError(f"no {self.kind.value}: {value!r}")


class _Texts(Cells):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.start, self.end = self._style() + _TEXT, _TEXT_END
        # A file has one language, and what has a title there is looked up once.
        self._titles: dict[int, str | None] = {}
        self._titled: list[object] = []

    def read(self, rows: Sequence[Any]) -> list[Any]:
        """Read the texts that the cells show; an empty one is no cell."""
        values = super().read(rows)
        kinds = set(map(type, values))
        if not kinds <= {str, NoneType}:
            if all(issubclass(kind, _TITLED) for kind in kinds):
                return self._titles_of(values)
            values = list(map(_said, values))
        return [value or None for value in values] if "" in values else values

    def plain(self, values: Sequence[Any]) -> Iterable[str] | None:
        joined = _BETWEEN.join(values)
        data = joined.encode("utf-8", "replace")
        if (
            joined.count(_BETWEEN) != len(values) - 1
            or max(map(len, values)) > MAX_TEXT // 2
            or "_x" in joined
            or "\uffff" in joined
            or "\ufffe" in joined
            or len(data.translate(None, _CONTROLS)) != len(data)
            or list(map(str.strip, values)) != values
        ):
            return None
        if "&" in joined or "<" in joined or ">" in joined:
            return joined.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split(_BETWEEN)
        return values

    def one(self, value: Any, number: str) -> str:
        return self._style() + self._written(value, number)

    def _written(self, text: str, number: str) -> str:
        if not fits(text):
            text = self.rest(self.index, number, text)
        start = _TEXT if text.strip() == text else _KEPT
        return f"{start}{escaped(text)}{_TEXT_END}"

    def _titles_of(self, values: Sequence[Any]) -> list[str | None]:
        """Give titles: there's one object for each, and its number is found sooner than its name."""
        numbers, titles = list(map(id, values)), self._titles
        for number, value in dict(zip(numbers, values, strict=True)).items():
            if number not in titles:
                titles[number] = _said(value) or None
                self._titled.append(value)  # as long as it's held, nothing else has its number
        return [titles[number] for number in numbers]


class _Leading(_Texts):
    """Texts that lead to addresses. Which of the starts a text gets is counted: 0 is none, 1 a link, 2 an address."""

    def __init__(self, column: Column, link: Link, links: Links, *given: Any) -> None:
        super().__init__(column, *given)
        self._link, self._links, self._opens = link, links, column.opens
        self._starts = (self._style(), self._style(LINKED), self._style(ADDRESS))

    def pieces(self, values: Sequence[Any], rows: Sequence[Any], numbers: Sequence[str]) -> Pieces:
        cells, starts, texts = self._taken(values, rows, numbers)
        known = [text for text in texts if text is not None]
        plain = self.plain(known) if known else ()
        if plain is None:
            return (self._each(cells, starts, texts),)
        following, end, begin = iter(plain), self.end, [start + _TEXT for start in self._starts]
        return (
            [
                "" if text is None else f'<c r="{cell}{begin[start]}{next(following)}{end}'
                for text, cell, start in zip(texts, cells, starts, strict=True)
            ],
        )

    def each(self, values: Sequence[Any], rows: Sequence[Any], numbers: Sequence[str]) -> list[str]:
        return self._each(*self._taken(values, rows, numbers))

    def _each(self, cells: Sequence[str], starts: Sequence[int], texts: Sequence[Any]) -> list[str]:
        return [
            ""
            if text is None
            else f'<c r="{cell}{self._starts[start]}{self._written(text, cell.removeprefix(self.letters))}'
            for text, cell, start in zip(texts, cells, starts, strict=True)
        ]

    def _taken(self, values: Sequence[Any], rows: Sequence[Any], numbers: Sequence[str]) -> Leads:
        """Name the cells, and say which of them lead somewhere, or only say where. Nothing leads without a text."""
        cells = list(map(self.letters.__add__, numbers))
        addresses = [
            None if value is None else address
            for value, address in zip(values, map(self._link, rows), strict=True)
        ]
        taken: Sequence[int] = self._links.take(cells, addresses)
        if self._opens and not all(taken):
            told = self._links.untaken(taken, addresses)
            values = [one or value for value, one in zip(values, told, strict=True)]
            taken = [2 if one else linked for linked, one in zip(taken, told, strict=True)]
        return cells, taken, values


def _said(value: object) -> str | None:
    return None if value is None else display(value)


class _Numbers(Cells):
    def plain(self, values: Sequence[Any]) -> Iterable[str] | None:
        kinds = set(map(type, values))
        if kinds == {int} and min(values) > -_EXACT and max(values) < _EXACT:
            return map(str, values)
        if kinds <= {int, float, Decimal} and all(map(isfinite, values)):
            return map("%.16G".__mod__, values)
        return None

    def one(self, value: Any, _number: str) -> str:
        qualifier = Qualifier.EXACT
        if isinstance(value, Quantity):
            value, qualifier = value.number, value.qualifier
        if not isinstance(value, int | float | Decimal):
            raise self.wrong(value)
        number, style = float(value), self._style(qualifier)
        if isfinite(number):
            return f'{style}"><v>{number:.16G}</v></c>'
        formula, error = ("#NUM!", "#NUM!") if isnan(number) else ("1/0" if number > 0 else "-1/0", "#DIV/0!")
        return f'{style}" t="e"><f>{formula}</f><v>{error}</v></c>'


class _Moments(Cells):
    def plain(self, values: Sequence[Any]) -> Iterable[str] | None:
        if self.kind is Kind.DATE and set(map(type, values)) == {date} and min(values).year >= FIRST_YEAR:
            return [str(day.toordinal() - _DAY_ZERO) for day in values]
        if self.kind is Kind.DATETIME and set(map(type, values)) == {datetime}:
            local = [moment.astimezone(OFFICE_ZONE) if moment.tzinfo else moment for moment in values]
            if min([moment.year for moment in local]) >= FIRST_YEAR:
                return map(_serial, local)
        return None

    def one(self, value: Any, _number: str) -> str:
        if not isinstance(value, date):
            raise self.wrong(value)
        moment = moment_of(value, self.kind)
        if isinstance(moment, str):
            return f"{_TEXT}{moment}{_TEXT_END}"
        return f"{self.start}{_serial(moment)}{self.end}"


def _serial(moment: datetime) -> str:
    """Count days as Excel does: it takes 1900 for a leap year. Computed in XlsxWriter's order, to the last digit."""
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
    return f"{moment.toordinal() - _DAY_ZERO - 1 + seconds / _DAY + 1:.16G}"


class _Booleans(Cells):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.start = '" t="b"><v>'

    def plain(self, values: Sequence[Any]) -> Iterable[str] | None:
        return ["1" if value else "0" for value in values] if set(map(type, values)) == {bool} else None

    def one(self, value: Any, _number: str) -> str:
        if not isinstance(value, bool):
            raise self.wrong(value)
        return f"{self.start}{value:d}{self.end}"


_KINDS: dict[Kind, type[Cells]] = {
    Kind.TEXT: _Texts,
    **dict.fromkeys(NUMBERS, _Numbers),
    **dict.fromkeys((Kind.DATE, Kind.DATETIME), _Moments),
    Kind.BOOLEAN: _Booleans,
}


def cells_of(column: Column, index: int, styles: Styles, rest: Rest, links: Links) -> Cells:
    """Give what writes the cells of a column, which is counted from 0."""
    if column.link is not None:
        return _Leading(column, column.link, links, index, styles, rest)
    return _KINDS[column.kind](column, index, styles, rest)
