"""Rules of the code that neither ruff, mypy nor import-linter can see.

Each check takes the folder of a project and returns its offenders, so that the tests can also hand it a
sample that breaks the rule and see it found.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

LONGEST_FILE = 320
SOURCES = {".py", ".html", ".css", ".js"}

# Names that belong to one web request. Below the edge, user and time are passed in.
REQUEST_NAMES = {"request", "g", "current_user"}
MAY_KNOW_THE_REQUEST = ("__init__", "views", "api", "access", "security")

# What the row scope cannot narrow: it hangs on the session's ORM statements.
UNSCOPED_METHODS = {
    "bulk_save_objects",
    "bulk_insert_mappings",
    "bulk_update_mappings",
    "connection",
    "exec_driver_sql",
    "raw_connection",
}
# The last fills an empty database from the command line, where nobody's rows can be.
MAY_LEAVE_THE_SCOPE = ("core/db", "core/patience", "access", "migrations", "generator/loading")

MACHINE_PATH = re.compile(r"(?<![\w.:/~-])(?:/(?:work|root|home/\w+|Users/\w+)/|[A-Z]:\\Users\\)")
REGISTRY = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com|\w+\.debian\.org)\b"
)


def files_of(root: Path) -> Iterator[Path]:
    """Yield what git keeps or would keep: committed and new files, not ignored ones."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (root / name for name in listed.stdout.split("\0") if name)
    yield from sorted(path for path in paths if path.is_file())


def python_of(root: Path, *, except_in: tuple[str, ...] = ()) -> Iterator[tuple[str, ast.Module]]:
    """Yield path and syntax tree of each module of the app, but of none in the named modules or packages."""
    for path in sorted((root / "app").rglob("*.py")):
        module = path.relative_to(root / "app").with_suffix("").as_posix()
        if not any(module == name or module.startswith(f"{name}/") for name in except_in):
            yield path.relative_to(root).as_posix(), ast.parse(path.read_text("utf-8"))


def long_files(root: Path) -> list[str]:
    """Name the files of the app that should become a package; a migration is one list, however long."""
    found = []
    for path in files_of(root):
        name = path.relative_to(root).as_posix()
        if path.suffix in SOURCES and name.startswith("app/") and not name.startswith("app/migrations/"):
            lines = len(path.read_text("utf-8").splitlines())
            if lines > LONGEST_FILE:
                found.append(f"{name}: {lines} lines")
    return found


def uses_of_the_request(root: Path) -> list[str]:
    """Name where a lower floor takes something from the web request instead of being handed it."""
    found = []
    for name, tree in python_of(root, except_in=MAY_KNOW_THE_REQUEST):
        for node in ast.walk(tree):
            # What a service calls by such a name isn't the web's.
            if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("app.services."):
                taken = REQUEST_NAMES & {alias.name for alias in node.names}
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value).startswith("flask"):
                taken = REQUEST_NAMES & {node.attr}
            else:
                continue
            found += [f"{name}:{node.lineno}: {each}" for each in sorted(taken)]
    return found


def ways_around_the_scope(root: Path) -> list[str]:
    """Name the statements of the app that would reach rows of all offices, whoever asks."""
    return [
        f"{name}:{node.lineno}: {ast.unparse(node.func)}"
        for name, tree in python_of(root, except_in=MAY_LEAVE_THE_SCOPE)
        for texts in [names_of_text(tree)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (ast.unparse(node.func) in texts or leaves_the_scope(node))
    ]


def names_of_text(tree: ast.Module) -> set[str]:
    """Collect the names under which a module knows SQLAlchemy's text()."""
    names = {"db.text"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy":
            names |= {alias.asname or alias.name for alias in node.names if alias.name == "text"}
            names |= {f"{alias.asname or alias.name}.text" for alias in node.names if alias.name != "text"}
        elif isinstance(node, ast.Import):
            imported = [alias for alias in node.names if alias.name.split(".")[0] == "sqlalchemy"]
            names |= {f"{alias.asname or alias.name}.text" for alias in imported} | {
                "sqlalchemy.text" for alias in imported if not alias.asname
            }
    return names


def leaves_the_scope(call: ast.Call) -> bool:
    """Tell a bulk method, a bare connection, and a statement on a table instead of its model."""
    if isinstance(call.func, ast.Attribute):
        receiver = ast.unparse(call.func.value)
        if call.func.attr in UNSCOPED_METHODS:
            return True
        if call.func.attr in {"connect", "begin"} and receiver.removesuffix("()").endswith("engine"):
            return True
        if call.func.attr in {"select", "insert", "update", "delete"} and receiver.endswith("__table__"):
            return True
    name = ast.unparse(call.func).rpartition(".")[2]
    return name in {"select", "insert", "update", "delete", "select_from", "join", "outerjoin"} and any(
        "__table__" in ast.unparse(argument) for argument in call.args
    )


def traces_of_a_machine(root: Path) -> list[str]:
    """Name lines that hold only where they were written: absolute paths, hosts of package registries."""
    found = []
    for path in files_of(root):
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
            if trace := MACHINE_PATH.search(line) or REGISTRY.search(line):
                found.append(f"{path.relative_to(root).as_posix()}:{number}: {trace.group()}")
    return found


CHECKS = [long_files, uses_of_the_request, ways_around_the_scope, traces_of_a_machine]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_project_keeps_the_rule(check):
    if not (ROOT / ".git").exists():
        pytest.skip("The rules are about what git keeps, and this is no clone.")
    assert list(python_of(ROOT)), "No module was found: the check would pass over nothing."
    assert check(ROOT) == []


@pytest.fixture
def sample(tmp_path):
    """Return a function that writes one file into an otherwise empty project."""
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True, capture_output=True)

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize("name", ["app/views/contacts.py", "app/templates/contacts.html"])
def test_a_file_that_is_too_long_is_named(sample, name):
    assert long_files(sample(name, "\n" * LONGEST_FILE)) == []
    assert long_files(sample(name, "\n" * (LONGEST_FILE + 1))) == [f"{name}: 321 lines"]


def test_a_long_migration_or_test_is_no_offence(sample):
    sample("app/migrations/versions/0001_first.py", "\n" * 999)
    assert long_files(sample("tests/test_contacts.py", "\n" * 999)) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("from flask import current_app, request", "request"),
        ("from flask import g as kept", "g"),
        ("from flask.globals import request", "request"),
        ("from flask_login import current_user", "current_user"),
        ("from app.access import current_user", "current_user"),
        ("import flask\nuser = flask.g.user", "g"),
        ("def late():\n    from flask import g", "g"),
    ],
)
@pytest.mark.parametrize("floor", ["services", "queries", "models", "core"])
def test_a_lower_floor_that_looks_at_the_request_is_named(sample, floor, line, name):
    root = sample(f"app/{floor}/contacts.py", line)
    assert uses_of_the_request(root) == [f"app/{floor}/contacts.py:{line.count(chr(10)) + 1}: {name}"]


