"""Who talks to whom, round by round: the best for all together, nobody twice in a round, no pair twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Outweighs every worth: who sat out comes before who would have the better talk.
SAT_OUT = 10.0
#: A pair that mustn't talk, or has talked.
NEVER = -1e6


@dataclass(frozen=True)
class Pair:
    """Two who talk, by their numbers; the first is a host, where one of them is."""

    one: int
    other: int


def rounds(worth: NDArray[np.float64], hosts: Sequence[bool], count: int, good: float) -> list[list[Pair]]:
    """Plan some rounds.

    ``worth`` is what a talk is worth to two, from 0 and the same both ways. Hosts talk to guests; guests who are left
    over in a round talk to each other, hosts don't. Within a round the sum of the worths is as high as it can be,
    where one who has had few talks worth ``good`` counts more; so everybody gets some, instead of a few the best.
    """
    size = len(hosts)
    host = np.flatnonzero(np.asarray(hosts, bool))
    guest = np.flatnonzero(~np.asarray(hosts, bool))
    open_to = ~np.eye(size, dtype=bool)
    talks, well = np.zeros(size), np.zeros(size)
    plan = []
    for number in range(count):
        value = worth * _hunger(well) + SAT_OUT * _sum(number - talks)
        value[~open_to] = NEVER
        pairs = _assigned(value, host, guest)
        busy = {place for pair in pairs for place in (pair.one, pair.other)}
        pairs += _among(value, [place for place in guest.tolist() if place not in busy])
        for pair in pairs:
            both = [pair.one, pair.other]
            open_to[pair.one, pair.other] = open_to[pair.other, pair.one] = False
            talks[both] += 1
            well[both] += worth[pair.one, pair.other] >= good
        plan.append(pairs)
    return plan


def _hunger(well: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much a talk counts for two: the less, the more good talks they have had."""
    return _sum(1 / (1 + well))


def _sum(one: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = one[:, None] + one[None, :]
    return result


def _assigned(value: NDArray[np.float64], host: NDArray[np.intp], guest: NDArray[np.intp]) -> list[Pair]:
    """Give the pairs of a host and a guest that are worth most together."""
    if not (len(host) and len(guest)):
        return []
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - it would double the time in which commands start

    rows, columns = linear_sum_assignment(value[np.ix_(host, guest)], maximize=True)
    found = ((int(host[row]), int(guest[column])) for row, column in zip(rows, columns, strict=True))
    return [Pair(one, other) for one, other in found if value[one, other] > NEVER]


def _among(value: NDArray[np.float64], left: Sequence[int]) -> list[Pair]:
    """Pair those who are left over, the best pair first."""
    ranked = sorted(
        ((value[one, other], one, other) for at, one in enumerate(left) for other in left[at + 1 :]),
        key=lambda found: (-found[0], *found[1:]),
    )
    pairs, busy = [], set[int]()
    for worth, one, other in ranked:
        if worth > NEVER and not {one, other} & busy:
            busy |= {one, other}
            pairs.append(Pair(one, other))
    return pairs
