"""Reports of rows: sheets with columns by label and a statement, from which the page, workbook and .csv come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy import Row, Select

from app.access import Section, Verb, current
from app.core import progress
from app.core.db import db
from app.core.excel import Column, Kind
from app.core.pictures import Picture
from app.core.sheetrest import whole
from app.core.values import format_decimal
from app.labels import label
from app.models.outcomes import percent
from app.queries.base import Which
from app.queries.rows import COUNT_CAP, counted
from app.reports.base import Parameter, Report, Table
from app.reports.drawing import MOST
from app.reports.tables import paper, workbook
from app.reports.tables.cells import numeric, said
from app.reports.tables.charts import Drawing, picture
from app.reports.tables.links import OPEN, Link, record
from app.reports.tables.marks import Mark

SHOWN = 20  # rows of a preview
#: Of more, Python's garbage collector begins to look for what can be let go, see ``app.access.copying``.
ROWS_AT_ONCE = 250


@dataclass(frozen=True)
class Field:
    """A column: the name of the row's attribute, under the label of a model's column or a title of its own.

    Below a column with ``total`` stands its sum; ``share`` names two columns of which it's the percentage, in the
    total too. Who lacks the rights of ``section`` doesn't get the column. ``link`` says where the text of a row leads,
    ``mark`` what stands out in a workbook.
    """

    name: str
    of: str | LazyString
    kind: Kind = Kind.TEXT
    width: int | None = None
    read: Callable[[Any], Any] | None = None
    total: bool = False
    share: tuple[str, str] | None = None
    section: Section | None = None
    link: Callable[[Any], str | None] | None = None
    mark: Mark | None = None
    raw: Callable[[Any], Any] | None = None  # what programs get instead of a text in the person's language
    opens: bool = False  # its text only leads somewhere: where there are no links, the address stands instead

    @property
    def heading(self) -> str | LazyString:
        """The label, which is typed once."""
        return label(self.of, self.name) if isinstance(self.of, str) else self.of

    @property
    def column(self) -> Column:
        """The column as a file has it. "Yes" is a word, as people write it: Excel would say WAHR."""
        kind = Kind.TEXT if self.kind is Kind.BOOLEAN else self.kind
        return Column(
            self.heading, self.read or self._reading(), kind, self.width, self.link, self.opens, self.raw
        )

    def column_at(self, place: int | None) -> Column:
        """The same, read of rows that hold its value at a place."""
        if place is None or self.read is not None or self.share is not None:
            return self.column
        return replace(self.column, value=itemgetter(place))

    def rate(self, sums: Mapping[str, Any]) -> Decimal | None:
        """Give the percentage of two totals; None where it's no share, or there was nothing."""
        return None if self.share is None else percent(*(int(sums.get(name, 0)) for name in self.share))

    def _reading(self) -> Callable[[Any], Any]:
        if self.share is None:
            return attrgetter(self.name)
        numbers = attrgetter(*self.share)
        return lambda row: percent(*numbers(row))


def _whole_year(row: Any) -> int | None:
    """Read a year that a database has taken out of a day: as a number with decimals, some do."""
    return None if row.year is None else int(row.year)


IN_YEAR = Field("year", _("Year"), Kind.YEAR, 9, _whole_year)


def opens(kind: str, key: str) -> Field:
    """Give the column that opens a row's record in the office: ``kind`` is its part of the address."""

    def read(row: Any) -> LazyString | None:
        return None if getattr(row, key) is None else OPEN

    link = record(kind, key)
    return Field(f"open_{kind}", _("In Marktbüro"), width=17, read=read, link=link, opens=True)


def _address(home: str, link: Link, row: Any) -> str | None:
    path = link(row)
    return None if path is None else whole(home, path)


