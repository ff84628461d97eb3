"""Figures, their spread, and what was wanted of them, told the same way everywhere."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def told(what: str, values: Sequence[float], unit: str) -> str:
    return f"{what:40} {_middle(values):7.3f} {unit} ({_spread(values)})"


def within(what: str, values: Sequence[float], unit: str, goal: float) -> str:
    """Hold what was measured of us against a goal of its own."""
    return f"{what:40} {_middle(values):7.3f} {unit} ({_spread(values)}; {_goal(values, goal)})"


def compared(what: str, ours: Sequence[float], theirs: Sequence[float], goal: float) -> str:
    """Compare round by round, since all of a round met the same machine."""
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return f"{what:40} {_middle(ratios):7.3f}    ({_spread(ratios)}; {_goal(ratios, goal)})"


def _middle(values: Sequence[float]) -> float:
    return statistics.median(values)


def _spread(values: Sequence[float]) -> str:
    return f"{min(values):.3f} to {max(values):.3f}"


def _goal(values: Sequence[float], goal: float) -> str:
    return f"goal: at most {goal:g}{'' if _middle(values) <= goal else ', missed'}"
