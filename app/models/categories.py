"""What is traded: the national categories, and the sides between which it goes. Money is taboo."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _

from app.core.enums import RefusedError, Titled

TABOO = _("Money is taboo: a contribution can't be a sum of money.")
DOUBT = _("This reads like money, which is taboo. If it isn’t money that is given, please confirm it.")


class Category(Titled):
    """The national categories of contributions. Money is none of them: it's taboo."""

    HANDS = "hands", _("Helping hands")
    KNOW_HOW = "know_how", _("Know-how")
    GOODS = "goods", _("Materials and goods")
    ROOMS = "rooms", _("Rooms and logistics")
    CONTACTS = "contacts", _("Contacts and networks")
    INVOLVEMENT = "involvement", _("Involvement and insight")
    OTHER = "other", _("Other contribution")

    @classmethod
    def _missing_(cls, value: object) -> Any:
        """Say why there is no such category as money, instead of that it's unknown."""
        if str(value).casefold() in {"money", "cash", "geld", "finance"}:
            raise RefusedError(TABOO)
        return None


class Side(Titled):
    """The side on which an organisation trades. Helpers have none."""

    COMPANY = "company", _("Company side")
    NONPROFIT = "nonprofit", _("Nonprofit side")
    MUNICIPALITY = "municipality", _("Municipal side")


# "500 Euro", "1.000,- €", "€200", "EUR 50", "fünfhundert Euro", "5 Tsd. €"
_FIGURES = r"\d[\d.,'\s]{0,20}[-–—]{0,2}"  # bounded, or a page of digits takes minutes
_SIGN = r"(?:€|eur(?:os?)?\b|\$|dollars?\b|usd\b|chf\b|franken\b|£|gbp\b|pounds?\b(?!\s+of\b))"
_AMOUNT = (
    rf"(?:(?:€|\$|£|\b(?:eur|euros?|usd|chf|gbp)(?=[\s\d]))\s*{_FIGURES}"
    rf"|(?:{_FIGURES}|\b\w*(?:hundert|tausend|zig|hundred|thousand)\b)\s*(?:(?:k|t|tsd\.?)\s*)?{_SIGN})"
)
# What goods and work are worth is no gift of money: "two chairs worth 50 €", "Warenwert: 200 €".
_WORTH = re.compile(
    rf"\b\w*(?:wert|preis|worth|valued?|price)\b[\s:=]*(?:(?:von|of|at|ca\.?|etwa|rund|über|about|over|je)\s*)*{_AMOUNT}"
    rf"|{_AMOUNT}\s*\w*wert\b",
    re.IGNORECASE,
)
_BEFORE = (
    r"(?:ca\.?|etwa|rund|über|bis zu|einmalig|monatlich|jährlich|eine?n?|von"
    r"|about|around|over|up to|an?|of)"
)
_AFTER = (
    r"(?:für|zur|zum|als|bar|im|pro|monatlich|jährlich|einmalig|von|vom|aus"
    r"|for|an|to|towards|as|in|cash|per|a|from)"
)
_GIVING = (
    r"(?:spenden?|spendet|geben|gibt|zahl(?:en|t|ung)|(?:bar|an|teil)zahlung"
    r"|überweis\w+|zuwendung|zuschuss|sponsor\w*|scheck"
    r"|donat\w+|gives?|pays?|payments?|transfers?|cheque|grants?)"
)
_TAKING = r"(?:(?:kosten|miet)?übernahme|übernehmen|übernimmt)"
_COSTS = r"(?:kosten|miete|gebühr(?:en)?|beitr[aä]ge?s?|rechnung(?:en)?)"
# Who helps others to get money gives none: "Finanzielle Förderung beantragen", "Zuschuss-Beratung".
_NO_ADVICE = (
    r"(?![^.;]{0,40}(?:[-:,–(]\s*\w{0,20}(?:berat|workshop|vortrag|seminar|schulung|advice|training)"
    r"|\bbeantrag|\bappl(?:y|ication)))"
)
_MONEY = re.compile(
    # nothing but an amount, or an amount and what it is for
    rf"^\W*(?:{_BEFORE}\s+)*{_AMOUNT}\W*(?:$|{_AFTER}\b|\w{{0,20}}geld(?:er)?\b)"
    # words for it
    r"|^\W*(?:geld|money|cash|barzahlung)\W*$"
    r"|\b(?:geld(?:spenden?|betr[aä]ge?|geschenke?|zuwendung(?:en)?)|barspenden?|bargeld|finanzspritze)\b"
    r"|\b(?:cash|money|monetary|financial) (?:donation|gift|contribution|payment|grant)s?\b"
    r"|\b(?:donation|gift|payment|sum)s? (?:of money|of cash|in cash)\b"
    rf"|\b(?:geld|money|cash) {_GIVING}\b"
    r"|\b(?:geben|gibt|zahlt|zahlen|spendet|gives?|pays?|donates?) (?:geld|money|cash)\b"
    # support, where nothing else is offered
    rf"|^\W*(?:{_BEFORE}\s+)*finanziell\w{{1,2}} "
    rf"(?:unterstützung|förderung|hilfe|beteiligung|beiträge?)\b{_NO_ADVICE}"
    rf"|^\W*(?:{_BEFORE}\s+)*financial (?:support|aid|help|assistance)\b{_NO_ADVICE}"
    rf"|^\W*(?:{_BEFORE}\s+)*\w{{0,20}}zusch(?:uss|uß|üsse)\b{_NO_ADVICE}"
    # costs that are paid
    rf"|\b{_TAKING}\s+(?:{_BEFORE}\s+)*{_AMOUNT}|\b{_TAKING}\b[^.;]{{0,40}}?{_COSTS}\b[^.;]{{0,40}}?{_AMOUNT}"
    # an amount that is given
    rf"|\b{_GIVING}\b[^.;]{{0,40}}?{_AMOUNT}|{_AMOUNT}[^.;]{{0,30}}?\b{_GIVING}\b",
    re.IGNORECASE,
)
# Money stays money, whatever it's worth: "Geld im Wert von 500 Euro".
_MONEY_WORTH = re.compile(
    r"(?<!über )(?<!about )\b(?:geld|money|cash)\s+(?:(?:im|in|to)\s+)?(?:the\s+)?"
    r"(?:wert|höhe|value|amount|worth)\s+"
    rf"(?:{_BEFORE}\s+)*{_AMOUNT}",
    re.IGNORECASE,
)


