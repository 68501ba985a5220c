"""Cells of a sheet as XlsxWriter would write them, a column and many rows at a time: what is plain, all at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from math import isfinite, isnan
from typing import Any

from app.core.clock import OFFICE_ZONE
from app.core.excel import FIRST_YEAR, MAX_TEXT, Column, Kind, fits, moment_of
from app.core.values import Qualifier, Quantity, display

#: The number of a cell's format in a column ("A"), as the workbook counts them.
Styles = dict[tuple[str, Qualifier], str]
#: Takes column, row (counted from 1) and a text that no cell holds; gives what the cell shows of it.
Rest = Callable[[int, int, str], str]
#: Takes a cell ("A2") and the address to which its text leads; says whether the sheet has taken it.
Take = Callable[[str, str], bool]
#: Texts have no reservations: the place of one in their samples is that of a link.
LINKED = Qualifier.ABOUT

NUMBERS = (Kind.INTEGER, Kind.NUMBER, Kind.MONEY)
_TEXT, _TEXT_END = '" t="inlineStr"><is><t>', "</t></is></c>"
_KEPT = '" t="inlineStr"><is><t xml:space="preserve">'
_DAY_ZERO = date(1899, 12, 30).toordinal()  # of Excel's dates from March 1900 on
_DAY = 86_400  # seconds
_EXACT = 10**15  # whole numbers below are written alike by str() and with 16 digits
_BETWEEN = "\0"
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
    """How the values of one kind of column are written."""

    def __init__(self, kind: Kind, index: int, styles: Styles, rest: Rest) -> None:
        self.kind, self.index, self.letters, self.rest = kind, index, letters(index), rest
        self.styles = {qualifier: styles.get((self.letters, qualifier)) for qualifier in Qualifier}
        self.start, self.end = f'{self._style()}"><v>', "</v></c>"

    def _style(self, qualifier: Qualifier = Qualifier.EXACT) -> str:
        style = self.styles[qualifier]
        return f'" s="{style}' if style else ""

    def known(self, values: Sequence[Any], first: int, plain: Iterable[str]) -> list[str]:
        """Write whole cells of what is plain where there's a value at all."""
        following, head, start, end = iter(plain), f'<c r="{self.letters}', self.start, self.end
        return [
            "" if value is None else f"{head}{row}{start}{next(following)}{end}"
            for row, value in enumerate(values, first)
        ]

    def each(self, values: Sequence[Any], first: int) -> list[str]:
        """Write whole cells; None is no cell."""
        return [
            "" if value is None else f'<c r="{self.letters}{row}{self.one(value, row)}'
            for row, value in enumerate(values, first)
        ]

    def shown(self, values: Sequence[Any]) -> Sequence[Any]:
        """Give what the cells show, without the addresses to which they lead."""
        return values

    def plain(self, values: Sequence[Any]) -> Iterable[str] | None:
        """Give what stands between ``start`` and ``end``; None where the values aren't all plain."""
        raise NotImplementedError

    def one(self, value: Any, row: int) -> str:
        """Write what follows the number of the row: any value of this kind."""
        raise NotImplementedError

    def wrong(self, value: object) -> TypeError:
        """Give the error for a value of another kind."""
        return TypeError(f"no {self.kind.value}: {value!r}")


class _Texts(Cells):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.start, self.end = self._style() + _TEXT, _TEXT_END
        # A file has one language, and titles of closed sets are looked up in it.
        self._titles: dict[Enum, str] = {}

    def plain(self, values: Sequence[Any]) -> Iterable[str] | None:
        kinds = set(map(type, values))
        if len(kinds) == 1 and issubclass(next(iter(kinds)), Enum):
            # There's one object for each member, and its number is found sooner than its name.
            members = list(map(id, values))
            titles = {
                id(value): self._text(value) for value in dict(zip(members, values, strict=True)).values()
            }
            values = [titles[member] for member in members]
        elif kinds != {str}:
            values = list(map(self._text, values))
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

    def one(self, value: Any, row: int) -> str:
        return self._style() + self._written(self._text(value), row)

    def _written(self, text: str, row: int) -> str:
        if not fits(text):
            text = self.rest(self.index, row, text)
        start = _TEXT if text.strip() == text else _KEPT
        return f"{start}{escaped(text)}{_TEXT_END}"

    def _text(self, value: Any) -> str:
        if not isinstance(value, Enum):
            return display(value)
        if value not in self._titles:
            self._titles[value] = display(value)
        return self._titles[value]


class _Links(_Texts):
    """Texts, each with the address to which it leads, or None."""

    def __init__(self, kind: Kind, index: int, styles: Styles, rest: Rest, take: Take) -> None:
        super().__init__(kind, index, styles, rest)
        self._take = take

    def shown(self, values: Sequence[Any]) -> Sequence[Any]:
        return [None if value is None else value[0] for value in values]

    def plain(self, values: Sequence[Any]) -> Iterable[str] | None:  # noqa: ARG002 - none is: each leads elsewhere
        return None

    def each(self, values: Sequence[Any], first: int) -> list[str]:
        known = [value[0] for value in values if value is not None]
        plain = super().plain(known) if known else ()
        if plain is None:
            return super().each(values, first)
        texts, letter, end, take = iter(plain), self.letters, self.end, self._take
        starts = (self.start, self._style(LINKED) + _TEXT)
        return [
            ""
            if value is None
            else f'<c r="{letter}{row}'
            f"{starts[value[1] is not None and take(f'{letter}{row}', value[1])]}{next(texts)}{end}"
            for row, value in enumerate(values, first)
        ]

    def one(self, value: Any, row: int) -> str:
        text, address = value
        linked = address is not None and self._take(f"{self.letters}{row}", address)
        style = self._style(LINKED if linked else Qualifier.EXACT)
        return style + self._written(self._text(text), row)


class _Numbers(Cells):
    def plain(self, values: Sequence[Any]) -> Iterable[str] | None:
        kinds = set(map(type, values))
        if kinds == {int} and min(values) > -_EXACT and max(values) < _EXACT:
            return map(str, values)
        if kinds <= {int, float, Decimal} and all(map(isfinite, values)):
            return map("%.16G".__mod__, values)
        return None

    def one(self, value: Any, _row: int) -> str:
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

    def one(self, value: Any, _row: int) -> str:
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

    def one(self, value: Any, _row: int) -> str:
        if not isinstance(value, bool):
            raise self.wrong(value)
        return f"{self.start}{value:d}{self.end}"


_KINDS: dict[Kind, type[Cells]] = {
    Kind.TEXT: _Texts,
    **dict.fromkeys(NUMBERS, _Numbers),
    **dict.fromkeys((Kind.DATE, Kind.DATETIME), _Moments),
    Kind.BOOLEAN: _Booleans,
}


def cells_of(column: Column, index: int, styles: Styles, rest: Rest, take: Take) -> Cells:
    """Give what writes the cells of a column, which is counted from 0."""
    if column.link is not None:
        return _Links(column.kind, index, styles, rest, take)
    return _KINDS[column.kind](column.kind, index, styles, rest)
