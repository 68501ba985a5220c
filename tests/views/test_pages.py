"""Every generated page opens, in both languages."""

from __future__ import annotations

import pytest

from app.access import Role
from app.models.figures import Measure
from tests import factories as make


@pytest.fixture
def office(database):
    root = make.office("Servicestelle")
    office = make.office("LAG", parent=root)
    company = make.organisation(office)
    nonprofit = make.organisation(office, "Verein")
    person = make.contact(office, email="j@example.org", phone="030 123456", at=company)
    event = make.event(office)
    make.figure(event, Measure.CONTRACTS)
    make.participation(event, company)
    make.offer(event, company)
    contract = make.contract(office, company, nonprofit, event=event, number=1)
    make.contribution(contract, giver=company, receiver=nonprofit)
    make.activity(office, contact=person)
    letter = make.newsletter(office)
    make.consent(make.subscription(make.subscriber(office), letter))
    make.material(office)
    make.news_item(office)
    make.receipt(office)
    database.commit()
    return office


def pages(app):
    for view in app.extensions["appbuilder"].baseviews:
        if hasattr(view, "show_template") and hasattr(view, "section"):
            yield view


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_list_form_and_record_opens(app, client, office, database, language):
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(office,)), language)
    database.commit()
    for view in pages(app):
        base = view.route_base
        assert client.get(f"{base}/list/").status_code == 200, base
        assert client.get(f"{base}/list/?q=M%C3%BCller").status_code == 200, base
        row = database.query(view.datamodel.obj).first()
        answer = client.get(f"{base}/show/{row.id}")
        assert answer.status_code == 200, base
        assert f'<html lang="{language}">' in answer.text
        wanted = 200 if view.add_columns else 404
        assert client.get(f"{base}/add").status_code == wanted, base
        assert client.get(f"{base}/edit/{row.id}").status_code == wanted, base
        for fmt in ("csv", "xlsx"):
            with client.get(f"{base}/export/{fmt}") as answer:
                assert answer.status_code == 200, base
