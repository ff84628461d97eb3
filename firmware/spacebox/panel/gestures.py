"""From the bouncing edges of three pins to what a finger did.

Pure: time enters as an argument, in seconds of any steady clock. An edge is acted on at once;
then its button is locked while the contact bounces, and after the lock the last level wins.
A timer never speaks against the pin: what a pin says now goes before what is due.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from math import inf
from operator import itemgetter

from spacebox.panel.views import Button

LOCK_S = 0.03
"""How long a contact may bounce."""
TAP_S = 0.35
"""A press that is let go earlier is a tap."""
DOUBLE_S = 0.3
"""A second tap begins within this time after the first was let go."""
ALL_HELD_S = 10.0
STUCK_S = {Button.MUTE: 60.0, Button.APPROVE: 15.0, Button.END: 15.0}
"""No finger stays longer."""
_RIVALS = frozenset({Button.APPROVE, Button.END})
"""They lie side by side: where both are down, neither was meant to be tapped."""


@dataclass(frozen=True, slots=True)
class Wants:
    """What a press of a button may become in the present situation."""

    hold_s: float | None = None
    double: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    button: Button
    again: bool = False
    """The second of what may be a double tap."""


@dataclass(frozen=True, slots=True)
class Released:
    """Told of every press that did not get stuck, before its tap."""

    button: Button
    held_s: float


@dataclass(frozen=True, slots=True)
class Tapped:
    button: Button
    times: int
    """1 or 2."""


@dataclass(frozen=True, slots=True)
class Held:
    """A button alone was down for as long as was wanted. It still is."""

    button: Button


@dataclass(frozen=True, slots=True)
class AllHeld:
    """All three are down, and were for `ALL_HELD_S`."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """Down for longer than a finger stays: ignored from now on."""

    button: Button


@dataclass(frozen=True, slots=True)
class Freed:
    """A stuck button came up and counts again."""

    button: Button


Gesture = Pressed | Released | Tapped | Held | AllHeld | Stuck | Freed


@dataclass(slots=True)
class _Press:
    at: float
    wants: Wants
    again: bool
    alone: bool = True
    """No other button was down during it."""
    tap: bool = True
    """It may still be a tap."""
    held: bool = False


@dataclass(slots=True)
class _Key:
    button: Button
    taken: bool
    """What was acted on last: whether it is down."""
    level: bool
    """What the pin said last."""
    level_at: float = -inf
    locked_until: float = -inf
    read_at: float | None = None
    """When to read the pin again: an edge may have got lost while the contact bounced."""
    press: _Press | None = None
    """None as well while it is stuck, or down since boot."""
    stuck: bool = False
    tapped_at: float | None = None
    """Let go after a tap that a second one may follow."""

    def see(self, down: bool, now: float) -> None:
        if down is not self.level:
            self.level, self.level_at, self.read_at = down, now, now + LOCK_S


_Due = tuple[float, Callable[[], Iterable[Gesture]]]
"""When something happens if nothing else does before, and what."""


class Gestures:
    """Three buttons. Those *down* at the start do nothing until they were let go.

    *wants* is asked once for each press, when it begins.
    """

    def __init__(self, wants: Callable[[Button], Wants], down: Collection[Button] = ()) -> None:
        self._wants = wants
        self._keys = {b: _Key(b, taken=b in down, level=b in down) for b in Button}
        self._all_told = False

    @property
    def stuck(self) -> frozenset[Button]:
        return frozenset(key.button for key in self._keys.values() if key.stuck)

    def edge(self, button: Button, down: bool, now: float) -> tuple[Gesture, ...]:
        """Take a raw edge of *button*'s pin; *now* is when it happened, or a little ago."""
        before = self._pass(now)
        self._keys[button].see(down, now)
        return before + self._pass(now)

    def advance(self, now: float, down: Collection[Button]) -> tuple[Gesture, ...]:
        """Let time pass. *down* are the buttons whose pins say so now."""
        for key in self._keys.values():
            if key.read_at is not None and key.read_at <= now:
                key.read_at = None
            key.see(key.button in down, now)
        return self._pass(now)

    def next_at(self) -> float | None:
        """Return when to call `advance`; None: not before the next edge."""
        reads = (key.read_at for key in self._keys.values() if key.read_at is not None)
        return min((*reads, *(at for at, _ in self._due())), default=None)

    def held_s(self, button: Button, now: float) -> float | None:
        """Return how long the present press has counted towards a hold.

        None while it is up, stuck, down since boot, or was not alone.
        """
        press = self._keys[button].press
        return now - press.at if press and press.alone else None

    def all_held_s(self, now: float) -> float | None:
        """Return how long all three have been down; None while they are not."""
        since = self._all_since()
        return None if since is None else now - since

    def _pass(self, now: float) -> tuple[Gesture, ...]:
        """Do what is due until *now*, the earliest first."""
        told: list[Gesture] = []
        while (first := min(self._due(), key=itemgetter(0), default=None)) and first[0] <= now:
            told += first[1]()
        return tuple(told)

    def _due(self) -> Iterator[_Due]:
        for key in self._keys.values():
            if key.level is not key.taken:
                at = max(key.locked_until, key.level_at)
                yield at, partial(self._settle, key, at)
            elif key.press:
                yield from self._due_while_down(key, key.press)
            elif key.tapped_at is not None:
                yield key.tapped_at + DOUBLE_S, partial(self._tell_one_tap, key)
        since = self._all_since()
        if since is not None and not self._all_told:
            yield since + ALL_HELD_S, self._tell_all_held

    def _due_while_down(self, key: _Key, press: _Press) -> Iterator[_Due]:
        yield press.at + STUCK_S[key.button], partial(self._get_stuck, key)
        if press.wants.hold_s is not None and press.alone and not press.held:
            yield press.at + press.wants.hold_s, partial(self._tell_held, key, press)

    def _all_since(self) -> float | None:
        presses = [key.press.at for key in self._keys.values() if key.press and key.level]
        return max(presses) if len(presses) == len(self._keys) else None

    def _settle(self, key: _Key, at: float) -> Iterator[Gesture]:
        key.taken = key.level
        key.locked_until = at + LOCK_S
        if key.taken:
            yield self._begin(key, at)
        elif key.press:
            yield from self._finish(key, key.press, at)
        elif key.stuck:
            key.stuck = False
            yield Freed(key.button)

    def _begin(self, key: _Key, at: float) -> Pressed:
        again = key.tapped_at is not None
        key.tapped_at = None
        press = _Press(at, self._wants(key.button), again)
        for other in self._keys.values():
            if other.press:
                other.press.alone = press.alone = False
                if {key.button, other.button} == _RIVALS:
                    other.press.tap = press.tap = False
        key.press = press
        self._all_told = False
        return Pressed(key.button, again)

    def _finish(self, key: _Key, press: _Press, at: float) -> Iterator[Gesture]:
        held_s = at - press.at
        key.press = None
        yield Released(key.button, held_s)
        if not press.tap or press.held or held_s >= TAP_S:
            return
        if press.wants.double and not press.again:
            key.tapped_at = at
        else:
            yield Tapped(key.button, 2 if press.again else 1)

    def _get_stuck(self, key: _Key) -> Iterator[Gesture]:
        key.press, key.stuck = None, True
        yield Stuck(key.button)

    def _tell_held(self, key: _Key, press: _Press) -> Iterator[Gesture]:
        press.held = True
        yield Held(key.button)

    def _tell_one_tap(self, key: _Key) -> Iterator[Gesture]:
        key.tapped_at = None
        yield Tapped(key.button, 1)

    def _tell_all_held(self) -> Iterator[Gesture]:
        self._all_told = True
        yield AllHeld()
