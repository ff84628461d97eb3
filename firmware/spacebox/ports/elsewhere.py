"""The box as a guest: the room elsewhere that it is in, and who else is around."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from spacebox.room.commands import Command
from spacebox.room.model import Room


class Ability(StrEnum):
    """What one can do in a room elsewhere; not every kind of room lets one do all."""

    ASK = "ask"
    """Ask to speak, be invited, step down. Without it one speaks from the start, if at all."""
    SPEAK = "speak"
    SEE = "see"
    """See who else is there."""
    REACT = "react"


class Link(StrEnum):
    """How the way there is."""

    JOINING = "joining"
    THERE = "there"
    LOST = "lost"
    """It was there; it is tried again until one leaves or is refused."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Being a guest in one room elsewhere, as it is now. Its text is a stranger's, cleaned."""

    engine: str
    """What kind of room: ``box``, ``whip`` (WHIP, WHEP or both) or ``janus``."""
    where: str
    """The name of the machine that it is at, for people."""
    url: str
    """What to open to be there too, without any secret; empty where nobody could."""
    abilities: frozenset[Ability]
    room: Room
    """As far as it is known; idle until it is. Times are on this box's clock."""
    me: str
    """Our seat's id in it; empty until we have one."""
    link: Link
    muted: bool
    """Whether our microphone is shut there: by us, by their host, or because we are off stage."""
    heard: bool
    """Whether our voice arrived there lately, as their receiver reports tell."""
    since: float
    """When `link` became what it is, on the hub's clock."""
    again_at: float | None = None
    """When the way there is tried next."""
    trouble: str = ""
    """Why we are not there (any more), in one sentence."""

    @property
    def on_stage(self) -> bool:
        """Whether one may speak there."""
        seat = self.room.participants.get(self.me)
        return seat is not None and seat.on_stage


@dataclass(frozen=True, slots=True)
class Parting:
    """How the last stay ended, unless the person pressed leave."""

    heading: str
    """A few words for the glass: ``The Space is over``."""
    text: str
    """One sentence: who ended it, or why one may not come back."""
    at: float
    """On the hub's clock."""


class Visits(Protocol):
    """Where the box becomes a guest: implemented by the engine that holds the connection.

    Used from the event loop only.
    """

    @property
    def stay(self) -> Stay | None:
        """Where the box is a guest now, or on its way to be; None while it is not."""

    @property
    def parting(self) -> Parting | None:
        """How the last stay ended by itself; None after a new one began, or was left."""

    async def join(self, target: str, pin: str = "") -> Stay:
        """Go to *target*: a link of another box, the short code of one on this network, or the
        address of another kind of room. Returns once we are there.

        Raises Denied: ``malformed``, ``not_found``, ``forbidden``, ``banned``, ``not_now`` (also
        while a Space is open here), ``full`` or ``unreachable``.
        """

    async def leave(self) -> None:
        """Go home, and never back by ourselves. Nothing where one is not away."""

    def mute(self, muted: bool) -> None:
        """Shut or open our microphone there, at once; open only on stage and while there."""

    async def do(self, command: Command) -> None:
        """Ask something of the room there. Its `by` is not looked at. Raises Denied, as they said
        it, and ``not_now`` for what cannot be asked there. ``SetMuted`` does what `mute` does, and
        waits until they know.
        """

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call *listener* after each change of `stay` or `parting`; return what ends that."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another box on this network, as it announces itself: a stranger's text, cleaned."""

    name: str
    url: str
    """Of its page."""
    code: str
    """Of its short link."""
    title: str
    state: str
    """``idle``, ``live``, ``wrapping`` or ``ended``."""


class Reach(StrEnum):
    """From where guests can come, as the glass says it."""

    PUBLIC = "PUBLIC"
    LAN_ONLY = "LAN ONLY"
    NO_NETWORK = "NO NETWORK"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Reached:
    """What a test of the box's reach found."""

    reach: Reach
    detail: str
    """One sentence: how that is known."""
    advice: str = ""
    """What to do, or to try; empty where nothing is wrong."""


UNTESTED = Reached(Reach.UNKNOWN, "That is being tested.", "Ask again in a moment.")
