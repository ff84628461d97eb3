"""A peer that is let in, has the keys of its connection, and then sends whatever it likes."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiortc.sdp import SessionDescription

from benchmarks.listener import Listener, address
from spacebox.rtc.candidates import Address
from spacebox.rtc.identity import Identity
from spacebox.rtc.rtp import Outgoing
from spacebox.rtc.srtp import Keys, RtcpSealer, RtpSealer

OPUS = 111
PATIENCE_S = 20.0
POLL_S = 0.005


class Sender(Listener):
    """One connection towards the box. It has no thread: `poll` does what is due."""

    def __init__(self, identity: Identity) -> None:
        super().__init__(address(), identity, offering=True)
        self.stream = Outgoing.new()
        self.ufrag = ""
        """The box's, of this connection."""
        self.box: Address = ("", 0)

    def offer(self) -> str:
        return self.describe("actpass", OPUS).replace("a=recvonly", "a=sendonly")

    def meet(self, sdp: str) -> None:
        super().meet(sdp)
        media = SessionDescription.parse(sdp).media[0]
        self.ufrag, self.box = media.ice.usernameFragment or "", self._addresses[0]

    @property
    def found(self) -> bool:
        """Whether the box is known to have found us."""
        return self._selected is not None

    @property
    def keys(self) -> Keys | None:
        return self._dtls.keys if self.found else None

    def seal(self) -> None:
        """Make what seals; the keys are known."""
        assert self.keys is not None
        self.sealer, self.reports = RtpSealer(self.keys), RtcpSealer(self.keys)

    def send(self, datagram: bytes) -> None:
        """Send anything, from the address that the box has found."""
        self._send([datagram])

    def check(self) -> None:
        """Ask whether the box is there."""
        self.send(self._request())

    def say(self, media: int, payload: bytes) -> None:
        """Send sound of the one stream, for *media* in samples."""
        self.send(self.sealer.seal(self.stream.packet(OPUS, media, payload)))


class Newcomer(Sender):
    """Is found by the box, and says nothing of its own towards a handshake."""

    def poll(self, now: float) -> None:
        if not self.found:
            super().poll(now)


def polled(sender: Listener, check: Callable[[], bool]) -> None:
    """Poll until *check* holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not check():
        assert time.monotonic() < deadline, f"never happened: {check}"
        sender.poll(time.monotonic())
        time.sleep(POLL_S)
