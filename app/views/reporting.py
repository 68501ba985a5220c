"""A party of a contract reports: a page behind the link of its mail, without sign-in, script or cookie."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from flask_appbuilder import expose
from flask_babel import gettext
from limits import parse
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.models.contracts import ContractStatus
from app.models.followups import FollowUp, ReportChannel
from app.services import followups, links
from app.views.public import PublicPages, find, within
from app.views.reportform import PartyForm

ATTEMPTS = 3


class ReportPages(PublicPages):
    """What a party sees of its contract: what it says itself, and nothing of the others' reports or people."""

    route_base = "/report"
    default_view = "report"

    @expose("/<token>", methods=["GET", "POST"])
    def report(self, token: str) -> Response:
        """Ask, and take down the answer. The link only asks: programs that open links of mails answer nothing."""
        asked = _asked(token)
        if asked is None:
            return self.over()
        with within(asked.office_id):
            form = PartyForm()
            status = 200
            if request.method == "POST":
                if _hurried(asked):
                    form.state.errors = (gettext("Too many attempts. Please try again later."),)
                    status = 429
                elif form.validate():
                    if form.website.data:
                        return self._thanks(asked)
                    answer = self._take(asked.id, form)
                    if answer is not None:
                        return answer
            title = gettext("Your contract")
            values: dict[str, Any] = {"asked": asked, "contract": asked.contract, "office": asked.office}
            return self.page("followups/report.html", title, status=status, form=form, **values)

    def over(self) -> Response:
        """A link that is forged, old or used says so, and nothing about any contract."""
        title = gettext("This link can't be used any more")
        return self.page("followups/over.html", title, status=410)

    def _thanks(self, asked: FollowUp) -> Response:
        return self.page("followups/thanks.html", gettext("Thank you!"), office=asked.office)

    def _take(self, key: int, form: PartyForm) -> Response | None:
        """Take down the answer; None where the form says what is wrong with it.

        Where somebody else changes the same contract at this moment, it's tried again.
        """
        for _attempt in range(ATTEMPTS):
            asked: FollowUp | None = find(FollowUp, key)
            if asked is None or not _waits(asked):
                return self.over()
            try:
                followups.report(
                    asked.contract,
                    asked.organisation,
                    form.said(),
                    at=clock.now(),
                    by=asked.organisation.name,
                    channel=ReportChannel.LINK,
                )
                db.session.commit()
            except StaleDataError:
                db.session.rollback()
            except RuleBrokenError as error:
                db.session.rollback()
                form.show(error.problems)
                return None
            else:
                return self._thanks(asked)
        return self.over()


def _asked(token: str) -> FollowUp | None:
    """Find the question that a link answers; None where it's forged or over, or nobody waits for an answer."""
    asked: FollowUp | None = find(FollowUp, links.reports(token))
    if asked is None:
        return None
    with within(asked.office_id):
        return asked if _waits(asked) else None


def _waits(asked: FollowUp) -> bool:
    contract = asked.contract
    party = {one.organisation_id for one in contract.parties}
    called_off = contract.status is ContractStatus.CANCELLED
    # A party that its own office shares no longer can't be named.
    return asked.open and not called_off and asked.organisation_id in party and asked.organisation is not None


def _hurried(asked: FollowUp) -> bool:
    """Whether somebody sends forms with this link faster than people do: each may leave a file behind."""
    limiter = current_app.extensions["appbuilder"].sm.limiter
    limit = parse(current_app.config["REPORT_LIMIT"])
    return limiter.enabled and not limiter.limiter.hit(limit, "report", str(asked.id))
