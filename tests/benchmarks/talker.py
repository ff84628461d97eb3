"""Ends of lines that do more than count: who speaks, and who hears what is said."""

from __future__ import annotations

import contextlib
import http.client
import select
import time
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from benchmarks.listener import Listener, address
from spacebox.rtc.identity import Identity
from spacebox.rtc.rtp import Outgoing, RtpPacket
from spacebox.rtc.srtp import Opener, RtpSealer, is_rtcp

PAYLOAD_TYPE: Final = 111
PATIENCE_S: Final = 20.0
_HURRY_S: Final = 0.002


class Line(Listener):
    """A connection that we offer, from its offer to its keys."""

    path = "/whep"
    direction = "recvonly"

    def __init__(self, identity: Identity) -> None:
        super().__init__(address(), identity, offering=True)

    @property
    def ready(self) -> bool:
        """Whether the handshake is done."""
        return self._selected is not None and self._dtls.keys is not None

    def fileno(self) -> int:
        return self._socket.fileno()

    def enter(self, url: str, token: str = "") -> None:
        """Make the offer and take the answer; `poll` does the rest."""
        headers = {"Content-Type": "application/sdp"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        offer = self.describe("actpass", PAYLOAD_TYPE)
        offer = offer.replace("a=recvonly", f"a={self.direction}")
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.request("POST", self.path, offer, headers)
            answer = connection.getresponse()
            sdp = answer.read().decode()
        assert answer.status == 201, sdp
        self.meet(sdp)


class Talker(Line):
    """Somebody who speaks."""

    path = "/whip"
    direction = "sendonly"

    def __init__(self, identity: Identity) -> None:
        super().__init__(identity)
        self._stream = Outgoing.new()
        self._voice: RtpSealer | None = None

    def say(self, media: int, payload: bytes) -> None:
        """Send an Opus packet for *media*, in samples of the sender's clock."""
        assert self._dtls.keys is not None
        self._voice = self._voice or RtpSealer(self._dtls.keys)
        self._send([self._voice.seal(self._stream.packet(PAYLOAD_TYPE, media, payload))])


class Hearer(Line):
    """Somebody who keeps what comes."""

    def __init__(self, identity: Identity) -> None:
        super().__init__(identity)
        self.heard: list[tuple[float, bytes]] = []
        """When each Opus packet came, in seconds of the clock of `poll`, and the packet."""
        self._opener: Opener | None = None

    def poll(self, now: float) -> None:
        with contextlib.suppress(BlockingIOError):
            if self._selected is None:
                self._seek(now)
            while self._selected is not None:
                self._take(self._socket.recv(len(self._datagram)), now)
        self._due(now)

    def _take(self, datagram: bytes, now: float) -> None:
        if not 128 <= datagram[0] < 192:
            assert self._selected is not None
            self._understand(datagram, self._selected, now)
        elif self._dtls.keys is not None and not is_rtcp(datagram):
            self._opener = self._opener or Opener(self._dtls.keys)
            opened = self._opener.open(datagram)
            packet = None if opened is None else RtpPacket.parse(opened)
            if packet is not None:
                self.heard.append((now, packet.payload))


def connect(lines: Sequence[Line]) -> None:
    """Wait until all who entered are ready."""
    deadline = time.monotonic() + PATIENCE_S
    while not all(line.ready for line in lines):
        assert time.monotonic() < deadline, "a line was never made"
        select.select(lines, (), (), _HURRY_S)
        for line in lines:
            line.poll(time.monotonic())
