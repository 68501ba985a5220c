"""Workbooks of what is drawn: Excel tables with totals, real dates, links and charts, and what they mean."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from app.access import Role
from app.core import clock
from app.core.db import db
from app.models.offices import State
from app.models.subscribers import ConsentChannel, ConsentStep
from tests import factories as make
from tests.marketplaces_2006 import held


@pytest.fixture
def office(database):
    return make.office("LAG", state=State.BB)


@pytest.fixture
def manager(client, office):
    return make.sign_in(client, make.staff(Role.OFFICE_MANAGER, offices=(office,)), "en")


@pytest.fixture
def editor(client, office):
    return make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)), "en")


def taken(browser, name, **asked):
    answer = browser.get(f"/reports/{name}/export", query_string=asked)
    assert answer.status_code == 200, answer.text
    return answer.data


def read(data, **how):
    return openpyxl.load_workbook(io.BytesIO(data), **how)


def drawn(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name).decode() for name in archive.namelist() if "charts/chart" in name]


def test_the_network_is_a_workbook_of_tables_with_totals_dates_links_and_charts(manager, office):
    last, ahead = date(2006, 9, 18), clock.today().replace(day=1)
    for day in (date(2005, 5, 1), last):
        held(office, city="Essen", state=State.BB, starts_on=day)
    make.event(office, "Next", starts_on=date(ahead.year + 1, 1, 2))
    db.session.commit()
    data = taken(manager, "network")
    book, values = read(data), read(data, data_only=True)
    years, offices, sites = book.worksheets[:3]
    assert book.sheetnames[3:] == ["Charts", "Info"]
    assert all(len(sheet.tables) == 1 for sheet in (years, offices, sites))

    total = [cell.value for cell in years[3]]
    assert total[0] == "Total"
    assert [text.startswith("=SUBTOTAL(109,") for text in total[1:]] == [True] * 3
    assert [cell.value for cell in values.worksheets[0][3]] == ["Total", 1, 1, 2]
    (declared,) = years.tables.values()
    assert (declared.ref, declared.totalsRowCount) == ("A1:D3", 1)

    days = {sheet.title: [cell for cell in sheet[2] if cell.is_date] for sheet in (offices, sites)}
    assert [cell.value.date() for cell in days[offices.title]] == [last, date(ahead.year + 1, 1, 2)]
    assert [cell.value.date() for cell in days[sites.title]] == [date(2005, 5, 1), last]
    assert offices["A2"].hyperlink.target.endswith(f"/offices/show/{office.id}")
    for place, sheet in ((1, offices), (2, sites)):
        (at,) = (cell.row for cell in sheet["A"] if cell.value == "Total")
        assert [cell.value for cell in sheet[at] if cell.value][1].startswith("=SUBTOTAL(109,")
        assert [cell.value for cell in values.worksheets[place][at] if cell.value] == ["Total", 2]
    assert len(drawn(data)) == 2


def test_newsletters_are_drawn_month_by_month(editor, office):
    line = make.subscription(make.subscriber(office, "a@example.org"), make.newsletter(office, "Rundbrief"))
    at = datetime(2025, 5, 10, tzinfo=UTC)
    make.consent(line, step=ConsentStep.RECORDED, at=at, channel=ConsentChannel.PAPER)
    db.session.commit()
    data = taken(editor, "newsletters", year="2025")
    book = read(data)
    months, sources = book.worksheets[:2]
    assert book.sheetnames[2:] == ["Charts", "Info"]
    assert len(months.tables) == len(sources.tables) == 1
    named = "[$-809]mmm yyyy"  # in the person's language, wherever the file is opened
    assert (months["A2"].value, months["A2"].number_format) == (datetime(2025, 1, 1), named)  # noqa: DTZ001
    heading = next(cell for cell in months[1] if cell.value == "Confirmation rate, %")
    assert months.column_dimensions[heading.column_letter].width > len("Confirmation") * 0.9 + 1
    assert len(drawn(data)) == 3
    assert all('<c:majorUnit val="1"/>' in one for one in drawn(data)), "there is no half a subscriber"
    said = [cell.value for cell in book["Info"]["B"]]
    assert "An empty cell is unknown, not zero. Totals leave it out." in said


def test_without_a_row_the_workbook_can_still_be_read(manager):
    assert read(taken(manager, "network")).sheetnames[-1] == "Info"
