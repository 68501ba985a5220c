"""Text made comparable: folding for search, search documents and terms for LIKE, e-mail addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import idna
import phonenumbers

LIKE_ESCAPE = "\\"

_HOME = "DE"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# Letters of our neighbours that Unicode does not take apart into a letter and an accent.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "\u0131": "i"}
)
_PHONE_QUERY = re.compile(r"[0-9+()/.\s–-]+")
_PHONE_DIGITS = 5  # below, a number in a query is a house number or a year


def fold(text: str) -> str:
    """Make text comparable: casefolded, whitespace collapsed, ä as "ae", ß as "ss", other accents gone."""
    return _fold(text, spell_out=True)


def _fold(text: str, *, spell_out: bool) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    if spell_out:
        plain = plain.translate(_UMLAUTS)
    parts = unicodedata.normalize("NFKD", plain)
    letters = "".join(part for part in parts if not unicodedata.combining(part))
    return " ".join(letters.translate(_LETTERS).split())


def search_document(*parts: str | None, phones: Iterable[str | None] = ()) -> str:
    """Collect what a row is found by, for LIKE '%term%' with the terms of `search_terms`.

    Words stand spelled out and, where that differs, without their umlauts ("mueller muller"); telephone
    numbers as national and as international digits. Nothing stands twice.
    """
    found: dict[str, None] = {}
    for part in filter(None, parts):
        found.update(dict.fromkeys(folded_words(part)))
    for phone in filter(None, phones):
        found.update(dict.fromkeys(_phone_digits(phone)))
    return " ".join(found)


@lru_cache(20_000)
def folded_words(text: str) -> tuple[str, ...]:
    """Give the words of a text as a search document holds them; what many rows share is folded once."""
    pairs = zip(_fold(text, spell_out=True).split(), _fold(text, spell_out=False).split(), strict=True)
    return tuple(word for pair in pairs for word in dict.fromkeys(pair))


def _phone_digits(raw: str) -> list[str]:
    """Spell a number nationally and internationally, in digits; one that cannot be parsed as it stands."""
    number = _parse_phone(re.sub(r"[^0-9+()/. -]", " ", raw))
    if number is None:
        return [digits] if (digits := _digits(raw)) else []
    formats = (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return [_digits(phonenumbers.format_number(number, form)) for form in formats]


def _parse_phone(raw: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(raw, _HOME)
    except phonenumbers.NumberParseException:
        return None


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def search_terms(query: str) -> list[str]:
    """Split a query into terms that must all be contained in a search document.

    A query of digits and the signs of telephone numbers, with at least 5 digits, is one term: its digits
    without a leading "+" or "00", and without the "(0)" of an international number.
    """
    if _PHONE_QUERY.fullmatch(query) and len(digits := _digits(query)) >= _PHONE_DIGITS:
        if query.strip().startswith(("+", "(+")) or digits.startswith("00"):
            digits = _digits(re.sub(r"\( *0 *\)", "", query, count=1))
        return [digits.removeprefix("00")]
    words = (word.strip(",;:()\"'") for word in fold(query).split())
    return [word for word in dict.fromkeys(words) if word]


def like(term: str) -> str:
    """Turn a term into a LIKE pattern for "contains", to be used with ``escape=LIKE_ESCAPE``."""
    return "%" + re.sub(r"[\\%_]", lambda sign: LIKE_ESCAPE + sign[0], term) + "%"


def plain_address(text: str) -> str:
    """Give an e-mail address in the one form in which addresses are kept and compared.

    In small letters, and with the domain as people read it: "xn--mller-kva.example" is "müller.example". A domain that
    can't be read stays as it is.
    """
    plain = unicodedata.normalize("NFC", text.strip()).lower()
    local, at, domain = plain.rpartition("@")
    if domain.isascii() and "xn--" not in domain:
        return plain
    try:
        return f"{local}{at}{idna.decode(domain, uts46=True)}"
    except idna.IDNAError:
        return plain


def ascii_domain(domain: str) -> str:
    """Spell a domain as the name system does. Raises ValueError for one that can't be."""
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
