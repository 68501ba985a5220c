"""An office with somebody of the service agency at the screen, and a contract: for tests of forms."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask_babel import force_locale, gettext

from app.access import Role
from tests import factories as make


@pytest.fixture
def language():
    """The language of the person at the screen; a file may ask for both."""
    return "en"


@pytest.fixture
def office(database, client, language):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.SERVICE_AGENCY, offices=(office,)), language)
    return office


@pytest.fixture
def contract(office, database):
    baker, club = make.organisation(office, "Baker"), make.organisation(office, "Club")
    contract = make.contract(office, baker, club, title="Painting")
    make.contribution(contract, giver=baker, receiver=club, value=Decimal(100))
    database.commit()
    return contract


@pytest.fixture
def parties(office, database):
    return (
        make.organisation(office, "Bäckerei"),
        make.organisation(office, "Verein"),
        make.organisation(office, "Bank"),
    )


@pytest.fixture
def says(app, language):
    """Translate a message as the page does."""

    def says(message, **values):
        with app.test_request_context(), force_locale(language):
            return gettext(str(message), **values)

    return says
