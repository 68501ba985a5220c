"""What is held of a person, for that person: the links come to the address, and each does one thing."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.access import Role, everything
from app.core import mail, queue, spool
from app.core.db import db
from app.jobs import subscriptions
from app.models.newsletters import TextKind, Topic
from app.models.subscribers import (
    Consent,
    ConsentOrigin,
    ConsentStep,
    Delivery,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.services import links, subscribers
from tests import factories as make
from tests.background import run_all

ENGLISH = {"Accept-Language": "en"}
OPEN, YES, NO = (
    SubscriptionStatus.UNCONFIRMED,
    SubscriptionStatus.CONFIRMED,
    SubscriptionStatus.UNSUBSCRIBED,
)


@pytest.fixture
def letter(database):
    letter = make.newsletter(make.office("LAG", parent=make.office("Servicestelle")), public=True)
    make.newsletter_text(letter, "Ja, ich will.")
    make.newsletter_text(letter, "Wir speichern.", kind=TextKind.PRIVACY)
    letter.topics = [Topic(name=name, rank=rank) for rank, name in enumerate(("Termine", "Berichte"))]
    db.session.commit()
    return letter


@pytest.fixture
def ana(letter):
    person = make.subscriber(letter.office, "ana@example.org", first_name="Ana", language="en")
    line = make.subscription(person, letter, status=YES)
    make.consent(line, step=ConsentStep.CONFIRMED, consent_text=letter.texts[0])
    db.session.commit()
    return person


@pytest.fixture
def sent(database):
    """Give the mails that stayed in the folder since the test began."""
    folder = mail.spool_folder()
    before = set(spool.names(folder))
    return lambda: [spool.read(folder, name) for name in spool.names(folder) if name not in before]


def page(name, token):
    return f"/newsletter/{name}/{token}"


def signed(app, link, person):
    with app.app_context(), everything("tests"):
        return link.sign(person)


def steps(person):
    rows = select(Consent.step).join(Consent.subscription).where(Subscription.subscriber == person)
    return list(db.session.scalars(rows.order_by(Consent.id)))


def test_the_links_come_by_mail_and_open_one_page_each(app, client, letter, ana, sent):
    answer = client.post(f"/newsletter/{letter.id}/yours", data={"email": "ANA@example.org"}, headers=ENGLISH)
    assert "If we hold this address" in answer.text
    run_all(app)
    [message] = sent()
    assert message["To"] == "ana@example.org"
    paths = [urlsplit(one).path for one in re.findall(r"http\S+", message.get_body(("plain",)).get_content())]
    assert [path.split("/")[2] for path in paths] == ["preferences", "held", "delete"]
    assert [client.get(path).status_code for path in paths] == [200, 200, 200]
    # A token for one page opens no other, and none of them ends a subscription.
    tokens = [path.split("/")[3] for path in paths]
    for wrong in (
        page("held", tokens[0]),
        page("delete", tokens[1]),
        page("preferences", tokens[2]),
        page("leave", tokens[0]),
    ):
        assert client.get(wrong).status_code == 410, wrong
        assert client.post(wrong).status_code in {405, 410}, wrong
    assert steps(ana) == [ConsentStep.CONFIRMED]


def test_nobody_learns_who_is_known(app, client, letter, ana, sent):
    known, unknown = (
        client.post(f"/newsletter/{letter.id}/yours", data={"email": email}, headers=ENGLISH)
        for email in ("ana@example.org", "nobody@example.org")
    )
    assert known.text == unknown.text
    assert len(queue.huey_of(app).pending()) == 2
    run_all(app)
    assert [message["To"] for message in sent()] == ["ana@example.org"]


@pytest.mark.parametrize("hidden", ["public", "active"])
def test_who_reads_a_newsletter_that_is_not_public_reaches_the_own_data(
    app, client, letter, ana, sent, hidden
):
    setattr(letter, hidden, False)
    db.session.commit()
    with app.app_context(), everything("tests"):
        subscriptions.welcome(ana.subscriptions[0].id)
    [welcome] = sent()
    [link, _leave] = re.findall(r"http\S+", welcome.get_body(("plain",)).get_content())
    asked = client.get(urlsplit(link).path, headers=ENGLISH)
    answer = client.post(urlsplit(link).path, data={"email": "ana@example.org"}, headers=ENGLISH)
    assert asked.status_code == answer.status_code == 200
    run_all(app)
    assert "read and changed" in sent()[0].get_body(("plain",)).get_content()
    # Nobody learns from it which newsletters there are, and of whom.
    assert letter.name not in asked.text + answer.text
    assert letter.sender_name not in asked.text + answer.text
    nowhere = client.get(f"/newsletter/{letter.id + 1}/yours", headers=ENGLISH)
    assert nowhere.text == asked.text.replace(f"/newsletter/{letter.id}/", f"/newsletter/{letter.id + 1}/")
    leave = client.get(f"/newsletter/leave/{leave_token(app, ana)}", headers=ENGLISH)
    assert f"/newsletter/{letter.id}/yours" in leave.text


def leave_token(app, person):
    with app.app_context(), everything("tests"):
        return links.to_leave(person.subscriptions[0])


def test_a_program_that_fills_in_everything_has_nothing_sent(app, client, letter, ana, sent):
    data = {"email": "ana@example.org", "website": "https://spam.example"}
    assert client.post(f"/newsletter/{letter.id}/yours", data=data).status_code == 200
    assert run_all(app) == 0


def test_a_person_of_another_office_is_not_found_there(app, client, letter, ana, sent):
    other = make.newsletter(make.office("Andere"), "Brief", public=True)
    db.session.commit()
    client.post(f"/newsletter/{other.id}/yours", data={"email": "ana@example.org"})
    run_all(app)
    assert sent() == []


def test_name_language_and_topics_change_and_the_log_says_so(app, client, letter, ana):
    address = page("preferences", signed(app, links.PREFERENCES, ana))
    shown = client.get(address, headers=ENGLISH).text
    assert 'value="ana@example.org"' in shown
    assert "Termine" in shown
    line, topic = ana.subscriptions[0], letter.topics[1]
    data = {"email": "ana@example.org", "first_name": "Anna", "last_name": "Ü", "language": "de"}
    saved = client.post(address, data={**data, f"topics-{line.id}": [str(topic.id)]}, headers=ENGLISH)
    assert "Your preferences are saved." in saved.text
    assert (ana.first_name, ana.last_name, ana.language.value) == ("Anna", "Ü", "de")
    assert [chosen.topic for chosen in line.topics] == [topic]
    assert steps(ana) == [ConsentStep.CONFIRMED, ConsentStep.CHANGED]
    changed = db.session.scalars(select(Consent).where(Consent.step == ConsentStep.CHANGED)).one()
    assert changed.consent_text is letter.texts[0]
    assert "…" in changed.source_url
    assert address.rpartition("/")[2] not in changed.source_url
    # Saving the same once more is no change.
    client.post(address, data={**data, f"topics-{line.id}": [str(topic.id)]})
    assert steps(ana) == [ConsentStep.CONFIRMED, ConsentStep.CHANGED]


@pytest.mark.parametrize(
    "change", [{"email": "nobody"}, {"email": ""}, {"first_name": "x" * 201}, {"language": "xx"}]
)
def test_what_can_not_be_is_refused_at_its_field_and_what_was_typed_stays(app, client, letter, ana, change):
    data = {"email": "ana@example.org", "first_name": "Neu", "last_name": "", "language": "en", **change}
    answer = client.post(page("preferences", signed(app, links.PREFERENCES, ana)), data=data)
    assert 'class="error mb-0"' in answer.text
    assert "first_name" in change or 'value="Neu"' in answer.text
    assert (ana.first_name, ana.email) == ("Ana", "ana@example.org")


def test_a_topic_of_another_newsletter_is_refused(app, client, letter, ana):
    other = make.newsletter(letter.office, "Anderer")
    other.topics = [Topic(name="Geheimes")]
    db.session.commit()
    line = ana.subscriptions[0]
    data = {"email": "ana@example.org", "language": "en", f"topics-{line.id}": [str(other.topics[0].id)]}
    answer = client.post(page("preferences", signed(app, links.PREFERENCES, ana)), data=data)
    assert "Geheimes" not in answer.text
    assert line.topics == []


def test_a_new_address_counts_once_it_has_answered(app, client, letter, ana, sent):
    ana.delivery, ana.bounces = Delivery.HARD, 3
    old = signed(app, links.PREFERENCES, ana)
    data = {"email": "ana@new.example", "first_name": "Ana", "last_name": "", "language": "en"}
    saved = client.post(page("preferences", old), data=data, headers=ENGLISH)
    assert "We have sent a mail to your new address." in saved.text
    [line] = ana.subscriptions
    assert (ana.email, line.status, ana.delivery, ana.bounces) == ("ana@new.example", OPEN, Delivery.OK, 0)
    # What was sent to the old box opens nothing any more.
    assert client.get(page("preferences", old)).status_code == 410
    run_all(app)
    [message] = sent()
    assert message["To"] == "ana@new.example"
    link = urlsplit(re.search(r"http\S+", message.get_body(("plain",)).get_content())[0]).path
    assert client.post(link).status_code == 200
    assert line.status is YES
    assert steps(ana) == [
        ConsentStep.CONFIRMED,
        ConsentStep.MOVED,
        ConsentStep.MAIL_SENT,
        ConsentStep.CONFIRMED,
    ]


def test_an_address_that_the_office_knows_is_not_told_and_has_to_answer(app, client, letter, ana, sent):
    bo = make.subscriber(letter.office, "bo@example.org", first_name="Bo")
    blocked = make.subscription(bo, letter, status=NO)
    token = signed(app, links.PREFERENCES, ana)
    data = {"first_name": "Ana", "last_name": "", "language": "en"}
    known = client.post(page("preferences", token), data={**data, "email": "bo@example.org"}, headers=ENGLISH)
    assert "We have sent a mail to your new address." in known.text
    assert "Bo" not in re.sub("Body|bo@", "", known.text)
    assert [ana.subscriptions[0].status, blocked.status, bo.first_name] == [NO, NO, "Bo"]
    run_all(app)
    assert [message["To"] for message in sent()] == ["bo@example.org"]


@pytest.mark.parametrize("left", [False, True], ids=["all wanted", "one ended"])
def test_a_person_who_tries_an_address_can_not_tell_whether_it_is_known(app, client, letter, sent, left):
    """Whatever is done with the old box afterwards, the answers are the same to the byte, and so are the mails."""
    other, third = make.newsletter(letter.office, "Anderer"), make.newsletter(letter.office, "Dritter")
    make.subscription(
        make.subscriber(letter.office, "known@other.example", first_name="Bo"), letter, status=YES
    )
    db.session.commit()
    seen = []
    for name, wanted in (("ana", "known@other.example"), ("bob", "fresh@other.example")):
        person = make.subscriber(letter.office, f"{name}@old.example", first_name="Jo", language="en")
        asked = make.consent(make.subscription(person, letter, status=YES))
        make.subscription(person, other, status=OPEN)
        if left:
            make.subscription(person, third, status=NO)
        db.session.commit()
        with app.app_context(), everything("tests"):
            old = {one: one.sign(person) for one in (links.PREFERENCES, links.HELD, links.ERASURE)}
            confirm, leave = links.to_confirm(asked), links.to_leave(person.subscriptions[0])
        data = {"email": wanted, "first_name": "Jo", "last_name": "", "language": "en"}
        mails = len(sent())
        answers = [client.post(page("preferences", old[links.PREFERENCES]), data=data, headers=ENGLISH)]
        answers += [
            client.get(page(place, old[link]), headers=ENGLISH)
            for place, link in (
                ("preferences", links.PREFERENCES), ("held", links.HELD), ("delete", links.ERASURE),
            )
        ]  # fmt: skip
        answers += [client.get(page("leave", leave), headers=ENGLISH), client.get(page("confirm", confirm))]
        run_all(app)
        to_new = [message["To"] for message in sent()][: len(sent()) - mails]
        mails = len(sent())
        answers.append(client.post(page("leave", leave), headers=ENGLISH))
        own = {"email": person_address(name)}
        answers.append(client.post(f"/newsletter/{letter.id}/yours", data=own, headers=ENGLISH))
        run_all(app)
        assert len(sent()) == mails  # nothing is held any more of the old address
        answers.append(client.post(f"/newsletter/{letter.id}", data={**own, "agreed": "y"}, headers=ENGLISH))
        run_all(app)
        again = sent()[: len(sent()) - mails]
        bodies = [re.sub(r"http\S+", "", one.get_body(("plain",)).get_content()) for one in again]
        texts = [re.sub("|".join((*old.values(), confirm, leave)), "…", one.text) for one in answers]
        seen.append(
            (
                [one.status_code for one in answers],
                [text.replace(wanted, "new").replace(person_address(name), "old") for text in texts],
                len(to_new),
                set(to_new) == {wanted},
                [one["To"].replace(name, "") for one in again],
                bodies,
            )
        )
    known, unknown = seen
    assert known == unknown
    assert known[0][1:4] == [410, 410, 410]


def person_address(name):
    return f"{name}@old.example"


def test_staff_who_change_an_address_make_it_unconfirmed(app, client, letter, ana, sent):
    editor = make.sign_in(app.test_client(), make.staff(Role.NEWSLETTER_EDITOR, offices=(letter.office,)))
    form = editor.get(f"/subscribers/edit/{ana.id}").text
    version = re.search(r'name="row_version"[^>]*value="(\d+)"', form)[1]
    data = {"email": "ana@new.example", "language": "en", "row_version": version}
    assert editor.post(f"/subscribers/edit/{ana.id}", data=data).status_code == 302
    assert (ana.email, ana.subscriptions[0].status) == ("ana@new.example", OPEN)
    assert steps(ana) == [ConsentStep.CONFIRMED, ConsentStep.MOVED]
    run_all(app)
    assert [message["To"] for message in sent()] == ["ana@new.example"]


def test_everything_that_is_held_is_shown_and_given_as_a_file(app, client, letter, ana):
    address = page("held", signed(app, links.HELD, ana))
    shown = client.get(address, headers=ENGLISH)
    for text in ("ana@example.org", "Rundbrief", "Ja, ich will.", "Confirmed", "version 1"):
        assert text in shown.text, text
    answer = client.get(f"{address}?format=json")
    report = json.loads(answer.data)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (report["email"], report["first_name"]) == ("ana@example.org", "Ana")
    [line] = report["subscriptions"]
    assert (line["newsletter"], line["status"]) == ("Rundbrief", "confirmed")
    [step] = line["consent"]
    assert (step["step"], step["consent_text"]) == ("confirmed", "Ja, ich will.")
    assert step["consent_text_sha256"] == letter.texts[0].sha256


def test_the_page_of_what_is_held_leaves_nothing_out(app, client, letter, ana):
    """Also what only the file for machines had: where somebody acted from, and mails that came back."""
    step = db.session.scalars(select(Consent)).one()
    db.session.add(ConsentOrigin(consent=step, ip="192.0.2.7"))
    ana.delivery, ana.bounces, ana.bounced_at = Delivery.SOFT, 3, datetime(2026, 5, 12, 12, tzinfo=UTC)
    db.session.commit()
    shown = client.get(page("held", signed(app, links.HELD, ana)), headers=ENGLISH).text
    for text in ("192.0.2.7", "Temporary failure", '<dd class="mb-0">3</dd>', "12/05/2026 14:00"):
        assert text in shown, text


def test_the_files_that_held_a_person_are_named(app, client, letter, ana):
    """With what they were for, and without the names of staff."""
    receipt = make.receipt(letter.office, title="Rundbrief Mai", purpose="Versand im Mai", newsletter=letter)
    make.receipt_entry(receipt, ana.subscriptions[0])
    make.receipt(letter.office, title="Eine andere", purpose="Anderes", newsletter=letter)
    db.session.commit()
    address = page("held", signed(app, links.HELD, ana))
    shown = client.get(address, headers=ENGLISH).text
    assert "Rundbrief Mai" in shown
    assert "Versand im Mai" in shown
    assert "Eine andere" not in shown
    [file] = json.loads(client.get(f"{address}?format=json").data)["files"]
    assert (file["file"], file["purpose"]) == ("Rundbrief Mai", "Versand im Mai")


def test_who_asks_for_it_is_deleted_and_stays_out(app, client, letter, ana):
    address = page("delete", signed(app, links.ERASURE, ana))
    asked = client.get(address, headers=ENGLISH).text
    assert "Rundbrief" in asked
    assert "a fingerprint, from which your address can" in asked
    assert "keep_out" not in asked
    assert ana.email == "ana@example.org"
    assert "are deleted" in client.post(address, headers=ENGLISH).text
    assert (ana.first_name, ana.subscriptions[0].status) == (None, NO)
    assert ana.email.endswith("@erased.invalid")
    assert ana.digest == subscribers.digest("ana@example.org")
    assert ana.blocked_at is not None
    assert client.get(address).status_code == client.post(address).status_code == 410
    assert steps(ana)[-1] is ConsentStep.WITHDRAWN


@pytest.mark.parametrize("token", ["x", "W10.x.y", "%00", "WzEsICJ4Il0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"])
@pytest.mark.parametrize("name", ["preferences", "held", "delete"])
def test_a_forged_link_opens_nothing(client, letter, ana, name, token):
    assert client.get(page(name, token)).status_code == 410
    assert client.post(page(name, token)).status_code in {405, 410}
    assert db.session.scalars(select(Subscriber)).one().email == "ana@example.org"


def test_a_link_is_over_after_its_days(app, client, letter, ana, monkeypatch):
    token = signed(app, links.HELD, ana)
    monkeypatch.setitem(app.config, "CONFIRM_DAYS", -1)
    assert client.get(page("held", token)).status_code == 410


def test_the_pages_need_no_cookie(app, client, letter, ana):
    for address in (
        f"/newsletter/{letter.id}/yours",
        page("preferences", signed(app, links.PREFERENCES, ana)),
        page("held", signed(app, links.HELD, ana)),
        page("delete", signed(app, links.ERASURE, ana)),
    ):
        assert "Set-Cookie" not in client.get(address).headers, address
