"""The flask commands."""

from __future__ import annotations

import getpass
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from app.access import everything
from app.core import catalogue, queue
from app.core.db import alone, db
from app.rehearsal.command import FACTORY, rehearsal
from app.services import demo, users

translations = AppGroup("translations", help="The German catalogue.")


def register(app: Flask, factory: Callable[..., Flask]) -> None:
    """Add the commands to the application; ``factory`` makes one like it, to rehearse on."""
    app.extensions[FACTORY] = factory
    for command in (init, load_demo, create_admin, worker, rehearsal, translations):
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
