"""Numbers, dates and qualified quantities: how they add up, and how people of a locale write and read them.

English is written the British way (24/12/2026), whichever English the session names. Where no locale is
passed, the one of flask_babel counts, and English outside an application.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

import babel.dates
import babel.numbers
from babel import Locale
from flask import current_app
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.core.clock import OFFICE_ZONE

_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # unions, and codes for tests and the unknown
_GROUPS = 1000  # from here on thousands are told apart
_CENT = Decimal("0.01")
_NO_BREAK_SPACE = "\u00a0"
_MIXED_MARK = "*"
_MAX_DIGITS = 28  # what a Decimal computes with; babel fails on more with an error that is no ValueError
_FIRST_YEAR = 1000  # a half-typed native date input sends 0026-12-24
_PIVOT = 69  # two digits from here on mean 19xx, as in POSIX
_DATE_FORMATS = {"de": "%d.%m.%Y", "en": "%d/%m/%Y"}


def spoken(language: str) -> str:
    """Give the code of the language in which we write to who reads this one: German, where we don't write it.

    The source is English, so that whatever has no translation would come in English: to people who never asked for it.
    """
    known: dict[str, object] = current_app.config["LANGUAGES"]
    default: str = current_app.config["BABEL_DEFAULT_LOCALE"]
    return language if language in known else default


class Qualifier(enum.Enum):
    """How sure a reported number is. MIXED only ever results from totals."""

    EXACT = "exact"
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"
    MIXED = "mixed"

    @property
    def title(self) -> LazyString:
        """The short name in the language of the reader."""
        return _TITLES[self]


_TITLES = {
    Qualifier.EXACT: _("exact"),
    Qualifier.ABOUT: _("about"),
    Qualifier.OVER: _("over"),
    Qualifier.UNDER: _("under"),
    Qualifier.MIXED: _("mixed"),
}

_READINGS = {
    Qualifier.ABOUT: _("about %(number)s"),
    Qualifier.OVER: _("over %(number)s"),
    Qualifier.UNDER: _("just under %(number)s"),
    Qualifier.MIXED: _("about %(number)s"),
}

# Dividing by "over 120" gives at most the quotient, so a bound of the denominator turns round.
_TURNED = {Qualifier.OVER: Qualifier.UNDER, Qualifier.UNDER: Qualifier.OVER}


@dataclass(frozen=True)
class Quantity:
    """A number together with how sure it is."""

    number: Decimal | int
    qualifier: Qualifier = Qualifier.EXACT

    def text(self, unit: str = "", places: int | None = None) -> str:
        """Read the quantity in the current locale: "knapp 200.000 €"; a mixed one reads "rund 680.000 €*".

        Decimals are written as far as needed, or `places` of them; euros have two or none.
        """
        if places is None and unit == "€" and self.number % 1:
            places = 2
        number = format_decimal(self.number, places=places)
        return qualified(f"{number}{_NO_BREAK_SPACE}{unit}" if unit else number, self.qualifier)


@dataclass(frozen=True)
class Total:
    """A quantity computed from `used` known parts out of `of`; no quantity where nothing was known."""

    quantity: Quantity | None
    used: int
    of: int


def qualified(number: str, qualifier: Qualifier) -> str:
    """Wrap a written number in the words of its qualifier, in the current locale."""
    if qualifier is Qualifier.EXACT:
        return number
    text = str(_READINGS[qualifier]) % {"number": number}
    return f"{text}{_MIXED_MARK}" if qualifier is Qualifier.MIXED else text


def combine(qualifiers: Iterable[Qualifier]) -> Qualifier:
    """Qualify a sum: exact parts change nothing, one kind of doubt carries over, two kinds are MIXED."""
    doubts = set(qualifiers) - {Qualifier.EXACT}
    if not doubts:
        return Qualifier.EXACT
    return doubts.pop() if len(doubts) == 1 else Qualifier.MIXED


def total(parts: Iterable[Quantity | None]) -> Total:
    """Add up the known parts. None is unknown, not zero: it is left out, and counted in `of`."""
    every = list(parts)
    known = [part for part in every if part is not None]
    if not known:
        return Total(None, used=0, of=len(every))
    quantity = Quantity(sum(part.number for part in known), combine(part.qualifier for part in known))
    return Total(quantity, used=len(known), of=len(every))


def ratio(pairs: Iterable[tuple[Quantity | None, Quantity | None]]) -> Total:
    """Average numerator per denominator over the pairs that hold both, rounded half up to 2 places.

    A sum of denominators of zero has no average: the quantity is then None. "Over" and "under" of a
    denominator change places, because 270,000 / over 120 is under 2,250.
    """
    every = list(pairs)
    known = [(above, below) for above, below in every if above is not None and below is not None]
    numerator = sum((Decimal(above.number) for above, _below in known), Decimal(0))
    denominator = sum((Decimal(below.number) for _above, below in known), Decimal(0))
    if not denominator:
        return Total(None, used=len(known), of=len(every))
    qualifier = combine(
        doubt
        for above, below in known
        for doubt in (above.qualifier, _TURNED.get(below.qualifier, below.qualifier))
    )
    number = (numerator / denominator).quantize(_CENT, ROUND_HALF_UP)
    return Total(Quantity(number, qualifier), used=len(known), of=len(every))


def formatting_locale(locale: Locale | str | None = None) -> Locale:
    """Resolve the locale for numbers and dates: the current one by default; every English is en_GB."""
    found = locale or get_locale() or "en"
    if isinstance(found, str):
        found = Locale.parse(found.replace("-", "_"))
    return Locale("en", "GB") if found.language == "en" else found


def format_decimal(
    value: Decimal | float, locale: Locale | str | None = None, places: int | None = None
) -> str:
    """Write a finite number with grouping; decimals as far as needed, or `places` of them, half up."""
    if type(value) is int and places is None and 0 <= value < _GROUPS:
        return str(value)  # as everywhere; a page has dozens
    number = Decimal(str(value))
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    pattern = None if places is None else f"#,##0.{'0' * places}".removesuffix(".")
    if not number:
        number = abs(number)  # no "-0"
    return babel.numbers.format_decimal(
        number, format=pattern, locale=formatting_locale(locale), decimal_quantization=False
    )


def ungrouped(value: Decimal | float) -> str:
    """Write a finite number for programs of the current locale: its decimal sign, decimals as far as needed."""
    text = f"{Decimal(str(value)):f}"
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    if not text.strip("-0"):
        return "0"  # no "-0"
    return text.replace(".", babel.numbers.get_decimal_symbol(formatting_locale()))


def parse_decimal(text: str, locale: Locale | str | None = None) -> Decimal:
    """Read a number as people of the locale write it, with or without grouping (also by spaces) and a "€".

    Grouping must be correct: "1.23" is refused in German, because it could mean 123 or 1,23.

    Raises ValueError for anything else, for more than 28 digits, NaN and infinities included.
    """
    where = formatting_locale(locale)
    group, point = babel.numbers.get_group_symbol(where), babel.numbers.get_decimal_symbol(where)
    plain = text.strip().removeprefix("€").removesuffix("€").strip().replace("\u2212", "-")
    plain = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", group, plain)
    grouped = rf"[0-9]{{1,3}}({re.escape(group)}[0-9]{{3}})+"
    if not re.fullmatch(rf"[-+]?({grouped}|[0-9]+)({re.escape(point)}[0-9]+)?", plain):
        raise ValueError(f"not a number in {where}: {text!r}")
    if len(re.sub(r"\D", "", plain)) > _MAX_DIGITS:
        raise ValueError(f"more than {_MAX_DIGITS} digits: {text!r}")
    return babel.numbers.parse_decimal(plain.removeprefix("+"), locale=where, strict=True)


def parse_date(text: str, locale: Locale | str | None = None) -> date:
    """Read a date: ISO in every locale, else day first, the month as a number or as a word ("24 Dec 2026").

    Years of two digits: 00 to 68 are 20xx, 69 to 99 are 19xx.

    Raises ValueError for anything else, and for years before 1000.
    """
    where = formatting_locale(locale)
    plain = text.strip()
    separator = r"\. ?" if where.language == "de" else "/"
    year = r"((?P<year>[0-9]{4})|(?P<short>[0-9]{2}))"
    patterns = (
        r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})",
        rf"(?P<day>[0-9]{{1,2}}){separator}(?P<month>[0-9]{{1,2}}){separator}{year}",
        rf"(?P<day>[0-9]{{1,2}})\.? ?(?P<name>[^\W\d_]{{3,}})\.? {year}",
    )
    for pattern in patterns:
        if match := re.fullmatch(pattern, plain):
            parts = match.groupdict()
            month = _month(parts["name"], where) if "name" in parts else int(parts["month"])
            short = int(parts.get("short") or 0)
            found = int(parts["year"] or (2000 if short < _PIVOT else 1900) + short)
            if found >= _FIRST_YEAR:
                return date(found, month, int(parts["day"]))
    raise ValueError(f"not a date in {where}: {text!r}")


def _month(name: str, locale: Locale) -> int:
    """Find a month by the beginning of its name; 0, which no date has, where there is none."""
    names = babel.dates.get_month_names("wide", locale=locale)
    return next((i for i, full in names.items() if full.casefold().startswith(name.casefold())), 0)


def display(value: object) -> str:  # noqa: PLR0911
    """Write any value for a list or a detail page, in the current locale.

    Whole numbers stay ungrouped, because years and running numbers are among them. Aware times are shown in
    `OFFICE_ZONE`, naive ones as they are.
    """
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return str(_("yes") if value else _("no"))
        case enum.Enum() if hasattr(value, "title"):
            return str(value.title)
        case Quantity():
            return value.text()
        case Decimal() | float():
            return format_decimal(value)
        case datetime():
            local = value.astimezone(OFFICE_ZONE) if value.tzinfo else value
            return local.strftime(f"{_date_format()} %H:%M")
        case date():
            return value.strftime(_date_format())
        case time():
            return value.strftime("%H:%M")
        case _:
            return str(value)


def countries() -> dict[str, str]:
    """Give the names of all countries by their ISO 3166-1 code, in the current locale."""
    territories = formatting_locale().territories.items()
    return {
        code: name
        for code, name in territories
        if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRIES
    }


def _date_format() -> str:
    return _DATE_FORMATS.get(formatting_locale().language, _DATE_FORMATS["en"])
