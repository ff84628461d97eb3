"""What a picture of the glass costs, in CPU time: each screen, and names that do their worst.

The first drawing of a screen sets its words; later ones, as ten a second while a meter moves,
find them set. Names are of random letters, different each time, so that nothing is found.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from panel.samples import SAMPLES
from panel.texts import HOSTILE
from spacebox.panel.screen import draw
from spacebox.panel.views import Shown

GOAL_MS = 10.0
"""A Pi 4 takes five times as long, and should stay below 50."""
REQUESTS, AGAIN = 200, 20
SCRIPTS = ((0x41, 0x17F), (0x590, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x4E00, 0x9FFF))


def cost_ms(shown: Shown) -> float:
    began = time.thread_time()
    draw(shown)
    return (time.thread_time() - began) * 1000


def line(what: str, costs: Iterable[float]) -> None:
    costs = sorted(costs)
    print(
        f"{what:32} {statistics.median(costs):6.2f} ms per picture "
        f"(99 % below {costs[int(len(costs) * 0.99)]:.2f}, at most {costs[-1]:.2f}; "
        f"goal: {GOAL_MS:g})"
    )


def letters(chance: random.Random, count: int) -> str:
    low, high = chance.choice(SCRIPTS)
    return "".join(chr(chance.randint(low, high)) for _ in range(count))


def hostile(chance: random.Random) -> str:
    """Return a text of 100,000 characters that has not been drawn yet."""
    some = letters(chance, 200)
    return some + HOSTILE + some * 500


def requests(words: Callable[[int], str]) -> Iterator[Shown]:
    """Give cards with a name of 32 and a reason of 60 letters, the most that a room takes."""
    shown = SAMPLES["request"]
    for _ in range(REQUESTS):
        yield replace(shown, view=replace(shown.view, name=words(32), reason=words(60)))


def main() -> None:
    draw(SAMPLES["request-arabic"])  # opens the fonts
    line("first drawing of each screen", map(cost_ms, SAMPLES.values()))
    again = [cost_ms(shown) for shown in SAMPLES.values() for _ in range(AGAIN)]
    line("drawn again", again)
    chance = random.Random(1)
    line("names of any script", map(cost_ms, requests(lambda count: letters(chance, count))))
    line("hostile ones, far too long", map(cost_ms, requests(lambda _: hostile(chance))))


if __name__ == "__main__":
    main()
