"""The form of the contract desk: what was agreed, in as few fields as it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, SelectField, StringField
from wtforms.fields.choices import Choice
from wtforms.validators import Length

from app.core.text import fold, search_document
from app.labels import label
from app.models.categories import DOUBT, TABOO, Category, is_money, reads_like_money
from app.models.contracts import Contract, ContractParty, Contribution
from app.models.participations import Participation
from app.models.rates import Rate
from app.services.evening import desk
from app.views.fields import EnumInput, Input, Select, Tick
from app.views.parsed import DecimalInput

PARTIES, LINES = 5, 4
BETWEEN = 2  # parties, so that one end tells the other
ORDINALS = (_("1st party"), _("2nd party"), _("3rd party"), _("4th party"), _("5th party"))


class PartyInput(SelectField):
    """An organisation of those that have come."""

    widget = Select()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what every field takes; the form says who has come."""
        super().__init__(*args, **{"choices": [], "coerce": str, "validate_choice": False, **kwargs})
        self.offered: dict[str, str] = {}

    def iter_choices(self) -> Iterator[Any]:
        """Offer each organisation with the words by which it's found, however an umlaut is typed."""
        yield Choice("", "", selected=not self.data, render_kw={})
        for key, name in self.offered.items():
            found = {"data-found": search_document(name)}
            yield Choice(key, name, selected=key == self.data, render_kw=found)


class PlaceInput(SelectField):
    """One of the parties, by its place in the form: so it needs no script, and no list of its own."""

    widget = Select()

    def __init__(self, *args: Any, blank: Any = None, **kwargs: Any) -> None:
        """Take what no choice means; without it, one has to be chosen."""
        super().__init__(*args, **{"choices": [], "coerce": str, "validate_choice": False, **kwargs})
        places = [(str(place), text) for place, text in enumerate(ORDINALS, 1)]
        self.choices = [*([] if blank is None else [("", blank)]), *places]


class RateInput(SelectField):
    """One of the rates that the event's office uses; the form says which."""

    widget = Select()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what every field takes."""
        super().__init__(*args, **{"choices": [], "coerce": str, "validate_choice": False, **kwargs})

    def offer(self, rates: Sequence[Rate]) -> None:
        """Offer these."""
        self.choices = [("", ""), *((str(rate.id), str(rate)) for rate in rates)]


def plain(typed: str | None) -> str:
    """Take out what PostgreSQL doesn't store, and spaces around it."""
    return (typed or "").replace("\0", "").strip()


class LineForm(Form):
    """What one party does for the others."""

    category = EnumInput(Category, label=label("Contribution", "category"))
    text = StringField(label("Contribution", "text"), [Length(max=2000)], filters=[plain], widget=Input())
    no_money = BooleanField(label("Contribution", "no_money"), widget=Tick())
    hours = DecimalInput(label("Contribution", "hours"), digits=12, places=2)
    rate = RateInput(label("Contribution", "rate"))
    value = DecimalInput(label("Contribution", "value"), digits=14, places=2)
    giver = PlaceInput(label("Contribution", "giver"))
    receiver = PlaceInput(label("Contribution", "receiver"), blank=_("the others"))

    @property
    def filled_in(self) -> bool:
        """Whether anything was typed."""
        typed = (self.category, self.text, self.hours, self.rate, self.value)
        return any(field.data or any(field.raw_data or ()) for field in typed)


