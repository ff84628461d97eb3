from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacebox.rtc.protection import FROM, Protection, Protector

NONE, FEC, RED = Protection
EVERY_S = 5.0


def levels(
    losses: Iterable[float], *, red: bool = True, every_s: float = EVERY_S
) -> list[Protection]:
    """Return the level behind each report."""
    protector, chosen = Protector(red=red, now=100.0), []
    for count, lost in enumerate(losses, 1):
        protector.report(lost, 100.0 + count * every_s)
        chosen.append(protector.level)
    return chosen


def counted(share: float, reports: int, every_s: float) -> list[float]:
    """Return what a listener reports of a line that loses each packet by itself."""
    chance, sent = random.Random(4), round(every_s * 50)
    lost = [sum(chance.random() < share for _ in range(sent)) for _ in range(reports)]
    return [256 * packets // sent / 256 for packets in lost]


@pytest.mark.parametrize("every_s", [1.0, 2.5, 5.0, 7.5])
@pytest.mark.parametrize(
    ("share", "level"), [(0.0, NONE), (0.001, NONE), (0.02, FEC), (0.1, RED), (0.5, RED)]
)
def test_a_steady_loss_gets_its_level_and_keeps_it(
    share: float, level: Protection, every_s: float
) -> None:
    chosen = levels(counted(share, 400, every_s), every_s=every_s)
    soon = chosen[round(60 / every_s) :]
    assert sum(one == level for one in soon) >= 0.97 * len(soon)
    assert sum(one != other for one, other in pairwise(soon)) <= 4


@pytest.mark.parametrize("every_s", [2.5, 5.0, 7.5])
def test_two_reports_are_enough(every_s: float) -> None:
    assert levels([0.02, 0.02], every_s=every_s) == [NONE, FEC]
    assert levels([0.2, 0.2], every_s=every_s) == [NONE, RED]
    assert levels([0.2, 0.2], every_s=every_s, red=False) == [NONE, FEC]


def test_reports_each_second_are_put_together() -> None:
    assert levels([0.1] * 4, every_s=1.0) == [NONE, NONE, NONE, RED]
    assert levels([0.02, 0, 0, 0, 0.02, 0, 0, 0], every_s=1.0) == [NONE] * 8


@pytest.mark.parametrize("odd", [0.02, 0.3, 1.0])
def test_one_odd_report_changes_nothing(odd: float) -> None:
    assert set(levels([0, 0, odd, 0, 0, 0, odd, 0, 0])) == {NONE}
    assert set(levels([0.02, 0.02, 0.02, odd, 0.02, 0.02])[1:]) == {FEC}
    assert set(levels([0.1, 0.1, 0.1, 0, 0.1, 0.1, 0, 0, 0.1])[1:]) == {RED}


def test_a_line_that_became_clean_is_let_go_level_by_level() -> None:
    chosen = levels([0.1, 0.1, *[0.0] * 7])
    assert chosen == [NONE, RED, RED, RED, FEC, FEC, FEC, NONE, NONE]


@pytest.mark.parametrize(("lost", "level"), [(0.03, RED), (0.02, FEC), (0.006, FEC), (0.004, NONE)])
def test_what_is_nearly_as_bad_is_not_clean(lost: float, level: Protection) -> None:
    assert levels([0.1, 0.1, *[lost] * 20])[-1] == level


def test_reports_at_one_moment_harm_nothing() -> None:
    assert set(levels([1.0] * 10, every_s=0.0)) == {NONE}


reports = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 20)), max_size=40)


@given(reports, st.booleans())
def test_whatever_is_reported(history: list[tuple[float, float]], red: bool) -> None:
    """No level that is not understood, none without need, and in the end none at all."""
    protector, now = Protector(red=red, now=0.0), 0.0
    worst = 0.0
    for lost, elapsed in history:
        now += elapsed
        before = protector.level
        protector.report(lost, now)
        worst = max(worst, lost)
        assert protector.level <= (RED if red else FEC)
        assert FROM[protector.level] <= worst + 1e-9
        assert protector.level >= before - 1
    for _ in range(12):
        now += EVERY_S
        protector.report(0.0, now)
    assert protector.level is NONE


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_loss_apart_from_others_starts_nothing(spikes: list[float]) -> None:
    assert set(levels(lost for spike in spikes for lost in (spike, 0.0))) == {NONE}
