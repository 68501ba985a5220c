"""Invite the organisations of a list to an event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import flash, redirect
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response
from wtforms import BooleanField

from app.access import Section, Verb, current
from app.core import clock
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.labels import label
from app.models.events import Event
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.services import registrations
from app.views.bulk import Action, Bulk, Chosen
from app.views.cells import view_of
from app.views.fields import Needed, RemoteSelect, Tick
from app.views.forms import OfficeForm

NAMED = 5  # that a message names


class InviteForm(OfficeForm):
    """To which event, and whether by mail."""

    event = RemoteSelect(
        Event,
        label("Participation", "event"),
        url=lambda: view_of(Participation).lookup_url("event"),
        validators=[Needed()],
    )
    mailed = BooleanField(
        _("Send each an invitation by e-mail"),
        widget=Tick(),
        description=_(
            "With the link to the registration page. Who has no address, or wants no e-mail, is left out then: you can"
            " invite them in another way, and note it here without a mail."
        ),
    )


class Inviting(Bulk):
    """The bulk action of the organisations' list."""

    def bulk_actions(self) -> Iterator[Action]:
        """Offer it to those who may write down who takes part."""
        yield from super().bulk_actions()
        if current().may(Verb.WRITE, Section.PARTICIPATIONS) and current().works:
            yield Action(
                "invite", _("Invite to an event …"), button=_("Invite"), form=InviteForm, run=self._invite
            )

    def _invite(self, chosen: Chosen, form: InviteForm) -> Response | None:
        """Invite, and say what became of each."""
        event: Event = form.event.data
        if problem := _hindrance(event, mailed=form.mailed.data):
            form.show([problem])
            return None
        keys: list[int] = [row.id for row in chosen.query.with_entities(Organisation.id)]
        try:
            found = registrations.invite(event, keys, clock.today(), mailed=form.mailed.data)
            db.session.commit()
        except RuleBrokenError as error:
            db.session.rollback()
            form.show(error.problems)
            return None
        except IntegrityError:
            db.session.rollback()
            flash(gettext("Somebody else saved this at the same moment. Please try again."), "danger")
            return redirect(self._back())
        _tell(event, found, chosen.others)
        return redirect(self._back())


def _hindrance(event: Event, *, mailed: bool) -> Problem | None:
    """Say why nobody can be invited to an event."""
    if not current().writes(event.office_id):
        return Problem("event", gettext("Another office shares this to be read. Choose one of your own."))
    if mailed and not event.registers(clock.today()):
        text = gettext("Registration for this event isn't open, so the mail would lead nowhere.")
        return Problem("mailed", text)
    return None


def _tell(event: Event, found: registrations.Invited, others: int) -> None:
    number = len(found.new)
    text = ngettext(
        "%(num)s organisation was invited to “%(event)s”.",
        "%(num)s organisations were invited to “%(event)s”.",
        number,
        event=event,
    )
    flash(text, "success" if number else "info")
    if number := len(found.known):
        text = ngettext(
            "%(num)s was on its list already and stays as it is.",
            "%(num)s were on its list already and stay as they are.",
            number,
        )
        flash(text, "info")
    if number := len(found.foreign) + others:
        text = ngettext(
            "%(num)s is of another office and was left out.",
            "%(num)s are of other offices and were left out.",
            number,
        )
        flash(text, "info")
    if number := len(found.unreached):
        text = ngettext(
            "%(num)s has no e-mail address and was left out: %(names)s.",
            "%(num)s have no e-mail address and were left out: %(names)s.",
            number,
            names=_names(found.unreached),
        )
        flash(text, "warning")
    if number := len(found.refusing):
        text = ngettext(
            "%(num)s wants no e-mail and was left out: %(names)s.",
            "%(num)s want no e-mail and were left out: %(names)s.",
            number,
            names=_names(found.refusing),
        )
        flash(text, "warning")


def _names(rows: Sequence[Any]) -> str:
    named = [gettext("“%(name)s”", name=row) for row in rows[:NAMED]]
    if len(rows) > NAMED:
        named.append(gettext("%(number)s more", number=len(rows) - NAMED))
    return ", ".join(named)
