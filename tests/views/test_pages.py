"""Every generated page opens, in both languages."""

from __future__ import annotations

import pytest

from app.access import Role
from tests import factories as make
from tests.pages import views


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_list_form_and_record_opens(app, client, full_office, database, language):
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(full_office,)), language)
    for view in views(app):
        base = view.route_base
        assert client.get(f"{base}/list/").status_code == 200, base
        assert client.get(f"{base}/list/?q=M%C3%BCller").status_code == 200, base
        row = database.query(view.datamodel.obj).first()
        answer = client.get(f"{base}/show/{row.id}")
        assert answer.status_code == 200, base
        assert f'<html lang="{language}">' in answer.text
        assert client.get(f"{base}/add").status_code == (200 if view.add_columns else 404), base
        assert client.get(f"{base}/edit/{row.id}").status_code == (200 if view.edit_columns else 404), base
        for fmt in ("csv", "xlsx"):
            with client.get(f"{base}/export/{fmt}") as answer:
                assert answer.status_code == (200 if view.downloadable else 404), base
