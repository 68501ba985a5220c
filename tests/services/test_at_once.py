"""Two clicks, or two tabs: who signs up twice at the same moment is one person, and nobody sees an error."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.models.newsletters import Topic
from app.models.subscribers import Consent, ConsentChannel, ConsentStep, Subscriber, Subscription
from app.services import subscribers
from app.services.subscribers import joining
from tests import factories as make

AT_ONCE = 4


@pytest.mark.parametrize("who", ["nobody", "subscribed to another", "erased"])
def test_sign_ups_of_an_address_at_the_same_moment_are_one_person(app, database, monkeypatch, who):
    letter = make.newsletter(make.office("LAG"), public=True)
    letter.topics = [Topic(name=name, rank=rank) for rank, name in enumerate(("Termine", "Berichte"))]
    if who != "nobody":
        person = make.subscriber(letter.office)
        make.subscription(person, make.newsletter(letter.office, "Anderer"))
        if who == "erased":
            subscribers.erase(person, subscribers.Event(clock.now(), "tests", ConsentChannel.MAIL))
    db.session.commit()
    address, topics = f"/newsletter/{letter.id}", [str(topic.id) for topic in letter.topics]
    all_have_looked, looked, find = threading.Barrier(AT_ONCE), threading.local(), joining.known

    def known(*asked):
        found = find(*asked)
        if not hasattr(looked, "once"):
            looked.once = True
            all_have_looked.wait(timeout=30)
        return found

    monkeypatch.setattr(joining, "known", known)

    def sign_up(number):
        data = {"email": "ana@example.org", "agreed": "y", "topics": topics[number % 2]}
        return app.test_client().post(address, data=data).status_code

    db.session.rollback()  # an open transaction would be waited for
    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(sign_up, range(AT_ONCE))) == [200] * AT_ONCE
    assert db.session.scalar(select(func.count(Subscriber.id))) == 1
    lines = db.session.scalars(select(Subscription).where(Subscription.newsletter_id == letter.id)).all()
    assert len(lines) == 1
    asked = select(func.count(Consent.id)).where(Consent.step == ConsentStep.REQUESTED)
    assert db.session.scalar(asked) == AT_ONCE
