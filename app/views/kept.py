"""Parts of a page that look the same for all who may do the same: rendered once, and not for each page.

Such a part is a template of its own, and knows nothing but what it's given, and the functions in SHARED. So it can't
tell one person of another: see tests/views/test_kept.py.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, request
from flask_babel import get_locale
from markupsafe import Markup

from app.access import current

MOST = 1_000  # parts, of a few kilobytes each
#: What a part may call: it depends on the person's roles alone, and whether there is an office to work in.
SHARED = frozenset({"_", "asset", "fixed", "icon", "menu", "quick_adds"})


def register(app: Flask) -> None:
    """Tell templates how to keep a part."""

    @lru_cache(MOST)
    def rendered(name: str, values: tuple[tuple[str, Any], ...], *_seen_by: Any) -> Markup:
        template = app.jinja_env.get_template(name)
        return Markup(template.render(dict(values)))  # noqa: S704 - a template escapes

    def kept(name: str, **values: Any) -> Markup:
        """Give a part, with values that can be hashed."""
        scope = current()
        seen_by = request.root_path, get_locale(), scope.roles, scope.works
        if app.jinja_env.auto_reload:
            rendered.cache_clear()
        return rendered(name, tuple(values.items()), *seen_by)

    app.jinja_env.globals.update(kept=kept)
