"""Charts of a workbook: native ones, on a sheet of their own, over the cells of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel.speaklater import LazyString

from app.core.excel import Book, write_text
from app.reports.base import Asked, print_report

MOST = 30  # rows that are drawn: nobody tells more bars apart

_COLOURS = ("#1F5FA8", "#D9730D", "#2A8C82", "#8A4F9E", "#7A7A7A", "#B5B5B5")
_WIDE, _HIGH = 1_000, 420  # pixels: the width of a page, and half of its height
_FEW = 10  # to which an axis counts by ones
_ROW = 20  # pixels of a sheet's row


@dataclass(frozen=True)
class Series:
    """A column of numbers that is drawn: its title, its place on the sheet, and today's values; None is a gap."""

    title: str
    place: int
    numbers: Sequence[Decimal | int | float | None]


@dataclass(frozen=True)
class Drawn:
    """A chart of the first rows below the headings of a sheet.

    ``texts`` are the names of the rows, a list for each column from ``first`` on. Bars are ``lying``, or else stand.
    """

    title: str | LazyString
    sheet: str
    texts: Sequence[Sequence[Any]]
    series: Sequence[Series]
    first: int = 0
    lying: bool = False
    stacked: bool = False
    name_format: str = ""

    @property
    def rows(self) -> int:
        """How many rows are drawn."""
        return len(self.texts[0])


def write(book: Book, title: str, charts: Sequence[Drawn], asked: Asked) -> None:
    """Draw charts on a sheet of their own, each with its numbers of today, for who shows it without reckoning."""
    if not charts:
        return
    sheet, row, breaks = book.sheet(gettext("Charts")), 2, []
    write_text(sheet, (0, 0), title, book.bold)
    for one in charts:
        chart, high = _chart(book, one)
        said = gettext("Chart: %(title)s. The same numbers stand in the table.", title=one.title)
        sheet.raw.insert_chart(row, 0, chart, {"description": said, "object_position": 1})
        row += high // _ROW + 2
        breaks.append(row - 1)  # above the free row, or the next border shows on this page
    write_text(sheet, (1, 0), " ".join(notes(max(one.rows for one in charts))))
    sheet.raw.set_h_pagebreaks(breaks[:-1])
    print_report(sheet, title, asked)
    sheet.raw.hide_gridlines(2)


def notes(rows: int) -> list[str]:
    """Say that not all rows are drawn."""
    if rows < MOST:
        return []
    return [ngettext("The first row is drawn.", "The first %(num)s rows are drawn.", MOST)]


def _chart(book: Book, one: Drawn) -> tuple[Any, int]:
    """Make one; give its height in pixels, too."""
    kind = {"type": "bar" if one.lying else "column"}
    chart: Any = book.raw.add_chart({**kind, **({"subtype": "stacked"} if one.stacked else {})})
    last, names = one.rows, one.first + len(one.texts) - 1
    for colour, series in zip(_COLOURS, one.series, strict=False):
        chart.add_series(
            {
                "name": series.title,
                "categories": [one.sheet, 1, one.first, last, names],
                "categories_data": one.texts if len(one.texts) > 1 else one.texts[0],
                "values": [one.sheet, 1, series.place, last, series.place],
                "values_data": ["" if number is None else float(number) for number in series.numbers],
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    chart.set_title({"name": str(one.title), "name_font": {"size": 13}, "overlay": False})
    grid = {"visible": True, "line": {"color": "#D9D9D9"}}
    small = {"num_font": {"size": 9}}
    names_of: dict[str, Any] = {**small, "major_gridlines": {"visible": False}}
    if one.name_format:
        names_of |= {"num_format": one.name_format, "text_axis": True}
    numbers_of: dict[str, Any] = {**small, "major_gridlines": grid, "min": 0, **_steps(one)}
    if one.lying:
        # XlsxWriter's axes lie as the bars do. From top to bottom, and the numbers below.
        chart.set_x_axis(numbers_of)
        chart.set_y_axis({**names_of, "reverse": True, "crossing": "max"})
    else:
        chart.set_x_axis(names_of)
        chart.set_y_axis(numbers_of)
    chart.set_legend({"none": True} if len(one.series) == 1 else {"position": "bottom"})
    bars = 26 if one.stacked else 16 * len(one.series) + 10
    high = max(_HIGH, 160 + last * bars) if one.lying else _HIGH
    chart.set_size({"width": _WIDE, "height": high})
    return chart, high


def _steps(one: Drawn) -> dict[str, int]:
    """Let an axis of few whole numbers have no halves: there is no half a contract."""
    numbers = [[float(number or 0) for number in series.numbers] for series in one.series]
    highest = max((sum(row) if one.stacked else max(row) for row in zip(*numbers, strict=True)), default=0)
    whole = all(number.is_integer() for series in numbers for number in series)
    return {"major_unit": 1} if whole and highest <= _FEW else {}
