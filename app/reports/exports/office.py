"""The layouts that people open: Excel, and CSV as Excel opens it in German."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask_babel import lazy_gettext as _

from app.core.delimited import EXCEL, mailbox
from app.core.excel import Column
from app.labels import label
from app.models.receipts import FileContent
from app.reports.exports.base import csv_layout, xlsx_layout

_IDENTIFIER = Column(label("Subscriber", "uuid"), lambda person: person.uuid, width=38)
_EMAIL = Column(label("Subscriber", "email"), lambda person: person.email, width=36)

COLUMNS = (
    _EMAIL,
    Column(label("Subscriber", "first_name"), lambda person: person.first_name),
    Column(label("Subscriber", "last_name"), lambda person: person.last_name),
    Column(label("Subscriber", "language"), lambda person: person.language),
    Column(label("Subscription", "topics"), lambda person: ", ".join(person.topics)),
    Column(_("Link to unsubscribe"), lambda person: person.unsubscribe_url, width=60),
    _IDENTIFIER,
)


def for_excel(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Write addresses so that a spreadsheet leaves them as they are, in a file that doesn't tell text from formulas."""
    return tuple(
        replace(column, value=lambda row: mailbox(row.email or "")) if column is _EMAIL else column
        for column in columns
    )


XLSX = xlsx_layout("xlsx", "Excel", _("Subscribers"), COLUMNS)
CSV = csv_layout("csv", _("CSV for Excel"), for_excel(COLUMNS), EXCEL)

#: What is to be taken out of the tool that sends. Where the address isn't known here any more, the identifier is.
REMOVAL = csv_layout(
    "csv",
    _("CSV for Excel"),
    for_excel((_EMAIL, _IDENTIFIER, Column(_("Reason"), lambda person: person.reason))),
    EXCEL,
    content=FileContent.REMOVAL,
)
