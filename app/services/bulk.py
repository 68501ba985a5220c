"""Change many records at once: all or none, by the same rules as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.core.db import db
from app.core.rules import RuleBrokenError


def change(items: Sequence[Any], act: Callable[[Any], object]) -> list[str]:
    """Let ``act`` change each record, and flush. Gives the reasons where one can't be; then roll back."""
    reasons = []
    with db.session.no_autoflush:
        for item in items:
            act(item)
            reasons += [_sentence(item, problem.message) for problem in item.problems()]
    if reasons:
        return reasons
    try:
        db.session.flush()
    except RuleBrokenError as error:
        return [_sentence(error.origin, problem.message) for problem in error.problems]
    except IntegrityError:
        return [gettext("A record with these values already exists.")]
    except StaleDataError:
        return [gettext("Somebody else saved one of these records at the same moment. Please try again.")]
    return []


def _sentence(item: Any, message: object) -> str:
    return (
        gettext("“%(name)s”: %(problem)s", name=item, problem=message) if item is not None else str(message)
    )
