"""A peer that is let in, has the keys of its connection, and then sends whatever it likes."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cached_property
from urllib.parse import urlsplit

from aiortc.sdp import SessionDescription

from benchmarks.listener import Listener, address
from spacebox.rtc.candidates import Address
from spacebox.rtc.identity import Identity
from spacebox.rtc.rtp import Outgoing
from spacebox.rtc.srtp import Keys, RtcpSealer, RtpSealer

OPUS = 111
PATIENCE_S = 60.0
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

    def vanish(self) -> None:
        """Be gone without a word."""
        self._socket.close()

    def close(self) -> None:
        """Say goodbye, if still there."""
        if self._socket.fileno() >= 0:
            super().close()


class Ear(Sender):
    """Listens."""

    direction = "recvonly"


class Newcomer(Ear):
    """Is found by the box, and says nothing of its own towards a handshake."""

    def poll(self, now: float) -> None:
        if not self.found:
            super().poll(now)


def enter(url: str, path: str, peer: Sender, token: str | None = None, *, source: int = 1) -> str:
    """Make an offer to a box, from loopback address *source*; return where the connection is.

    A box takes 30 offers at once from one address, then 10 in a second.
    """
    headers = {"Content-Type": "application/sdp"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection(
        urlsplit(url).netloc, timeout=PATIENCE_S, source_address=(f"127.0.0.{source}", 0)
    )
    with closing(connection):
        connection.request("POST", path, peer.offer(), headers)
        answer = connection.getresponse()
        sdp = answer.read().decode()
        assert answer.status == 201, sdp
        peer.meet(sdp)
        return answer.headers["Location"]


def polled(peers: Sequence[Sender], check: Callable[[], bool]) -> None:
    """Poll until *check* holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not check():
        assert time.monotonic() < deadline, f"never happened: {check}"
        for peer in peers:
            peer.poll(time.monotonic())
        time.sleep(POLL_S)