@dataclass(frozen=True)
class Sheet:
    """Rows of one kind: ``select`` takes the report's parameters and gives a statement, which the scope narrows.

    ``charts`` are drawn of the first rows, on the page as in the workbook; ``printed`` are the fields that a PDF has.
    """

    name: str
    title: LazyString
    fields: tuple[Field, ...]
    select: Callable[..., Select[Any]]
    section: Section | None = None
    charts: tuple[Drawing, ...] = ()
    printed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filled:
    """A sheet for what was asked. A row is a tuple, or the record where the statement gives records."""

    sheet: Sheet
    fields: Sequence[Field]
    statement: Select[Any]

    @property
    def columns(self) -> list[Column]:
        """The columns that this person gets. What the statement gives under a field's name is read by its place.

        A row is asked for a name twenty times longer than for a place.
        """
        found = self.statement.column_descriptions
        places = {one["name"]: at for at, one in enumerate(found)} if len(found) > 1 else {}
        return [field.column_at(places.get(field.name)) for field in self.fields]

    @property
    def plain_columns(self) -> list[Column]:
        """The same for a file that has no links."""
        home = current_app.config["PUBLIC_URL"]
        pairs = zip(self.columns, self.fields, strict=True)
        return [
            replace(column, value=partial(_address, home, field.link))
            if field.opens and field.link
            else column
            for column, field in pairs
        ]

    def batches(self) -> Iterator[Sequence[Any]]:
        """Read all rows, in pieces."""
        found = db.session.execute(self.statement.execution_options(yield_per=ROWS_AT_ONCE))
        for rows in found.partitions():
            progress.tell(len(rows))
            yield list(map(_plain, rows))

    def rows(self) -> Iterator[Any]:
        """Read all rows."""
        return chain.from_iterable(self.batches())

    def part(self, start: int, most: int) -> Iterator[Any]:
        """Read so many rows at most, from a place on."""
        yield from map(_plain, db.session.execute(self.statement.offset(start).limit(most)))

    def preview(self) -> Preview:
        """Read the first rows, and count the others where there are more: two statements, whatever the size."""
        read = max(SHOWN, MOST if self.sheet.charts else 0)
        found = [_plain(row) for row in db.session.execute(self.statement.limit(read + 1))]
        more = len(found) > read
        count = db.session.scalar(counted(self.statement)) or 0 if more else len(found)
        drawn = picture(self, found[:MOST]) if self.sheet.charts else None
        return Preview(self, found[:SHOWN], min(count, COUNT_CAP), capped=count > COUNT_CAP, drawn=drawn)


@dataclass(frozen=True)
class Preview:
    """The first rows of a sheet, and how many there are in all; a ``capped`` count goes on. Some are drawn."""

    filled: Filled
    first: Sequence[Any]
    count: int
    capped: bool
    drawn: Picture | None = None

    @property
    def number(self) -> str:
        """How many rows there are, as it's read."""
        return format_decimal(self.count) + ("+" if self.capped else "")

    def lines(self) -> Iterator[list[tuple[str | None, bool, str | None]]]:
        """Give each row as texts, None where nothing is known, whether it's a number, and where it leads."""
        columns = self.filled.columns
        for row in self.first:
            yield [
                (
                    said(column, row),
                    numeric(column.kind),
                    column.link(row) if column.link else None,
                )
                for column in columns
            ]


@dataclass(frozen=True)
class Result:
    """What a report of rows comes to: its sheets, as far as the person has the rights."""

    sheets: tuple[Sheet, ...]
    values: Mapping[str, Any]
    rules: Sequence[tuple[object, object]] = ()

    def filled(self, verb: Verb) -> list[Filled]:
        """Give the sheets and columns that the person may read, or take out."""
        return [
            Filled(
                sheet, [one for one in sheet.fields if _may(verb, one.section)], sheet.select(**self.values)
            )
            for sheet in self.sheets
            if _may(verb, sheet.section)
        ]

    def size(self, cap: int, sheet: str = "") -> int:
        """Count the rows of a file, of one sheet or all: up to one more than ``cap``, so that it's soon known."""
        size = 0
        for one in self.filled(Verb.EXPORT):
            if size <= cap and sheet in {"", one.sheet.name}:
                size += db.session.scalar(counted(one.statement, cap - size)) or 0
        return size

    def previews(self) -> list[Preview]:
        """Give the first rows of each sheet, for the page."""
        return [one.preview() for one in self.filled(Verb.READ)]


def taking(select: Callable[[Which], Select[Any]]) -> Callable[..., Select[Any]]:
    """Take the parameters together, as the queries do."""
    return lambda **asked: select(Which(**asked))


def report(
    name: str,
    title: LazyString,
    summary: LazyString,
    section: Section,
    sheets: tuple[Sheet, ...],
    parameters: tuple[Parameter, ...] = (),
    rules: Callable[[], Iterable[tuple[object, object]]] = tuple,
) -> Report:
    """Declare a report of rows. ``rules`` say what its numbers mean."""
    named = {one.section for sheet in sheets for one in sheet.fields} | {sheet.section for sheet in sheets}

    def build(**values: Any) -> Result:
        return Result(sheets, values, tuple(rules()))

    return Report(
        name,
        title,
        summary,
        build=build,
        stream=workbook.write,
        prints=paper.write if any(sheet.printed for sheet in sheets) else None,
        tables=_tables,
        parameters=parameters,
        section=section,
        also=tuple(sorted(one for one in named if one is not None and one is not section)),
        template="reports/tables.html",
    )


def _tables(result: Result) -> list[Table]:
    return [
        Table(one.sheet.name, one.sheet.title, one.plain_columns, partial(one.rows), one.part)
        for one in result.filled(Verb.EXPORT)
    ]


def _may(verb: Verb, section: Section | None) -> bool:
    return section is None or current().may(verb, section)


def _plain(row: Row[Any]) -> Any:
    return row[0] if len(row) == 1 else row
