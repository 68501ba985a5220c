"""The languages of people, offices and documents."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.enums import Titled


class Language(Titled):
    """A language by its ISO 639-1 code: those in which materials of the toolbox exist."""

    GERMAN = "de", _("German")
    ENGLISH = "en", _("English")
    DUTCH = "nl", _("Dutch")
    FRENCH = "fr", _("French")
    SPANISH = "es", _("Spanish")
    ITALIAN = "it", _("Italian")
    POLISH = "pl", _("Polish")
    PORTUGUESE = "pt", _("Portuguese")
    RUSSIAN = "ru", _("Russian")
    TURKISH = "tr", _("Turkish")
    UKRAINIAN = "uk", _("Ukrainian")
    CHINESE = "zh", _("Chinese")
