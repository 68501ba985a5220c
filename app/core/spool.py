"""The folder of mails that nobody sends: one file each, to be read on the page of the spool."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from tempfile import NamedTemporaryFile

from app.core import clock

_MOMENT = "%Y%m%dT%H%M%S%f"
_NAME = re.compile(r"(\d{8}T\d{12})-[0-9a-f]{16}", re.ASCII)


def keep(folder: Path, message: EmailMessage) -> str:
    """Write a mail, at once and whole, readable by the owner only. Gives its name, which nobody can guess."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{clock.now().strftime(_MOMENT)}-{secrets.token_hex(8)}"
    with NamedTemporaryFile(dir=folder, prefix=".", delete=False) as file:  # made with mode 0600
        file.write(message.as_bytes(policy=policy.SMTPUTF8))
    try:
        Path(file.name).replace(folder / f"{name}.eml")
    finally:
        Path(file.name).unlink(missing_ok=True)
    return name


def names(folder: Path) -> list[str]:
    """Name the mails, the newest first."""
    return sorted((path.stem for path in folder.glob("*.eml") if _NAME.fullmatch(path.stem)), reverse=True)


def moment(name: str) -> datetime:
    """Give the moment at which a mail was kept. Raises ValueError for what is no name of a mail."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"no mail has the name {name!r}")
    return datetime.strptime(found[1], _MOMENT).replace(tzinfo=UTC)


def read(folder: Path, name: str) -> EmailMessage | None:
    """Read a mail; None where there is none of this name, whatever the name looks like."""
    path = folder / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        return None
    # Python 3.11 reads headers in UTF-8 from text only.
    message = message_from_string(path.read_text(encoding="utf-8"), policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - for mypy: the policy makes it one
    return message


def clear(folder: Path, before: datetime) -> None:
    """Delete the mails that were kept before a moment."""
    for name in names(folder):
        if moment(name) < before:
            (folder / f"{name}.eml").unlink(missing_ok=True)
