"""What the panel's controller is given: where it shows, and what it may ask of the box."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from spacebox.panel.meaning import Action
from spacebox.panel.view import Surroundings
from spacebox.panel.views import Button, Shown
from spacebox.ports import Lamps
from spacebox.ports.elsewhere import Visits


class Glass(Protocol):
    """Where pictures go."""

    @property
    def trouble(self) -> str:
        """Why it does not show what it should, and what to do; empty while it does."""

    @property
    def picture(self) -> bytes: ...

    def show(self, shown: Shown) -> None:
        """Draw it soon; never blocks."""


@dataclass(frozen=True, slots=True)
class Body:
    """What the panel is made of."""

    glass: Glass
    light: Callable[[Lamps], None]
    pressed: Callable[[], frozenset[Button]]
    """Which buttons are down now, by their pins."""
    around: Callable[[], Surroundings]
    know: Callable[[], None]
    """Called for each time that MUTE's pin silenced the microphone, once the room knows."""
    errands: Mapping[Action, Callable[[], object]]
    """What the box itself can be asked to do; what is missing here no button does."""
    erase: Callable[[], None]
    visits: Visits
    """Where the box becomes a guest."""
