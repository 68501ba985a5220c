"""What is printed for an evening: nobody is missing, nothing is cut, and a phone reads the codes."""

from __future__ import annotations

import io
import time
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from flask_babel import force_locale
from pypdf import PdfReader

from app.core.db import db
from app.models.categories import Side
from app.models.contacts import Contact
from app.models.contracts import Valuation
from app.models.events import Corner, Event, EventPerson, PersonRole
from app.models.participations import Participant, ParticipationStatus
from app.reports.papers import PAPERS, Asked, Coming, Format, Group, guests
from app.services import links
from tests import factories as make
from tests.counting import counting

LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenunterstützungsverein " * 2
SIGNS = "Łukasz 李小龙 😀 \x07\u200b Şahin"
CONFIRMED, REGISTERED = ParticipationStatus.CONFIRMED, ParticipationStatus.REGISTERED


@pytest.fixture
def market(database):
    office = make.office("LAG Märkische Seen e.V.")
    event = make.event(
        office, "Marktplatz", city="Strausberg", venue="Volkshaus", starts_on=date(2026, 11, 27)
    )
    event.corners.append(Corner(name="Handwerk"))
    person = make.contact(office, "Jäger", first_name="Jördis", title="Dr.")
    event.people.append(EventPerson(contact=person, role=PersonRole.NOTARY))
    db.session.flush()
    return event


def come(event, name, *people, **more):
    base = {"status": CONFIRMED}
    row = make.participation(event, make.organisation(event.office, name), **{**base, **more})
    row.people.extend(Participant(name=person) for person in people)
    db.session.flush()
    return row


def link(person):
    return f"https://buero.example.org/checkin/code/{links.badge(person.id)}"


def printed(app, tmp_path, name, asked, language="de"):
    """Print a paper; give the document and its text, page by page."""
    target = tmp_path / f"{name}.pdf"
    with app.test_request_context(), force_locale(language):
        PAPERS[name].write(asked, PAPERS[name].find(asked), target)
    reader = PdfReader(io.BytesIO(target.read_bytes()))
    return target, [" ".join(page.extract_text().split()) for page in reader.pages]


def dense(text):
    """Leave out what a wrapped line may put between two signs."""
    return "".join(text.split())


