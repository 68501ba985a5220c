"""``flask rehearsal``: whether an installation can carry an evening, asked before the evening."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy.exc import SQLAlchemyError

from app.rehearsal import play
from app.rehearsal.scenario import evening
from app.rehearsal.stage import NotEmptyError, check_empty, opened
from app.rehearsal.steps import Step
from app.rehearsal.visitor import UnexpectedError
from config import database_url


@click.command("rehearsal")
@click.option("--database", help="URL of an empty database to play on, such as postgresql://…; it stays filled.")
@click.option("--language", type=click.Choice(["de", "en"]), default="de", help="Of pages and report.", show_default=True)
def rehearsal(database: str | None, language: str) -> None:
    """Play a whole evening, to see whether this installation can carry one.

    86 organisations register, 130 people are checked in, 84 contracts are entered at three desks at once, the gong
    sounds, and the parties report what became of it: through the real pages, on a server of its own.

    The office's data are never touched. It's played in a temporary folder, on a database of its own, and no mail
    leaves the machine. With --database it's played on that database, which must be empty.
    """
    # The application imports its commands: it's there only once they run.
    from app import create_app  # noqa: PLC0415

    with force_locale(language), TemporaryDirectory(prefix="marktbuero-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'rehearsal.sqlite'}"
        if database:
            url = database_url(database)
            _check(url)
        begin = time.monotonic()
        click.echo(gettext("The rehearsal begins. The office’s data are not touched."))
        click.echo(_row(gettext("Step"), gettext("expected"), gettext("came"), gettext("seconds"), ""))
        try:
            with opened(create_app, folder, url) as stage:
                good = play(stage, evening(), language, lambda step: click.echo(_line(step))).good
        except (UnexpectedError, OSError, LookupError) as error:
            # What a page said instead is told by its address and its status.
            sys.exit(gettext("The rehearsal stops here: %(problem)s", problem=error))
        seconds = f"{time.monotonic() - begin:.0f}"
        if not good:
            sys.exit(gettext("Something came otherwise than expected, see above. (%(seconds)s s)", seconds=seconds))
        text = gettext("Everything came as expected: this installation carries an evening. (%(seconds)s s)", seconds=seconds)
        click.echo(text)


def _check(url: str) -> None:
    try:
        check_empty(url, current_app.config["SQLALCHEMY_DATABASE_URI"])
    except NotEmptyError:
        sys.exit(gettext("This database isn’t empty, or is the office’s own. Nothing was done."))
    except SQLAlchemyError:
        sys.exit(gettext("This database can’t be opened. Nothing was done."))


def _line(step: Step) -> str:
    seconds = f"{step.seconds:.1f}" if step.seconds else ""
    return _row(step.title, step.expected, step.found, seconds, "" if step.good else gettext("differs"))


def _row(title: str, expected: str, found: str, seconds: str, mark: str) -> str:
    return f"{title:<45} {expected:>16} {found:>10} {seconds:>8}  {mark}".rstrip()
