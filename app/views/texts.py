"""The texts of templates in the language that is spoken: two hundred on a page, most of them the same on each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


class Texts:
    """What ``_`` is in templates. ``catalogue`` gives the texts of the language that is spoken when it's asked."""

    def __init__(self, catalogue: Callable[[], Any]) -> None:
        self._catalogue = catalogue
        self._plain: dict[Any, dict[str, Markup]] = {}

    @pass_eval_context
    def text(self, context: EvalContext, /, text: str, **values: Any) -> str:
        """Translate a text and put values in, escaped where the template escapes."""
        catalogue = self._catalogue()
        if not context.autoescape:
            return str(catalogue.ugettext(text)) % values
        if values:
            return Markup(catalogue.ugettext(text)) % values  # noqa: S704 - of our catalogues, as Jinja does it
        known = self._plain.setdefault(catalogue, {})
        found = known.get(text)
        if found is None:
            found = known[text] = Markup(catalogue.ugettext(text)) % {}  # noqa: S704
        return found
