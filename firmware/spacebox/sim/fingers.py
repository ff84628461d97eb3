"""Fingers for a simulated box: they drive gpiozero's mock pins as buttons drive real ones."""

from __future__ import annotations

import time

from gpiozero.pins.mock import MockFactory, MockPin

from spacebox.config.schema import Buttons


class SimFingers:
    """Presses the buttons that *buttons* tells of. None is down at first, however it is wired."""

    def __init__(self, buttons: Buttons, factory: MockFactory) -> None:
        numbers = {"mute": buttons.mute, "approve": buttons.approve, "end": buttons.end}
        self._pins: dict[str, MockPin] = {name: factory.pin(n) for name, n in numbers.items()}
        self._grounds = buttons.pull != "down"
        self._at: float | None = None
        for name in self._pins:
            self.press(name, False)

    def press(self, button: str, down: bool, at: float | None = None) -> None:
        """Push a button down or let it go; `at` is when that was, if not now (monotonic)."""
        pin = self._pins[button]
        self._at = at
        try:
            if down == self._grounds:
                pin.drive_low()
            else:
                pin.drive_high()
        finally:
            self._at = None

    def clock(self) -> float:
        """Return the time for whoever is called by an edge, which comes within `press`."""
        return time.monotonic() if self._at is None else self._at

    def down(self) -> frozenset[str]:
        """Return which buttons are down now, whoever presses them."""
        return frozenset(name for name, pin in self._pins.items() if pin.state != self._grounds)
