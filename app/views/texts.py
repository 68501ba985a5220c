"""The texts of a template in its language: a page asks for two hundred, most of them the same on each page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app
from flask_babel import get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

_KEPT = "marktbuero_texts"


class Texts:
    """What ``_`` is in templates, for one language: Jinja's own asks anew which one it is, at each text."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        self._translate = translate
        self._plain: dict[str, Markup] = {}

    @pass_eval_context
    def text(self, context: EvalContext, /, text: str, **values: Any) -> str:
        """Translate a text and put values in, escaped where the template escapes."""
        if not context.autoescape:
            return self._translate(text) % values
        if values:
            return Markup(self._translate(text)) % values  # noqa: S704 - of our catalogues, as Jinja does it
        found = self._plain.get(text)
        if found is None:
            found = self._plain[text] = Markup(self._translate(text)) % {}  # noqa: S704
        return found


def here() -> Callable[..., str]:
    """Give ``_`` for the language that is spoken now."""
    locale = get_locale()
    known: dict[Any, Texts] = current_app.extensions.setdefault(_KEPT, {})
    if locale not in known:
        catalogue = current_app.extensions["babel"].instance.domain_instance.get_translations()
        known[locale] = Texts(catalogue.ugettext)
    return known[locale].text
