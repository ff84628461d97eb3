"""A peer that is let in, has the keys of its connection, and then sends whatever it likes."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Sequence
from functools import cached_property

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

    direction = "sendonly"

    def __init__(self, identity: Identity) -> None:
        super().__init__(address(), identity, offering=True)
        self.stream = Outgoing.new()
        self.ufrag = ""
        """The box's, of this connection."""
        self.box: Address = ("", 0)

    def offer(self) -> str:
        return self.describe("actpass", OPUS).replace("a=recvonly", f"a={self.direction}")

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

    @cached_property
    def sealer(self) -> RtpSealer:
        """Seals sound, once there are keys."""
        assert self.keys is not None
        return RtpSealer(self.keys)

    @cached_property
    def reports(self) -> RtcpSealer:
        """Seals reports, once there are keys."""
        assert self.keys is not None
        return RtcpSealer(self.keys)

    def send(self, datagram: bytes) -> None:
        """Send anything, from the address that the box has found."""
        self._send([datagram])

    def check(self) -> None:
        """Ask whether the box is there."""
        self.send(self._request())

    def say(self, media: int, payload: bytes) -> None:
        """Send sound of the one stream, for *media* in samples."""
        self.send(self.sealer.seal(self.stream.packet(OPUS, media, payload)))

    def leave_silently(self) -> None:
        """Be gone as if the power had failed."""
        self._socket.close()


class Ear(Sender):
    """Listens."""

    direction = "recvonly"


class Newcomer(Ear):
    """Is found by the box, and says nothing of its own towards a handshake."""

    def poll(self, now: float) -> None:
        if not self.found:
            super().poll(now)


def enter(url: str, path: str, peer: Sender, token: str | None = None) -> str:
    """Make an offer to a box; return where the connection is."""
    headers = {"Content-Type": "application/sdp"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url + path, peer.offer().encode(), headers)
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        peer.meet(answer.read().decode())
        location: str = answer.headers["Location"]
        return location


def polled(peers: Sequence[Sender], check: Callable[[], bool]) -> None:
    """Poll until *check* holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not check():
        assert time.monotonic() < deadline, f"never happened: {check}"
        for peer in peers:
            peer.poll(time.monotonic())
        time.sleep(POLL_S)
