"""Bounces: out of a file, or reported by a program at a secret address."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app import create_app
from app.access import Role
from app.core import clock
from app.core.db import db
from app.models.imports import BounceAddress, Import
from app.models.subscribers import Delivery, Subscriber
from app.services.importing import bounces
from tests import factories as make
from tests import forms
from tests.background import run_all
from tests.conftest import settings
from tests.views.test_imports import bring, newest


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def letter(office):
    return make.newsletter(office)


@pytest.fixture
def editor(app, office):
    return make.sign_in(app.test_client(), make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)))


@pytest.fixture
def person(office):
    return make.subscriber(office, "ana@example.org")


@pytest.fixture
def secret(app, letter):
    """The path of the address."""
    address = make.bounce_address(letter)
    return f"/api/bounces/{bounces.token(address)}"


def state(person):
    db.session.expire_all()
    return person.delivery, person.bounces


# --- Files ----------------------------------------------------------------------------------------------------
FILE = """email,bounce_type,created_at
ana@example.org,soft,2026-05-01T10:00:00Z
ana@example.org,hard,2026-05-02T10:00:00Z
Bo@Example.org,Complaint,03.05.2026 12:00
di@example.org,4.2.2,2026-05-01
nobody@example.org,hard,2026-05-01
ana@example.org,nonsense,2026-05-01
ana@example.org,hard,someday
ana@example.org,hard,2099-01-01
,hard,2026-05-01
"""


def run(app, editor, letter, file=FILE):
    answer = bring(editor, letter, file.encode(), "bounces.csv", kind="bounces")
    sent = forms.send(editor, answer.location)
    assert sent.status == 302, (sent.errors, sent.alerts)
    record = newest()
    checked = dict(record.counts)
    editor.post(f"/imports/apply/{record.id}")
    run_all(app)
    db.session.expire_all()
    assert record.counts == checked
    return checked


def test_a_file_of_bounces_sets_the_state_and_twice_changes_nothing(app, editor, letter, person, office):
    others = {name: make.subscriber(office, f"{name}@example.org") for name in ("bo", "di")}
    make.subscriber(make.office("Dort", parent=office.parent), "nobody@example.org")
    counts = run(app, editor, letter)
    assert counts == {"recorded": 4, "unknown": 1, "type": 1, "date": 2, "missing": 1}
    assert state(person) == (Delivery.HARD, 2)
    assert person.bounced_at.isoformat() == "2026-05-02T10:00:00+00:00"
    assert state(others["bo"]) == (Delivery.COMPLAINT, 1)
    assert state(others["di"]) == (Delivery.SOFT, 1)
    before = db.session.execute(select(Subscriber.id, Subscriber.version).order_by(Subscriber.id)).all()
    answer = bring(editor, letter, FILE.encode(), "bounces.csv", kind="bounces")
    forms.send(editor, answer.location)
    assert newest().counts == {"same": 4, "unknown": 1, "type": 1, "date": 2, "missing": 1}
    assert (
        db.session.execute(select(Subscriber.id, Subscriber.version).order_by(Subscriber.id)).all() == before
    )
    # Nothing of it is a subscription.
    assert person.subscriptions == []


def test_a_file_of_bounces_asks_for_no_consent_and_needs_the_kind(editor, letter):
    answer = bring(editor, letter, b"email;x\nana@example.org;hard\n", kind="bounces")
    form = forms.opened(editor, answer.location)
    assert "consent" not in form.fields
    sent = forms.send(editor, answer.location, form)
    assert "Please say which column holds this: Kind of bounce." in sent.html


def test_a_milder_bounce_does_not_make_a_worse_one_undone(app, editor, letter, person):
    person.delivery, person.bounces, person.bounced_at = Delivery.COMPLAINT, 1, None
    run(app, editor, letter, "email;type;date\nana@example.org;soft;2026-05-01\n")
    assert state(person) == (Delivery.COMPLAINT, 2)


def test_a_bounce_without_a_day_counts_where_it_is_worse(app, editor, letter, person):
    file = "email;type\nana@example.org;soft\n"
    assert run(app, editor, letter, file) == {"recorded": 1}
    assert state(person) == (Delivery.SOFT, 1)
    answer = bring(editor, letter, file.encode(), kind="bounces")
    forms.send(editor, answer.location)
    assert newest().counts == {"same": 1}


# --- Reports --------------------------------------------------------------------------------------------------
HARD = {"email": "Ana@Example.org", "source": "api", "type": "hard", "campaign_uuid": "x", "meta": '{"a": 1}'}


def test_a_program_reports_as_it_does_to_listmonk(client, secret, person):
    answer = client.post(secret, json=HARD)
    assert (answer.status_code, answer.json) == (200, {"data": True})
    assert state(person) == (Delivery.HARD, 1)
    assert (clock.now() - person.bounced_at).total_seconds() < 60
    client.post(secret, json={"subscriber_uuid": person.uuid, "source": "api", "type": "complaint"})
    assert state(person) == (Delivery.COMPLAINT, 2)
    client.post(secret, json=[{**HARD, "type": "soft"}, HARD])
    assert state(person) == (Delivery.COMPLAINT, 4)


def test_the_answer_does_not_tell_whether_an_address_is_known(client, secret, person, office):
    make.subscriber(make.office("Dort", parent=office.parent), "there@example.org")
    known = client.post(secret, json=HARD)
    for email in ("nobody@example.org", "there@example.org"):
        other = client.post(secret, json={**HARD, "email": email})
        assert (other.status_code, other.data) == (known.status_code, known.data)
    untouched = select(Subscriber.delivery).where(Subscriber.email == "there@example.org")
    assert db.session.scalar(untouched) is Delivery.OK


@pytest.mark.parametrize(
    "sent",
    [
        None, {}, [], "text", 7, [1], {"email": "ana@example.org"}, {"type": "hard"},
        {**HARD, "type": "nonsense"}, {**HARD, "type": ["hard"]}, {**HARD, "email": ["ana@example.org"]},
        {**HARD, "email": "x" * 300}, {**HARD, "type": "ok"}, [HARD] * 101, [HARD, {}],
    ],
)  # fmt: skip
def test_what_is_no_bounce_is_refused_and_changes_nothing(client, secret, person, sent):
    expected = 200 if sent == [] else 400
    assert client.post(secret, json=sent).status_code == expected
    assert client.post(secret, data=b"\xff{", content_type="application/json").status_code == 400
    assert state(person) == (Delivery.OK, 0)


def test_a_secret_that_is_forged_or_was_renewed_is_none(app, client, editor, letter, secret, person):
    forged = [secret + "x", "/api/bounces/x", secret.replace(secret[-8:], "AAAAAAAA")]
    for address in forged:
        assert client.post(address, json=HARD).status_code == 404
    assert editor.post(f"/bounce-address/{letter.id}/renew").status_code == 302
    assert client.post(secret, json=HARD).status_code == 404
    assert state(person) == (Delivery.OK, 0)
    page = editor.get(f"/bounce-address/{letter.id}").text
    new = urlsplit(page.partition('readonly value="')[2].partition('"')[0]).path
    assert new != secret
    assert client.post(new, json=HARD).status_code == 200
    assert state(person) == (Delivery.HARD, 1)


def test_a_report_is_of_the_newsletters_office_whoever_sees_more(letter, secret, office):
    there = make.subscriber(make.office("Dort", parent=office.parent), "there@example.org")
    address = db.session.scalars(select(BounceAddress)).one()
    bounces.report(address, Delivery.HARD, clock.now(), email=there.email)
    bounces.report(address, Delivery.HARD, clock.now(), uuid=there.uuid)
    assert state(there) == (Delivery.OK, 0)


def test_the_address_is_made_when_somebody_asks_for_it_and_stays_the_same(editor, letter):
    assert "There is no address yet." in editor.get(f"/bounce-address/{letter.id}").text
    assert db.session.scalars(select(BounceAddress)).all() == []
    editor.post(f"/bounce-address/{letter.id}/renew")
    first, second = (editor.get(f"/bounce-address/{letter.id}").text for _look in range(2))
    assert "/api/bounces/" in first
    assert first.count("/api/bounces/") == second.count("/api/bounces/")
    assert first.partition('readonly value="')[2][:120] == second.partition('readonly value="')[2][:120]
    assert f"/bounce-address/{letter.id}" in editor.get(f"/newsletters/show/{letter.id}").text


def test_reports_are_limited(app, letter, secret, monkeypatch):
    strict = create_app(
        **{
            **settings(app.config["DATA_DIR"], app.config["SQLALCHEMY_DATABASE_URI"]),
            "RATELIMIT_ENABLED": True,
            "BOUNCE_LIMIT": "3 per minute",
        }
    )
    db.session.commit()
    client = strict.test_client()
    codes = [client.post(secret, json=HARD).status_code for _time in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    with strict.app_context():
        db.engine.dispose()


def test_imports_of_bounces_are_written_down_like_the_others(app, editor, letter, person):
    run(app, editor, letter, "email;type\nana@example.org;soft\n")
    record = db.session.scalars(select(Import)).one()
    page = editor.get("/imports/list/").text
    assert record.file_name in page
    assert "Bounces and complaints" in page
    shown = editor.get(f"/imports/show/{record.id}").text
    assert record.sha256 in shown.replace("<wbr>", "")
    assert "Language, where a row names none" not in shown


def test_the_address_goes_with_the_newsletter(app, letter, office):
    boss = make.sign_in(app.test_client(), make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)))
    make.bounce_address(letter)
    assert boss.post(f"/newsletters/delete/{letter.id}").status_code == 302
    assert db.session.scalars(select(BounceAddress)).all() == []
