"""Read how many contracts a result sheet, a PDF and a press text tell: from what was downloaded, as people get it."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

from flask_babel import force_locale
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from app.models.figures import Measure

UNKNOWN = "–"


def in_workbook(content: bytes) -> str:
    """Give the number beside "Contracts" on the first sheet, in the language that is in force."""
    with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
        for label, *cells in book.get_sheet_by_index(0).iter_rows():
            if label == str(Measure.CONTRACTS):
                numbers = [cell for cell in cells if isinstance(cell, float)]
                return f"{numbers[0]:g}" if numbers else UNKNOWN
    return UNKNOWN


def in_document(content: bytes) -> str:
    """Give the number after "Contracts" in the PDF's first table."""
    text = PdfReader(BytesIO(content)).pages[0].extract_text()
    found = re.search(rf"^{Measure.CONTRACTS}\s+(\d+)\b", text, re.MULTILINE)
    return found[1] if found else UNKNOWN


def in_press(page: str, language: str) -> str:
    """Give the number of contracts in the paragraph of a language."""
    text = re.search(rf'id="press-text-{language}"[^>]*>(.*?)</blockquote>', page, re.DOTALL)
    with force_locale(language):
        told = re.search(rf"(\d+) {Measure.CONTRACTS}", unescape(text[1]) if text else "", re.IGNORECASE)
    return told[1] if told else UNKNOWN
