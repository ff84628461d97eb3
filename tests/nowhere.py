"""No network at all, for a media clock that needs none."""

from __future__ import annotations

from spacebox.ports import Tick


class Nowhere:
    """A wire that leads to nobody (ports.Wire)."""

    lossy = False

    def receive(self) -> None:
        """Find nothing."""

    def send(self, tick: Tick) -> None:
        """Tell nobody."""
