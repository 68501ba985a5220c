"""The report as a workbook: the comparison, a chart, figures with their sources, what words mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from xlsxwriter.utility import xl_col_to_name

from app.access import current
from app.core.excel import Book, Column, Kind, Sheet, write_text
from app.core.values import Qualifier, Quantity
from app.labels import label
from app.models.figures import MEASURES, Figure, Measure
from app.reports.base import (
    DEFINITIONS,
    Asked,
    Report,
    Table,
    print_report,
    quantity_columns,
    wrap_rows,
    write_info,
    write_notes,
    write_total,
)
from app.reports.marketplaces.comparison import Comparison, Line
from app.reports.sheets import ALL, column_of, sums_of, table_name, write_rows

_KINDS = {Measure.VALUE: Kind.MONEY, Measure.HOURS: Kind.NUMBER}
_MONEY_WIDTH, _NUMBER_WIDTH = 13, 11
_FIRST_NUMBER = 3
_CHART_ROWS = 25  # of 20 pixels: the chart and a free one
_MOST_LABELS = 16
_ADDRESS = re.compile("https?://", re.IGNORECASE)

RULES: tuple[tuple[LazyString, LazyString], ...] = (
    (
        _("Which marketplaces"),
        _("Those that were held: of your offices, and those that others share with the network."),
    ),
    (
        _("Without a date"),
        _(
            "A marketplace whose date isn't known is counted in the year of its figures, "
            "and in none where these have no date either."
        ),
    ),
    (
        _("Unknown"),
        _("An empty cell is unknown, not zero. Totals and averages leave it out; a note says so."),
    ),
    (
        _("Several sources"),
        _("Where sources disagree, only the figure counts that was chosen for reports."),
    ),
    (
        _("Totals"),
        _(
            "Exact and “over” make “over”, exact and “about” make “about”. "
            "Different reservations, or numbers of different things, make “mixed”."
        ),
    ),
    (
        _("Average"),
        _(
            "The sum of the values divided by the sum of the contracts, "
            "only of the marketplaces that state both. "
            "Divided by “over 120”, a value is under the quotient."
        ),
    ),
)


@dataclass(frozen=True)
class _Sum:
    """The totals in the form of a line, so that the same columns write them."""

    comparison: Comparison

    @property
    def title(self) -> str:
        return gettext("Total")

    @property
    def event(self) -> None:
        """No event: a total has no city and no date."""

    def quantity(self, measure: Measure) -> Quantity | None:
        return self.comparison.total(measure).quantity

    @property
    def value_per_contract(self) -> Quantity | None:
        return self.comparison.average.quantity


def write(book: Book, comparison: Comparison, asked: Asked, report: Report) -> int:
    """Write the sheets; return the number of events."""
    sheet = book.sheet(report.title)
    _write_comparison(sheet, comparison)
    print_report(sheet, str(report.title), asked)
    if comparison.lines:
        chart = book.sheet(gettext("Chart"))
        _write_chart(chart, comparison, report)
        print_report(chart, str(report.title), asked)
        figures = book.sheet(gettext("Figures"))
        _write_figures(figures, comparison)
        print_report(figures, str(report.title), asked)
    write_info(book, report, asked, len(comparison.lines), RULES)
    return len(comparison.lines)


def tables(comparison: Comparison) -> list[Table]:
    """Give the comparison as rows; totals are for who reads the workbook."""
    return [Table("comparison", _("Comparison"), columns(), lambda: comparison.lines)]


def columns() -> list[Column]:
    """Give what the event is, and each measure as a number and its qualifier."""
    found = [
        Column(label("Event", "title"), lambda row: row.title, width=24, link=_page),
        Column(label("Event", "city"), _of_event("city"), width=13),
        Column(label("Event", "date"), _of_event("starts_on"), Kind.DATE, 11),
    ]
    for measure in MEASURES:
        kind = _KINDS.get(measure, Kind.INTEGER)
        width = _MONEY_WIDTH if kind is Kind.MONEY else _NUMBER_WIDTH
        found += quantity_columns(measure.title, _quantity(measure), kind, width)
    heading = label("Event", "value_per_contract")
    found += quantity_columns(heading, lambda row: row.value_per_contract, Kind.MONEY, _MONEY_WIDTH)
    return found


def _page(line: Line) -> str:
    return f"/events/show/{line.event.id}"


def _of_event(name: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row.event, name, None)


def _quantity(measure: Measure) -> Callable[[Any], Quantity | None]:
    return lambda row: row.quantity(measure)


def _write_comparison(sheet: Sheet, comparison: Comparison) -> None:
    """Write the table. An empty row keeps the totals out of the filter: Excel widens it to what adjoins."""
    book, shown = sheet.book, columns()
    count = write_rows(sheet, shown, comparison.lines)
    _write_averages(sheet, shown, comparison)
    sheet.raw.freeze_panes(1, 1)
    if not count:
        write_text(sheet, (2, 0), gettext("No marketplace was held."))
        return
    at = count + 2
    total = _Sum(comparison)
    # Reservations and averages don't follow a filter, so the sums don't either.
    sums = sums_of(sheet, shown, comparison.lines, total, ALL)
    write_total(sheet, at, shown, total, sums | {_average_at(shown): _average(sheet)})
    write_text(sheet, (at + 1, 0), gettext("Stated by"), book.raw.add_format({"italic": True}))
    quiet = book.raw.add_format({"italic": True, "align": "right"})
    for index, one in enumerate(comparison.totals):
        used = gettext("%(used)s of %(of)s", used=one.used, of=one.of)
        write_text(sheet, (at + 1, _FIRST_NUMBER + 2 * index), used, quiet)
    mixed = [f"* {Qualifier.MIXED.title}: {DEFINITIONS[Qualifier.MIXED]}"] if comparison.mixed else []
    write_notes(sheet, at + 3, shown, [*mixed, *comparison.notes()])


def _average_at(shown: Sequence[Column]) -> int:
    return len(shown) - 2  # its qualifier is the last


def _average(sheet: Sheet) -> str:
    """Divide the values by the contracts, of those that state both."""
    value, contracts = (
        column_of(table_name(sheet.raw.name), str(one.title)) for one in (Measure.VALUE, Measure.CONTRACTS)
    )
    both = f'{value},"<>",{contracts},"<>"'
    return f'IFERROR(ROUND(SUMIFS({value},{both})/SUMIFS({contracts},{both}),2),"")'


def _write_averages(sheet: Sheet, shown: Sequence[Column], comparison: Comparison) -> None:
    """Let Excel divide the value of each marketplace by its contracts, where both are known."""
    places = {str(column.heading): xl_col_to_name(at) for at, column in enumerate(shown)}
    value, contracts = (places[str(one.title)] for one in (Measure.VALUE, Measure.CONTRACTS))
    for row, line in enumerate(comparison.lines, 1):
        average = line.value_per_contract
        if average is not None:
            form = sheet.book.format(Kind.MONEY)
            formula = f"=ROUND({value}{row + 1}/{contracts}{row + 1},2)"
            sheet.raw.write_formula(row, _average_at(shown), formula, form, float(average.number))


def _write_chart(sheet: Sheet, comparison: Comparison, report: Report) -> None:
    """Draw contracts as columns and the value as points on an axis of its own. What's unknown is a gap.

    The numbers stand below it, with their qualifiers: they aren't those of the table, whose filter would move
    the labels.
    """
    raw: Any = sheet.book.raw
    bars, points = raw.add_chart({"type": "column"}), raw.add_chart({"type": "line"})
    first, last = _CHART_ROWS + 1, _CHART_ROWS + len(comparison.lines)
    sheet.raw.set_column(0, 0, 38)
    sheet.raw.set_column(1, 2, 20)
    heading = raw.add_format({"bold": True, "align": "right"})
    write_text(sheet, (_CHART_ROWS, 0), str(label("Figure", "event")), sheet.book.bold)
    for row, line in enumerate(comparison.lines, first):
        write_text(sheet, (row, 0), line.name)

    def series(at: int, measure: Measure, unit: str, **more: Any) -> dict[str, Any]:
        kind = _KINDS.get(measure, Kind.INTEGER)
        write_text(sheet, (_CHART_ROWS, at), str(measure.title), heading)
        found = [line.quantity(measure) for line in comparison.lines]
        for row, one in enumerate(found, first):
            if one is not None:
                sheet.raw.write_number(row, at, float(one.number), sheet.book.format(kind, one.qualifier))
        own = [{"value": one.text(unit)} if one else {"delete": True} for one in found]
        labels = {"value": True, "custom": own} if len(found) <= _MOST_LABELS else {}
        return {
            "name": [sheet.raw.name, _CHART_ROWS, at],
            "categories": [sheet.raw.name, first, 0, last, 0],
            "values": [sheet.raw.name, first, at, last, at],
            **({"data_labels": {**labels, "position": more.pop("labels")}} if labels else {}),
            **more,
        }

    bars.add_series(series(1, Measure.CONTRACTS, "", fill={"color": "#9DC3E6"}, gap=60, labels="inside_base"))
    marker = {"type": "diamond", "size": 11, "fill": {"color": "#B35900"}, "border": {"color": "#5C2E00"}}
    points.add_series(
        series(2, Measure.VALUE, "€", y2_axis=True, marker=marker, line={"none": True}, labels="above")
    )
    bars.combine(points)
    bars.set_title({"name": str(report.title), "name_font": {"size": 14}})
    grid = {"visible": True, "line": {"color": "#D9D9D9"}}
    bars.set_y_axis({"name": str(Measure.CONTRACTS.title), "min": 0, "major_gridlines": grid})
    points.set_y2_axis({"name": str(Measure.VALUE.title), "min": 0, "num_format": '#,##0 "€"'})
    bars.set_legend({"position": "bottom"})
    bars.set_size({"width": 1000, "height": (_CHART_ROWS - 1) * 20})
    sheet.raw.hide_gridlines(2)
    described = f"{report.title}: {Measure.CONTRACTS}, {Measure.VALUE}"
    sheet.raw.insert_chart(0, 0, bars, {"description": described})


def _write_figures(sheet: Sheet, comparison: Comparison) -> None:
    """Write the evidence: each figure that counts, with unit and source. Only broken numbers show decimals."""
    found = [
        (line, line.figures[measure])
        for line in comparison.lines
        for measure in MEASURES
        if measure in line.figures
    ]

    def of_figure(name: str, width: int, kind: Kind = Kind.TEXT) -> Column:
        def value(row: tuple[Line, Figure]) -> Any:
            return None if current().hides(row[1], name) else getattr(row[1], name)

        def link(row: tuple[Line, Figure]) -> str | None:
            address = value(row) if name == "source_url" else None
            return address if address and _ADDRESS.match(address) else None

        return Column(label("Figure", name), value, kind, width, link)

    number = of_figure("number", 13, Kind.INTEGER)
    shown = [
        Column(label("Figure", "event"), lambda row: row[0].event, width=32, link=lambda row: _page(row[0])),
        of_figure("measure", 18),
        of_figure("qualifier", 11),
        number,
        of_figure("unit", 17),
        of_figure("source", 32),
        of_figure("source_url", 18),
        of_figure("as_of", 11, Kind.DATE),
        of_figure("chosen_by", 16),
        of_figure("chosen_at", 16, Kind.DATETIME),
        of_figure("note", 32),
    ]
    write_rows(sheet, shown, found)
    wrap_rows(sheet, shown, found)
    broken = sheet.book.raw.add_format({"num_format": "#,##0.00", "valign": "top"})
    for row, (_line, figure) in enumerate(found, 1):
        if figure.number % 1:
            sheet.raw.write_number(row, shown.index(number), float(figure.number), broken)
