"""What another office shares is read; what belongs to it stays that office's."""

from __future__ import annotations

import pytest

from app.access import Role
from app.models.contracts import Contract
from app.models.organisations import Organisation
from app.models.participations import Participation
from tests import factories as make
from tests.forms import send


@pytest.fixture
def market(database, client):
    """A shared event of another office, and the own office signed in."""
    root = make.office("Servicestelle")
    own, other = make.office("LAG", parent=root), make.office("Essen", parent=root)
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(own,)))
    make.organisation(own)
    make.organisation(own, "Verein")
    return make.event(other, "Ruhrdax", shared=True)


def keys(database) -> list[str]:
    """Give the keys of the own organisations."""
    return [str(key) for (key,) in database.query(Organisation.id).order_by(Organisation.id)]


def test_nobody_makes_contracts_at_the_event_of_another_office(client, market, database):
    company, nonprofit = keys(database)
    sent = send(
        client, "/contracts/add", event=str(market.id), number="77", notes="wichtig",
        parties__0__organisation=company, parties__0__side="company",
        parties__1__organisation=nonprofit, parties__1__side="nonprofit",
    )  # fmt: skip
    assert (sent.status, list(sent.errors), sent.fields["notes"]) == (200, ["event"], "wichtig")
    assert database.query(Contract).count() == 0


def test_nobody_registers_for_the_event_of_another_office_and_nothing_typed_is_lost(client, market, database):
    company = keys(database)[0]
    typed = {"event": str(market.id), "organisation": company, "side": "company", "notes": "wichtig"}
    sent = send(client, "/participations/add", **typed)
    assert (sent.status, list(sent.errors), sent.fields["notes"]) == (200, ["event"], "wichtig")
    assert database.query(Participation).count() == 0


def test_without_an_office_a_download_says_what_is_missing(client, database):
    make.sign_in(client, make.staff(Role.ADMINISTRATOR))
    for address in ("/organisations/export/csv", "/reports/marketplaces/export"):
        answer = client.get(address)
        assert answer.status_code == 409
        assert "first office" in answer.text
