"""Texts are alike by the pieces of their words."""

from __future__ import annotations

import numpy as np

from app.core.ngrams import Likeness, pieces, plain, shared_letters


def likeness(ones, others, *more):
    texts = ([((text, 1.0),) for text in side] for side in (ones, others))
    return Likeness(*texts, *more)


def test_a_compound_is_like_its_parts_and_an_inflected_word_like_its_root():
    ones = ["Umzugshelfer", "Hochbeete", "Kleinbus", "Kuchen"]
    others = ["beim Umzug", "eines Hochbeets", "Fahrt im Bus", "ein Kuchenbuffet"]
    scores = likeness(ones, others, {"beim", "eines", "im", "ein"}).scores
    assert scores.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert scores.argmax(axis=0).tolist() == [0, 1, 2, 3]
    assert (np.diag(scores) > 0.09).all()
    assert scores.max() <= 1


def test_an_umlaut_of_a_plural_and_its_other_spelling_are_the_same():
    assert plain("Köche") == plain("Koeche") == plain("Koche")
    assert likeness(["Köche"], ["kochen"]).scores[0, 0] > 0.2
    assert likeness(["Straße"], ["STRASSE"]).scores[0, 0] > 0.99


def test_what_many_texts_have_says_little():
    many = ["Gartenpflege"] * 20
    scores = likeness(["Altenpflege Klavier", *many], ["Pflege", "Klavier", *many]).scores
    assert scores[0, 1] > scores[0, 0]


def test_words_that_say_nothing_are_left_out_at_the_end_of_others_too():
    assert likeness(["für uns"], ["für euch"], {"fur", "uns", "euch"}).scores[0, 0] == 0
    with_ending = likeness(["Malerarbeiten"], ["Tischlerarbeiten"]).scores[0, 0]
    assert likeness(["Malerarbeiten"], ["Tischlerarbeiten"], (), ("arbeiten",)).scores[0, 0] < with_ending / 2
    # A word of which hardly anything would be left stays whole.
    assert likeness(["Arbeit"], ["Arbeit"], (), ("arbeit",)).scores[0, 0] > 0.99


def test_a_part_counts_as_much_as_it_is_said_to():
    titled = [(("Garten", 2.0), ("Auto", 1.0))]
    found = Likeness(titled, [(("Garten", 1.0),), (("Auto", 1.0),)]).scores
    assert found[0, 0] > found[0, 1]


def test_nothing_is_like_nothing():
    assert likeness([], []).scores.shape == (0, 0)
    assert likeness(["", "!?"], ["", "123 …"]).scores.tolist() == [[0, 0], [0, 0]]
    assert likeness(["a"], ["Umzug"]).scores[0, 0] == 0
    assert pieces("ab") == {"^ab", "ab$", "^ab$"}
    assert pieces("a") == {"^a$"}


def test_the_words_that_two_texts_share_are_named_as_they_were_written():
    found = likeness(["Umzugshelfer, Transporter"], ["Transporter für den Umzug"], {"fur", "den"}).shared(
        0, 0
    )
    assert [(pair.one, pair.other) for pair in found] == [
        ("Transporter", "Transporter"),
        ("Umzugshelfer", "Umzug"),
    ]


def test_letters_in_common_by_chance_are_no_reason():
    assert shared_letters("plakaten", "daten") == "aten"
    for one, other in (("Plakaten", "Daten"), ("Essen", "Straßen"), ("Garten", "Karten")):
        assert likeness([one], [other]).shared(0, 0) == [], (one, other)
    for one, other in (
        ("Großküche", "Küche"),
        ("Mannschaftsfotografie", "Pressefotografien"),
        ("Bau", "bauen"),
    ):
        assert likeness([one], [other]).shared(0, 0), (one, other)
