"""People and organisations are found however their names and numbers are typed."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.text import LIKE_ESCAPE, fold, like, plain_address, search_document, search_terms

LATIN = st.text(st.characters(max_codepoint=0x24F))


def found(query: str, document: str) -> bool:
    """Ask a real database, so that the escape character is tested too."""
    with closing(sqlite3.connect(":memory:")) as connection:
        sql = "SELECT ? LIKE ? ESCAPE ?"
        terms = search_terms(query)
        return all(
            connection.execute(sql, (document, like(term), LIKE_ESCAPE)).fetchone()[0] for term in terms
        )


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Müller", "mueller"),
        ("Mu\u0308ller", "mueller"),
        ("STRASSE straße", "strasse strasse"),
        ("  Bürger-\tstiftung\u00a0 Jena\n", "buerger- stiftung jena"),
        ("Café Łódź Ørsted Ångström", "cafe lodz orsted angstroem"),
        ("\ufb01 \u210cans", "fi hans"),
        ("", ""),
    ],
)
def test_folding_spells_umlauts_out_and_strips_other_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
@example("Ǽ")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(LATIN)
def test_upper_and_lower_case_fold_alike(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


def test_a_document_holds_each_word_once_in_both_spellings() -> None:
    assert search_document("Jörg Müller", None, "", "Müller GmbH") == "joerg jorg mueller muller gmbh"


def test_a_document_holds_numbers_nationally_and_internationally() -> None:
    document = "030979925914 4930979925914"
    assert search_document(phones=["030 9799259-14", None, "+49 (0)30 979925914"]) == document
    assert search_document(phones=["030 979925914 (Zentrale)"]) == document
    assert search_document(phones=["+41 44 668 18 00"]) == "0446681800 41446681800"
    assert search_document(phones=["App. 7", "unbekannt"]) == "7"


@given(st.text())
def test_any_text_makes_a_document_that_its_own_words_find(text: str) -> None:
    document = search_document(text, phones=[text])
    assert all(term in document for term in fold(text).split())


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("+49 30 979925914", ["4930979925914"]),
        ("0049 30 979925914", ["4930979925914"]),
        ("030 9799259-14", ["030979925914"]),
        ("030/979.925914", ["030979925914"]),
        ("+49 (0)30 97992", ["493097992"]),
        ("+49\u00a030\u00a097992", ["493097992"]),
        ("(0)30 97992", ["03097992"]),
        ("15374", ["15374"]),
        ("20-06", ["20-06"]),
        ("Müller,  Jörg", ["mueller", "joerg"]),
        ("jena Jena", ["jena"]),
        ("Müller 030", ["mueller", "030"]),
        (" , ", []),
        ("", []),
    ],
)
def test_a_query_is_one_number_or_some_words(query: str, terms: list[str]) -> None:
    assert search_terms(query) == terms


@pytest.mark.parametrize(
    "query",
    [
        "mueller",
        "Müller",
        "MULLER",
        "Jorg Müll",
        "Straße",
        "strasse",
        "+49 30 979925914",
        "0049 (0)30 9799259-14",
        "030 979925914",
        "979925",
        "100%",
        "a\\b",
    ],
)
def test_a_person_is_found_by(query: str) -> None:
    document = search_document("Jörg Müller", "Lange Straße 100% A\\B", phones=["030 9799259-14"])
    assert found(query, document)


@pytest.mark.parametrize("query", ["Maier", "Müller Anna", "+43 30 979925914", "m_ller", "m%r", "mueller\\"])
def test_a_person_is_not_found_by(query: str) -> None:
    assert not found(query, search_document("Jörg Müller", phones=["030 9799259-14"]))


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        (" Ana@Example.ORG ", "ana@example.org"),
        ("ana@MÜLLER.example.org", "ana@müller.example.org"),
        ("ana@xn--mller-kva.example.org", "ana@müller.example.org"),
        ("ana@XN--MLLER-KVA.example.org", "ana@müller.example.org"),
        ("ana@mu\u0308ller.example.org", "ana@müller.example.org"),
        ("ana@straße.example", "ana@straße.example"),
        ("ana@xn--strae-oqa.example", "ana@straße.example"),
        ("ana@müller。example", "ana@müller.example"),
        ("Jürgen@example.org", "jürgen@example.org"),
        ("ana@xn--.example", "ana@xn--.example"),  # what can't be read stays as it is
        ("ana@under_score.example", "ana@under_score.example"),
        ("nobody", "nobody"),
        ("", ""),
    ],
)
def test_an_address_has_one_form_however_its_domain_is_spelled(typed, plain):
    assert plain_address(typed) == plain
    assert plain_address(plain) == plain
