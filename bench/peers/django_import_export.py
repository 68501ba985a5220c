"""django-import-export: a resource of a Django model on the same table, exported as xlsx (through tablib, openpyxl)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy.engine import make_url

PACKAGE = "django-import-export"


def blocks(source: Any) -> Iterator[bytes]:
    """Export the table, and give the file."""
    model, resource = _declared(source.url, source.names)
    yield resource().export(model.objects.order_by("id")).xlsx


@cache
def _declared(url: str, names: tuple[str, ...]) -> tuple[Any, Any]:
    """Give the model of our table and its resource, in a project that is this module."""
    import django
    from django.conf import settings

    parts = make_url(url)
    engine = "sqlite3" if parts.get_backend_name() == "sqlite" else "postgresql"
    database = {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": parts.database,
        "USER": parts.username or "",
        "HOST": parts.host or "",
    }
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["import_export"],
        USE_TZ=True,
        TIME_ZONE="Europe/Berlin",
    )
    django.setup()
    from django.db import models
    from import_export.resources import modelresource_factory

    kinds = {"id": models.IntegerField(primary_key=True), "do_not_email": models.BooleanField()}
    kinds["created_at"] = models.DateTimeField()
    fields = {name: kinds.get(name) or models.TextField(null=True) for name in names}
    meta = type("Meta", (), {"app_label": "bench", "db_table": "contact", "managed": False})
    model = type("Contact", (models.Model,), {**fields, "__module__": __name__, "Meta": meta})
    return model, modelresource_factory(model)
