"""What the documents say is checked against the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app.reports import REPORTS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def settings_in_code() -> set[str]:
    """Find the variables that config.py reads from the environment."""
    source = (ROOT / "config.py").read_text(encoding="utf-8")
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        if ast.unparse(node.func) in {"os.environ.get", "_flag", "_list"}:
            found.add(node.args[0].value)
    return found


def test_the_table_of_settings_names_what_config_reads():
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert table == settings_in_code()
    assert "DATABASE_URL" in table


def test_the_defaults_in_the_table_are_those_of_config():
    source = (ROOT / "config.py").read_text(encoding="utf-8")
    for name, default in re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", README, re.MULTILINE):
        assert re.search(rf'"{name}",\s*(ROOT / )?"{re.escape(default)}"', source), name


def test_the_table_of_reports_names_those_that_there_are():
    section = README.partition("\n### A report\n")[2].partition("\n### ")[0]
    assert set(re.findall(r"^\| `([a-z]+)` \|", section, re.MULTILINE)) == set(REPORTS)


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/api.md"])
def test_links_between_documents_lead_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text)]
    missing = [
        link
        for link in links
        if link and "://" not in link and not (ROOT / document).parent.joinpath(link).exists()
    ]
    assert not missing


def test_every_make_target_in_the_documents_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        assert set(re.findall(r"(?:^    |`)make ([a-z]+)", text, re.MULTILINE)) <= targets


def test_every_decision_has_its_parts():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert pages
    for number, page in enumerate(pages, 1):
        text = page.read_text(encoding="utf-8")
        assert page.name.startswith(f"{number:04}-")
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text, (page.name, part)
