"""The panel put together from its parts; what is missing of them is told, and the rest works."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeVar

from gpiozero import Factory

from spacebox.config import schema
from spacebox.hub import Hub
from spacebox.panel.body import Body
from spacebox.panel.buttons import Buttons
from spacebox.panel.display import Display
from spacebox.panel.glass import Glass
from spacebox.panel.lights import Lights
from spacebox.panel.meaning import Action
from spacebox.panel.panel import Panel
from spacebox.panel.probe import Missing
from spacebox.panel.screen import draw
from spacebox.panel.view import Surroundings
from spacebox.panel.views import Button
from spacebox.ports import Fault, Lamps
from spacebox.ports.elsewhere import Visits

log = logging.getLogger(__name__)

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Hardware:
    """Where pins and glass come from: a Raspberry Pi, or a simulator."""

    pins: Callable[[], Factory]
    """Raises Missing."""
    glass: Callable[[Factory | None], Glass]
    """Raises Missing; asked again while it does."""
    clock: Callable[[], float] = time.monotonic
    """When an edge was, for whoever is called by it."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What the panel may do to the box."""

    around: Callable[[], Surroundings]
    cut: Callable[[], None]
    """Silences the microphone at once, from any thread."""
    know: Callable[[], None]
    """Takes note of a cut, once the room knows of the press."""
    errands: Mapping[Action, Callable[[], object]]
    erase: Callable[[], None]
    visits: Visits
    """Where the box becomes a guest."""


class Unit:
    """Buttons, lamps, glass and their controller."""

    def __init__(self, config: schema.Panel, hardware: Hardware, hub: Hub, reach: Reach) -> None:
        self._reach = reach
        self._missing: list[Fault] = []
        self._parts = ExitStack()
        self._panel: Panel | None = None
        factory = self._part("buttons", hardware.pins)
        self._buttons = self._pinned(
            "buttons",
            factory,
            lambda pins: Buttons(config.buttons, pins, self._on_edge, reach.cut, hardware.clock),
        )
        self._lights = self._pinned("lamps", factory, lambda pins: Lights(config.lights, pins))
        self._display = Display(lambda: hardware.glass(factory), draw, config.screen.contrast)
        self._parts.callback(self._display.close)
        body = Body(
            glass=self._display,
            light=self._light,
            pressed=self._down,
            around=reach.around,
            know=reach.know,
            errands=reach.errands,
            erase=reach.erase,
            visits=reach.visits,
        )
        self._panel = self.panel = Panel(hub, body)
        self._parts.callback(self.panel.close)

    def faults(self) -> tuple[Fault, ...]:
        """Say what is missing or broken."""
        return (*self._missing, *self.panel.faults())

    def close(self) -> None:
        """Put the lamps out, darken the glass and give everything back."""
        self._parts.close()

    def _pinned(
        self, name: str, factory: Factory | None, make: Callable[[Factory], Part]
    ) -> Part | None:
        return None if factory is None else self._part(name, lambda: make(factory))

    def _part(self, name: str, make: Callable[[], Part]) -> Part | None:
        """Make a part that is closed with the panel; tell once where it cannot be had."""
        try:
            part = make()
        except Missing as missing:
            self._miss(name, missing)
            return None
        self._parts.callback(part.close)  # type: ignore[attr-defined]
        return part

    def _miss(self, name: str, missing: Missing) -> None:
        log.warning("the panel has no %s: %s", name, missing)
        detail = f"panel: no {name}: {missing}"
        self._missing.append(Fault(f"No {name}", missing.do, detail))

    def _on_edge(self, button: Button, down: bool, at: float) -> None:
        if self._panel is not None:
            self._panel.edge_from_pin(button, down, at)
        elif button is Button.MUTE and down:  # the pins are watched a moment before it is there
            self._reach.know()

    def _down(self) -> frozenset[Button]:
        return frozenset() if self._buttons is None else self._buttons.down()

    def _light(self, lamps: Lamps) -> None:
        if self._lights is None:
            return
        try:
            self._lights.show(lamps)
        except Missing as missing:
            self._miss("lamps", missing)
            self._lights = None
