"""What every kind of room elsewhere has in common, as the guest's box drives it."""

from __future__ import annotations

from typing import Protocol

from spacebox.ports.elsewhere import Ability
from spacebox.room.commands import Command
from spacebox.room.model import Room


class Lost(Exception):
    """The way there broke. It is tried again, after *again_s* if the other side said when."""

    def __init__(self, reason: str, again_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again_s = again_s


class Over(Exception):
    """There is nothing to come back to: it ended, or we may not."""

    def __init__(self, heading: str, text: str) -> None:
        """*heading* is a few words for the glass, *text* one sentence."""
        super().__init__(text)
        self.heading = heading
        self.text = text


class Engine(Protocol):
    """One room elsewhere, of one kind. Used from the event loop only.

    It calls what it was made with when something of it changes; it plays and sends sound by the
    `Sound` that it was made with. After `Lost` it may be entered again, and then takes its seat
    back by whatever it kept for that.
    """

    name: str
    """``box``, ``whip`` or ``janus``."""
    where: str
    url: str
    """As in ports.elsewhere.Stay."""

    @property
    def abilities(self) -> frozenset[Ability]: ...

    @property
    def room(self) -> Room:
        """What is known of it; of a room that shows nobody, just us on its stage."""

    @property
    def me(self) -> str:
        """Our seat's id in `room`, empty without one."""

    @property
    def heard(self) -> bool:
        """Whether our voice arrived there lately."""

    async def enter(self) -> None:
        """Go in, and take our seat back if we had one. Returns once we are there.

        Raises Denied where they refuse (ports.Denied), and Lost where nobody could be asked.
        """

    async def remain(self) -> None:
        """Be there for as long as it lasts: ends by Lost or Over alone."""

    async def mute(self, muted: bool) -> None:
        """Tell them; our microphone itself is not the engine's business. Raises like `do`."""

    async def do(self, command: Command) -> None:
        """Ask something of the room there. Raises Denied."""

    async def leave(self) -> None:
        """Say goodbye, as far as they can be told, and give everything back. Never raises."""