@pytest.mark.parametrize(
    "place",
    ["__init__.py", "views/contacts.py", "api/base.py", "access.py", "access/scope.py", "security.py"],
)
def test_the_edge_may_look_at_the_request(sample, place):
    assert uses_of_the_request(sample(f"app/{place}", "from flask import g, request")) == []


@pytest.mark.parametrize(
    "line",
    [
        "from sqlalchemy import text\ntext('SELECT 1')",
        "from sqlalchemy.sql import text as sql\nsql('SELECT 1')",
        "from sqlalchemy import sql\nsql.text('SELECT 1')",
        "import sqlalchemy as sa\nsa.text('SELECT 1')",
        "import sqlalchemy.orm\nsqlalchemy.text('SELECT 1')",
        "from app.core.db import db\ndb.text('SELECT 1')",
        "session.connection().execute(statement)",
        "db.session.connection(execution_options={}).execute(statement)",
        "rows = db.engine.connect().execute(statement)",
        "with get_engine().begin() as connection: pass",
        "connection.exec_driver_sql('DELETE FROM contact')",
        "db.session.bulk_save_objects(contacts)",
        "db.session.bulk_update_mappings(Contact, rows)",
        "db.session.bulk_insert_mappings(Contact, rows)",
        "sa.select(Contact.__table__)",
        "sa.select(Contact.__table__.c.name)",
        "Contact.__table__.delete()",
    ],
)
def test_a_way_around_the_row_scope_is_named(sample, line):
    assert len(ways_around_the_scope(sample("app/services/contacts.py", line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "from app.core import text\ntext.folded('Ä')",
        "text = widget.text()",
        "db.session.execute(sa.select(Contact))",
        "db.session.begin()",
        "signal.connect(receiver)",
        "names = Contact.__table__.columns.keys()",
    ],
)
def test_what_stays_in_the_row_scope_is_not_named(sample, line):
    assert ways_around_the_scope(sample("app/services/contacts.py", line)) == []


@pytest.mark.parametrize(
    "place",
    ["core/db.py", "core/db/types.py", "core/patience.py", "access.py", "migrations/versions/0001_first.py"],
)
def test_the_floor_that_makes_the_scope_may_step_out_of_it(sample, place):
    root = sample(f"app/{place}", "from sqlalchemy import text\ntext('SELECT 1')")
    assert ways_around_the_scope(root) == []


@pytest.mark.parametrize(
    "trace",
    # The § is taken out again below: without it this file would offend itself.
    [
        "open('/§work/main/x')",
        "DATA=/§root/.cache/x",
        "/§home/anna/marktbuero",
        "/§Users/anna/marktbuero",
        "C:§\\Users\\anna",
        "https://pypi§.org/simple",
        "https://files.pythonhosted§.org/x.whl",
        '"resolved": "https://registry§.npmjs.org/x.tgz"',
        "deb http://deb.debian§.org/debian stable main",
    ],
)
def test_a_trace_of_a_machine_or_a_registry_is_named(sample, trace):
    assert len(traces_of_a_machine(sample("README.md", f"# Title\n{trace.replace('§', '')}\n"))) == 1


@pytest.mark.parametrize(
    "harmless", ["app/work/contacts", "https://example.org/work/x", "`/homepage/`", "x=~/work/x"]
)
def test_a_path_of_the_project_or_the_web_is_not_named(sample, harmless):
    assert traces_of_a_machine(sample("README.md", harmless)) == []


def test_what_git_ignores_is_not_read(sample):
    trace = "/§work/main".replace("§", "")
    assert traces_of_a_machine(sample("instance/log.txt", f"{trace}/x")) != []
    assert traces_of_a_machine(sample(".gitignore", "instance/\n")) == []
