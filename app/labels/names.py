"""The names of what isn't a column: kinds of records, sections, rights, and who acts without an account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

#: Who acts without an account, by the key that rows keep; old rows have these, too.
ACTORS: dict[str, LazyString] = {
    "bounce webhook": _("Report of bounces"),
    "public page": _("Public page"),
}

SECTIONS: dict[str, LazyString] = {
    "activities": _("Activities"),
    "consents": _("Consent log"),
    "contacts": _("Contacts"),
    "contracts": _("Contracts"),
    "events": _("Events"),
    "figures": _("Figures"),
    "materials": _("Toolbox"),
    "news": _("News"),
    "newsletters": _("Newsletters"),
    "offers": _("Offers and needs"),
    "offices": _("Offices"),
    "organisations": _("Organisations"),
    "participations": _("Participations"),
    "receipts": _("Receipts of downloads"),
    "reports": _("Reports"),
    "roles": _("Roles"),
    "staff": _("Staff"),
    "subscribers": _("Subscribers"),
    "subscribing": _("Subscribing a contact to a newsletter"),
}

# What may be done in a section, by the right's name. To see its menu entry goes without saying.
VERBS: dict[str, LazyString] = {
    "can_read": _("read"),
    "can_write": _("add and change"),
    "can_delete": _("delete"),
    "can_export": _("download"),
}

MODELS: dict[str, LazyString] = {
    "Activity": _("activities"),
    "BounceAddress": _("newsletters"),
    "Channel": _("contacts"),
    "ChosenTopic": _("subscriptions"),
    "Consent": _("consent records"),
    "ConsentOrigin": _("consent records"),
    "Contact": _("contacts"),
    "Contract": _("contracts"),
    "ContractParty": _("contracts"),
    "Contribution": _("contracts"),
    "Corner": _("events"),
    "Event": _("events"),
    "EventPerson": _("events"),
    "EventResult": _("results of events"),
    "EventRole": _("events"),
    "EventTemplate": _("templates"),
    "Figure": _("figures"),
    "FollowUp": _("follow-ups"),
    "FollowUpMail": _("follow-ups"),
    "FollowUpNote": _("reports on contracts"),
    "FollowUpReport": _("reports on contracts"),
    "FormerAddress": _("subscribers"),
    "Import": _("imports"),
    "ImportPreset": _("imports"),
    "Material": _("materials"),
    "MaterialVersion": _("materials"),
    "Membership": _("staff"),
    "Newsletter": _("newsletters"),
    "NewsletterText": _("texts of newsletters"),
    "NewsItem": _("news items"),
    "Offer": _("offers and needs"),
    "Office": _("offices"),
    "OfficePlace": _("offices"),
    "Organisation": _("organisations"),
    "Participant": _("participations"),
    "Participation": _("participations"),
    "Position": _("contacts"),
    "Rate": _("rates"),
    "Receipt": _("receipts"),
    "Series": _("series"),
    "Registration": _("registrations"),
    "RegistrationOffer": _("registrations"),
    "RegistrationPerson": _("registrations"),
    "Subscriber": _("subscribers"),
    "Subscription": _("subscriptions"),
    "TemplateCorner": _("templates"),
    "TemplateTask": _("templates"),
    "Topic": _("newsletters"),
}
