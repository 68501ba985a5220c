"""The menu, as data: sections, and in them the views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app import api
from app.views import (
    accounts,
    activities,
    answers,
    benchmark,
    bounces,
    checkin,
    cockpit,
    contacts,
    contracts,
    dashboard,
    deciding,
    desk,
    events,
    exports,
    figures,
    finding,
    followups,
    hall,
    imports,
    matching,
    materials,
    my_downloads,
    news,
    newsletters,
    notary,
    offers,
    offices,
    organisations,
    outbox,
    own_data,
    papers,
    participations,
    places,
    rates,
    receipts,
    registerpages,
    registrations,
    reporting,
    reports,
    results,
    schedules,
    series,
    signup,
    subscribers,
    subscribing,
    templates,
    users,
    working,
)


@dataclass(frozen=True)
class Group:
    """A section of the menu: its name, title, and the views in their order."""

    name: str
    title: LazyString
    views: tuple[Any, ...]  # FAB's views name their section, list_title and icon


MENU = (
    Group(
        "people",
        _("People and organisations"),
        (organisations.OrganisationView, contacts.ContactView, activities.ActivityView),
    ),
    Group(
        "market",
        _("Marketplaces"),
        (
            events.EventView,
            participations.ParticipationView,
            registrations.RegistrationView,
            offers.OfferView,
            contracts.ContractView,
            followups.FollowUpsView,
            figures.FigureView,
            series.SeriesView,
            templates.TemplateView,
            rates.RateView,
        ),
    ),
    Group(
        "letters",
        _("Newsletter"),
        (
            newsletters.NewsletterView,
            subscribers.SubscriberView,
            subscribers.SubscriptionView,
            subscribers.ConsentView,
            imports.ImportView,
        ),
    ),
    Group("reporting", _("Reports"), (reports.ReportView,)),
    Group("toolbox", _("Toolbox"), (materials.MaterialView, news.NewsView)),
    Group(
        "administration",
        _("Administration"),
        (offices.OfficeTreeView, users.StaffView, users.RolesView, receipts.ReceiptView),
    ),
)

# Views without a place of their own in the menu: parts of other records, and what belongs to the person.
HIDDEN: tuple[Any, ...] = (
    contacts.PositionView,
    contracts.PartyView,
    checkin.CheckInPage,
    desk.DeskPage,
    notary.NotaryPage,
    hall.HallPage,
    hall.HallScreen,
    results.ResultPage,
    newsletters.NewsletterTextView,
    signup.NewsletterPages,
    own_data.OwnDataPages,
    registerpages.RegisterPages,
    places.PlacesPage,
    deciding.DecideView,
    followups.FollowUpPage,
    answers.AnswersView,
    reporting.ReportPages,
    exports.ExportView,
    exports.ProofView,
    bounces.BounceAddressView,
    bounces.BounceReports,
    subscribing.SubscribeView,
    matching.MatchingView,
    accounts.AccountView,
    accounts.InvitationView,
    my_downloads.MyDownloadsView,
    schedules.SchedulesView,
    api.PAGE,
    working.OfficeChoiceView,
    finding.FindingView,
    outbox.OutboxView,
    benchmark.BenchmarkPage,
    cockpit.CockpitPage,
    templates.ApplyTemplatePage,
    papers.PaperView,
    papers.ContractPaperView,
)
INDEX = dashboard.DashboardView


def register(appbuilder: Any) -> None:
    """Hand every view and API to FAB. A menu entry is visible with the right MENU on the view's section."""
    for view in HIDDEN:
        appbuilder.add_view_no_menu(view)
    for group in MENU:
        for view in group.views:
            appbuilder.add_view(
                view,
                view.section.value,
                label=view.list_title,
                icon=view.icon,
                category=group.name,
                category_label=group.title,
            )
    for one in api.APIS:
        appbuilder.add_api(one)
