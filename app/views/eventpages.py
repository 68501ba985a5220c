"""Pages of an event beside its record: where a marketplace is prepared, carried through and evaluated."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, url_for
from flask_appbuilder import BaseView
from flask_babel.speaklater import LazyString

from app.access import Section, Verb, current
from app.models.events import Event
from app.views.cells import view_of
from app.views.fields import find


class EventPage(BaseView):
    """A page of one event. ``EventView.pages`` names the classes, so that the event leads to them.

    A page says what it's called, and which right it asks for. It's open to those who work in the event's office:
    who comes to an event, and what is agreed there, isn't shared with the event.
    """

    section: ClassVar[Section]
    verb: ClassVar[Verb] = Verb.READ
    #: What the event calls the page, and the name of its Tabler icon.
    page_title: ClassVar[LazyString]
    icon: ClassVar[str]
    #: The method of the page that opens first.
    default_view = "show"

    def __init__(self) -> None:
        """Ask for the rights of the section."""
        self.class_permission_name = self.section.value
        super().__init__()

    @classmethod
    def address(cls, event: Event) -> str:
        """Give the address of the page."""
        return url_for(f"{cls.__name__}.{cls.default_view}", pk=event.id)

    @classmethod
    def open_to(cls, event: Event) -> bool:
        """Whether the person may open the page of this event."""
        scope = current()
        return scope.may(cls.verb, cls.section.value) and scope.writes(event.office_id)

    def event(self, pk: str) -> Event:
        """Find the event: 404 where it can't be seen, 403 where it's only shared."""
        event: Event = find(Event, pk) or abort(404)
        if not current().writes(event.office_id):
            abort(403)
        return event

    def page(self, template: str, event: Event, **more: Any) -> str:
        """Render a page of the event, below ``events/page.html``."""
        given = {
            "title": f"{self.page_title} · {event}",
            "event": event,
            "page": self,
            "events": view_of(Event),
        }
        return self.render_template(template, **{**given, **more})