def test_every_font_is_embedded(app, market, tmp_path):
    come(market, "Müller GmbH", "Ana Ünal")
    make.contract(market.office, *_parties(market), event=market, number=1)
    for name in PAPERS:
        target, _pages = printed(app, tmp_path, name, Asked(market, first=1, last=1))
        fonts = [
            font.get_object()
            for page in PdfReader(target).pages
            for font in page["/Resources"]["/Font"].values()
        ]
        assert fonts
        for font in fonts:
            inner = font["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in inner["/FontDescriptor"].get_object(), (name, font["/BaseFont"])


def _parties(event):
    return make.organisation(event.office, "Müller GmbH"), make.organisation(event.office, "Kita e.V.")


# --- badges ---------------------------------------------------------------------------------------------------
def codes(target):
    """Read the codes of all pages, as a camera does."""
    document = pypdfium2.PdfDocument(str(target))
    return [
        one.text
        for page in document
        for one in zxingcpp.read_barcodes(page.render(scale=3, grayscale=True).to_numpy())
    ]


@pytest.mark.parametrize("kind", list(Format))
def test_a_camera_reads_the_code_of_each_badge(app, market, tmp_path, kind):
    row = come(market, "Müller GmbH", "Ana Ünal", "Bo Bode", "Cem Çelik")
    target, pages = printed(app, tmp_path, "badges", Asked(market, format=kind, link=link))
    assert sorted(codes(target)) == sorted(link(person) for person in row.people)
    assert [links.badged(one.rpartition("/")[2]) for one in codes(target)] == [one.id for one in row.people]
    # A notary belongs to no side, and isn't checked in by a code.
    assert "Notar/in Dr. Jördis Jäger" in " ".join(pages)
    assert len(pages) == (4 if kind is Format.A6 else 1)


@pytest.mark.parametrize("kind", list(Format))
@pytest.mark.parametrize("name", [LONG.strip(), "W" * 200, "Ng", SIGNS, "Karl-Theodor Freiherr von und zu"])
def test_a_name_is_never_cut(app, market, tmp_path, kind, name):
    """It wraps, and becomes smaller until it has room between the edges of its badge."""
    come(market, LONG.strip(), name)
    target, pages = printed(app, tmp_path, "badges", Asked(market, format=kind, groups=[Group.COMPANY]))
    assert dense(LONG) in dense(pages[0])
    # What the font lacks can be written in by hand.
    kept = name.translate({0x07: None, 0x200B: None, **dict.fromkeys(map(ord, "李小龙"), "□")})
    assert dense(kept) in dense(pages[0])
    assert len(pages) == 1
    with pypdfium2.PdfDocument(str(target)) as document:
        page = document[0]
        width, height = page.get_size()
        text = page.get_textpage()
        for number in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(number)
            assert left >= 0 <= bottom, name
            assert right <= width, name
            assert top <= height, name


def test_a_badge_stays_within_its_edges(app, market, tmp_path):
    """Also beside the code: the organisation's name ends before it."""
    come(market, "W" * 200, "W" * 200)
    target, _pages = printed(app, tmp_path, "badges", Asked(market, groups=[Group.COMPANY], link=link))
    assert len(codes(target)) == 1
    with pypdfium2.PdfDocument(str(target)) as document:
        text = document[0].get_textpage()
        boxes = [text.get_charbox(number) for number in range(text.count_chars())]
    millimetre = 72 / 25.4
    assert min(box[0] for box in boxes) >= (20 + 3.5) * millimetre
    assert max(box[2] for box in boxes) <= (105 - 3.5) * millimetre
    assert min(box[1] for box in boxes) >= (297 - 13.5 - 54) * millimetre


def test_who_is_counted_and_not_named_gets_a_badge_to_write_on(market):
    come(market, "Müller GmbH", "Ana Ünal", head_count=3)
    come(market, "Kita", side=Side.NONPROFIT)
    come(market, "Chor", side=Side.NONPROFIT, head_count=0)
    every = Asked(market, groups=[Group.COMPANY, Group.NONPROFIT])
    assert [one.name for one in guests(every)] == ["Ana Ünal"]
    found = guests(Asked(market, groups=every.groups, unnamed=True))
    assert [(one.organisation, one.name) for one in found] == [
        ("Müller GmbH", "Ana Ünal"), ("Müller GmbH", ""), ("Müller GmbH", ""), ("Kita", ""),
    ]  # fmt: skip


def test_only_who_is_expected_gets_a_badge(market):
    for status in ParticipationStatus:
        come(market, status.value, status.value, status=status)
    names = {
        coming: [one.name for one in guests(Asked(market, coming, [Group.COMPANY]))] for coming in Coming
    }
    assert names == {
        Coming.EXPECTED: ["attended", "confirmed", "registered"],
        Coming.CONFIRMED: ["attended", "confirmed"],
        Coming.ALL: ["attended", "confirmed", "invited", "registered", "waitlist"],
    }


def test_badges_stand_by_side_and_organisation_and_can_be_chosen(market):
    come(market, "Zoo", "Zoe", side=Side.NONPROFIT)
    come(market, "Ämter", "Ada", side=Side.MUNICIPALITY)
    come(market, "Öko GmbH", "Otto")
    come(market, "Aal AG", "Ali", "Bea")
    every = guests(Asked(market))
    assert [one.name for one in every] == ["Ali", "Bea", "Otto", "Zoe", "Ada", "Dr. Jördis Jäger"]
    chosen = guests(Asked(market, people={every[1].key, every[-1].key}))
    assert [one.name for one in chosen] == ["Bea", "Dr. Jördis Jäger"]


def test_the_badges_of_130_people_take_few_statements_and_seconds(app, market, tmp_path):
    for number in range(65):
        come(market, f"Organisation {number}", f"Ana Ünal {number}", f"Bo Bode {number}")
    db.session.commit()
    db.session.expire_all()
    asked = Asked(db.session.get(Event, market.id), groups=[Group.COMPANY], link=link)
    begun = time.process_time()
    with counting(db.engine) as statements:
        target, pages = printed(app, tmp_path, "badges", asked)
    assert time.process_time() - begun < 6
    assert len(statements) <= 4, statements
    assert len(pages) == 13
    assert len(set(codes(target))) == 130


# --- the list and the signs -----------------------------------------------------------------------------------
def test_the_list_counts_by_side_and_says_what_is_not_known(app, market, tmp_path):
    come(market, "Müller GmbH", "Ana Ünal", head_count=3)
    come(market, "Bank", status=REGISTERED)
    come(market, LONG.strip(), SIGNS, side=Side.NONPROFIT)
    _target, pages = printed(app, tmp_path, "list", Asked(market))
    text = " ".join(pages)
    for said in (
        "Teilnahmeliste", "Volkshaus", "27.11.2026", "Unternehmensseite", "2 Organisationen, 3 Personen (",
        "2 Personen ohne Namen", "noch niemand benannt", "Gemeinnützige Seite", "1 Organisation, 1 Person",
        "Dr. Jördis Jäger", "Notar/in", "Łukasz",
    ):  # fmt: skip
        assert said in text, said
    assert dense(LONG) in dense(text)
    _target, pages = printed(app, tmp_path, "list", Asked(market), "en")
    assert "Participant list" in pages[0]
    assert "known of 1 of 2" in pages[0]


def test_a_long_list_repeats_its_headings(app, market, tmp_path):
    for number in range(50):
        come(market, f"Firma {number}", "Ana Ünal", "Bo Bode")
    _target, pages = printed(app, tmp_path, "list", Asked(market, groups=[Group.COMPANY]))
    assert len(pages) == 3
    assert all("Organisation Personen Status" in page for page in pages)
    assert sum(page.count("Bo Bode") for page in pages) == 50


def test_signs_are_for_organisations_corners_and_other_words(app, market, tmp_path):
    come(market, LONG.strip())
    come(market, "Verein", side=Side.NONPROFIT)
    asked = Asked(market, corners=True, signs=["Notariat"])
    _target, pages = printed(app, tmp_path, "signs", asked)
    assert len(pages) == 4
    for page, said in zip(pages, (LONG, "Verein", "Handwerk", "Notariat"), strict=True):
        assert dense(page).count(dense(said)) == 2, said  # both halves
    _target, pages = printed(app, tmp_path, "signs", Asked(market, organisations=False, signs=["Notariat"]))
    assert len(pages) == 1


# --- contract forms -------------------------------------------------------------------------------------------
def test_a_blank_form_has_its_number_and_fits_on_a_page(app, market, tmp_path):
    for language, taboo, number in (("de", "Geld ist tabu", "Nr."), ("en", "Money is taboo", "No.")):
        _target, pages = printed(app, tmp_path, "blank", Asked(market, first=98, last=107), language)
        assert len(pages) == 10
        for place, page in enumerate(pages, start=98):
            assert taboo in page
            assert f"{number} {place}" in page
    assert "Party 3 gives to party" in pages[0]
    assert "Company side" in pages[0]


def three_parties(market, lines):
    company, club = _parties(market)
    town = make.organisation(market.office, "Stadt Strausberg")
    signing = db.session.query(Contact).first()
    contract = make.contract(
        market.office, company, club, town, event=market, number=12, title="Ein Garten",
        place="Rehfelde", due_on=date(2027, 3, 1), broker=signing, notary=signing,
    )  # fmt: skip
    contract.parties[0].signatory = signing
    contract.parties[2].side = Side.MUNICIPALITY
    ends = (company, club, town)
    for number in range(lines):
        make.contribution(
            contract, giver=ends[number % 3], receiver=ends[(number + 1) % 3],
            text=f"Arbeit {number}: Beete anlegen und Rasen säen. " * 4, hours=Decimal("12.5"), value=Decimal(500),
            valuation=Valuation.GIVER, estimated_by="Frau Öz",
        )  # fmt: skip
    return contract


def test_a_filled_form_says_who_gives_what_to_whom(app, market, tmp_path):
    three_parties(market, 3)
    _target, pages = printed(app, tmp_path, "contracts", Asked(market, first=1, last=99))
    text = " ".join(pages)
    for said in (
        "Nr. 12", "Ein Garten", "Geld ist tabu", "LAG Märkische Seen e.V.", "Kommunale Seite",
        "Müller GmbH gibt an Kita e.V.", "Kita e.V. gibt an Stadt Strausberg", "Stadt Strausberg gibt an Müller GmbH",
        "Helfende Hände: Arbeit 2", "12,5 Stunden · Gegenwert: 500 € · Geschätzt von der gebenden Seite, Frau Öz",
        "Rehfelde", "01.03.2027", "Unterschrieben von: Dr. Jördis Jäger", "Stempel", "Datum und Unterschrift",
        "Kontrakt Nr. 12 · Seite 1 von",
    ):  # fmt: skip
        assert said in text, said
    _target, pages = printed(app, tmp_path, "contracts", Asked(market, first=12, last=12), "en")
    assert "Müller GmbH gives to Kita e.V." in pages[0]
    assert "Money is taboo" in pages[0]


def test_what_has_no_room_goes_on_with_the_next_page(app, market, tmp_path):
    """Each contract counts its own pages, and the lines to sign stand together."""
    three_parties(market, 10)
    company, club = _parties(market)
    short = make.contract(market.office, company, club, event=market, number=13)
    make.contribution(short, giver=company, text="Ein Tag")
    endless = make.contract(market.office, company, club, event=market, number=14)
    make.contribution(endless, text="Sehr lang. " * 1500)
    _target, pages = printed(app, tmp_path, "contracts", Asked(market, first=1, last=99))
    ends = [page.rpartition("Kontrakt Nr. ")[2] for page in pages]
    assert ends[:3] == ["12 · Seite 1 von 2", "12 · Seite 2 von 2", "13 · Seite 1 von 1"]
    assert ends[-1] == f"14 · Seite {len(pages) - 3} von {len(pages) - 3}"
    assert all(f"Arbeit {number}:" in pages[0] + pages[1] for number in range(10))
    assert pages[1].count("Datum und Unterschrift") == 3
    # Between two parties, one end tells the other.
    assert "Müller GmbH gibt an Kita e.V." in pages[2]
    assert "Vereinbart wurde" in pages[3]
    rest = "".join(page.partition("Kontrakt Nr. 14 ·")[0] for page in pages[3:])
    assert dense(rest).count("Sehrlang.") == 1500


def test_the_forms_of_many_contracts_take_few_statements(app, market, tmp_path):
    company, club = _parties(market)
    for number in range(1, 31):
        contract = make.contract(market.office, company, club, event=market, number=number)
        make.contribution(contract, giver=company, receiver=club)
    key = market.id
    db.session.commit()
    db.session.expire_all()
    asked = Asked(db.session.get(Event, key), first=1, last=30)
    with counting(db.engine) as statements:
        _target, pages = printed(app, tmp_path, "contracts", asked)
    assert len(pages) == 30
    assert len(statements) <= 4, statements