def is_money(text: str | None) -> bool:
    """Whether a text offers a sum of money, in German or English: "500 Euro", "a donation of €200"."""
    text = text or ""
    return bool(_MONEY_WORTH.search(text) or _MONEY.search(_WORTH.sub(" ", text)))


_CURRENCY = r"eur(?:os?)?|usd|chf|franken|zł|zloty|dollars?|pounds?(?! of)|quid|bucks?|tausender|hunderter"
# What is given in kind is called so, too: "Sachspende", "Blutspende".
_IN_KIND = "".join(
    f"(?<!{word})"
    for word in ("sach", "kleider", "blut", "bücher", "möbel", "zeit", "lebensmittel", "spielzeug")
)
_LIKE_MONEY = re.compile(
    rf"[€$£¥]|\d,[-–—]|(?<![^\W\d_])(?:{_CURRENCY})(?![^\W\d_])"
    rf"|{_IN_KIND}spenden?\b|\bspende[nt]|sponsor|geld(?:er)?\b|\bgeldmittel"
    r"|zuwendung|zusch(?:uss|uß|üss)|scheck|barzahlung|überweis|förderbetr|paypal"
    r"|\b(?:in bar|donat\w+|money|cash|grants?|cheques?)\b"
    r"|\bübernahme\b[^.;]{0,40}\b(?:miete|kosten|gebühr|rechnung)",
    re.IGNORECASE,
)


def reads_like_money(text: str | None) -> bool:
    """Whether a text may offer money, so that somebody has to be sure: an amount with a currency sign, "Spende"."""
    return bool(_LIKE_MONEY.search(text or ""))
