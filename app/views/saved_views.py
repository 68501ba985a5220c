"""How a person looks at a list: saved views, columns, room and rows of a page. Only a POST keeps anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.access import current
from app.core.db import db, find
from app.core.rules import RuleBrokenError
from app.models.lists import Density, SavedView
from app.queries import lists as queries
from app.services import lists
from app.views import arguments, columns
from app.views.records import Records

SIZES = (10, 25, 50, 100, 200)
#: The list as it's declared, instead of the view with which a person begins: ?view=0
NONE = "0"


@dataclass
class Look:
    """How a person sees a list in this request."""

    columns: list[str]
    density: Density
    size: int
    views: Sequence[SavedView]
    active: SavedView | None
    #: Whether the list is narrowed or sorted otherwise than the view has it.
    changed: bool
    default: int | None

    @property
    def own(self) -> list[SavedView]:
        """The person's own views."""
        return [view for view in self.views if view.staff_id == current().staff_id]

    @property
    def lent(self) -> list[SavedView]:
        """Views that colleagues share."""
        return [view for view in self.views if view.staff_id != current().staff_id]


class SavedViews(Records):
    """The endpoints that keep how a person looks at a list."""

    @property
    def listing(self) -> str:
        """The name of the list in addresses."""
        return str(self.route_base).strip("/")

    def look(self) -> Look:
        """Give how the person sees the list in this request."""
        kept: dict[str, Look] = g.setdefault("looks", {})
        if self.listing not in kept:
            kept[self.listing] = self._look()
        return kept[self.listing]

    def _look(self) -> Look:
        asked_for = {"listing": self.listing, "person": current().staff_id}
        found = db.session.execute(queries.look(), asked_for).all()
        chosen, views = found[0][0], [view for _chosen, view in found if view is not None]
        asked = arguments.number("view")
        active = next((view for view in views if view.id == asked), None)
        names = (active.chosen if active else []) or (chosen.chosen if chosen else [])
        return Look(
            columns=columns.chosen(self, names),
            density=chosen.density if chosen else Density.COMFORTABLE,
            size=(chosen.page_size if chosen else None) or self.page_size,
            views=views,
            active=active,
            changed=active is not None and _asked(arguments.parsed(active.query)) != _asked(arguments.kept()),
            default=chosen.default_view_id if chosen else None,
        )

    def address_of(self, view: SavedView) -> str:
        """Give the address that opens a saved view."""
        sent = arguments.parsed(view.query)
        sent.setlist("view", [str(view.id)])
        return f"{url_for(f'{self.endpoint}.list')}?{arguments.written(sent)}"

    def beginning(self) -> str | None:
        """Give the address of the view with which the person begins, where the address asks for nothing."""
        if arguments.kept():
            return None
        look = self.look()
        first = next((view for view in look.views if view.id == look.default), None)
        return self.address_of(first) if first and arguments.fits(self, first.query) else None

    def get_default_url(self, **kwargs: Any) -> str:
        """Give the address of the list, as the person last saw it."""
        if not kwargs:
            last = session.get("lists", {}).get(self.listing)
            return url_for(f"{self.endpoint}.list") + (f"?{last}" if last else "")
        return url_for(f"{self.endpoint}.list", **kwargs)

    def note_address(self) -> None:
        """Remember where the list stands until the person signs out, so that a record leads back there."""
        query = arguments.written(arguments.kept())[: arguments.LONGEST]
        known = session.get("lists", {})
        if known.get(self.listing, "") != query:
            session["lists"] = {**known, self.listing: query}

    @expose("/settings", methods=["POST"])
    @has_access
    def settings(self) -> Response:
        """Keep the columns and their order, the room of a row, and the rows of a page."""
        sent = request.form
        density, size = sent.get("density", ""), sent.get("size", "")
        if density not in {"", *(one.value for one in Density)} or size not in {"", *map(str, SIZES)}:
            abort(400)
        changes: dict[str, Any] = {"density": Density(density)} if density else {}
        if size:
            changes["page_size"] = int(size)
        if "reset" in sent:
            changes["columns"] = ()
        elif "column" in sent:
            changes["columns"] = self._sent_columns()
        self._keep(lambda: self._prefer(changes))
        return redirect(self._back())

    def _prefer(self, changes: dict[str, Any]) -> None:
        lists.prefer(self.listing, **changes)
        active = db.session.scalars(
            queries.view_of(self.listing, arguments.number("view", self._sent()))
        ).one_or_none()
        if "columns" in changes and active is not None and active.staff_id == current().staff_id:
            # The columns of a view of one's own would otherwise win over what was chosen a moment ago.
            lists.renew(active, active.query, changes["columns"])

    def _sent_columns(self) -> list[str]:
        """Give the ticked columns in the order in which they were sent; a button moves one of them."""
        names = columns.chosen(self, request.form.getlist("column"))
        for step, button in ((-1, "up"), (1, "down")):
            names = columns.moved(names, request.form.get(button, ""), step)
        return names

    @expose("/views", methods=["POST"])
    @has_access
    def save_view(self) -> Response:
        """Keep the list as it is seen under a name."""
        sent = self._sent()
        office = current().home if "share" in request.form else None
        names = self._seen(sent)
        made: list[SavedView] = []

        def save() -> None:
            query = self._query(sent)
            made.append(lists.save(self.listing, request.form.get("name", ""), query, names, office))
            if "default" in request.form:
                lists.prefer(self.listing, default_view_id=made[0].id)

        if not self._keep(save):
            return redirect(self._back())
        flash(gettext("The view was saved."), "success")
        return redirect(self.address_of(made[0]))

    @expose("/views/<int:key>", methods=["POST"])
    @has_access
    def change_view(self, key: int) -> Response:
        """Rename, renew, share or delete a view of one's own; begin with any that one sees, or no longer."""
        view = (
            db.session.scalars(queries.view_of(self.listing, key)).one_or_none()
            if find(SavedView, str(key))
            else None
        )
        if view is None:
            abort(404)
        name = request.form.get("act", "")
        if name in {"default", "nodefault"}:
            chosen = view.id if name == "default" else None
            self._keep(lambda: lists.prefer(self.listing, default_view_id=chosen))
            return redirect(self.address_of(view))
        if view.staff_id != current().staff_id:
            abort(403)
        act = self._acts(view).get(name)
        if act is None:
            abort(400)
        if not self._keep(act):
            return redirect(self._back())
        if name == "delete":
            flash(gettext("The view was deleted."), "success")
            return redirect(url_for(f"{self.endpoint}.list", view=NONE))
        return redirect(self.address_of(view))

    def _acts(self, view: SavedView) -> dict[str, Callable[[], None]]:
        """Give what may be done with a view of one's own."""
        sent = self._sent()
        return {
            "rename": lambda: lists.rename(view, request.form.get("name", "")),
            "renew": lambda: lists.renew(view, self._query(sent), self._seen(sent)),
            "share": lambda: setattr(view, "office_id", current().home),
            "unshare": lambda: setattr(view, "office_id", None),
            "delete": lambda: db.session.delete(view),
        }

    def _seen(self, sent: Any) -> list[str]:
        """Give the columns that the page showed from which a form was sent."""
        active = db.session.scalars(
            queries.view_of(self.listing, arguments.number("view", sent))
        ).one_or_none()
        chosen = lists.preference(self.listing)
        return (active.chosen if active else []) or (chosen.chosen if chosen else [])

    def _sent(self) -> Any:
        """Read the address of the list from which a form was sent; 400 where it's none."""
        sent = arguments.parsed(request.form.get("query", ""))
        arguments.read(self, sent)
        return sent

    @staticmethod
    def _query(sent: Any) -> str:
        """Write what a view keeps: not which view it was."""
        kept = sent.copy()
        kept.poplist("view")
        return arguments.written(kept)

    def _back(self) -> str:
        return f"{url_for(f'{self.endpoint}.list')}?{arguments.written(self._sent())}"

    @staticmethod
    def _keep(change: Callable[[], object]) -> bool:
        """Commit a change; say why where it can't be."""
        try:
            change()
            db.session.commit()
        except RuleBrokenError as error:
            db.session.rollback()
            for problem in error.problems:
                flash(str(problem.message), "danger")
            return False
        except IntegrityError:
            db.session.rollback()
            flash(gettext("Somebody else saved this at the same moment. Please try again."), "danger")
            return False
        return True


def _asked(sent: Any) -> list[tuple[str, str]]:
    """Give what an address asks of a list, whatever its order, page and length."""
    pairs = MultiDict(sent).items(multi=True)
    return sorted(pair for pair in pairs if pair[1] and not pair[0].startswith(("view", "page_", "psize_")))


def office_name() -> str:
    """Give the name of the office with which a person shares views; "" for somebody without one."""
    return next(iter(current().workplaces), "")
