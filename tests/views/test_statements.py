"""The statement of a search is written once; each gets by it what they may see, and what they have looked for."""

from __future__ import annotations

import pytest
from sqlalchemy import event, update

from app.access import Role
from app.core.db import db
from app.models.contacts import Contact
from app.views import statements
from tests import factories as make
from tests.tables import read

WORDS = ("Müller", "Meier", "müller ann", "Mü", "100%", "Nobody")


def test_each_finds_what_they_may_see_and_look_for(app, database):
    above = make.office("Servicestelle")
    offices = [make.office(name, parent=above) for name in ("Hier", "Dort")]
    for office in offices:
        for name in ("Müller", "Meier", "100%"):
            make.contact(office, f"{name} {office.name}", first_name="Anna")
    seen = {
        make.sign_in(app.test_client(), make.staff(Role.SERVICE_AGENCY, offices=(above,))): ("Dort", "Hier"),
        **{
            make.sign_in(app.test_client(), make.staff(Role.READER, offices=(office,))): (office.name,)
            for office in offices
        },
    }
    expected = {"Müller": "Müller", "Meier": "Meier", "müller ann": "Müller", "Mü": "Müller", "100%": "100%"}
    for _turn in range(2):
        for word in WORDS:
            for client, names in seen.items():
                page = client.get("/contacts/list/", query_string={"q": word, "_oc_ContactView": "last_name"})
                wanted = [f"{expected[word]} {name}" for name in names] if word in expected else []
                assert read(page).first == wanted, (word, names)


def test_another_word_takes_the_same_statement(client, office):
    def asked(words, **more):
        assert client.get("/contacts/list/", query_string={"q": words, **more}).status_code == 200
        return statements._of_search.cache_info().misses

    statements._of_search.cache_clear()
    first = asked("Müller")
    assert asked("Meier") == asked("Nobody") == first
    assert asked("Müller Anna") == first + 1
    assert asked("Meier Otto") == first + 1
    assert asked("Müller", _flt_0_language="de") == first + 1  # is written each time
    assert asked(" ".join(f"wort{number}" for number in range(statements.TERMS + 1))) == first + 1


@pytest.mark.parametrize("leaves", ["office", "list"])
def test_a_row_that_goes_while_the_page_is_read_is_not_shown(app, client, office, leaves):
    """It's found by its key, and then another office has it, or nobody."""
    there, went = make.office("Dort"), []
    for name in ("Bleibt", "Geht"):
        make.contact(office, name)
    db.session.commit()
    key = db.session.query(Contact.id).filter_by(last_name="Geht").scalar()
    change = (
        update(Contact).where(Contact.id == key).values(office_id=there.id)
        if leaves == "office"
        else Contact.__table__.delete().where(Contact.id == key)
    )

    def go(connection, _cursor, sql, *_more):
        if sql.startswith("SELECT page.id") and not went:
            went.append(key)
            with connection.engine.begin() as other:
                other.execute(change)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", go)
    try:
        page = client.get("/contacts/list/")
    finally:
        event.remove(engine, "after_cursor_execute", go)
    assert went
    assert [name.partition(" ")[0].rstrip(",") for name in read(page).first] == ["Bleibt"]
