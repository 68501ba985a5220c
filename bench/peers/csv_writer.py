"""The module csv over the same tuples, without formulas guarded and numbers formatted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

PACKAGE = ""


def blocks(source: Any) -> Iterator[bytes]:
    """Yield batch by batch."""
    for batch in source.batches():
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=";").writerows(batch)
        yield buffer.getvalue().encode()
