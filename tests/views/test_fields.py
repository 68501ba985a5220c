"""What people type in their own way of writing is stored exactly, and shown in the same way."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from flask_babel import force_locale, get_locale
from sqlalchemy import text
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.access import Role
from app.core.values import display
from app.models.activities import Activity
from app.models.contracts import Contribution
from app.models.events import Event
from app.views.parsed import DateInput, DecimalInput, IntegerInput, MomentInput, TimeInput
from tests import factories as make
from tests.forms import opened, send


@pytest.fixture
def office(database, client):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,)), "de")
    return office


@pytest.fixture
def typed(app):
    """Type a text into a field in a language; give the value and the messages."""

    def typed(field, text, language="de", stored=None):
        form_class = type("OneField", (Form,), {"field": field})
        with app.test_request_context(), force_locale(language):
            form = form_class(MultiDict({"field": text}), data={"field": stored})
            form.validate()
            assert str(get_locale()) == language
            if form.errors:
                assert form.field._value() == text  # what can't be read stays in the input
            return form.field.data, [str(message) for message in form.field.errors]

    return typed


def money():
    return DecimalInput("Value", digits=14, places=2)


@pytest.mark.parametrize(
    ("language", "written", "value"),
    [
        ("de", "1.234,56", "1234.56"),
        ("de", "1234,56", "1234.56"),
        ("de", "1 234,56", "1234.56"),
        ("de", "1.234,56 €", "1234.56"),
        ("de", "0,1", "0.1"),
        ("de", "1.000", "1000"),
        ("de", "-5", "-5"),
        ("en", "1,234.56", "1234.56"),
        ("en", "1234.56", "1234.56"),
        ("en", "1.23", "1.23"),
        ("en", "€1,000", "1000"),
        ("de", "999.999.999.999,99", "999999999999.99"),
    ],
)
def test_a_decimal_is_read_as_people_of_the_language_write_it(typed, language, written, value):
    assert typed(money(), written, language) == (Decimal(value), [])


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("de", "1.23"),
        ("de", "1,234.56"),
        ("de", "1,2,3"),
        ("en", "1.234,56"),
        ("en", "1,23"),
        ("de", "zwölf"),
        ("de", "1e5"),
        ("de", "NaN"),
        ("de", "Infinity"),
        ("de", "0x10"),
        ("de", "--5"),
        ("de", "1" * 5000),
    ],
)
def test_what_could_be_two_numbers_or_none_is_refused(typed, language, written):
    value, messages = typed(money(), written, language)
    assert value is None
    assert len(messages) == 1


@pytest.mark.parametrize(
    ("language", "written"), [("de", "1,234"), ("en", "1.234"), ("de", "0,001"), ("en", "1.500")]
)
def test_a_third_decimal_is_refused_and_not_rounded_away(typed, language, written):
    value, messages = typed(money(), written, language)
    assert value is None
    assert "2" in messages[0]


def test_a_number_that_no_column_holds_is_refused(typed):
    assert typed(money(), "1.000.000.000.000")[0] is None
    hours = DecimalInput("Hours", digits=12, places=2)
    assert typed(hours, "9.999.999.999,99") == (Decimal("9999999999.99"), [])
    assert typed(hours, "10.000.000.000")[0] is None
    assert typed(DecimalInput("Latitude", digits=9, places=6), "1.000")[0] is None
    assert typed(IntegerInput("Count"), "2.147.483.648")[0] is None
    assert typed(IntegerInput("Count"), "2.147.483.647") == (2147483647, [])


def test_a_whole_number_is_whole(typed):
    assert typed(IntegerInput("Count"), "1.234") == (1234, [])
    assert typed(IntegerInput("Count"), "12,0")[0] is None
    assert typed(IntegerInput("Count"), "1.000", "en")[0] is None  # a German thousand
    assert typed(IntegerInput("Count"), "12,5")[0] is None
    assert typed(IntegerInput("Count"), "a dozen", "en")[0] is None


@pytest.mark.parametrize(
    ("language", "written", "day"),
    [
        ("de", "24.12.2026", date(2026, 12, 24)),
        ("de", "3.4.2026", date(2026, 4, 3)),
        ("de", "24.12.26", date(2026, 12, 24)),
        ("de", "24.12.68", date(2068, 12, 24)),
        ("de", "24.12.69", date(1969, 12, 24)),
        ("de", "24. Dezember 2026", date(2026, 12, 24)),
        ("en", "24/12/2026", date(2026, 12, 24)),
        ("en", "03/04/26", date(2026, 4, 3)),
        ("en", "2026-12-24", date(2026, 12, 24)),
        ("de", "29.2.2024", date(2024, 2, 29)),
    ],
)
def test_a_day_is_read_day_first(typed, language, written, day):
    assert typed(DateInput("On"), written, language) == (day, [])


@pytest.mark.parametrize(
    ("language", "written"),
    [("de", "12/24/2026"), ("en", "12/24/2026"), ("de", "30.2.2026"), ("de", "29.2.2026"), ("de", "24.12."),
     ("de", "24.12.0026"), ("en", "24.12.2026"), ("de", "0.0.2026"), ("de", "morgen"), ("de", "99999999999")],
)  # fmt: skip
def test_what_is_no_day_is_refused(typed, language, written):
    value, messages = typed(DateInput("On"), written, language)
    assert value is None
    assert len(messages) == 1


@pytest.mark.parametrize("written", ["18:30", "18.30", " 18:30 ", "18:30 Uhr", "18.30 uhr"])
def test_a_time_of_day_is_read(typed, written):
    assert typed(TimeInput("At"), written) == (time(18, 30), [])


def test_a_full_hour_needs_no_minutes_and_no_time_is_refused(typed):
    assert typed(TimeInput("At"), "18 Uhr")[0] == time(18)
    assert typed(TimeInput("At"), "0:00") == (time(0), [])
    for wrong in ("24:00", "18:60", "6pm", "1_8", "-1", "18:5", "18:30:15", "abc", "18:"):
        assert typed(TimeInput("At"), wrong)[0] is None, wrong


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("01.07.2026 18:30", datetime(2026, 7, 1, 16, 30, tzinfo=UTC)),
        ("01.12.2026 18:30", datetime(2026, 12, 1, 17, 30, tzinfo=UTC)),
        ("29.03.2026 01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("29.03.2026 03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("25.10.2026 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first of the two
        ("25.10.2026 03:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
        ("2026-07-01T18:30", datetime(2026, 7, 1, 16, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_one_of_the_offices_clock_and_kept_in_utc(typed, written, moment):
    value, messages = typed(MomentInput("Stamped"), written)
    assert messages == []
    assert value == moment


def test_in_the_hour_that_spring_leaves_out_there_is_no_time(typed):
    for wrong in ("29.03.2026 02:00", "29.03.2026 02:59", "01.07.2026", "18:30", "heute 18:30"):
        value, messages = typed(MomentInput("Stamped"), wrong)
        assert value is None, wrong
        assert len(messages) == 1


def test_a_moment_that_was_left_as_it_stood_keeps_its_second_and_its_hour_of_two(app, typed):
    for stored in (
        datetime(2026, 7, 1, 16, 30, 45, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # the second 02:30 of that night
    ):
        with app.test_request_context(), force_locale("de"):
            shown = display(stored)
        assert typed(MomentInput("Stamped"), shown, stored=stored) == (stored, [])


def test_money_typed_in_german_is_stored_to_the_cent_and_shown_again(client, office, database):
    contract = make.contract(office, make.organisation(office), make.organisation(office, "Verein"))
    make.contribution(contract)
    database.commit()
    address = f"/contracts/edit/{contract.id}"
    sent = send(client, address, contributions__0__value="1.234,56", contributions__0__hours="7,5")
    assert sent.status == 302, sent.errors
    database.expire_all()
    line = database.query(Contribution).one()
    assert (line.value, line.hours) == (Decimal("1234.56"), Decimal("7.5"))
    raw = database.execute(text("SELECT value FROM contribution")).scalar_one()
    assert str(raw) == ("123456" if database.get_bind().dialect.name == "sqlite" else "1234.56")
    assert opened(client, address).fields["contributions-0-value"] == "1.234,56"
    assert "1.234,56" in client.get(f"/contracts/show/{contract.id}").text
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,)), "en")
    database.commit()
    assert opened(client, address).fields["contributions-0-value"] == "1,234.56"
    assert "1,234.56" in client.get(f"/contracts/show/{contract.id}").text


def test_days_and_times_are_shown_as_they_are_typed(client, office, database):
    sent = send(
        client, "/events/add", title="Markt", starts_on="24.12.2026", start_time="18.30", end_time="20 Uhr"
    )
    assert sent.status == 302, sent.errors
    event = database.query(Event).one()
    assert (event.starts_on, event.start_time, event.end_time) == (date(2026, 12, 24), time(18, 30), time(20))
    page = client.get(sent.location).text
    assert "24.12.2026 18:30 – 20:00" in page
    form = opened(client, f"/events/edit/{event.id}")
    shown = [form.fields[name] for name in ("starts_on", "start_time", "end_time")]
    assert shown == ["24.12.2026", "18:30", "20:00"]


def test_a_moment_is_stored_in_utc_whatever_the_session(client, office, database):
    database.add(Activity(office_id=office.id, subject="Call", organisation=make.organisation(office)))
    database.commit()
    activity = database.query(Activity).one()
    assert send(client, f"/activities/edit/{activity.id}", done_at="01.07.2026 18:30").status == 302
    database.expire_all()
    assert activity.done_at == datetime(2026, 7, 1, 16, 30, tzinfo=UTC)
    assert activity.done_at.utcoffset().total_seconds() == 0
    assert opened(client, f"/activities/edit/{activity.id}").fields["done_at"] == "01.07.2026 18:30"
