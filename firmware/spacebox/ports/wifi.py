"""The machine's own Wi-Fi: the network that it opens to be set up, and those that it can join."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Interface
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Nearby:
    """A network in reach."""

    name: str
    strength: int
    """0 to 100."""
    secured: bool
    """Whether it wants a key."""


@dataclass(frozen=True, slots=True)
class Hotspot:
    """The network that the box opens itself, for whoever reads its key on the glass."""

    name: str
    key: str
    interface: IPv4Interface
    """The box's address in it."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A network to join."""

    name: str
    key: str
    """Empty where it wants none."""
    hidden: bool = False


class Wifi(Protocol):
    """Used from the event loop only."""

    @property
    def hotspot(self) -> Hotspot | None:
        """The box's own network while it is open."""

    @property
    def nearby(self) -> tuple[Nearby, ...]:
        """Which networks there were when that was last looked at, the strongest first."""

    @property
    def joining(self) -> str:
        """The name of the network that is being tried; empty while none is."""

    @property
    def trouble(self) -> str:
        """Why the last one was not joined, in a sentence; empty where it was."""

    def join(self, network: Credentials) -> None:
        """Leave the own network soon, and join that one. A failure opens the own one again."""
