"""Files are given out row by row, to who sees the row."""

from __future__ import annotations

import io

import pytest

from app.access import Role
from app.models.contracts import Contract
from app.models.materials import Material
from tests import factories as make


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


def upload(text=b"%PDF-1.4", name="Leitfaden für alle.pdf"):
    return (io.BytesIO(text), name)


def test_a_language_version_keeps_its_file_and_gives_it_out(client, office, database):
    make.sign_in(client, make.staff(Role.SERVICE_AGENCY, offices=(office,)))
    form = {
        "office": office.id, "title": "Guide", "kind": "guide",
        "versions-0-language": "de", "versions-0-title": "Leitfaden", "versions-0-file": upload(),
    }  # fmt: skip
    assert client.post("/materials/add", data=form).status_code == 302
    material = database.query(Material).one()
    part = material.versions[0]
    address = f"/materials/file/{material.id}/versions-{part.id}-file"
    assert address in client.get(f"/materials/show/{material.id}").text
    with client.get(address) as answer:
        assert answer.data == b"%PDF-1.4"
        assert "attachment" in answer.headers["Content-Disposition"]
    for wrong in (
        f"versions-{part.id + 1}-file",
        f"versions-{part.id}-title",
        f"office-{part.id}-file",
        "title",
        "x-y",
    ):
        assert client.get(f"/materials/file/{material.id}/{wrong}").status_code == 404, wrong


def test_the_file_of_a_foreign_record_is_nobodys(client, office, database):
    other = make.office("Other", parent=office.parent)
    company, nonprofit = make.organisation(other), make.organisation(other, "Verein")
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(other,)))
    form = {
        "office": other.id, "status": "agreed", "form": "written", "scan": upload(name="scan.pdf"),
        "parties-0-organisation": company.id, "parties-0-side": "company",
        "parties-1-organisation": nonprofit.id, "parties-1-side": "nonprofit",
    }  # fmt: skip
    assert client.post("/contracts/add", data=form).status_code == 302
    contract = database.query(Contract).one()
    address = f"/contracts/file/{contract.id}/scan"
    with client.get(address) as answer:
        assert answer.status_code == 200
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,)))
    assert client.get(address).status_code == 404
    assert client.get(f"/contracts/download/{contract.scan}").status_code == 404


def test_a_program_is_no_document(client, office):
    make.sign_in(client, make.staff(Role.SERVICE_AGENCY, offices=(office,)))
    form = {
        "office": office.id, "title": "Guide", "kind": "guide", "versions-0-language": "de",
        "versions-0-title": "Leitfaden", "versions-0-file": upload(name="tool.html"),
    }  # fmt: skip
    answer = client.post("/materials/add", data=form)
    assert answer.status_code == 200
    assert "Files of this kind aren" in answer.text
