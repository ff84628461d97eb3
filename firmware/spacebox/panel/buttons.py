"""The three buttons: raw edges of their pins, as they come."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

from gpiozero import DigitalInputDevice, Factory

from spacebox.config import schema
from spacebox.panel.pins import claiming
from spacebox.panel.views import Button

OnEdge = Callable[[Button, bool, float], None]
"""Told of an edge: which button, whether it went down, when (monotonic). It must not raise."""


class Buttons:
    """Reports each edge from the thread of the pins; debouncing and timing are not done here.

    Before an edge of MUTE that goes down is reported, *cut* is called: it must silence the
    microphone at once, from any thread. A contact bounces, so it may be called again when the
    button is let go: whoever takes the edges sets the microphone to what is meant after each.
    """

    def __init__(
        self,
        pins: schema.Buttons,
        factory: Factory,
        on_edge: OnEdge,
        cut: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """*clock* tells when an edge was, in seconds. Raises Missing."""
        self._on_edge = on_edge
        self._cut = cut
        self._clock = clock
        # gpiozero forgets a device that nobody holds, and its pin goes silent.
        self._devices: dict[Button, DigitalInputDevice] = {}
        with ExitStack() as undo:
            undo.callback(self.close)
            for button in Button:
                number = getattr(pins, button.value)
                with claiming(f"pin {number} of panel.buttons.{button.value}"):
                    self._devices[button] = _device(number, pins.pull, factory)
            for button, device in self._devices.items():
                device.when_activated = self._reporter(button, down=True)
                device.when_deactivated = self._reporter(button, down=False)
            undo.pop_all()

    def down(self) -> frozenset[Button]:
        """Read the pins: which buttons are down now."""
        return frozenset(button for button, device in self._devices.items() if device.is_active)

    def close(self) -> None:
        """Give the pins back; nothing is reported afterwards."""
        for device in self._devices.values():
            device.close()
        self._devices.clear()

    def _reporter(self, button: Button, *, down: bool) -> Callable[[], None]:
        def report() -> None:
            if button is Button.MUTE and down:
                self._cut()
            self._on_edge(button, down, self._clock())

        return report


def _device(number: int, pull: str, factory: Factory) -> DigitalInputDevice:
    # Left to itself, gpiozero reads from the pull which level means down.
    level = False if pull == "none" else None
    pull_up = {"up": True, "down": False, "none": None}[pull]
    return DigitalInputDevice(number, pull_up=pull_up, active_state=level, pin_factory=factory)
