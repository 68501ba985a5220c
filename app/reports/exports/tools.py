"""The layouts that mailing tools import, as their own sources read them.

A program takes each value by its word, so nothing is guarded against spreadsheets here.
"""

from __future__ import annotations

import json
from typing import Any

from babel.core import get_global
from flask_babel import lazy_gettext as _

from app.core.excel import Column
from app.models.languages import Language
from app.models.receipts import FileContent
from app.reports.exports.base import csv_layout
from app.reports.exports.people import Person


def _json(values: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in values.items() if value}, ensure_ascii=False)


# --- listmonk -------------------------------------------------------------------------------------------------
def _attributes(person: Person) -> str:
    return _json(
        {
            "uuid": person.uuid,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "language": person.language.value,
            "topics": person.topics,
            "unsubscribe_url": person.unsubscribe_url,
            "reason": person.reason.value if person.reason else None,
        }
    )


_LISTMONK = (
    Column("email", lambda person: person.email),
    Column("name", lambda person: person.name),
    Column("attributes", _attributes),
)

#: knadh/listmonk, internal/subimporter/importer.go: the three headings, in small letters, ``attributes`` as JSON.
LISTMONK = csv_layout(
    "listmonk",
    "listmonk",
    _LISTMONK,
    hint=_("Import it in listmonk with the mode “Subscribe”, and the other file with “Blocklist” before."),
)

#: The same columns, imported with the mode "blocklist". It counts for all lists of that listmonk.
BLOCKLIST = csv_layout(
    "listmonk-blocklist",
    _("listmonk, blocklist"),
    _LISTMONK,
    content=FileContent.BLOCKLIST,
    by_address=True,
    hint=_(
        "Who withdrew, complained or wants no e-mail. Import it with the mode “Blocklist”; listmonk then blocks them"
        " for all its lists."
    ),
)


# --- CiviCRM --------------------------------------------------------------------------------------------------
def _locale(language: Language) -> str:
    """Give a language with the country where most speak it: CiviCRM's languages are locales, such as de_DE."""
    name: str = get_global("likely_subtags")[language.value]
    return f"{language.value}_{name.rpartition('_')[2]}"


#: civicrm/civicrm-core, schema/Contact/Contact.entityType.php and schema/Core/Email.entityType.php: the titles of the
#: fields, by which the import guesses what a column is. The identifier has room for 64 characters.
CIVICRM = csv_layout(
    "civicrm",
    "CiviCRM",
    (
        Column("External Identifier", lambda person: person.uuid),
        Column("First Name", lambda person: person.first_name),
        Column("Last Name", lambda person: person.last_name),
        Column("Email", lambda person: person.email),
        Column("Preferred Language", lambda person: _locale(person.language)),
        Column("Topics", lambda person: ", ".join(person.topics)),
        Column("Unsubscribe URL", lambda person: person.unsubscribe_url),
    ),
    hint=_("Contacts of the kind “Individual”. Topics and the link go into fields of your own."),
)

# --- Keila ----------------------------------------------------------------------------------------------------
#: pentacent/keila, lib/keila/contacts/import.ex and assets/static/downloads/keila_import_template.csv. Its import goes
#: by the order of the columns that it knows, so that one more would shift all others: what else there is, is in "Data".
KEILA = csv_layout(
    "keila",
    "Keila",
    (
        Column("Email", lambda person: person.email),
        Column("First name", lambda person: person.first_name),
        Column("Last name", lambda person: person.last_name),
        Column(
            "Data",
            lambda person: _json(
                {
                    "language": person.language.value,
                    "topics": person.topics,
                    "unsubscribe_url": person.unsubscribe_url,
                }
            ),
        ),
        Column("External ID", lambda person: person.uuid),
    ),
)

# --- Mautic ---------------------------------------------------------------------------------------------------
#: docs.mautic.org/en/contacts/import-contacts: aliases of the contact's fields, by which columns are mapped, tags with
#: "|" between them, UTF-8.
MAUTIC = csv_layout(
    "mautic",
    "Mautic",
    (
        Column("email", lambda person: person.email),
        Column("firstname", lambda person: person.first_name),
        Column("lastname", lambda person: person.last_name),
        Column("preferred_locale", lambda person: person.language.value),
        Column("tags", lambda person: "|".join(name.replace("|", "/") for name in person.topics)),
        Column("subscriber_uuid", lambda person: person.uuid),
        Column("unsubscribe_url", lambda person: person.unsubscribe_url),
    ),
    hint=_("The last two columns go into fields of your own, subscriber_uuid and unsubscribe_url."),
)
