"""What is traded: the national categories, and the sides between which it goes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.enums import Titled


class Category(Titled):
    """The national categories of contributions. Money is none of them: it's taboo."""

    HANDS = "hands", _("Helping hands")
    KNOW_HOW = "know_how", _("Know-how")
    GOODS = "goods", _("Materials and goods")
    ROOMS = "rooms", _("Rooms and logistics")
    CONTACTS = "contacts", _("Contacts and networks")
    INVOLVEMENT = "involvement", _("Involvement and insight")
    OTHER = "other", _("Other contribution")


class Side(Titled):
    """The side on which an organisation trades. Helpers have none."""

    COMPANY = "company", _("Company side")
    NONPROFIT = "nonprofit", _("Nonprofit side")
    MUNICIPALITY = "municipality", _("Municipal side")
