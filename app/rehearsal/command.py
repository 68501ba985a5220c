"""``flask rehearsal``: whether an installation can carry an evening, asked before the evening."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext
from sqlalchemy.exc import SQLAlchemyError

from app.rehearsal import play
from app.rehearsal.scenario import FOLLOWS, Scenario, evening
from app.rehearsal.stage import NotEmptyError, Stage, check_empty, opened
from app.rehearsal.steps import Step, spoken
from app.rehearsal.visitor import UnexpectedError
from config import database_url

#: Under which name the application knows how another one is made: nothing below it can import it.
FACTORY = "factory"


@click.command("rehearsal")
@click.option(
    "--database", help="URL of an empty database to play on, such as postgresql://…; it stays filled."
)
@click.option(
    "--language", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Of all texts."
)
@click.option(
    "--hall-seconds",
    default=FOLLOWS,
    show_default=True,
    help="How late the screen in the hall may show a contract.",
)
@with_appcontext
def rehearsal(database: str | None, language: str, hall_seconds: float) -> None:
    """Play a whole evening, to see whether this installation can carry one.

    86 organisations register, 130 people are checked in, 84 contracts are entered at three desks at once, the gong
    sounds, and the parties report what became of it: through the real pages, on a server of its own.

    The office's data are never touched. It's played in a temporary folder, on a database of its own, and no mail
    leaves the machine. With --database it's played on that database, which must be empty.
    """
    with force_locale(language), TemporaryDirectory(prefix="marktbuero-") as name:
        folder = Path(name)
        url = database_url(database) if database else f"sqlite:///{folder / 'rehearsal.sqlite'}"
        if database:
            _check(url)
        scenario = replace(evening(), follows=hall_seconds)
        perform(partial(opened, current_app.extensions[FACTORY], folder, url), scenario, language)


def perform(stage: Callable[[], AbstractContextManager[Stage]], scenario: Scenario, language: str) -> None:
    """Play, and tell each step. Exits with 1 where anything came otherwise than expected, or a page didn't answer."""
    begin = time.monotonic()
    click.echo(gettext("The rehearsal begins. The office’s data are not touched."))
    click.echo(_row(gettext("Step"), gettext("expected"), gettext("came"), gettext("seconds"), ""))
    try:
        with stage() as on:
            good = play(on, scenario, language, lambda step: click.echo(_line(step))).good
    except (UnexpectedError, OSError, LookupError, SQLAlchemyError) as error:
        sys.exit(gettext("The rehearsal stops here: %(problem)s", problem=error))
    seconds = f"{time.monotonic() - begin:.0f}"
    if not good:
        sys.exit(
            gettext("Something came otherwise than expected, see above. (%(seconds)s s)", seconds=seconds)
        )
    click.echo(
        gettext(
            "All came as expected: this installation carries an evening. (%(seconds)s s)",
            seconds=seconds,
        )
    )


def _check(url: str) -> None:
    try:
        check_empty(url, current_app.config["SQLALCHEMY_DATABASE_URI"])
    except NotEmptyError:
        sys.exit(gettext("This database isn’t empty, or is the office’s own. Nothing was done."))
    except SQLAlchemyError:
        sys.exit(gettext("This database can’t be opened. Nothing was done."))


def _line(step: Step) -> str:
    seconds = spoken(step.seconds) if round(step.seconds, 1) else ""
    return _row(step.title, step.expected, step.found, seconds, "" if step.good else gettext("differs"))


def _row(title: str, expected: str, found: str, seconds: str, mark: str) -> str:
    return f"{title:<48} {expected:>16} {found:>10} {seconds:>8}  {mark}".rstrip()
