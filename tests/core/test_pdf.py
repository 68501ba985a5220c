"""PDFs have the letters of Europe from their first word on."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from app.core.pdf import Sheet

BOX = (20, 20, 100, 20)


@pytest.mark.parametrize("text", ["Żółw", "Žižkov – Nord", "Слава", "1 € · Straße"])
def test_the_first_text_of_a_sheet_may_be_in_any_of_them(app, text):
    with app.app_context():
        sheet = Sheet("Labels", "de")
        sheet.add_page()
        sheet.fitted(text, BOX, 12)
        page = PdfReader(io.BytesIO(bytes(sheet.output()))).pages[0]
    assert text in page.extract_text()
