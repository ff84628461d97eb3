"""What a network does to packet after packet: each iterator says whether the next one is lost."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain, repeat
from typing import TypeAlias

Losses: TypeAlias = Iterator[bool]


def none() -> Losses:
    return repeat(False)


def first(count: int) -> Losses:
    """Lose the next *count* packets."""
    return chain(repeat(True, count), none())


def independent(share: float, seed: int = 1) -> Losses:
    """Lose each packet by itself."""
    chance = random.Random(seed)
    while True:
        yield chance.random() < share


def bursts(share: float, length: float, seed: int = 1) -> Losses:
    """Lose packets in bursts of *length* on average (Gilbert and Elliott)."""
    chance, bad = random.Random(seed), False
    leave, enter = 1 / length, share / (1 - share) / length
    while True:
        bad = chance.random() >= leave if bad else chance.random() < enter
        yield bad
