"""Django's admin over our tables: as one gets it by naming the columns, and tuned as well as its documentation tells.

What it keeps itself, accounts and sessions, is in the same database.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import django
from django.apps import AppConfig
from django.conf import settings
from sqlalchemy import make_url

CAP = 10_000
LISTED = ("last_name", "first_name", "organisation", "email", "phone", "city", "office")
SORTED = ("last_name", "first_name", "city", "office")
OK = 200


class Bench(AppConfig):
    """An app without files of its own."""

    name, label, path = __name__, "bench", __file__


def configure(url: str) -> None:
    """Configure a project that is this module."""
    parts = make_url(url)
    database: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": parts.database}
    if parts.get_backend_name() == "postgresql":
        database = {
            "ENGINE": "django.db.backends.postgresql", "NAME": parts.database, "USER": parts.username,
            "HOST": parts.host, "PORT": parts.port, "CONN_MAX_AGE": None,
        }  # fmt: skip
    apps = ("admin", "auth", "contenttypes", "sessions", "messages")
    settings.configure(
        SECRET_KEY="x" * 40, DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, DATABASES={"default": database},
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in apps), f"{__name__}.Bench"], USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField", STATIC_URL="/static/", LANGUAGE_CODE="de",
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
    )  # fmt: skip
    django.setup()


def project(*, tuned: bool) -> None:  # noqa: C901 - one list of declarations
    """Declare models of our tables, and the admin's pages of them. Settings must be there."""
    from django.contrib import admin
    from django.contrib.admin.views.main import ChangeList
    from django.core.paginator import Paginator
    from django.db import models
    from django.urls import path
    from django.utils.functional import cached_property

    def text(most: int = 200, **more: Any) -> Any:
        return models.CharField(max_length=most, **more)

    def optional(most: int = 200) -> Any:
        return text(most, null=True, blank=True)

    def of(model: Any, **more: Any) -> Any:
        return models.ForeignKey(model, models.DO_NOTHING, **more)

    def stamps() -> dict[str, Any]:
        return {
            "version": models.IntegerField(default=1), "created_at": models.DateTimeField(), "created_by": text(),
            "changed_at": models.DateTimeField(), "changed_by": text(), "__module__": __name__,
        }  # fmt: skip

    def table(name: str, **more: Any) -> type:
        return type("Meta", (), {"managed": False, "db_table": name, "app_label": "bench", **more})

    def named(name: str) -> Callable[[Any], str]:
        return lambda self: str(getattr(self, name))

    office = type("Office", (models.Model,), {**stamps(), "name": text(), "search": models.TextField(),
                  "__str__": named("name"), "Meta": table("office", ordering=["name"])})  # fmt: skip
    organisation = type("Organisation", (models.Model,), {**stamps(), "office": of(office), "name": text(),
                        "city": optional(), "search": models.TextField(), "__str__": named("name"),
                        "Meta": table("organisation")})  # fmt: skip

    def reached(self: Any, *kinds: str) -> str:
        return next((one.value for one in self.channels.all() if one.kind in kinds), "")

    contact = type(
        "Contact",
        (models.Model,),
        {
            **stamps(), "office": of(office), "salutation": optional(40), "title": optional(),
            "first_name": optional(), "last_name": text(),
            "language": models.CharField(max_length=40, choices=[("de", "Deutsch"), ("en", "Englisch")]),
            "do_not_email": models.BooleanField(), "do_not_phone": models.BooleanField(),
            "do_not_mail": models.BooleanField(), "tags": optional(), "source": optional(),
            "lawful_basis": optional(40), "notes": models.TextField(null=True, blank=True), "street": optional(),
            "postal_code": optional(20), "city": optional(), "country": text(2), "search": models.TextField(),
            "email": lambda self: reached(self, "email"), "phone": lambda self: reached(self, "phone", "mobile"),
            "organisation": lambda self: next((str(one.organisation) for one in self.positions.all()), ""),
            "__str__": named("last_name"), "Meta": table("contact"),
        },
    )  # fmt: skip

    def part(**more: Any) -> dict[str, Any]:
        day = models.DateField(null=True, blank=True)
        found = {**stamps(), "office": of(office), "rank": models.IntegerField(default=0), "since": day}
        return {**found, "until": models.DateField(null=True, blank=True), **more}

    channel = type("Channel", (models.Model,), part(contact=of(contact, related_name="channels"), kind=text(40),
                   value=text(), note=optional(), Meta=table("contact_channel")))  # fmt: skip
    position = type("Position", (models.Model,), part(contact=of(contact, related_name="positions"),
                    organisation=of(organisation), function=optional(), primary=models.BooleanField(),
                    Meta=table("contact_position")))  # fmt: skip

    class Estimated(Paginator):
        """Counts up to a cap."""

        @cached_property
        def count(self) -> int:
            return (
                self.object_list.order_by()[: CAP + 1].count()
                if len(self.object_list.query.where)
                else 1_000_000
            )

    def inline(model: Any) -> type:
        more = (
            {"raw_id_fields": ["office", *(["organisation"] if model is position else [])]} if tuned else {}
        )
        return type(
            "Inline",
            (admin.TabularInline,),
            {"model": model, "extra": 1, "exclude": list(stamps())[:5], **more},
        )

    class Sorted(ChangeList):
        """Sorts rows that are equal in the same direction, as the indexes do."""

        def get_ordering(self, request: Any, queryset: Any) -> list[str]:
            """Give one column and the key."""
            first = super().get_ordering(request, queryset)[0]
            return [first, "-pk" if first.startswith("-") else "pk"]

    class Contacts(admin.ModelAdmin):
        list_display = LISTED
        list_per_page = 25
        list_filter = ("language",)
        search_fields = ("search__contains",) if tuned else ("search",)
        ordering = ("last_name",)
        exclude = ("search", *list(stamps())[:5])

    Contacts.inlines = [inline(channel), inline(position)]
    if tuned:
        Contacts.list_select_related = ("office",)
        Contacts.show_full_result_count = False
        Contacts.paginator = Estimated
        Contacts.raw_id_fields = ("office",)
        Contacts.get_changelist = lambda _self, _request, **_more: Sorted
        plain = admin.ModelAdmin.get_queryset
        Contacts.get_queryset = lambda self, request: plain(self, request).prefetch_related(
            "channels", "positions__organisation"
        )
    admin.site.register(contact, Contacts)
    sys.modules[__name__].urlpatterns = [path("admin/", admin.site.urls)]  # type: ignore[attr-defined]


