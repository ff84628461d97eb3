"""What a connection carries, as its peer sees it."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from spacebox.rtc.candidates import Address
from spacebox.rtc.rtcp import Told
from spacebox.rtc.srtp import Keys

Route: TypeAlias = tuple[Address, Address]
"""Our address and theirs."""


class Media(Protocol):
    """What a connection carries."""

    hears: bool
    """Whether sound is taken; what a mere listener sends is not even opened."""
    ssrc: int
    """Of our own stream or, where there is none, of our reports."""
    report_every_s: float
    """On average."""

    def key(self, keys: Keys) -> None:
        """Take the keys of the connection."""

    def lead(self, route: Route | None) -> None:
        """Take where sound is to be sent from now on; None for nowhere."""

    def end(self) -> None:
        """Take the end of the connection."""

    def take(self, packet: bytes, now: float) -> None:
        """Take an opened RTP packet; called by the media thread."""

    def told(self, told: Told, now: float) -> None:
        """Take what the other side reports."""

    def report(self, cname: str, now: float) -> bytes:
        """Return our own report, to be sealed."""
