"""The built front end: named by content, so that a browser keeps it for ever, and sent compressed."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, url_for
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

    def asset(name: str) -> str:
        return url_for("static", filename=names[name])

    def icon(name: str) -> Markup:
        # Beside a text; where an icon stands alone, its button says what it does.
        svg = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
        return Markup(svg).format(asset("icons.svg"), name)  # noqa: S704 - format escapes

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
