"""Bounces: the secret address of a newsletter, and what programs report there."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from flask import abort, current_app, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_appbuilder.utils.limit import Limit
from flask_babel import gettext
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response

from app.access import Scope, Section, current, everything, opened
from app.core import clock
from app.core.db import db, find
from app.models.imports import BounceAddress
from app.models.newsletters import Newsletter
from app.models.subscribers import Delivery
from app.services.importing import bounces

ACTOR = "bounce webhook"
MOST = 100  # bounces in one request
LONGEST = 200  # characters of an address
_STATES = {one.value: one for one in (Delivery.SOFT, Delivery.HARD, Delivery.COMPLAINT)}


class BounceAddressView(BaseView):
    """The page on which editors find the address, and make another one."""

    route_base = "/bounce-address"
    default_view = "show"
    section: ClassVar[Section] = Section.SUBSCRIBERS
    class_permission_name = Section.SUBSCRIBERS.value
    method_permission_name = {"show": "write", "renew": "write"}

    @expose("/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """Show the address of a newsletter, and how a program uses it."""
        letter = _letter(pk)
        found = bounces.address_of(letter)
        link = None
        if found is not None:
            path = url_for("BounceReports.report", token=bounces.token(found))
            link = f"{current_app.config['PUBLIC_URL']}{path}"
        title = gettext("Address for bounces")
        return self.render_template("bounces.html", title=title, letter=letter, link=link)

    @expose("/<pk>/renew", methods=["POST"])
    @has_access
    def renew(self, pk: str) -> Response:
        """Make the first address, or another one instead of it."""
        letter = _letter(pk)
        bounces.renew(letter)
        db.session.commit()
        return redirect(url_for("BounceAddressView.show", pk=letter.id))


def _letter(pk: str) -> Newsletter:
    """Find a newsletter of an office in which the person works."""
    letter: Newsletter | None = find(Newsletter, pk)
    if letter is None:
        abort(404)
    if not current().writes(letter.office_id):
        abort(403)
    return letter


class BounceReports(BaseView):
    """What programs report. The answer is the same whether an address is known or not."""

    route_base = "/api/bounces"
    default_view = "report"
    limits = [
        Limit(lambda: cast("str", current_app.config["BOUNCE_LIMIT"]), key_func=get_remote_address, cost=1)
    ]

    @expose("/<token>", methods=["POST"])
    def report(self, token: str) -> Any:
        """Take a bounce as listmonk takes it at /webhooks/bounce, or a list of them."""
        address = _addressed(token)
        if address is None:
            abort(404)
        sent = request.get_json(silent=True)
        told = [_read(one) for one in (sent if isinstance(sent, list) else [sent])[: MOST + 1]]
        if len(told) > MOST or None in told:
            return jsonify(message=gettext("This is no bounce: “email” and “type” are needed.")), 400
        with opened(Scope(ACTOR, offices=frozenset({address.office_id}))):
            for email, uuid, state in filter(None, told):
                bounces.report(address, state, clock.now(), email=email, uuid=uuid)
            db.session.commit()
        return jsonify(data=True)


def _addressed(token: str) -> BounceAddress | None:
    """Find the address that a secret stands for, in the scope of its office, if it's the one that holds today."""
    signed = bounces.addressed(token)
    if signed is None:
        return None
    letter_id, edition = signed
    wanted = db.select(BounceAddress.id, BounceAddress.office_id).where(
        BounceAddress.newsletter_id == letter_id, BounceAddress.edition == edition
    )
    with everything(ACTOR):
        found = db.session.execute(wanted).one_or_none()
    if found is None:
        return None
    with opened(Scope(ACTOR, offices=frozenset({found.office_id}))):
        return db.session.get(BounceAddress, found.id)


def _read(one: Any) -> tuple[str, str, Delivery] | None:
    """Read a bounce; None for what is none."""
    if not isinstance(one, dict):
        return None
    email, uuid = (one.get(name) or "" for name in ("email", "subscriber_uuid"))
    state = _STATES.get(one["type"]) if isinstance(one.get("type"), str) else None
    plain = isinstance(email, str) and isinstance(uuid, str)
    if state is None or not plain or not (email or uuid) or max(len(email), len(uuid)) > LONGEST:
        return None
    return email.strip().lower(), uuid, state
