"""vCard 4.0, RFC 6350: a card for each person, for address books.

The libraries for it that are kept write version 3. What is needed of version 4 is small: UTF-8, CR LF, lines of at
most 75 octets (3.2), and four characters with a backslash (3.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.reports.exports.base import Layout
from app.reports.exports.people import Person

_LINE = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n", "\r": None})


def _write(batches: Iterable[Sequence[Person]]) -> Iterator[bytes]:
    for batch in batches:
        yield b"".join(_card(person) for person in batch)


def _card(person: Person) -> bytes:
    return b"".join(_folded(line) for line in _lines(person))


def _lines(person: Person) -> Iterator[str]:
    yield from ("BEGIN:VCARD", "VERSION:4.0", f"UID:urn:uuid:{person.uuid}")
    yield f"FN:{_text(person.name or person.email or '')}"
    if person.name:
        yield f"N:{_text(person.last_name or '')};{_text(person.first_name or '')};;;"
    if person.email:
        yield f"EMAIL:{_text(person.email)}"
    yield f"LANG:{person.language.value}"
    if person.topics:
        yield "CATEGORIES:" + ",".join(_text(topic) for topic in person.topics)
    # Of the kinds of a URL that are registered, none is for leaving a list.
    yield f"URL;TYPE=x-unsubscribe:{person.unsubscribe_url}"
    yield "END:VCARD"


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


def _folded(line: str) -> bytes:
    """Break a long line, never within a character; the next one begins with a space."""
    folded, length = "", 0
    for letter in line:
        size = len(letter.encode("utf-8", "replace"))
        if length + size > _LINE:
            folded, length = f"{folded}\r\n ", 1
        folded, length = folded + letter, length + size
    return f"{folded}\r\n".encode("utf-8", "replace")


VCARD = Layout("vcard", "vCard 4", "vcf", "text/vcard; charset=utf-8", _write)
