"""The two lamps: what they say, and the pins that say it."""

from __future__ import annotations

import math
from contextlib import ExitStack
from enum import Enum
from typing import assert_never

from gpiozero import PWMLED, RGBLED, Factory

from spacebox.config import schema
from spacebox.panel.pins import claiming
from spacebox.ports import Lamps

_EYE = 2.2
"""Half the current looks brighter than half: a lamp's share of time is its brightness to this."""
_DIMMEST = 0.06


class Pattern(Enum):
    """What a lamp says. Each can be told from the others without seeing colours."""

    OFF = "off"
    SOLID = "solid"
    """Your voice is on air and received."""
    BREATHING = "breathing"
    """Connecting."""
    FAST = "fast"
    """The microphone is open and nobody receives it."""
    FLASHES = "flashes"
    """You talk while muted."""
    SLOW = "slow"
    """A request waits."""
    QUICK = "quick"
    """A request waits for more than a minute."""


def brightness(pattern: Pattern, t: float) -> float:
    """Return how bright a lamp is, from 0 to 1, *t* seconds into its pattern."""
    match pattern:
        case Pattern.OFF:
            return 0.0
        case Pattern.SOLID:
            return 1.0
        case Pattern.BREATHING:
            return _DIMMEST + (1 - _DIMMEST) * (1 - math.cos(math.tau * t / 3.0)) / 2
        case Pattern.FAST:
            return _on(t, period_s=0.25, lit_s=0.125)
        case Pattern.FLASHES:
            return max(_on(t, 1.2, 0.08), _on(t - 0.2, 1.2, 0.08))
        case Pattern.SLOW:
            return _on(t, 1.6, 0.8)
        case Pattern.QUICK:
            return _on(t, 0.6, 0.3)
    assert_never(pattern)


def _on(t: float, period_s: float, lit_s: float) -> float:
    return float(t % period_s < lit_s)


class Lights:
    """Two lamps on pins; of three pins for *on air* the red one is lit."""

    def __init__(self, pins: schema.Lights, factory: Factory) -> None:
        """Raises Missing."""
        self._shown = Lamps(0.0, 0.0)
        with ExitStack() as undo:
            self._on_air = _lamp("on_air", pins.on_air, pins.active_high, factory)
            undo.callback(self._on_air.close)
            self._request = _lamp("request", pins.request, pins.active_high, factory)
            undo.pop_all()

    def show(self, lamps: Lamps) -> None:
        """Light the lamps; what is lit already is left alone. Raises Missing."""
        with claiming("a lamp's pin"):
            if lamps.on_air != self._shown.on_air:
                _light(self._on_air, lamps.on_air)
            if lamps.request != self._shown.request:
                _light(self._request, lamps.request)
        self._shown = lamps

    def close(self) -> None:
        """Put them out and give the pins back."""
        self._on_air.close()
        self._request.close()


def _lamp(
    name: str, pin: int | tuple[int, int, int], active_high: bool, factory: Factory
) -> PWMLED | RGBLED:
    with claiming(f"pin {pin} of panel.lights.{name}"):
        if isinstance(pin, tuple):
            return RGBLED(*pin, active_high=active_high, pin_factory=factory)
        return PWMLED(pin, active_high=active_high, pin_factory=factory)


def _light(lamp: PWMLED | RGBLED, bright: float) -> None:
    duty = bright**_EYE
    lamp.value = (duty, 0.0, 0.0) if isinstance(lamp, RGBLED) else duty
