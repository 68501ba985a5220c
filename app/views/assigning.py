"""The form of an import: what each column holds, and by which right people are written to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import Choice
from wtforms.validators import Length, Optional, ValidationError

from app.labels import label
from app.models.imports import Import, ImportConsent, ImportKind
from app.models.languages import Language
from app.services.importing.columns import NOTHING, TARGETS
from app.views.fields import Area, EnumInput, Input, Select
from app.views.forms import OfficeForm
from app.views.parsed import DateInput


def _stripped(value: str | None) -> str | None:
    return (value or "").replace("\r\n", "\n").replace("\0", "").strip() or None


class ColumnInput(SelectField):
    """What a column of the file holds; nothing for one that isn't needed."""

    widget = Select()

    def __init__(self, kind: ImportKind, *args: Any, **kwargs: Any) -> None:
        """Take what the file is about."""
        super().__init__(*args, **{"choices": [], "validate_choice": False, **kwargs})
        self.targets = TARGETS[kind]

    def iter_choices(self) -> Iterator[Any]:
        """Offer what a file of this kind may hold."""
        yield Choice(NOTHING, gettext("– isn’t needed –"), selected=not self.data, render_kw={})
        for one in self.targets:
            yield Choice(one.value, str(one.title), selected=one.value == self.data, render_kw={})

    def pre_validate(self, _form: Any) -> None:
        """Refuse what wasn't offered."""
        if self.data not in {NOTHING, *(one.value for one in self.targets)}:
            raise ValidationError(gettext("This is none of the choices."))


class AssignForm(OfficeForm):
    """What is asked of every file; the selects of its columns are added for each."""

    preset_name = StringField(
        _("Keep this assignment under a name"),
        [Length(max=200)],
        description=_("Files with the same headings are then assigned by themselves."),
        filters=[_stripped],
        widget=Input(),
    )

    def selects(self) -> list[Field]:
        """Give the selects, in the order of the columns."""
        return [field for name, field in self._fields.items() if name.startswith("column_")]

    def about(self) -> list[Field]:
        """Give the fields about consent and language; none for bounces."""
        names = ("consent", "basis", "consented_on", "source", "language")
        return [self._fields[name] for name in names if name in self._fields]

    def fill(self, item: Import, assigned: Sequence[str]) -> None:
        """Show what is known of an import."""
        for field, target in zip(self.selects(), assigned, strict=False):
            field.data = target
        for field in self.about():
            field.data = getattr(item, field.short_name)

    def write(self, item: Import) -> None:
        """Write what was chosen into an import."""
        item.columns = [field.data or "" for field in self.selects()]
        for field in self.about():
            field.populate_obj(item, field.short_name)


class AboutPeople(AssignForm):
    """What is asked where people are brought in."""

    consent = EnumInput(ImportConsent, label("Import", "consent"), optional=False)
    basis = TextAreaField(
        label("Import", "basis"),
        [Optional(), Length(max=2000)],
        description=_(
            "To what they agreed, and how: “Signed the list at the marketplace: newsletter, monthly”."
        ),
        filters=[_stripped],
        widget=Area(),
    )
    consented_on = DateInput(label("Import", "consented_on"), [Optional()])
    source = StringField(
        label("Import", "source"),
        [Optional(), Length(max=200)],
        description=_("As in “folder Newsletter 2026, list 3”."),
        filters=[_stripped],
        widget=Input(),
    )
    language = EnumInput(Language, label("Import", "language"), optional=False)


def assign_form(item: Import, headings: Sequence[str]) -> Any:
    """Make the form for a file with these headings."""
    base = AboutPeople if item.kind is ImportKind.SUBSCRIBERS else AssignForm
    fields = {
        f"column_{place}": ColumnInput(item.kind, heading or gettext("Column %(number)s", number=place + 1))
        for place, heading in enumerate(headings)
    }
    return type("AssignForm", (base,), fields)()
