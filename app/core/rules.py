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

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep all problems, so that a form can show each at its field."""
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem.message) for problem in self.problems))
