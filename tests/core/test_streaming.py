"""What is sent while it's made leaves nothing behind, in whichever thread it's asked for, and hears of its end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import current_app, has_app_context, has_request_context
from flask_babel import force_locale, get_locale

from app.access import Scope, current, opened
from app.core.db import db
from app.core.streaming import Apart


@pytest.fixture
def told():
    return []


@pytest.fixture
def blocks(app, told):
    """An answer of three blocks, which says what it sees."""

    def work():
        with force_locale("en"), opened(Scope("somebody", offices=frozenset({7}))):
            try:
                for _number in range(3):
                    seen = (current().actor, str(get_locale()), has_request_context(), current_app.name)
                    yield repr(seen).encode()
                told.append("whole")
            finally:
                told.append(current().actor)

    return Apart(app, work)


def test_each_block_sees_the_same_and_leaves_nothing(app, blocks, told):
    with app.test_request_context(), opened(Scope("outside", offices=frozenset({1}))), force_locale("de"):
        session = db.session()
        for _number in range(3):
            assert next(blocks) == b"('somebody', 'en', False, 'app')"
            assert (current().actor, str(get_locale())) == ("outside", "de")
            assert db.session() is session
        assert list(blocks) == []
    assert told == ["whole", "somebody"]
    assert not has_app_context()


def test_a_block_may_be_asked_for_in_another_thread(blocks, told):
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        assert one.submit(next, blocks).result() == other.submit(next, blocks).result()
        other.submit(blocks.close).result()
    assert told == ["somebody"]


def test_what_is_closed_before_it_began_does_nothing(blocks, told):
    blocks.close()
    assert list(blocks) == []
    assert told == []
