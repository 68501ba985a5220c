"""rustpy-xlsxwriter: a generator of dictionaries, constant memory is its default."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

PACKAGE = "rustpy-xlsxwriter"


def blocks(source: Any) -> Iterator[bytes]:
    """Write all rows, and give the file."""
    from rustpy_xlsxwriter import FastExcel

    stream = io.BytesIO()
    names = source.names
    rows = (dict(zip(names, source.plain(row), strict=True)) for batch in source.batches() for row in batch)
    FastExcel(stream).format(datetime_format="dd.mm.yyyy hh:mm").sheet(
        "Kontakte", rows, autofilter=True
    ).save()
    yield stream.getvalue()
