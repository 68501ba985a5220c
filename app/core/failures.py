"""What lies behind an error that a library has wrapped in its own."""

from __future__ import annotations

import errno
from collections.abc import Iterator

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, and what it came from."""
    while error is not None:
        yield error
        # XlsxWriter hands the error of the disk on as its only argument.
        yield from (one for one in error.args if isinstance(one, BaseException))
        error = error.__cause__ or error.__context__


def no_space(error: BaseException) -> bool:
    """Whether a disk was full, be it for a file of ours or the database."""
    return any(
        (isinstance(one, OSError) and one.errno in _FULL) or "disk is full" in str(one)
        for one in causes(error)
    )
