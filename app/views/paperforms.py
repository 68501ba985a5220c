"""By what a paper is chosen: one form, of which each paper shows the fields that it has a use for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from flask import request
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.core.db import db
from app.core.values import display
from app.labels import label
from app.models.events import Event
from app.models.languages import Language
from app.models.participations import Participant
from app.queries import contracts
from app.reports.papers import Asked, Coming, Format, Group, Paper, guests
from app.views.fields import Area, EnumInput, Select, SetInput, Several, Tick
from app.views.parsed import IntegerInput

LANGUAGES = [SelectChoice(one.value, cast("Any", one.title)) for one in (Language.GERMAN, Language.ENGLISH)]
BLANK_FORMS = 10  # that are offered at first
SIGN = 200  # letters


def lines(text: str | None) -> list[str]:
    """Give the lines of a text that have something in them."""
    return [line.strip() for line in (text or "").replace("\0", "").splitlines() if line.strip()]


class PaperForm(FlaskForm):
    """What a paper is to hold; it stands in the address, so that it can be printed again."""

    class Meta:
        """Nothing is changed by looking at a paper."""

        csrf = False

    language = SelectField(label("Office", "language"), choices=LANGUAGES, widget=Select())
    format = EnumInput(Format, label=_("Paper"), optional=False, validators=[InputRequired()])
    coming = EnumInput(Coming, label=_("Who"), optional=False, validators=[InputRequired()])
    groups = SetInput(Group, label=_("Sides"), description=_("Without a choice it's all."))
    people = SelectMultipleField(
        _("Only these people"), widget=Several(multiple=True), description=_("Without a choice it's all.")
    )
    unnamed = BooleanField(
        _("Also a badge to write on for each person who is counted and not named"), widget=Tick()
    )
    organisations = BooleanField(_("The organisations"), widget=Tick())
    corners = BooleanField(label("Event", "corners"), widget=Tick())
    signs = TextAreaField(
        _("Other signs"), [Length(max=10_000)], widget=Area(), description=_("One in a line.")
    )
    first = IntegerInput(_("From number"), [InputRequired()])
    last = IntegerInput(_("To number"), [InputRequired()])

    def __init__(self, paper: Paper, event: Event) -> None:
        """Take what the address asks for; without that, what is usual."""
        #: Whether somebody has chosen already.
        self.sent = "language" in request.args
        super().__init__(
            request.args if self.sent else None,
            language=str(get_locale() or Language.GERMAN.value),
            format=Format.A4_85,
            coming=Coming.EXPECTED,
            organisations=True,
            **self._numbers(paper, event),
        )
        self.paper, self.event = paper, event
        wanted = {*paper.options, *(("first", "last") if "numbers" in paper.options else ())}
        for name in list(self._fields):
            if name not in wanted:
                del self[name]
        if "people" in self._fields:
            everybody = guests(Asked(event, Coming.ALL))
            self.people.choices = [
                SelectChoice(
                    one.key, ", ".join(part for part in (one.name, one.organisation or one.role) if part)
                )
                for one in everybody
            ]

    @staticmethod
    def _numbers(paper: Paper, event: Event) -> dict[str, int]:
        if "numbers" not in paper.options:
            return {}
        last = db.session.scalar(contracts.last_number(event.id)) or 0
        if paper.name == "blank":
            return {"first": last + 1, "last": last + BLANK_FORMS}
        return {"first": 1, "last": min(max(last, 1), paper.most)}

    def asked(self, event: Event, link: Callable[[Participant], str] = str) -> Asked:
        """Give what was asked for."""
        held: dict[str, Any] = {
            name: field.data for name, field in self._fields.items() if name != "language"
        }
        if "signs" in held:
            held["signs"] = lines(held["signs"])
        if "people" in held:
            held["people"] = frozenset(held["people"] or ())
        return Asked(event, link=link, **held)

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse numbers that are none, and blank forms with a number that a contract has already."""
        if not super().validate(extra_validators):
            return False
        if "first" not in self._fields:
            return True
        first, last = self.first.data, self.last.data
        if first < 1:
            self.first.errors = (gettext("Numbers begin with 1."),)
        elif last < first:
            self.last.errors = (gettext("The last number can't lie before the first."),)
        elif last - first >= self.paper.most:
            text = gettext("A file holds at most %(number)s of them.", number=self.paper.most)
            self.last.errors = (text,)
        elif self.paper.name == "blank":
            taken = db.session.scalars(contracts.numbered(self.event.id, first, last).limit(1)).first()
            if taken:
                text = gettext("Contract no. %(number)s is recorded already.", number=taken.number)
                self.first.errors = (text,)
        return not self.errors

    def in_words(self, event: Event) -> str:
        """Say for the receipt what was chosen, a line for each condition."""
        said = [f"{label('Participation', 'event')}: {event}"]
        said += [f"{name}: {value}" for name, value in self._chosen() if value]
        return "\n".join(said)

    def _chosen(self) -> Iterator[tuple[str, str]]:
        for name, field in self._fields.items():
            if name in {"language", "format"}:
                continue
            if name == "people":
                yield str(field.label.text), display(len(field.data)) if field.data else ""
            elif isinstance(field.data, list):
                yield str(field.label.text), ", ".join(display(one) for one in field.data)
            elif field.data is not False:
                yield str(field.label.text), display(field.data)


def form_of(paper: Paper, event: Event) -> PaperForm:
    """Make the form of a paper."""
    return PaperForm(paper, event)
