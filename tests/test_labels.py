"""Everything that is stored has a name in both languages, and a page on which a person meets it."""

from __future__ import annotations

import enum
import importlib
import pkgutil

import pytest
from flask_babel import force_locale
from sqlalchemy import inspect

import app.models
from app.access import Role
from app.core.values import Qualifier
from app.labels import MODELS, label
from app.models.base import Entity

for _module in pkgutil.iter_modules(app.models.__path__):
    importlib.import_module(f"app.models.{_module.name}")

# What no page shows, and why.
HIDDEN = {
    "id": "the key is in the address of the page",
    "version": "forms carry it",
    "rank": "parts stand in its order",
    "search": "folded text for the search box",
    "created_at": "lists show who changed a record last; receipts show their own",
    "created_by": "same",
    "changed_at": "parts are saved with the record that they belong to",
    "changed_by": "same",
}
HIDDEN_OF = {
    "Activity.template_task": "says from which row of a template a task was made, so that it's not made twice",
    "TemplateTask.uuid": "same",
    "Subscriber.uuid": "names a subscriber in links of mails",
    "Subscriber.claimed": "an address that somebody typed, which is told to nobody before it's confirmed",
    "Subscriber.digest": "the fingerprint of the address, which stands beside it",
    "Subscriber.erased_at": "who is erased has no page that anybody would look for",
    "ChosenTopic.topic_id": "the subscription names its topics in one field",
    "ConsentOrigin.consent_id": "proof for who must show it, and no page's business",
    "ConsentOrigin.ip": "same",
    "ConsentOrigin.office_id": "same",
    "Registration.entry_key": "tells what was sent twice from what was sent once",
    "FormerAddress.digest": "keeps an address out, and is no address: nobody could read it",
    "FormerAddress.since": "same",
    "FormerAddress.office_id": "same",
    "Import.columns": "the page on which columns are assigned shows them",
    "Import.counts": "the page shows them in a panel of its own",
    "ImportPreset.office_id": "the page on which columns are assigned offers those of the office",
    "ImportPreset.kind": "same",
    "ImportPreset.name": "same",
    "ImportPreset.columns": "same",
    "BounceAddress.edition": "the newsletter has a page for the address",
    "Membership.office_id": "the account's form shows all its offices in one field",
    "Membership.staff_id": "same",
    "Figure.shared": "follows its event",
    "Contribution.hourly_rate": "the picture of give and take shows it behind the hours",
    "Contract.entry_key": "names an entry at the desk, which nobody reads",
    "Event.hall_edition": "the page of the hall shows the link that comes of it",
    "EventResult.content": "the page of the hall shows what was frozen",
    "EventResult.event_id": "same",
    "EventResult.kind": "same",
    "EventResult.note": "same",
    "EventResult.office_id": "same",
    "Participation.status_before": "what it goes back to where a check-in is undone",
    **dict.fromkeys(
        (
            *(f"FollowUp.{name}" for name in ("contract_id", "organisation_id", "stage", "round", "due_on")),
            *(f"FollowUp.{name}" for name in ("answered_at", "closed_at", "office_id")),
            *(f"FollowUpMail.{name}" for name in ("number", "state", "at")),
            *(f"FollowUpReport.{name}" for name in ("contract_id", "organisation_id", "follow_up_id", "at")),
            *(
                f"FollowUpReport.{name}"
                for name in ("state", "channel", "actor", "hours", "value", "office_id")
            ),
            *(f"FollowUpNote.{name}" for name in ("report_id", "reason", "comment", "photo", "office_id")),
            "FollowUpNote.photo_consent",
        ),
        "the pages of the follow-up show it",
    ),
    "Receipt.sections": "decides who sees the filter",
    "Receipt.staff_id": "same; the page names the person",
}


def models():
    return [mapper.class_ for mapper in Entity.registry.mappers if issubclass(mapper.class_, Entity)]


def views(application):
    return [view for view in application.extensions["appbuilder"].baseviews if hasattr(view, "show_template")]


def enums():
    """Every closed set of the models."""
    found = {Role, Qualifier}
    for module in pkgutil.iter_modules(app.models.__path__):
        members = vars(importlib.import_module(f"app.models.{module.name}")).values()
        found |= {one for one in members if isinstance(one, type) and issubclass(one, enum.Enum) and len(one)}
    return sorted(found, key=lambda one: one.__name__)


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_member_of_a_closed_set_has_a_title_of_its_own(app, language):
    with app.test_request_context(), force_locale(language):
        for one in enums():
            titles = [str(member.title) for member in one]
            assert all(titles), one
            assert len(set(titles)) == len(titles), (one, titles)


def test_a_title_is_words_not_the_name_of_the_member(app):
    with app.test_request_context(), force_locale("en"):
        wrong = [str(member.title) for one in enums() for member in one if "_" in str(member.title)]
    assert wrong == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_column_that_a_view_names_has_a_label(app, language):
    with app.test_request_context(), force_locale(language):
        for view in views(app):
            columns = {*view.list_columns, *view.show_columns, *view.add_columns, *view.edit_columns}
            for name in columns | set(view.search_columns):
                text = str(view.label_columns[name])
                assert text, (view, name)
                assert "_" not in text, (view, name)


def test_no_form_and_no_list_has_two_columns_of_one_name(app):
    """A person can't tell two fields called "Number" apart."""
    for language in ("de", "en"):
        with app.test_request_context(), force_locale(language):
            for view in views(app):
                for columns in (view.list_columns, view.show_columns, view.add_columns, view.edit_columns):
                    labels = [str(view.label_columns[name]) for name in columns]
                    twice = {text for text in labels if labels.count(text) > 1}
                    assert not twice, (language, type(view).__name__, twice)


def test_every_model_has_a_name_for_sentences():
    assert {model.__name__ for model in models()} == set(MODELS)


def reached(application):
    """Give the (model, attribute) pairs that a show page, a form or the rows of a form hold."""
    found = set()
    for view in views(application):
        model = view.datamodel.obj
        columns = {*view.show_columns, *view.add_columns, *view.edit_columns, *view.list_columns}
        found |= {(model, name) for name in columns}
        for collection, names in view.rows.items():
            part = view.datamodel.get_related_model(collection)
            found |= {(part, name) for name in names}
    return found


def test_every_column_is_on_a_page_or_hidden_for_a_reason(app):
    seen, lost, needless = reached(app), [], set(HIDDEN_OF)
    for model in models():
        mapper = inspect(model)
        relations = {column: one.key for one in mapper.relationships for column in one.local_columns}
        for column in mapper.columns:
            name = mapper.get_property_by_column(column).key
            reasons = (name in HIDDEN, f"{model.__name__}.{name}" in HIDDEN_OF)
            needless.discard(f"{model.__name__}.{name}")
            shown = (model, name) in seen or (model, relations.get(column)) in seen
            # A part belongs to the record in whose form it stands, and to that record's office.
            inherited = {model.part_of, "office", "shared"} if model.part_of else set()
            if shown or any(reasons) or name in inherited or relations.get(column) in inherited:
                continue
            lost.append(f"{model.__name__}.{name}")
    assert lost == []
    assert needless == set()


def test_every_label_can_be_asked_for_by_model():
    assert label("Contact", "title") is not label("Event", "title")
    with pytest.raises(KeyError):
        label("Event", "no such column")
