"""Plain XlsxWriter, constant memory, a call for each cell: rows of a report with their formats, heights and links."""

from __future__ import annotations

from typing import Any

import xlsxwriter
from flask import current_app

from app.core.values import display

PACKAGE = "XlsxWriter"
MOST_LINKS = 65_530
FORMATS = {"money": '#,##0.00 "€"', "number": "#,##0.00", "integer": "#,##0", "date": "dd.mm.yyyy"}


def write(source: Any) -> None:
    """Write the sheets of a report."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(source.target), options)
    text = {"valign": "top", "text_wrap": True, "align": "left", "indent": 1}
    style = book.add_format(text)
    link = book.add_format({**text, "font_color": "#0563C1", "underline": 1})
    numbers = {kind: book.add_format({"valign": "top", "num_format": one}) for kind, one in FORMATS.items()}
    home, titles = current_app.config["PUBLIC_URL"], {}
    for written in source.sheets():
        sheet, links = book.add_worksheet(str(written.filled.sheet.title)[:31]), 0
        columns = written.lines.columns
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            sheet.write_string(0, at, str(column.heading))
        number = 0
        for batch in written.lines.batches:
            read = [
                [said(one, titles) for one in map(column.value, batch)]
                if column.kind.value == "text"
                else [*map(column.value, batch)]
                for column in columns
            ]
            heights = written.lines.heights(read)
            for row, values, tall in zip(batch, zip(*read, strict=True), heights, strict=True):
                number += 1
                if tall is not None:
                    sheet.set_row(number, tall)
                for at, (column, value) in enumerate(zip(columns, values, strict=True)):
                    if value is None:
                        continue
                    if column.kind.value != "text":
                        sheet.write(number, at, value, numbers[column.kind.value])
                        continue
                    target = column.link(row) if column.link and links < MOST_LINKS else None
                    # XlsxWriter knows no links to telephone numbers: there, the peer has less to do.
                    if target and not target.startswith("tel:"):
                        links += 1
                        target = home + target if target[0] == "/" else target
                        sheet.write_url(number, at, target, link, value)
                    else:
                        sheet.write_string(number, at, value, style)
        sheet.add_table(
            0,
            0,
            max(number, 1),
            len(columns) - 1,
            {"columns": [{"header": str(one.heading)} for one in columns]},
        )
    book.close()


def said(value: Any, titles: dict[int, str]) -> str | None:
    """Give the text of a cell; a title is looked up once."""
    if value is None or isinstance(value, str):
        return value or None
    if id(value) not in titles:
        titles[id(value)] = display(value)
    return titles[id(value)]
