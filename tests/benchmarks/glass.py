"""What a picture of the glass costs: each screen, and names that do their worst.

The first drawing of a screen sets its words; later ones, as ten a second while a meter moves,
find them set. Hostile names are different each time, so that nothing is found.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterable
from dataclasses import replace

from panel.samples import HOSTILE, SAMPLES
from spacebox.panel.screen import draw
from spacebox.panel.views import Shown

GOAL_MS = 10.0
"""A Pi 4 takes five times as long, and should stay below 50."""
NAMES, AGAIN = 200, 20
SCRIPTS = ((0x41, 0x17F), (0x590, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x4E00, 0x9FFF))


def cost_ms(shown: Shown) -> float:
    began = time.thread_time()
    draw(shown)
    return (time.thread_time() - began) * 1000


def line(what: str, costs: Iterable[float]) -> float:
    costs = sorted(costs)
    print(
        f"{what:32} {statistics.median(costs):6.2f} ms per picture "
        f"(99 % below {costs[int(len(costs) * 0.99)]:.2f}, at most {costs[-1]:.2f})"
    )
    return costs[-1]


def hostile(chance: random.Random) -> str:
    """Return a name of 100,000 characters that has not been drawn yet."""
    low, high = chance.choice(SCRIPTS)
    letters = "".join(chr(chance.randint(low, high)) for _ in range(200))
    return letters + HOSTILE + letters * 500


def main() -> None:
    cost_ms(SAMPLES["start-up"])
    first = line("first drawing of each screen", map(cost_ms, SAMPLES.values()))
    again = [cost_ms(shown) for shown in SAMPLES.values() for _ in range(AGAIN)]
    line("drawn again", again)
    chance = random.Random(1)
    requests = [SAMPLES["request"]] * NAMES
    cards = [
        replace(shown, view=replace(shown.view, name=hostile(chance), reason=hostile(chance)))
        for shown in requests
    ]
    worst = line("hostile names and reasons", map(cost_ms, cards))
    print(f"{'worst':32} {max(first, worst):6.2f} ms (goal: at most {GOAL_MS:g})")


if __name__ == "__main__":
    main()
