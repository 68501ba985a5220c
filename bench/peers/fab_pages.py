"""Flask-AppBuilder as it is: a ModelView of contacts that names its columns, over our tables.

Its accounts and rights are in a SQLite file of its own, so that ours stay as they are.
"""

from __future__ import annotations

from typing import Any

OK = 200
SORTED = ("last_name", "first_name", "city", "office")
SCALARS = (
    "salutation", "title", "first_name", "last_name", "language", "tags", "source", "street", "postal_code", "city",
)  # fmt: skip
LIST = "/contactview/list/"
PAGES = {
    "list": LIST,
    "100 rows": f"{LIST}?psize_ContactView=100",
    "next": f"{LIST}?page_ContactView=1",
    "far": f"{LIST}?page_ContactView={{deep}}",
    "filter": f"{LIST}?_flt_3_language=en",
    **{f"sort by {name}": f"{LIST}?_oc_ContactView={name}&_od_ContactView=desc" for name in SORTED},
    "add": "/contactview/add",
    "edit": "/contactview/edit/{contact}",
    "show": "/contactview/show/{contact}",
}


def application(folder: Any, url: str) -> tuple[Any, Any]:
    """Make an application with one view; give it and the key of an administrator."""
    import sqlalchemy as sa
    from flask import Flask
    from flask_appbuilder import AppBuilder, Model, ModelView
    from flask_appbuilder.models.sqla.base import SQLA
    from flask_appbuilder.models.sqla.interface import SQLAInterface
    from sqlalchemy.orm import relationship

    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="x" * 40, SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'fab.sqlite'}", AUTH_TYPE=1,
        SQLALCHEMY_BINDS={"data": url}, RATELIMIT_ENABLED=False, BABEL_DEFAULT_LOCALE="de",
        LANGUAGES={"de": {"flag": "de", "name": "Deutsch"}},
    )  # fmt: skip
    database = SQLA(metadata=Model.metadata)
    theirs = sa.MetaData(info={"bind_key": "data"})

    def table(name: str, /, **more: Any) -> dict[str, Any]:
        key = sa.Column(sa.Integer, primary_key=True)
        return {"__tablename__": name, "__module__": __name__, "metadata": theirs, "id": key, **more}

    def of(name: str) -> Any:
        return sa.Column(sa.ForeignKey(f"{name}.id"))

    def text() -> Any:
        return sa.Column(sa.String(200))

    def named(self: Any) -> str:
        return str(self.name)

    office = type("Office", (Model,), table("office", name=text(), __repr__=named))
    organisation = type("Organisation", (Model,), table("organisation", name=text(), __repr__=named))
    channel = type(
        "Channel",
        (Model,),
        table("contact_channel", contact_id=of("contact"), kind=text(), value=text()),
    )
    position = type(
        "Position",
        (Model,),
        table(
            "contact_position",
            contact_id=of("contact"),
            organisation_id=of("organisation"),
            organisation=relationship(organisation),
        ),
    )

    def reached(self: Any, *kinds: str) -> str:
        return next((one.value for one in self.channels if one.kind in kinds), "")

    contact = type(
        "Contact",
        (Model,),
        table(
            "contact",
            **{name: text() for name in SCALARS},
            office_id=of("office"),
            office=relationship(office),
            channels=relationship(channel),
            positions=relationship(position),
            email=property(lambda self: reached(self, "email")),
            phone=property(lambda self: reached(self, "phone", "mobile")),
            organisation=property(lambda self: next((str(one.organisation) for one in self.positions), "")),
        ),
    )

    listed = ["last_name", "first_name", "organisation", "email", "phone", "city", "office"]
    declared = {
        "datamodel": SQLAInterface(contact), "list_columns": listed, "search_columns": [*SCALARS, "office"],
        "show_columns": [*SCALARS, "office", "email", "phone", "organisation"], "add_columns": [*SCALARS, "office"],
        "edit_columns": [*SCALARS, "office"], "order_columns": [*SORTED], "base_order": ("last_name", "asc"),
        "page_size": 25,
    }  # fmt: skip
    view = type("ContactView", (ModelView,), declared)
    database.init_app(app)
    with app.app_context():
        builder = AppBuilder(app, database.session)
        builder.add_view(view, "Contacts")
        manager = builder.sm
        role = manager.find_role("Admin")
        person = manager.find_user("bench") or manager.add_user(
            "bench", "Bench", "Bench", "bench@example.org", role, "bench"
        )
        return app, person.get_id()


class Pages:
    """Its pages, for bench/asked.py."""

    def __init__(self, world: Any) -> None:
        import sqlalchemy as sa

        app, person = application(world.folder, world.url)
        self.keys = {"deep": world.deep, "contact": world.contact}
        self.sent = 0
        sa.event.listen(sa.Engine, "before_cursor_execute", self._note)
        self.client = app.test_client()
        with self.client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = person, True

    def _note(self, *_more: Any) -> None:
        self.sent += 1

    def _get(self, name: str) -> Any:
        return self.client.get(PAGES[name].format(**self.keys))

    def knows(self, name: str) -> bool:
        """Whether there is such a page."""
        return name in PAGES and self._get(name).status_code == OK

    def ask(self, name: str) -> None:
        """Get it."""
        self._get(name).close()

    def count(self, name: str) -> int:
        """Count its statements."""
        self.sent = 0
        self.ask(name)
        return self.sent

    @staticmethod
    def sql(_name: str) -> None:
        """Nothing is told of its statements alone."""
