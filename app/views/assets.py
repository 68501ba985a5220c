"""The built front end: named by content, so that a browser keeps it for ever, and sent compressed."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, request, url_for
from flask_compress import Compress
from markupsafe import Markup
from whitenoise import WhiteNoise
from whitenoise.responders import Headers

MANIFEST = "manifest.json"


def register(app: Flask) -> None:
    """Serve what ``make assets`` built, and tell templates its addresses.

    Raises FileNotFoundError where it wasn't built: a page without its style is of no use to anybody.
    """
    folder = Path(str(app.static_folder))
    if not (folder / MANIFEST).exists():
        message = f"The front end isn't built: {folder / MANIFEST} is missing. Run “make assets” first."
        raise FileNotFoundError(message)
    names: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))

    # A page has a hundred icons. Only what stands before all paths tells one request's addresses from another's.
    @lru_cache(2000)
    def address(_root: str, name: str) -> str:
        return url_for("static", filename=names[name])

    @lru_cache(2000)
    def drawn(root: str, name: str) -> Markup:
        # Beside a text; where an icon stands alone, its button says what it does.
        svg = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
        return Markup(svg).format(address(root, "icons.svg"), name)  # noqa: S704 - format escapes

    def asset(name: str) -> str:
        return address(request.script_root, name)

    def icon(name: str) -> Markup:
        return drawn(request.script_root, name)

    app.jinja_env.globals.update(asset=asset, icon=icon)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=folder,
        prefix="static/",
        immutable_file_test=lambda _path, url: not url.endswith(MANIFEST),
        add_headers_function=_headers,
    )
    Compress(app)


def _headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
