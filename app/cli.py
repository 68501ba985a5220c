"""The flask commands."""

from __future__ import annotations

import getpass
import logging
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_babel import force_locale
from flask_migrate import upgrade

from app.access import Scope, Verb, everything, of_staff, opened
from app.core import catalogue, clock, queue
from app.core.db import alone, db
from app.core.rules import RuleBrokenError
from app.generator.command import generate_command
from app.queries import users as users_queries
from app.rehearsal.command import FACTORY, rehearsal
from app.reports import REPORTS
from app.reports.base import Report
from app.reports.declared import strange
from app.services import demo, receipts, users

translations = AppGroup("translations", help="The German catalogue.")


def register(app: Flask, factory: Callable[..., Flask]) -> None:
    """Add the commands to the application; ``factory`` makes one like it, to rehearse on."""
    app.extensions[FACTORY] = factory
    for command in (init, load_demo, create_admin, worker, report, rehearsal, generate_command, translations):
        app.cli.add_command(command)


@click.command("init")
def init() -> None:
    """Create or migrate the database, its roles, and the compiled translations. Safe to repeat."""
    Path(current_app.config["UPLOAD_FOLDER"]).mkdir(parents=True, exist_ok=True)
    with alone(current_app.config["DATA_DIR"]), everything("flask init"):
        catalogue.compile_all(_folder())
        upgrade()
        users.keep_roles()
        db.session.commit()
    click.echo("The database is ready.")


@click.command("load-demo")
def load_demo() -> None:
    """Load the demo data, once: offices, events and figures of 2006, and invented people."""
    if not current_app.config["DEMO"]:
        sys.exit("Demo data is loaded in demo mode only: set MARKTBUERO_DEMO=1.")
    with alone(current_app.config["DATA_DIR"]), everything("flask load-demo"):
        users.keep_roles()
        loaded = demo.load()
        db.session.commit()
    click.echo("The demo data was loaded." if loaded else "The database is in use: nothing was loaded.")


@click.command("create-admin")
@click.option("--username", prompt="Sign-in name")
@click.option("--first-name", prompt="First name")
@click.option("--last-name", prompt="Last name")
@click.option("--email", prompt="E-mail")
@click.option("--password", default=None, help="Asked for where it's left out.")
def create_admin(username: str, first_name: str, last_name: str, email: str, password: str | None) -> None:
    """Add an administrator: the first account of an empty installation."""
    password = password or getpass.getpass("Password: ")
    with everything("flask create-admin"):
        try:
            users.create_admin(username, first_name, last_name, email, password)
        except users.StaffError as error:
            sys.exit(str(error))
        db.session.commit()
    click.echo(f"{username} is an administrator.")


@click.command("worker")
def worker() -> None:
    """Do background work until SIGTERM, which lets running tasks end. Any number may run."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    queue.work(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - its threads have no context


def _pairs(_context: click.Context, _option: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """Read NAME=VALUE. A name alone is refused: it would be taken for all there is."""
    for one in given:
        if "=" not in one:
            message = f"no NAME=VALUE: {one!r}"
            raise click.BadParameter(message)
    return dict(one.partition("=")[::2] for one in given)


@click.command("report")
@click.argument("name", type=click.Choice(sorted(REPORTS)))
@click.option(
    "--as", "username", required=True, help="Sign-in name of who takes it: what that person may see and take."
)
@click.option("--office", help="Name of one of the person's offices: that one and those below it.")
@click.option(
    "--param",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_pairs,
    help="As in the address of the report's page.",
)
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
@click.option("--table", default="", help="Which of its tables a .csv has; the first where it's left out.")
@click.option(
    "-o",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A .xlsx or .csv; a .pdf where print is usual.",
)
def report(
    name: str,
    username: str,
    office: str | None,
    given: Mapping[str, str],
    language: str,
    table: str,
    target: Path,
) -> None:
    """Write a report to a file, as a member of staff would download it, and a receipt of that."""
    found = REPORTS[name]
    if table and target.suffix != ".csv":
        message = "only a .csv has one table: leave --table out, or have a .csv written"
        raise click.UsageError(message)
    with opened(_scope(username, office)), force_locale(language):
        if not found.allows(Verb.EXPORT):
            sys.exit(f"{username!r} may not take this report out as a file.")
        try:
            for one in strange(found.parameters, given):
                message = f"parameter {one!r}"
                raise KeyError(message)  # noqa: TRY301 - said below, with the other mistakes
            values = found.values(given)
            rows = _written_down(found, values, target, language, table)
        except KeyError as error:
            sys.exit(f"The report {name!r} has no {error.args[0]}.")
        except ValueError as error:
            sys.exit(f"The report {name!r} takes no such value: {error}")
        except OSError as error:
            sys.exit(f"{target} can't be written: {error.strerror}")
        except RuleBrokenError as error:
            sys.exit(str(error))
    click.echo(f"{target}: {rows} rows.")


def _scope(username: str, office: str | None) -> Scope:
    """Give the scope of a person: never a wider one, and no wider one where an office is named that isn't theirs."""
    with everything("flask report"):
        key = db.session.scalar(users_queries.signing_in_as(username))
    scope = of_staff(key) if key is not None else None
    if scope is None or key is None or not scope.actor:
        sys.exit(f"Nobody works here as {username!r}.")
    if office is None:
        return scope
    chosen = [one for one, (title, _above) in scope.reach.items() if title == office]
    if len(chosen) != 1:
        sys.exit(f"{username!r} works in {len(chosen)} offices with the name {office!r}.")
    return of_staff(key, chosen[0])


def _written_down(found: Report, values: dict[str, Any], target: Path, language: str, table: str) -> int:
    """Write the file, and who took it. Where either fails, there is neither."""
    fmt = target.suffix.removeprefix(".")
    if fmt not in {"xlsx", "csv", "pdf"}:
        message = "the name of the file ends with .xlsx, .csv or .pdf"
        raise ValueError(message)
    asked = found.asked(clock.now(), values)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        if fmt == "xlsx":
            rows = found.write_workbook(made, values, asked, language)
        elif fmt == "pdf":
            rows = found.write_paper(made, values, asked)
        else:
            rows = found.table(values, table).write(made)
        receipts.write(
            title=str(found.title),
            sections=found.sections,
            fmt=fmt,
            rows=rows,
            file=made,
            filters=asked.words,
        )
        made.replace(target)
    db.session.commit()
    return rows


@translations.command("update")
def update() -> None:
    """Extract the messages of the source, and merge them into the catalogue."""
    catalogue.update(Path(current_app.root_path).parent, _folder())


@translations.command("check")
def check() -> None:
    """Fail where the catalogue is stale, incomplete or fuzzy."""
    problems = catalogue.check(Path(current_app.root_path).parent, _folder())
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(bool(problems))


def _folder() -> Path:
    return Path(current_app.config["BABEL_TRANSLATION_DIRECTORIES"].rpartition(";")[2])
