"""A rehearsal of the whole evening, on an installation of its own: see ``command``."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import force_locale

from app.rehearsal import after, before, evening
from app.rehearsal.scenario import Scenario
from app.rehearsal.stage import Stage
from app.rehearsal.steps import Rehearsal, Step

#: In the order in which they are played.
ACTS: tuple[Callable[[Rehearsal], None], ...] = (
    before.register,
    before.approve,
    evening.check_in,
    evening.agree,
    evening.sound_the_gong,
    after.compare_the_papers,
    after.ask,
    after.report,
)


def play(stage: Stage, scenario: Scenario, language: str, tell: Callable[[Step], None]) -> Rehearsal:
    """Play the whole evening. Raises UnexpectedError, or OSError, where a page doesn't answer as it must."""
    rehearsal = Rehearsal(stage, scenario, language, tell)
    with stage.app.app_context(), force_locale(language):
        for act in ACTS:
            act(rehearsal)
    return rehearsal