class EntryForm(FlaskForm):
    """A contract, as it's entered at the desk."""

    entry_key = HiddenField(filters=[plain])
    #: In which language numbers were typed: a contract may wait in the browser while somebody chooses another one.
    language = HiddenField()
    parties = FieldList(PartyInput(label("Contract", "parties")), min_entries=PARTIES, max_entries=PARTIES)
    lines = FieldList(FormField(LineForm), min_entries=LINES, max_entries=LINES)

    def __init__(
        self, present: Sequence[Participation], known: Sequence[Participation], rates: Sequence[Rate]
    ) -> None:
        """Offer those who have come; who was among them when the contract was typed is taken as well."""
        super().__init__()
        offered = sorted(
            ((one.organisation.name, one.organisation_id) for one in present if one.organisation),
            key=lambda one: fold(one[0]),
        )
        for number, field in enumerate(self.parties):
            field.offered = {str(key): name for name, key in offered}
            field.label.text = str(ORDINALS[number])
        self.rates = {str(rate.id): rate for rate in rates}
        for number, line in enumerate(self.lines):
            line.form.rate.offer(rates)
            if not self.is_submitted():
                line.form.giver.data = str(number + 1 if number < BETWEEN else 1)
        self.known = {str(one.organisation_id): one for one in known if one.organisation}
        self.said: list[str] = []

    @property
    def chosen(self) -> dict[str, Participation]:
        """The parties, by their place in the form."""
        return {
            str(place): self.known[field.data]
            for place, field in enumerate(self.parties, 1)
            if field.data in self.known
        }

    @property
    def written(self) -> list[LineForm]:
        """The lines in which something stands; the first one, if there's none."""
        found = [line.form for line in self.lines if line.form.filled_in]
        return found or [self.lines[0].form]

    @property
    def fingerprint(self) -> str:
        """What this entry is known by; "" where the form had no key."""
        fields = ((field.name, field.raw_data) for field in self._each() if field.raw_data)
        entry = [(name, str(text)) for name, texts in fields for text in texts if text]
        return desk.fingerprint(self.entry_key.data, entry) if self.entry_key.data else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Say at each field what is wrong with it."""
        good = bool(super().validate(extra_validators))
        self._judge_parties()
        for number, line in enumerate(self.lines):
            if line.form in self.written:
                self._judge(line.form, number)
        if not self.entry_key.data or len(self.entry_key.data) > Length(max=100).max:
            self.said.append(gettext("This page is too old. Please open the desk again."))
        return good and not self.faults()

    def _judge_parties(self) -> None:
        given = [field for field in self.parties if field.data]
        for place, field in enumerate(given):
            if field.data not in self.known:
                _say(field, gettext("This organisation doesn’t take part in the event."))
            elif field.data in [one.data for one in given[:place]]:
                _say(field, gettext("A party can't be both sides of a contract."))
        if len(given) < BETWEEN:
            empty = next(field for field in self.parties if not field.data)
            _say(empty, gettext("A contract needs at least two parties."))

    def _judge(self, line: LineForm, number: int) -> None:
        self._judge_words(line)
        if line.rate.data and line.rate.data not in self.rates:
            _say(line.rate, gettext("This rate isn’t there any more."))
        for amount in (line.hours, line.value):
            if amount.data is not None and amount.data < 0:
                _say(amount, gettext("An amount can't be negative."))
        places, giver, receiver = self.chosen, self.giver_of(line, number), line.receiver.data
        ends: tuple[tuple[PlaceInput, str], ...] = ((line.giver, giver), (line.receiver, receiver))
        for end, place in ends:
            if place and place not in places and len(places) >= BETWEEN:
                _say(end, gettext("There is no such party in this contract."))
        if giver == receiver:
            _say(line.receiver, gettext("Giver and receiver must be two parties."))

    @staticmethod
    def _judge_words(line: LineForm) -> None:
        for field in (line.category, line.text):
            if not field.data and not field.errors:
                _say(field, field.gettext("This field is required."))
        if is_money(line.text.data):
            _say(line.text, str(TABOO))
        elif reads_like_money(line.text.data) and not line.no_money.data:
            _say(line.no_money, str(DOUBT))

    @staticmethod
    def giver_of(line: LineForm, number: int) -> str:
        """Give the place of who gives: without a choice the second party in the second line, else the first."""
        return str(line.giver.data or (BETWEEN if number + 1 == BETWEEN else 1))

    def contract(self, on: date) -> Contract:
        """Make the contract."""
        made, places = Contract(agreed_on=on), self.chosen
        for one in places.values():
            made.parties.append(ContractParty(organisation=one.organisation, side=one.side))
        for number, line in enumerate(self.lines):
            if line.form not in self.written:
                continue
            giver = self.giver_of(line.form, number)
            receiver = line.form.receiver.data
            if not receiver and len(places) == BETWEEN:
                receiver = next(place for place in places if place != giver)
            made.contributions.append(
                Contribution(
                    category=line.form.category.data,
                    text=line.form.text.data,
                    no_money=line.form.no_money.data,
                    hours=line.form.hours.data,
                    rate=self.rates.get(line.form.rate.data),
                    value=line.form.value.data,
                    giver=places[giver].organisation,
                    receiver=places[receiver].organisation if receiver else None,
                )
            )
        return made

    def accepts(self, made: Contract) -> bool:
        """Whether the rules of contracts have nothing against what was made; if they do, it's said where it belongs."""
        self.said.extend(str(problem.message) for problem in made.problems())
        for line, contribution in zip(self.written, made.contributions, strict=True):
            for problem in contribution.problems():
                _say(line[problem.field], str(problem.message))
        return not self.faults()

    def faults(self) -> dict[str, list[str]]:
        """Give what is wrong by the name of the field; under "" what belongs to none."""
        found = {field.name: [str(text) for text in field.errors] for field in self._each() if field.errors}
        return {**found, **({"": self.said} if self.said else {})}

    def _each(self) -> Iterator[Any]:
        yield from self.parties
        for line in self.lines:
            yield from line.form


def _say(field: Any, text: str) -> None:
    field.errors = [*field.errors, text]
