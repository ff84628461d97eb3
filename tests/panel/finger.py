"""Three pins, a clock that nobody waits for, and a finger on them."""

from __future__ import annotations

import random
from collections.abc import Collection

from spacebox.panel.gestures import Gesture, Gestures, Wants
from spacebox.panel.views import Button


class Finger:
    """Tells *gestures* of each edge, and lets time pass whenever it asks for it.

    `late_s`: how far behind the event loop runs; edges keep the time at which they were.
    """

    def __init__(
        self,
        wants: Wants | None = None,
        down: Collection[Button] = (),
        late_s: float = 0.0,
    ) -> None:
        self.gestures = Gestures(lambda _: wants or Wants(), down)
        self.pins = set(down)
        self.now = 100.0
        self.told: list[Gesture] = []
        self._late_s = late_s

    def put(self, button: Button, down: bool, *, lost: bool = False) -> None:
        """Set a pin's level; a *lost* edge is one that nobody tells of."""
        (self.pins.add if down else self.pins.discard)(button)
        if not lost:
            self.told += self.gestures.edge(button, down, self.now)

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.gestures.next_at()) is not None and due + self._late_s <= end:
            self.now = max(self.now, due + self._late_s)
            self.look()
            after = self.gestures.next_at()
            assert after is None or after > self.now, "time stands still"
        self.now = end

    def look(self) -> None:
        """Let the gestures read the pins."""
        self.told += self.gestures.advance(self.now, frozenset(self.pins))

    def press(self, button: Button, seconds: float = 0.1) -> None:
        self.put(button, True)
        self.wait(seconds)
        self.put(button, False)

    def bounce(self, button: Button, down: bool, chance: random.Random, lost: float = 0.0) -> None:
        """Set a pin's level as a contact does: up to 15 ms of to and fro.

        *lost* is the share of edges that nobody tells of, save the first.
        """
        turns = sorted(chance.uniform(0, 0.015) for _ in range(2 * chance.randrange(8)))
        since = 0.0
        self.put(button, down)
        for index, turn in enumerate(turns):
            self.wait(turn - since)
            since = turn
            self.put(button, down is (index % 2 == 1), lost=chance.random() < lost)

    def of(self, *kinds: type) -> list[Gesture]:
        return [gesture for gesture in self.told if isinstance(gesture, kinds)]
