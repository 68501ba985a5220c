"""Files of a newsletter's subscribers, and of the proof of their consent: one declaration for each layout."""

from __future__ import annotations

from dataclasses import replace

from app.models.receipts import FileContent
from app.reports.exports import office, proof, tools, vcard
from app.reports.exports.base import Layout

#: Files to send a newsletter with, and the one that says to whom not to.
LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        office.XLSX,
        office.CSV,
        tools.LISTMONK,
        tools.BLOCKLIST,
        tools.CIVICRM,
        tools.KEILA,
        tools.MAUTIC,
        vcard.VCARD,
    )
}

#: Files that take people out of an earlier one.
REMOVALS: dict[str, Layout] = {
    layout.name: layout for layout in (office.REMOVAL, replace(tools.BLOCKLIST, content=FileContent.REMOVAL))
}

#: Files of the consent log.
PROOFS: dict[str, Layout] = {layout.name: layout for layout in (proof.XLSX, proof.CSV)}
