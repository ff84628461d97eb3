"""What the keys of a terminal hold down. Pure: time enters as an argument, in seconds.

A terminal tells that a key was typed, never that it was let go; a key that is held repeats, after
a while and then quickly. So a button goes down with the first byte of its key. Repeats keep it
down until they stop. A single byte, or two far enough apart, turn out to be taps: their edges are
then told late, each with the moment at which it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

BUTTONS = {"m": "mute", "a": "approve", "e": "end"}
TAP_S = 0.1
"""How long a tap was down; nobody knows."""
FASTEST_S = 0.06
"""Two bytes that are closer are one key that repeats: no finger is so fast."""
REPEAT_S = 0.2
"""Repeats that stay away for so long have ended. Terminals send 10 to 40 in a second."""
FIRST_REPEAT_S = 0.7
"""A key that did not repeat by then was tapped. X11 waits for 0.66 s, others are quicker."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A button went down, or up, at a time that may have passed."""

    button: str
    down: bool
    at: float


@dataclass(slots=True)
class _Key:
    """A key that is taken for down."""

    first: float
    last: float
    repeats: bool = False
    """Else it was typed at `first` and, if that differs, at `last`: a repeat or a second tap."""

    @property
    def until(self) -> float:
        typed_once = self.first == self.last
        return self.first + FIRST_REPEAT_S if typed_once else self.last + REPEAT_S


class Keys:
    """The three keys, up at first."""

    def __init__(self) -> None:
        self._down: dict[str, _Key] = {}

    def typed(self, key: str, now: float) -> tuple[Edge, ...]:
        """Take one byte of a key, of any case; other keys do nothing."""
        button = BUTTONS.get(key.lower())
        ended = self.advance(now)
        if button is None:
            return ended
        held = self._down.get(button)
        if held is None:
            self._down[button] = _Key(now, now)
            return (*ended, Edge(button, True, now))
        held.repeats |= held.first != held.last or now - held.first < FASTEST_S
        held.last = now
        return ended

    def advance(self, now: float) -> tuple[Edge, ...]:
        """Let time pass; return what turned out."""
        over = [button for button, key in self._down.items() if key.until <= now]
        return tuple(edge for each in over for edge in _end(each, self._down.pop(each)))

    def next_at(self) -> float | None:
        """Return when to call `advance`; None while all are up."""
        return min((key.until for key in self._down.values()), default=None)

    def release(self) -> tuple[Edge, ...]:
        """Let everything go: no more keys will come."""
        let_go = tuple(Edge(button, False, key.last) for button, key in self._down.items())
        self._down.clear()
        return let_go


def _end(button: str, key: _Key) -> Iterator[Edge]:
    if key.repeats:
        yield Edge(button, False, key.last)
        return
    again = key.last - key.first
    yield Edge(button, False, key.first + (min(TAP_S, again / 2) if again else TAP_S))
    if again:
        yield Edge(button, True, key.last)
        yield Edge(button, False, key.last + TAP_S)
