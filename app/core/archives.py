"""ZIP archives that are sent while they are made."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

try:
    from isal import isal_zlib
except ImportError:  # there is no wheel for every machine
    isal_zlib = None  # type: ignore[assignment]

_DEFLATED = -15  # without a header, as in a ZIP archive


class Archive:
    """An archive on its way: what is put in comes out at once, compressed at the quickest level.

    No file of it may be larger than 2 GiB: that needs extensions of ZIP that Excel refuses in a stream.
    """

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = ZipFile(self._sink, "w", ZIP_DEFLATED, allowZip64=False, compresslevel=1)

    @property
    def ready(self) -> bool:
        """Whether there is something to hand out."""
        return bool(self._sink.blocks)

    def add(self, name: str, data: bytes) -> None:
        """Put a file in that is there already."""
        with self.file(name) as entry:
            entry.write(data)

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        """Open a large file, to be written piece by piece."""
        with self._zip.open(_info(name), "w") as entry:
            if isal_zlib is not None:
                hook: Any = entry
                hook._compressor = isal_zlib.compressobj(1, isal_zlib.DEFLATED, _DEFLATED)  # noqa: SLF001 - zipfile has no other
            yield entry

    def taken(self) -> bytes:
        """Hand out what has been written since the last time."""
        block = b"".join(self._sink.blocks)
        self._sink.blocks.clear()
        return block

    def end(self) -> bytes:
        """Close the archive, and hand out the rest."""
        self._zip.close()
        return self.taken()


class _Sink(io.RawIOBase):
    """Takes what the archive writes, and can't go back: so sizes stand behind what they are of."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []

    def writable(self) -> bool:
        """Say that it takes bytes, for the archive."""
        return True

    def write(self, data: Any) -> int:
        """Take a block."""
        self.blocks.append(bytes(data))
        return len(data)


def _info(name: str) -> ZipInfo:
    """Describe a file as Excel does, so that equal workbooks are equal files."""
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = ZIP_DEFLATED
    return info
