"""Names that people write differently are alike, and different names are not."""

from __future__ import annotations

import pytest

from app.core.likeness import likeness, name_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "Mueller"),
        ("Caritasverband Berlin e.V.", "Caritasverband Berlin"),
        ("Bäckerei Müller GmbH", "Müller Bäckerei"),
        ("Sparkase Barnim", "Sparkasse Barnim"),
        ("Kranich", "Kranich Holz GmbH"),
        ("Freiwilligen-Agentur", "Freiwilligenagentur"),
        ("ana@example.org", "ANA@example.org"),
    ],
)
def test_the_same_name_written_otherwise_is_alike(one, other):
    assert likeness(one, other) >= 75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "Schmidt"),
        ("Sparkasse Barnim", "Volksbank Cottbus"),
        ("info@verein-a.example", "info@verein-b.example"),
        ("", "Müller"),
        ("GmbH", "Müller"),
    ],
)
def test_another_name_is_not(one, other):
    assert likeness(one, other) < 75


def test_legal_forms_are_no_part_of_a_name_unless_it_has_nothing_else():
    assert name_words("Die Bäckerei GmbH & Co. KG") == ["baeckerei"]
    assert name_words("GmbH") == ["gmbh"]
    assert name_words("…") == []
