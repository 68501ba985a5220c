"""The pages of a newsletter for everybody, as a person without an account meets them."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.access import Role, everything
from app.core.db import db
from app.models.languages import Language
from app.models.newsletters import TextKind, Topic
from app.models.subscribers import Consent, ConsentStep, Subscriber, Subscription, SubscriptionStatus
from app.services import links
from tests import factories as make
from tests.test_security import like

ANA = {"email": "Ana@Example.org", "first_name": "Ana", "agreed": "y"}
HEARD = {"Referer": "https://lag.example.org/news?utm=1", "Accept-Language": "en"}


@pytest.fixture
def letter(database):
    letter = make.newsletter(
        make.office("LAG", parent=make.office("Servicestelle")), "Rundbrief", public=True, active=True
    )
    make.newsletter_text(letter, "Ja, ich will.")
    make.newsletter_text(letter, "Wir speichern.", kind=TextKind.PRIVACY)
    db.session.commit()
    return letter


def steps():
    return [(row.step, row.source_url) for row in db.session.scalars(select(Consent).order_by(Consent.id))]


def states():
    return list(db.session.scalars(select(Subscription.status).order_by(Subscription.id)))


def confirmation(app):
    """Give the link of the newest request."""
    with app.app_context(), everything("tests"):
        newest = db.session.scalars(select(Consent).order_by(Consent.id.desc())).first()
        return f"/newsletter/confirm/{links.to_confirm(newest)}"


def test_a_person_subscribes_confirms_and_leaves(app, client, letter):
    page = client.get(f"/newsletter/{letter.id}", headers=HEARD)
    assert "Ja, ich will." in page.text
    assert "Wir speichern." in page.text
    sent = client.post(f"/newsletter/{letter.id}", data=ANA, headers=HEARD)
    assert "look into your mail" in sent.text
    person = db.session.scalars(select(Subscriber)).one()
    assert (person.email, person.first_name, person.language.value) == ("ana@example.org", "Ana", "en")
    assert states() == [SubscriptionStatus.UNCONFIRMED]
    link = confirmation(app)
    # Whoever only opens the link confirms nothing.
    assert "Yes, subscribe" in client.get(link, headers=HEARD).text
    assert states() == [SubscriptionStatus.UNCONFIRMED]
    assert client.post(link, headers=HEARD).status_code == 200
    assert states() == [SubscriptionStatus.CONFIRMED]
    assert client.get(link).status_code == client.post(link).status_code == 410
    leave = f"/newsletter/leave/{links.to_leave(db.session.scalars(select(Subscription)).one())}"
    assert client.get(leave).status_code == 200
    assert states() == [SubscriptionStatus.CONFIRMED]
    # RFC 8058: the mail program posts this, without a cookie and without having seen the page.
    assert client.post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(leave).status_code == 200
    assert states() == [SubscriptionStatus.UNSUBSCRIBED]
    assert [step for step, _url in steps()] == [
        ConsentStep.REQUESTED,
        ConsentStep.CONFIRMED,
        ConsentStep.WITHDRAWN,
    ]
    assert steps()[0][1] == "https://lag.example.org/news"


def test_answers_do_not_tell_whether_an_address_is_known(client, letter):
    make.subscription(make.subscriber(letter.office, "bo@example.org"), letter)
    known, new = (
        client.post(f"/newsletter/{letter.id}", data={**ANA, "email": email})
        for email in ("bo@example.org", "di@example.org")
    )
    assert known.text == new.text
    assert known.status_code == new.status_code == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": "nobody"}, "This is no e-mail address."),
        ({"email": ""}, "required"),
        ({"agreed": ""}, "Please agree first"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, letter, change, said):
    page = client.post(f"/newsletter/{letter.id}", data={**ANA, **change}, headers=HEARD)
    assert said in page.text
    assert 'value="Ana"' in page.text
    assert db.session.scalars(select(Subscriber)).all() == []


def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(client, letter):
    page = client.post(
        f"/newsletter/{letter.id}", data={**ANA, "website": "https://x.example"}, headers=HEARD
    )
    assert "look into your mail" in page.text
    assert db.session.scalars(select(Subscriber)).all() == []


@pytest.mark.parametrize("hidden", [{"public": False}, {"active": False}])
def test_a_newsletter_that_is_not_public_is_not_there(client, letter, hidden):
    for name, value in hidden.items():
        setattr(letter, name, value)
    assert client.get(f"/newsletter/{letter.id}").status_code == 404
    assert client.post(f"/newsletter/{letter.id}", data=ANA).status_code == 404


@pytest.mark.parametrize("page", ["confirm", "leave"])
def test_a_forged_link_says_so_and_nothing_else(client, letter, page):
    line = make.subscription(make.subscriber(letter.office), letter)
    other = links.to_leave(line) if page == "confirm" else links.to_confirm(make.consent(line))
    for token in ("x", other, other[:-3] + "abc"):
        answer = client.post(f"/newsletter/{page}/{token}", headers=HEARD)
        assert answer.status_code == 410
        assert letter.name not in answer.text
    assert states() == [SubscriptionStatus.UNCONFIRMED]


def test_no_page_for_everybody_leaves_a_cookie(client, letter):
    answer = client.post(f"/newsletter/{letter.id}", data=ANA)
    assert "Set-Cookie" not in answer.headers


def test_an_old_request_is_over(app, client, letter, monkeypatch):
    client.post(f"/newsletter/{letter.id}", data=ANA)
    link = confirmation(app)
    monkeypatch.setitem(app.config, "CONFIRM_DAYS", -1)
    assert client.post(link).status_code == 410
    assert states() == [SubscriptionStatus.UNCONFIRMED]


def test_the_form_for_other_sites_sends_what_the_page_sends(app, client, letter):
    letter.languages = [Language.GERMAN, Language.ENGLISH]
    letter.topics = [Topic(name="Termine", name_en="Dates")]
    letter.texts[0].newsletter.name = "Brief <für> Ärzte"
    db.session.commit()
    editor = make.sign_in(app.test_client(), make.staff(Role.NEWSLETTER_EDITOR, offices=(letter.office,)))
    page = editor.get(f"/newsletters/embed/{letter.id}").text
    assert f"/newsletter/{letter.id}" in page
    german, english = (
        html.unescape(one) for one in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    )
    assert "Dates" in english
    assert "Termine" in german
    assert "Ja, ich will." in german
    assert "<script" not in german + english
    action = urlsplit(html.unescape(re.search(r'action="([^"]+)"', english)[1]))
    names = re.findall(r'name="(\w+)"', english)
    assert names == ["read", "read", "email", "first_name", "last_name", "topics", "website", "agreed"]
    data = {"email": "ana@example.org", "agreed": "y", "topics": str(letter.topics[0].id), "website": ""}
    answer = client.post(f"{action.path}?{action.query}", data=data)
    assert "look into your mail" in answer.text
    person = db.session.scalars(select(Subscriber)).one()
    assert person.language is Language.ENGLISH
    assert [str(chosen) for chosen in person.subscriptions[0].topics] == ["Termine"]


def test_a_newsletter_that_is_not_public_has_no_form(app, letter):
    letter.public = False
    db.session.commit()
    editor = make.sign_in(app.test_client(), make.staff(Role.NEWSLETTER_EDITOR, offices=(letter.office,)))
    assert editor.get(f"/newsletters/embed/{letter.id}").status_code == 404
    assert "/newsletters/embed/" not in editor.get(f"/newsletters/show/{letter.id}").text


@pytest.fixture
def limited(app):
    """An application on the same database that counts: three mails an hour from a place, two a day to an address."""
    made = like(app, RATELIMIT_ENABLED=True, SIGN_UP_LIMIT="3 per hour", ADDRESS_LIMIT="2 per day")
    made.extensions["appbuilder"].sm.limiter.reset()
    yield made
    with made.app_context():
        db.engine.dispose()


def test_nobodys_box_is_flooded_from_one_place_or_from_many(limited, letter):
    def ask(email, place="192.0.2.1", page=f"/newsletter/{letter.id}"):
        data = {**ANA, "email": email}
        client = limited.test_client()
        return client.post(page, data=data, headers=HEARD, environ_overrides={"REMOTE_ADDR": place})

    # What is typed wrongly isn't counted.
    assert [ask("nobody").status_code for _time in range(5)] == [200] * 5
    answers = [ask(f"p{number}@example.org") for number in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert "Too many attempts." in answers[-1].text
    assert 'value="p4@example.org"' in answers[-1].text  # what was typed stays
    # However it's written, and from wherever: it's one box. The links to the own data come to it as well.
    places = [ask("VICTIM@example.org", f"192.0.2.{number}").status_code for number in (2, 3, 4)]
    assert places == [200, 200, 429]
    assert ask("victim@example.org", "192.0.2.5", f"/newsletter/{letter.id}/yours").status_code == 429
    assert len(db.session.scalars(select(Consent)).all()) == 3 + 2


def test_who_wants_to_leave_never_waits(limited, letter):
    line = make.subscription(make.subscriber(letter.office), letter)
    db.session.commit()
    with limited.app_context(), everything("tests"):
        leave = f"/newsletter/leave/{links.to_leave(line)}"
    client = limited.test_client()
    assert {client.post(leave).status_code for _time in range(30)} == {200}


def test_a_new_address_is_no_way_around_the_limit(limited, letter):
    person = make.subscriber(letter.office)
    make.subscription(person, letter)
    db.session.commit()
    codes = []
    for number in range(5):
        with limited.app_context(), everything("tests"):
            token = links.PREFERENCES.sign(db.session.get(Subscriber, person.id))
        data = {"email": f"p{number}@example.org", "first_name": "Neu", "language": "de"}
        answer = limited.test_client().post(f"/newsletter/preferences/{token}", data=data)
        codes.append(answer.status_code)
    assert codes == [200, 200, 200, 429, 429]
    assert 'value="Neu"' in answer.text
    assert person.email == "p2@example.org"


@pytest.mark.parametrize("said", ["http://[", "javascript://alert(1)", "https://x.example/\x00"])
def test_an_odd_page_that_somebody_says_to_come_from_keeps_nobody_in(app, client, letter, said):
    line = make.subscription(make.subscriber(letter.office), letter, status=SubscriptionStatus.CONFIRMED)
    db.session.commit()
    with app.app_context(), everything("tests"):
        leave = f"/newsletter/leave/{links.to_leave(line)}"
    assert client.post(leave, headers={"Referer": said}).status_code == 200
    assert states() == [SubscriptionStatus.UNSUBSCRIBED]
    assert steps()[0][1].startswith("http")


def test_signs_that_steer_programs_are_no_part_of_a_name(client, letter):
    client.post(f"/newsletter/{letter.id}", data={**ANA, "first_name": "A\x00na\r\nBcc: x\x1b"})
    assert db.session.scalars(select(Subscriber)).one().first_name == "A na Bcc: x"


def hidden(form):
    """What a form sends without being asked."""
    return re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)


def better(letter, words="Neu: Ja."):
    text = make.newsletter_text(letter, words, edition=2)
    db.session.commit()
    return text


def logged():
    proof = db.session.scalars(select(Consent).where(Consent.step == ConsentStep.REQUESTED)).one()
    return proof.consent_text, proof.privacy_text


def test_who_read_an_older_wording_reads_the_new_one_first(client, letter):
    old, privacy = letter.texts
    sent = MultiDict([*hidden(client.get(f"/newsletter/{letter.id}").text), *ANA.items()])
    new = better(letter)
    page = client.post(f"/newsletter/{letter.id}", data=sent, headers=HEARD)
    assert "The wording has changed." in page.text
    assert "Neu: Ja." in page.text
    assert old.text not in page.text
    assert 'value="Ana"' in page.text
    assert not re.search(r'<input[^>]*name="agreed"[^>]*checked', page.text)
    assert db.session.scalars(select(Subscriber)).all() == []
    sent = MultiDict([*hidden(page.text), *ANA.items()])
    assert "look into your mail" in client.post(f"/newsletter/{letter.id}", data=sent, headers=HEARD).text
    assert logged() == (new, privacy)


def test_a_copy_of_the_form_with_an_older_wording_is_proved_with_that(app, client, letter):
    editor = make.sign_in(app.test_client(), make.staff(Role.NEWSLETTER_EDITOR, offices=(letter.office,)))
    page = editor.get(f"/newsletters/embed/{letter.id}").text
    copy = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1])
    read = tuple(letter.texts)
    better(letter)
    client.post(f"/newsletter/{letter.id}", data=MultiDict([*hidden(copy), *ANA.items()]))
    assert logged() == read


@pytest.mark.parametrize("named", [None, "x", "foreign", "99999999999999999999"])
def test_a_form_that_does_not_say_what_it_showed_proves_nothing_that_may_be_wrong(client, letter, named):
    foreign = make.newsletter_text(make.newsletter(letter.office, "Anderer"), "Anderes")
    read = tuple(letter.texts)
    db.session.commit()
    data = ANA if named is None else {**ANA, "read": str(foreign.id) if named == "foreign" else named}
    # There has been one version only, so it was that one.
    client.post(f"/newsletter/{letter.id}", data=data, headers=HEARD)
    assert logged() == read
    better(letter)
    again = client.post(f"/newsletter/{letter.id}", data={**data, "email": "bo@example.org"}, headers=HEARD)
    assert "The wording has changed." in again.text
    assert len(db.session.scalars(select(Subscriber)).all()) == 1


def test_a_topic_that_is_gone_keeps_nobody_out(client, letter):
    """A copy of the form on another site may still have it."""
    letter.topics = [Topic(name="Termine")]
    db.session.commit()
    data = MultiDict(
        [*ANA.items(), ("topics", str(letter.topics[0].id)), ("topics", "2147483647"), ("topics", "x")]
    )
    assert "look into your mail" in client.post(f"/newsletter/{letter.id}", data=data, headers=HEARD).text
    [person] = db.session.scalars(select(Subscriber))
    assert [str(chosen) for chosen in person.subscriptions[0].topics] == ["Termine"]


def test_a_form_in_a_language_that_we_do_not_write_is_german(app, client, letter):
    letter.languages = [Language.DUTCH]
    db.session.commit()
    editor = make.sign_in(
        app.test_client(), make.staff(Role.NEWSLETTER_EDITOR, offices=(letter.office,)), "en"
    )
    page = html.unescape(html.unescape(editor.get(f"/newsletters/embed/{letter.id}").text))
    assert ">Abonnieren</button>" in page
    assert f"/newsletter/{letter.id}?_l_=de" in page


def test_who_acts_on_a_page_for_everybody_is_named_in_the_language_of_who_reads_it(app, client, letter):
    client.post(f"/newsletter/{letter.id}", data=ANA)
    person = db.session.scalars(select(Subscriber)).one()
    editor = make.sign_in(
        app.test_client(), make.staff(Role.NEWSLETTER_EDITOR, offices=(letter.office,)), "de"
    )
    step = db.session.scalars(select(Consent)).first()
    pages = ("/consents/list/", f"/consents/show/{step.id}", f"/subscribers/show/{person.id}")
    for page in pages:
        text = editor.get(page).text
        assert "public page" not in text, page
        assert "Öffentliche Seite" in text, page