#: What is asked of the list, by the name that our page has in the table.
PAGES = {
    "list": "",
    "next": "?p=2",
    "far": "?p={deep}",
    "far, next": "?p={after}",
    "search, many": f"?q={quote('mueller')}",
    "search, few": "?q=hagreuter",
    "search, none": "?q=xqzxqz",
    "search, ter": "?q=ter",
    "search, sch": "?q=sch",
    "search, ung": "?q=ung",
    "filter": "?language__exact=en",
    **{f"sort by {name}": f"?o=-{place}" for place, name in enumerate(LISTED, 1) if name in SORTED},
    "search, many, sorted": f"?q={quote('mueller')}&o={LISTED.index('city') + 1}",
    "add": "add/",
    "edit": "{contact}/change/",
    "show": "{contact}/change/",
}


def client(url: str, *, tuned: bool) -> Any:
    """Give a browser in which an administrator is signed in."""
    configure(url)
    project(tuned=tuned)
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    person, _new = User.objects.get_or_create(
        username="bench", defaults={"is_staff": True, "is_superuser": True}
    )
    made = Client()
    made.force_login(person)
    return made


class Pages:
    """The admin's pages, for bench/asked.py."""

    def __init__(self, world: Any, *, tuned: bool) -> None:
        self.browser = client(world.url, tuned=tuned)
        # The admin counts pages from 1.
        self.keys = {"deep": world.deep + 1, "after": world.deep + 2, "contact": world.contact}

    def _get(self, name: str) -> Any:
        return self.browser.get(f"/admin/bench/contact/{PAGES[name].format(**self.keys)}")

    def knows(self, name: str) -> bool:
        """Whether there is such a page."""
        return name in PAGES and self._get(name).status_code == OK

    def ask(self, name: str) -> None:
        """Get it."""
        self._get(name)

    def count(self, name: str) -> int:
        """Count its statements."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as sent:
            self.ask(name)
        return len(sent)

    @staticmethod
    def sql(_name: str) -> None:
        """Nothing is told of its statements alone."""


def cookie(url: str) -> str:
    """Make the tables of the admin and an account, and give the cookie of one who is signed in."""
    return f"sessionid={client(url, tuned=True).cookies['sessionid'].value}"


def served(url: str) -> Any:
    """Give the tuned admin for a server."""
    configure(url)
    project(tuned=True)
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()
