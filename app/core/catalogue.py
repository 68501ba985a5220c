"""The translations: extracted, merged, checked and compiled with Babel, without a shell."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "_p": ((1, "c"), 2),
}


def extract(root: Path) -> Catalog:
    """Collect the messages of the source below ``root`` as ``babel.cfg`` there maps it."""
    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog(project="Marktbüro", fuzzy=False)
    for name, line, message, comments, context in extract_from_dir(
        root, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return found


def update(root: Path, folder: Path) -> None:
    """Merge the source's messages into each catalogue. What is gone from the source goes; nothing is guessed."""
    template = extract(root)
    for path in _catalogues(folder):
        catalogue = _read(path)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, sort_output=True, no_location=True, omit_header=False)


def check(root: Path, folder: Path) -> list[str]:
    """Say what is missing, stale, fuzzy or broken in the catalogues."""
    template = extract(root)
    wanted = {_key(message) for message in template if message.id}
    problems = []
    for path in _catalogues(folder):
        catalogue = _read(path)
        have = {_key(message): message for message in catalogue if message.id}
        problems += [f"{path}: not in the catalogue: {key}" for key in sorted(wanted - set(have))]
        problems += [f"{path}: no longer in the source: {key}" for key in sorted(set(have) - wanted)]
        for key, message in have.items():
            translated = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.fuzzy or not all(translated):
                problems.append(f"{path}: not translated: {key}")
            problems += [f"{path}: {error}: {key}" for error in message.check(catalogue)]
    return problems


def _key(message: Message) -> str:
    return f"{message.context or ''}|{message.id}"


def compile_all(folder: Path) -> None:
    """Write the binary catalogues where they are older than their source.

    Each appears at once and whole: another process may be reading it, or writing the same.
    """
    for path in _catalogues(folder):
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            with NamedTemporaryFile(dir=target.parent, suffix=".mo.part", delete=False) as file:
                write_mo(file, _read(path))
            Path(file.name).replace(target)
            target.chmod(0o644)


def _catalogues(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/LC_MESSAGES/messages.po"))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)
