"""Exemption notices warn in time and block nothing; organisations form no circles."""

from __future__ import annotations

from datetime import date

import pytest

from app.models.organisations import ExemptionKind, Organisation, OrganisationKind

NOTICE, FINDING = ExemptionKind.NOTICE, ExemptionKind.FINDING


def organisation(**more):
    return Organisation(name="Verein", kind=OrganisationKind.NONPROFIT, **more)


def fields(row):
    return [problem.field for problem in row.problems()]


@pytest.mark.parametrize(
    ("kind", "day", "expires"),
    [
        (NOTICE, date(2021, 5, 3), date(2026, 5, 3)),
        (FINDING, date(2023, 5, 3), date(2026, 5, 3)),
        (NOTICE, date(2020, 2, 29), date(2025, 2, 28)),
        (FINDING, date(2024, 2, 29), date(2027, 2, 28)),
        (NOTICE, date(2019, 2, 28), date(2024, 2, 28)),
        (NOTICE, date(9998, 1, 1), date.max),
        (NOTICE, None, None),
        (None, None, None),
    ],
)
def test_a_notice_counts_five_years_and_a_finding_three(kind, day, expires):
    assert organisation(exemption_kind=kind, exemption_date=day).exemption_expires == expires


@pytest.mark.parametrize(
    ("on", "message"),
    [
        (date(2026, 2, 1), ""),
        (date(2026, 2, 2), "expires soon"),  # 90 days before
        (date(2026, 5, 3), "expires soon"),  # its last day
        (date(2026, 5, 4), "has expired"),
        (date.max, "has expired"),
    ],
)
def test_a_warning_comes_ninety_days_before_the_end(app, on, message):
    row = organisation(exemption_kind=NOTICE, exemption_date=date(2021, 5, 3))
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert message in row.exemption_warning(on)
        assert bool(message) == bool(row.exemption_warning(on))


def test_an_expired_notice_is_no_reason_to_refuse_and_half_a_notice_is():
    assert fields(organisation(exemption_kind=NOTICE, exemption_date=date(1990, 1, 1))) == []
    assert fields(organisation(exemption_kind=NOTICE)) == []
    assert fields(organisation(exemption_date=date(2026, 1, 1))) == ["exemption_kind"]


def test_no_organisation_belongs_to_itself_not_even_in_a_circle():
    holding, daughter = organisation(), organisation()
    daughter.parent = holding
    assert fields(daughter) == []
    holding.parent = holding
    assert fields(holding) == ["parent"]
    holding.parent = daughter
    assert fields(holding) == fields(daughter) == ["parent"]


def test_a_head_count_isnt_negative():
    assert fields(organisation(head_count=-1)) == ["head_count"]
    assert fields(organisation(head_count=0)) == []
