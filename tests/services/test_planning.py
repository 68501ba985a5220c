"""An event gets what its template has, once; its open tasks keep their distance from its date."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.access import everything
from app.core import clock
from app.core.rules import RuleBrokenError
from app.models.activities import Activity, ActivityKind
from app.models.categories import Category
from app.models.events import Corner
from app.models.templates import EventTemplate, TemplateTask
from app.services import planning
from tests import factories as make
from tests.access.worlds import network, working_as

DAY, LATER = date(2026, 9, 18), date(2026, 9, 25)


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def template(office):
    tasks = {"Saal buchen": -90, "Gong": 0, "Nachfragen": 14}
    return make.template(
        office, tasks=tasks, corners=("Hände", "Köpfe"), target_companies=40, target_contracts=0
    )


def planned(database, event):
    database.commit()
    tasks = database.scalars(select(Activity).where(Activity.event == event).order_by(Activity.id))
    return {task.subject: task for task in tasks}


def days(database, event):
    return {subject: task.due_on for subject, task in planned(database, event).items()}


def test_an_event_gets_tasks_with_due_dates_corners_and_targets(office, template, database):
    event = make.event(office, starts_on=DAY)
    planning.apply(event, template)
    assert days(database, event) == {
        "Saal buchen": date(2026, 6, 20),
        "Gong": DAY,
        "Nachfragen": date(2026, 10, 2),
    }
    tasks = planned(database, event).values()
    assert {(task.kind, task.office_id, task.done_at) for task in tasks} == {
        (ActivityKind.TASK, office.id, None)
    }
    assert [(corner.name, corner.category) for corner in event.corners] == [
        ("Hände", Category.HANDS),
        ("Köpfe", Category.HANDS),
    ]
    # No aim is no aim, and none at all is one.
    assert (event.target_companies, event.target_nonprofits, event.target_contracts) == (40, None, 0)
    assert event.template is template


def test_what_is_there_stays_and_nothing_is_doubled(office, template, database):
    event = make.event(office, starts_on=DAY, target_companies=20)
    event.corners.append(Corner(name="HÄNDE", category=Category.OTHER))
    own = make.activity(office, event=event, kind=ActivityKind.TASK, subject="GONG", due_on=LATER)
    added = planning.apply(event, template)
    assert [task.subject for task in added.tasks] == ["Saal buchen", "Nachfragen"]
    assert [corner.name for corner in added.corners] == ["Köpfe"]
    assert added.targets == ["target_contracts"]
    planned(database, event)[
        "Saal buchen"
    ].subject = "Scheune buchen"  # a task that was renamed is the same task
    planned(database, event)["Nachfragen"].done_at = clock.now()
    assert not planning.apply(event, template)
    assert set(planned(database, event)) == {"Scheune buchen", "GONG", "Nachfragen"}
    assert (own.due_on, event.target_companies, len(event.corners)) == (LATER, 20, 2)


def test_what_a_template_got_later_is_added_later(office, template, database):
    event = make.event(office, starts_on=DAY)
    planning.apply(event, template)
    database.commit()
    template.tasks.append(TemplateTask(subject="Presse", days_from_event=-7))
    database.flush()
    assert [task.subject for task in planning.apply(event, template).tasks] == ["Presse"]


def test_open_tasks_move_with_the_event_and_done_ones_dont(office, template, database):
    event = make.event(office, starts_on=DAY)
    planning.apply(event, template)
    planned(database, event)["Saal buchen"].done_at = clock.now()
    make.activity(office, event=event, kind=ActivityKind.TASK, subject="Torte", due_on=DAY)
    database.commit()
    event.starts_on = LATER
    assert days(database, event) == {
        "Saal buchen": date(2026, 6, 20),
        "Gong": LATER,
        "Nachfragen": date(2026, 10, 9),
        "Torte": DAY,
    }


def test_a_task_that_moves_tells_who_moved_it(office, template, database):
    event = make.event(office, starts_on=DAY)
    planning.apply(event, template)
    before = planned(database, event)["Gong"].version
    with everything("somebody"):
        event.starts_on = LATER
        database.commit()
    gong = planned(database, event)["Gong"]
    assert (gong.changed_by, gong.version) == ("somebody", before + 1)


def test_without_a_date_tasks_wait_for_one(office, template, database):
    event = make.event(office)
    planning.apply(event, template)
    assert set(days(database, event).values()) == {None}
    event.starts_on = DAY
    assert days(database, event)["Gong"] == DAY
    event.starts_on = None
    assert set(days(database, event).values()) == {None}


def test_a_due_date_that_is_set_by_hand_is_another_distance(office, template, database):
    event = make.event(office, starts_on=DAY)
    planning.apply(event, template)
    planned(database, event)["Gong"].due_on = date(2026, 9, 16)
    assert planned(database, event)["Gong"].days_from_event == -2
    event.starts_on = LATER
    assert days(database, event)["Gong"] == date(2026, 9, 23)
    planned(database, event)["Gong"].days_from_event = 1
    assert days(database, event)["Gong"] == date(2026, 9, 26)


def test_a_due_date_that_is_set_without_a_date_of_the_event_stays(office, template, database):
    event = make.event(office)
    planning.apply(event, template)
    planned(database, event)["Gong"].due_on = LATER
    database.commit()
    event.starts_on = DAY
    assert days(database, event)["Gong"] == LATER
    assert planned(database, event)["Gong"].days_from_event is None


def test_only_what_is_about_an_event_follows_one(office, database):
    with pytest.raises(RuleBrokenError) as error:
        make.activity(office, organisation=make.organisation(office), days_from_event=3)
    assert [problem.field for problem in error.value.problems] == ["days_from_event"]
    database.rollback()


@pytest.mark.parametrize("days", [1001, -1001])
def test_a_task_lies_within_reach_of_its_event(days):
    assert [problem.field for problem in TemplateTask(days_from_event=days).problems()] == ["days_from_event"]
    assert [p.field for p in EventTemplate(name="x", target_people=-1).problems()] == ["target_people"]


# --- sharing --------------------------------------------------------------------------------------------------
def test_a_service_agency_shares_a_template_with_its_tasks_and_corners(database):
    world = network()
    given = make.template(world.root, "Allgemein")
    kept = make.template(world.root, "Entwurf")
    given.shared = True
    database.commit()
    keys = given.id, kept.id
    event_key = make.event(world.here, starts_on=DAY).id
    with working_as(world.person):
        assert database.get(EventTemplate, keys[1]) is None
        found = database.get(EventTemplate, keys[0])
        event = database.get(type(make.event(world.here)), event_key)
        planning.apply(event, found)
        database.commit()
        assert event.corners[0].name == "Hände"
        task = database.scalars(select(Activity)).one()
        assert (task.office_id, task.due_on) == (world.here.id, date(2026, 8, 21))
        assert event.template is found


def test_a_template_that_isnt_shared_any_more_leaves_the_event_as_it_is(database):
    world = network()
    given = make.template(world.root, "Allgemein", shared=True)
    event = make.event(world.here, starts_on=DAY, template=given)
    planning.apply(event, given)
    given.shared = False
    database.commit()
    key = event.id
    with working_as(world.person):
        event = database.get(type(event), key)
        assert event.template is None
        event.starts_on = LATER
        database.commit()
        assert database.scalars(select(Activity)).one().due_on == date(2026, 8, 28)
