"""Marktbüro: the application, put together."""

from __future__ import annotations

import gc
from typing import Any, cast

import msgspec
from cachelib.file import FileSystemCache
from flask import Flask
from flask_appbuilder import AppBuilder
from flask_migrate import Migrate
from flask_session import Session
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from redis import Redis
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, menu
from app import jobs as _jobs  # noqa: F401 - its tasks are declared with the import
from app.access import enter_request, fab_roles
from app.core import queue
from app.core.db import db, let_go
from app.security import OfficeSecurityManager, keep_alive, keep_ended
from app.views import adding, arguments, assets, background, errors, kept, locale, templating, working
from app.views.framing import CSP

# Beyond this number of session files the ended ones are removed, and only then the oldest.
MAX_SESSIONS = 20_000


class MarktAppBuilder(AppBuilder):
    """FAB with our way of choosing the language, and without its page that leads back: browsers do that."""

    def _add_admin_views(self) -> None:
        managers: Any = self
        self._indexview = self.add_view_no_menu(managers.indexview)
        managers.bm.locale_view = self.add_view_no_menu(locale.LocaleView)
        for manager in (managers.sm, managers.openapi_manager, managers.menuapi_manager):
            manager.register_views()


def create_app(config: object | str = "config", **overrides: Any) -> Flask:
    """Make the application. ``overrides`` are settings that win over the configuration, for tests."""
    app = Flask(__name__)
    app.config.from_object(config)
    app.config.update(overrides)
    app.config["FAB_ROLES"] = fab_roles()
    if app.config["PROXIES"]:
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(enter_request)
    _keep_sessions(app)
    db.init_app(app)
    let_go(app)
    Migrate(app, db, directory=str(app.root_path) + "/migrations", render_as_batch=True)
    queue.init_app(app)
    csrf = CSRFProtect(app)
    Talisman(
        app,
        force_https=app.config["HTTPS"],
        session_cookie_secure=app.config["HTTPS"],
        strict_transport_security=app.config["HTTPS"],
        frame_options="DENY",
        content_security_policy=CSP,
        referrer_policy="same-origin",
    )
    errors.register(app)
    arguments.register(app)
    locale.register(app)
    templating.register(app)
    assets.register(app)
    working.register(app)
    adding.register(app)
    kept.register(app)
    background.register(app)
    with app.app_context():
        appbuilder = MarktAppBuilder(
            app,
            cast("Any", db.session),  # FAB takes the scoped session, and says a plain one
            indexview=menu.INDEX,
            base_template="layout.html",
            security_manager_class=OfficeSecurityManager,
        )
        menu.register(appbuilder)
        locale.choose(app)
        # Programs send a token in a header, which no other site can make a browser do.
        for view in cast("list[Any]", appbuilder.baseviews):
            to_programs = view.route_base.startswith("/api/")
            if view.blueprint is not None and (to_programs or getattr(view, "open_to_forms", False)):
                csrf.exempt(view.blueprint)
    cli.register(app, create_app)
    if not app.testing:
        # What was made until now stays as long as the process: nobody need look through it again and again for garbage.
        # A page makes some thousand objects, and leaves none behind that wouldn't go by itself.
        gc.freeze()
        gc.set_threshold(20_000, 10, 10)
    return app


def _keep_sessions(app: Flask) -> None:
    """Keep sessions in files, or in Redis where several machines serve.

    Not in the database: Flask-Session would commit our own session at the end of each request, and with it
    whatever a refused form left there.
    """
    if app.config["SESSION_TYPE"] == "redis":
        app.config["SESSION_REDIS"] = Redis.from_url(app.config["REDIS_URL"])
    else:
        folder = app.config["DATA_DIR"] / "sessions"
        app.config["SESSION_CACHELIB"] = FileSystemCache(str(folder), threshold=MAX_SESSIONS, mode=0o600)
    Session(app)
    keep_alive(app)
    keep_ended(app)
    # Messages are translated when they are shown, so lazy strings reach the session.
    app.session_interface.serializer.encoder = msgspec.msgpack.Encoder(enc_hook=str)  # type: ignore[attr-defined]
