"""Plain XlsxWriter, as its documentation has it: constant memory, a call for each row."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter

PACKAGE = "XlsxWriter"


def blocks(source: Any) -> Iterator[bytes]:
    """Write all rows, and give the file."""
    stream = io.BytesIO()
    options = {
        "constant_memory": True,
        "remove_timezone": True,
        "default_date_format": "dd.mm.yyyy hh:mm",
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(stream, options)
    sheet = book.add_worksheet("Kontakte")
    sheet.write_row(0, 0, source.names, book.add_format({"bold": True}))
    number = 0
    for batch in source.batches():
        for number, row in enumerate(batch, number + 1):  # noqa: B020 - it counts on
            sheet.write_row(number, 0, source.plain(row))
    sheet.autofilter(0, 0, number, len(source.names) - 1)
    sheet.freeze_panes(1, 0)
    book.close()
    yield stream.getvalue()
