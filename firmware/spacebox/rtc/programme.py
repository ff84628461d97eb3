"""What goes out in one tick, in the forms that different lines need; each is made once."""

from __future__ import annotations

from collections import deque
from typing import Final, TypeAlias

from spacebox.mixer.frame import FRAME_SAMPLES
from spacebox.mixer.joined import joined
from spacebox.ports import Tick
from spacebox.rtc.protection import Protection
from spacebox.rtc.red import MOST_BYTES, MOST_OFFSET, Block, build

JOINED_TICKS: Final = 3
"""On a weak uplink three packets share one header."""

Packet: TypeAlias = tuple[int, bytes, bool]
"""Media time in samples, payload, and whether that is RED."""
_Form: TypeAlias = tuple[str | None, Protection, int]
"""Whose voice is not in it, how it is protected, and what payload type RED says is inside."""


class Programme:
    """The last ticks as RTP payloads."""

    def __init__(self, *, weak_uplink: bool) -> None:
        """A *weak_uplink* of the box gets fewer and larger packets."""
        self._weak = weak_uplink
        self._ticks: deque[Tick] = deque(maxlen=JOINED_TICKS)
        self._made: dict[_Form, tuple[Packet, ...]] = {}

    def next(self, tick: Tick) -> None:
        """Go on to *tick*."""
        self._ticks.append(tick)
        self._made.clear()

    def packets(self, listener: str | None, level: Protection, opus: int) -> tuple[Packet, ...]:
        """Return what *listener* is sent now: one packet, but on a weak uplink."""
        who = listener if listener in self._ticks[-1].minus else None
        form = (who, level, opus if level is Protection.RED else 0)
        if form not in self._made:
            self._made[form] = self._joined(form) if self._weak else (self._single(form),)
        return self._made[form]

    def _single(self, form: _Form) -> Packet:
        tick = self._ticks[-1]
        payload = _payload(tick, form)
        _, level, opus = form
        if level is not Protection.RED or len(self._ticks) < 2:
            return _media(tick), payload, False
        before = self._ticks[-2]
        offset, copied = _media(tick) - _media(before), _payload(before, form)
        if offset > MOST_OFFSET or len(copied) > MOST_BYTES:
            return _media(tick), payload, False
        red = build([Block(opus, offset, copied)], Block(opus, 0, payload))
        return _media(tick), red, True

    def _joined(self, form: _Form) -> tuple[Packet, ...]:
        if (self._ticks[-1].index + 1) % JOINED_TICKS:
            return ()
        first, last = self._ticks[0], self._ticks[-1]
        payloads = [_payload(tick, form) for tick in self._ticks]
        if last.index - first.index == JOINED_TICKS - 1 and (whole := joined(payloads)):
            return ((_media(first), whole, False),)
        ticks = zip(self._ticks, payloads, strict=True)
        return tuple((_media(tick), payload, False) for tick, payload in ticks)


def _payload(tick: Tick, form: _Form) -> bytes:
    """Return a tick's Opus; somebody's own mix is encoded once, so only RED protects it."""
    who, level, _ = form
    if who is not None and who in tick.minus:
        return tick.minus[who]
    return tick.programme if level is Protection.NONE else tick.robust or tick.programme


def _media(tick: Tick) -> int:
    return tick.index * FRAME_SAMPLES
