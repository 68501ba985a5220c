"""My downloads: what was asked for and takes longer than a moment, for its person alone."""

from __future__ import annotations

from flask import abort, current_app, flash, g, make_response, redirect, send_file, session, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.access import current, of_staff
from app.core import clock, depot
from app.core.db import db, find
from app.models.downloads import Download, DownloadError, DownloadState
from app.queries import downloads as queries
from app.security import signed_in
from app.services import downloads
from app.views.background import NOTICED, TYPES

ACTS = {"cancel": downloads.cancel, "retry": downloads.retry, "remove": downloads.remove}
STOP = 286  # htmx asks no more after this status


class MyDownloadsView(BaseView):
    """The page of a person's downloads; it looks again by itself as long as something is being made."""

    route_base = "/downloads"
    default_view = "index"
    list_title = _("My downloads")

    @expose("/")
    @signed_in
    def index(self) -> str:
        """Show them, and how far they are."""
        rows = db.session.scalars(queries.listed()).all()
        page = self.render_template(
            "downloads/list.html",
            title=self.list_title,
            rows=rows,
            active=any(row.active for row in rows),
            days=current_app.config["DOWNLOAD_DAYS"],
            states=DownloadState,
        )
        if any(not row.seen and not row.active for row in rows):
            downloads.see()
            db.session.commit()
        return page

    @expose("/notice")
    def notice(self) -> Response:
        """Say in short what is being made and what is ready, for the top bar of each page."""
        if not g.user.is_authenticated:
            return make_response("", STOP)
        active = db.session.scalar(queries.active()) or 0
        ended = dict(db.session.execute(queries.unseen()).all())
        if not active and not ended:
            session.pop(NOTICED, None)
        shown = self.render_template(
            "downloads/notice.html",
            active=active,
            ready=ended.get(DownloadState.READY, 0),
            failed=ended.get(DownloadState.FAILED, 0),
        )
        answer = make_response(shown, 200 if active else STOP)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @expose("/<pk>/<act>", methods=["POST"])
    @signed_in
    def change(self, pk: str, act: str) -> Response:
        """Cancel one, have it made anew, or take it off the list."""
        change = ACTS.get(act) or abort(404)
        download = _found(pk)
        token = download.token
        done = change(download)
        db.session.commit()
        if not done:
            flash(gettext("Meanwhile the download has gone on: see how far it is now."), "info")
        elif act == "retry":
            session[NOTICED] = True
        elif act == "remove":
            depot.remove(token)
        return redirect(url_for(".index"))

    @expose("/<pk>/file")
    @signed_in
    def file(self, pk: str) -> Response:
        """Give the file, as long as the person may have what is in it."""
        download = _found(pk)
        token = download.token
        if downloads.expire(download, clock.now()):  # tidying comes once an hour
            db.session.commit()
            depot.remove(token)
        if download.state is not DownloadState.READY or download.token is None:
            flash(gettext("This file isn't there. You can have it made once more."), "warning")
            return redirect(url_for(".index"))
        path = depot.place(download.token)
        allowed = downloads.may_fetch(download, of_staff(download.staff_id))
        if not allowed or not path.is_file():
            error = DownloadError.MISSING if allowed else DownloadError.RIGHTS
            downloads.withdraw(download, error, clock.now())
            db.session.commit()
            depot.remove(path.name)
            flash(str(error), "danger")
            return redirect(url_for(".index"))
        made = download.ended_at or download.created_at
        name = f"{download.title}_{made.astimezone(clock.OFFICE_ZONE):%Y-%m-%d}.{download.fmt}"
        answer = send_file(path, mimetype=TYPES[download.fmt], as_attachment=True, download_name=name)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _found(pk: str) -> Download:
    """Give a download of the person; 404 for anybody else's."""
    found: Download = find(Download, pk) or abort(404)
    if found.staff_id != current().staff_id:
        abort(404)
    return found
