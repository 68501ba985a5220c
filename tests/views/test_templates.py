"""A template is chosen in the form of an event, or applied on a page of its own; nothing comes twice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.access import everything
from app.models.activities import Activity
from app.models.categories import Category
from app.models.events import Event
from app.models.templates import EventTemplate
from tests import factories as make
from tests import forms
from tests.api.calls import Program

DAY = date(2027, 5, 20)


@pytest.fixture
def template(office):
    return make.template(
        office, "Abend", tasks={"Saal buchen": -90, "Gong": 0}, corners=("Hände",), target_people=130
    )


def due(database):
    return {task.subject: task.due_on for task in database.scalars(select(Activity).order_by(Activity.id))}


def add(client, **fields):
    return forms.send(client, "/events/add", forms.opened(client, "/events/add"), title="Markt", **fields)


def test_a_new_event_has_the_tasks_corners_and_targets_of_its_template(client, template, database):
    answer = add(client, starts_on="20/05/2027", template=str(template.id))
    assert (answer.status, answer.errors) == (302, {})
    assert due(database) == {"Saal buchen": date(2027, 2, 19), "Gong": DAY}
    event = database.scalars(select(Event)).one()
    assert [corner.name for corner in event.corners] == ["Hände"]
    assert event.target_people == 130
    page = client.get(f"/events/show/{event.id}").text
    assert "Saal buchen" in page


def test_what_was_typed_beside_the_template_counts(client, template, database):
    add(
        client,
        template=str(template.id),
        target_people="80",
        corners__0__name="hände",
        corners__0__category="goods",
    )
    event = database.scalars(select(Event)).one()
    assert (event.target_people, [corner.category for corner in event.corners]) == (
        80,
        [Category.GOODS],
    )
    assert due(database) == {"Saal buchen": None, "Gong": None}


def test_saving_again_adds_nothing_and_moving_the_date_moves_the_tasks(client, template, database):
    add(client, template=str(template.id), starts_on="20/05/2027")
    event = database.scalars(select(Event)).one()
    database.delete(database.scalars(select(Activity).where(Activity.subject == "Saal buchen")).one())
    forms.send(client, f"/events/edit/{event.id}", starts_on="21/05/2027")
    # Who deleted a task meant it: only who asks for the template again gets it back.
    assert due(database) == {"Gong": date(2027, 5, 21)}


def test_an_event_that_breaks_a_rule_leaves_no_tasks(client, template, database):
    answer = add(client, template=str(template.id), latitude="91")
    assert answer.errors["latitude"]
    assert answer.chosen["template"] == ["Abend"]
    assert due(database) == {}


def test_the_page_shows_what_would_come_and_adds_it_once(client, office, template, database):
    event = make.event(office, starts_on=DAY)
    address = f"/event-template/{event.id}"
    assert "Saal buchen" not in client.get(address).text
    shown = client.get(f"{address}?template={template.id}").text
    assert "19/02/2027" in shown
    assert due(database) == {}
    for said in ("Added: 2 tasks, 1 corner, 1 target.", "The event already had everything of this template."):
        answer = client.post(address, data={"template": template.id}, follow_redirects=True)
        assert said in answer.text
        assert len(due(database)) == 2
    assert "already has everything" in client.get(f"{address}?template={template.id}").text


@pytest.mark.parametrize("sent", ["", "999999", "x"])
def test_a_template_that_is_none_is_refused_in_words(client, office, sent, database):
    event = make.event(office)
    answer = client.post(f"/event-template/{event.id}", data={"template": sent})
    assert answer.status_code == 200
    assert (
        "This field is required." if not sent else "This record can&#39;t be found"
    ) in answer.text.replace("’", "&#39;")
    assert due(database) == {}


def test_a_foreign_template_cant_be_chosen_until_it_is_shared(client, office, database):
    foreign = make.template(make.office("Anderswo"), "Fremd")
    event = make.event(office)
    address = f"/event-template/{event.id}"
    assert "Fremd" not in client.get(f"{address}?template={foreign.id}").text
    client.post(address, data={"template": foreign.id})
    assert add(client, template=str(foreign.id)).errors["template"]
    assert due(database) == {}
    database.get(EventTemplate, foreign.id).shared = True
    client.post(address, data={"template": foreign.id})
    assert set(due(database)) == {"Saal buchen"}


def test_another_row_in_the_place_of_a_removed_one_is_another_task(client, template, database):
    """Else an event that has the first one would never get the second."""
    before = {task.subject: task.uuid for task in template.tasks}
    form = forms.opened(client, f"/templates/edit/{template.id}")
    forms.send(
        client, f"/templates/edit/{template.id}", form,
        tasks__0__row_remove="y", tasks__2__subject="Presse", tasks__2__days_from_event="-7",
    )  # fmt: skip
    after = {task.subject: task.uuid for task in database.get(EventTemplate, template.id).tasks}
    assert set(after) == {"Gong", "Presse"}
    assert after["Gong"] == before["Gong"]
    assert after["Presse"] not in before.values()


def test_a_template_that_events_use_stays(client, template, office, database):
    make.event(office, "Frühling", template=template)
    page = client.post(f"/templates/delete/{template.id}", follow_redirects=True).text
    assert "events refer to it" in page
    assert database.get(EventTemplate, template.id) is not None


def test_a_program_that_moves_the_event_moves_the_tasks(app, client, office, template, database):
    from app.access import Role

    add(client, template=str(template.id), starts_on="20/05/2027")
    event = database.scalars(select(Event)).one()
    with everything("tests"):
        program = Program(app, make.staff(Role.REGIONAL_OFFICE, offices=(office,)))
        database.commit()
    answer = program.call("PUT", f"events/{event.id}", {"version": event.version, "starts_on": "2027-05-22"})
    assert answer.status_code == 200
    assert due(database)["Gong"] == date(2027, 5, 22)
