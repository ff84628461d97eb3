"""A wire that leads nowhere."""

from __future__ import annotations

from spacebox.ports import Tick


class Loose:
    """Takes what is sent, as `spacebox.ports.Wire` does, and remembers what happened when."""

    def __init__(self) -> None:
        self.lossy = False
        self.listeners: set[str] = set()
        self.log: list[Tick | None] = []
        """Ticks that were sent, and None where it was asked to receive."""

    def receive(self) -> None:
        self.log.append(None)

    def send(self, tick: Tick) -> None:
        self.log.append(tick)
