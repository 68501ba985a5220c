"""The form of a report on a contract: the same for a party on its phone and for staff who take a call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.core.rules import Problem
from app.models.followups import NO_CONSENT, ReportState
from app.services.followups import Said
from app.views.fields import Area, Input, Tick
from app.views.parsed import DecimalInput
from app.views.public import PublicForm, one_line
from app.views.uploads import Photo

#: What each answer means, for who chooses among them.
MEANINGS = {
    ReportState.KEPT: _("All that was agreed has been done."),
    ReportState.PARTLY: _("Something was done, and more won’t follow."),
    ReportState.IN_PROGRESS: _("We are in touch, or at it. We’ll be glad to ask again later."),
    ReportState.NOT_FEASIBLE: _("It won’t come to it. Please say below why not."),
    ReportState.NO_CONTACT: _("We haven’t heard from each other."),
}


class StateInput(RadioField):
    """What has become of a contract, each answer with what it means."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what every field takes."""
        given = {"choices": [SelectChoice(one.value, str(one)) for one in ReportState], "coerce": str}
        super().__init__(*args, **{**given, **kwargs})

    def options(self) -> Iterator[tuple[Any, Any]]:
        """Yield each choice with its meaning."""
        for option, state in zip(self, ReportState, strict=True):
            yield option, MEANINGS[state]


def _words(typed: str | None) -> str | None:
    """Keep lines as lines; PostgreSQL takes no NUL."""
    return (typed or "").replace("\r\n", "\n").replace("\0", "").strip() or None


class ReportForm(FlaskForm):
    """What was reported, by staff who heard it."""

    state = StateInput(_("What has become of it?"), [InputRequired(_("Please choose an answer."))])
    reason = StringField(
        _("If it wasn’t feasible: why?"), [Length(max=200)], filters=[one_line], widget=Input()
    )
    hours = DecimalInput(
        _("Hours really given"), digits=12, places=2, description=_("By your side, as far as you know.")
    )
    value = DecimalInput(
        _("Value of what was given, as you estimate it (€)"),
        digits=14,
        places=2,
        description=_("What it would have cost. An estimate is enough."),
    )
    comment = TextAreaField(
        _("What else you want to tell"), [Length(max=4000)], filters=[_words], widget=Area()
    )
    photo = Photo(_("A photo"))
    photo_consent = BooleanField(
        _("All who can be seen on the photo agree that the organisers show it."), widget=Tick()
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for what belongs together: an end that isn't feasible and its reason, a photo and its consent."""
        valid = bool(super().validate(extra_validators))
        for name, message in self._missing():
            field = self[name]
            field.errors = (*field.errors, message)
            valid = False
        return valid

    def _missing(self) -> Iterator[tuple[str, Any]]:
        if self.state.data == ReportState.NOT_FEASIBLE.value and not self.reason.data:
            yield "reason", _("Say why it isn't feasible.")
        for field in (self.hours, self.value):
            if field.data is not None and field.data < 0:
                yield field.short_name, _("An amount can't be negative.")
        if self.photo.data and not self.photo_consent.data:
            yield "photo_consent", NO_CONSENT

    def show(self, problems: tuple[Problem, ...]) -> None:
        """Put what the records refuse at its field, else at the answer."""
        for problem in problems:
            field = self._fields.get(problem.field, self.state)
            field.errors = (*field.errors, problem.message)

    def said(self) -> Said:
        """Give what was said. The reason is one of a contract that isn't feasible."""
        state = ReportState(self.state.data)
        return Said(
            state,
            reason=(self.reason.data or None) if state is ReportState.NOT_FEASIBLE else None,
            hours=self.hours.data,
            value=self.value.data,
            comment=self.comment.data,
            photo=self.photo.data or None,
            photo_consent=self.photo_consent.data,
        )


class PartyForm(PublicForm, ReportForm):
    """What a party reports. ``website`` is for programs that fill in everything: people don't see it."""

    website = StringField("website")
