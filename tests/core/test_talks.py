"""The plan of talks keeps its rules, whoever comes, and is the best for all together."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.talks import rounds

GOOD = 0.25


@st.composite
def evenings(draw):
    """Some hosts and guests, what their talks are worth, and a number of rounds."""
    size = draw(st.integers(0, 9))
    hosts = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    worth = np.zeros((size, size))
    for one, other in itertools.combinations(range(size), 2):
        worth[one, other] = worth[other, one] = draw(st.sampled_from([0, 0, 0.2, 0.3, 0.9]))
    return worth, hosts, draw(st.integers(1, 6))


@given(evenings())
@settings(max_examples=150, deadline=None)
def test_nobody_talks_twice_in_a_round_no_pair_twice_and_hosts_not_with_hosts(evening):
    worth, hosts, count = evening
    plan = rounds(worth, hosts, count, GOOD)
    assert len(plan) == count
    for pairs in plan:
        busy = [place for pair in pairs for place in (pair.one, pair.other)]
        assert len(busy) == len(set(busy))
    met = [frozenset((pair.one, pair.other)) for pairs in plan for pair in pairs]
    assert len(met) == len(set(met))
    assert all(len(pair) == 2 for pair in met)
    assert not any(hosts[pair.one] and hosts[pair.other] for pairs in plan for pair in pairs)


@given(evenings())
@settings(max_examples=100, deadline=None)
def test_everybody_talks_as_far_as_somebody_is_left(evening):
    """In the first round, one host or guest at most stays alone; only hosts may be too many."""
    _worth, hosts, _count = evening
    (pairs,) = rounds(*evening[:2], 1, GOOD)
    spare_hosts = max(0, sum(hosts) - hosts.count(False))
    assert len(hosts) - 2 * len(pairs) in {spare_hosts, spare_hosts + 1}


def test_the_first_round_is_worth_as_much_as_any_could_be():
    generator = np.random.default_rng(7)
    worth = np.zeros((8, 8))
    worth[:4, 4:] = generator.random((4, 4))
    worth += worth.T
    (pairs,) = rounds(worth, [True] * 4 + [False] * 4, 1, GOOD)
    best = max(
        sum(worth[host, guest] for host, guest in enumerate(order))
        for order in itertools.permutations(range(4, 8))
    )
    assert sum(worth[pair.one, pair.other] for pair in pairs) == pytest.approx(best)


def test_who_sat_out_comes_first_in_the_next_round():
    """Three companies and two nonprofits: the third offers nothing, and is heard all the same."""
    worth = np.zeros((5, 5))
    for host, guest, value in ((0, 3, 0.9), (1, 4, 0.9), (0, 4, 0.8), (1, 3, 0.8)):
        worth[host, guest] = worth[guest, host] = value
    first, second = rounds(worth, [True, True, True, False, False], 2, GOOD)
    assert {(pair.one, pair.other) for pair in first} == {(0, 3), (1, 4)}
    assert 2 in {pair.one for pair in second}


def test_everybody_gets_a_good_talk_before_somebody_gets_a_second():
    """Two companies: the second is good for one nonprofit only, whom the first would like as much as another."""
    worth = np.zeros((4, 4))
    for host, guest, value in ((0, 2, 0.5), (0, 3, 0.5), (1, 2, 0.4)):
        worth[host, guest] = worth[guest, host] = value
    (pairs,) = rounds(worth, [True, True, False, False], 1, GOOD)
    assert {(pair.one, pair.other) for pair in pairs} == {(0, 3), (1, 2)}


def test_who_has_had_a_good_talk_gives_way_to_who_has_had_none():
    """In the second round, two others have less to say to the companies than the first two, and nothing said yet."""
    worth = np.zeros((6, 6))
    for host, guest, value in ((0, 2, 0.9), (1, 3, 0.9), (0, 3, 0.6), (1, 2, 0.6), (0, 4, 0.5), (1, 5, 0.5)):
        worth[host, guest] = worth[guest, host] = value
    first, second = rounds(worth, [True, True, False, False, False, False], 2, GOOD)
    assert {(0, 2), (1, 3)} < {(pair.one, pair.other) for pair in first}
    assert {(0, 4), (1, 5)} < {(pair.one, pair.other) for pair in second}


def test_guests_who_are_left_over_talk_to_each_other():
    worth = np.zeros((5, 5))
    worth[3, 4] = worth[4, 3] = 0.8
    (pairs,) = rounds(worth, [True, False, False, False, False], 1, GOOD)
    assert (3, 4) in {(pair.one, pair.other) for pair in pairs}


def test_nobody_to_talk_to_is_no_talk():
    assert rounds(np.zeros((0, 0)), [], 2, GOOD) == [[], []]
    assert rounds(np.zeros((2, 2)), [True, True], 1, GOOD) == [[]]
