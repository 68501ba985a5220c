"""How a rule of the domain says what is wrong, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel.speaklater import LazyString


@dataclass(frozen=True)
class Problem:
    """One broken rule: the field that it belongs to ("" for the whole form) and the message for the person."""

    field: str
    message: LazyString | str


class RuleBrokenError(Exception):
    """A row that breaks rules of the domain was about to be written."""

    def __init__(self, problems: Iterable[Problem], origin: object = None) -> None:
        """Keep all problems, and the row that has them, so that a form can show each at its field."""
        self.problems, self.origin = tuple(problems), origin
        super().__init__("; ".join(str(problem.message) for problem in self.problems))
