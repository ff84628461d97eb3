"""A network between peers and a box that loses what it is told to lose, and delays nothing."""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import losses
from losses import Losses

_HOST = re.compile(r"a=candidate:\S+ 1 udp \d+ (\d+(?:\.\d+){3}) (\d+) typ host", re.I)
_CANDIDATE = re.compile(r"a=(candidate:.*|end-of-candidates)\r\n")
_LARGEST = 2048

Address = tuple[str, int]


@dataclass
class Direction:
    """One way through the relay. Only RTP is lost and counted: all else passes."""

    losses: Losses = field(default_factory=losses.none)
    """Set it to change what happens from the next packet on."""
    forwarded: int = 0
    dropped: int = 0

    @property
    def seen(self) -> int:
        return self.forwarded + self.dropped

    def passes(self, datagram: bytes) -> bool:
        if not is_media(datagram):
            return True
        if next(self.losses):
            self.dropped += 1
            return False
        self.forwarded += 1
        return True


def is_media(datagram: bytes) -> bool:
    """Say whether this is RTP: neither STUN nor DTLS (RFC 7983), nor RTCP (RFC 5761)."""
    return len(datagram) > 1 and 128 <= datagram[0] < 192 and not 192 <= datagram[1] < 224


def without_candidates(offer: str) -> str:
    """Hide where a peer is, so that a box learns of no way around the relay."""
    return _CANDIDATE.sub("", offer)


class Relay:
    """Has a port for each address of a box, and towards the box a socket for each peer's address.

    A thread of its own forwards. The losses of each direction may be set at any time.
    """

    def __init__(self) -> None:
        self.up = Direction()
        """From the peers to the box."""
        self.down = Direction()
        self._selector = selectors.DefaultSelector()
        self._ports: dict[Address, int] = {}
        self._running = True
        self._waker, waked = socket.socketpair()
        self._watch(waked, self._stop)
        self._thread = threading.Thread(target=self._run, name="relay")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._waker.close()
        self._thread.join()

    def via(self, answer: str) -> str:
        """Return a box's *answer* with this relay's address as the only candidate."""
        found = _HOST.search(answer)
        assert found is not None, answer
        box = (found[1], int(found[2]))
        if box not in self._ports:
            self._ports[box] = self._open(box)
        ours = f"a=candidate:1 1 udp 2130706431 {box[0]} {self._ports[box]} typ host\r\n"
        return without_candidates(answer).removesuffix("\r\n") + "\r\n" + ours

    def _run(self) -> None:
        while self._running:
            for key, _ in self._selector.select():
                # What is sent where nobody listens comes back as an error of the next call.
                with contextlib.suppress(ConnectionRefusedError):
                    key.data()
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()

    def _stop(self) -> None:
        self._running = False

    def _open(self, box: Address) -> int:
        outside = _bound(box[0])
        insides: dict[Address, socket.socket] = {}

        def forward() -> None:
            datagram, peer = outside.recvfrom(_LARGEST)
            if peer not in insides:
                insides[peer] = self._inside(box, peer, outside)
            if self.up.passes(datagram):
                insides[peer].send(datagram)

        self._watch(outside, forward)
        port: int = outside.getsockname()[1]
        return port

    def _inside(self, box: Address, peer: Address, outside: socket.socket) -> socket.socket:
        inside = _bound(box[0])
        inside.connect(box)

        def back() -> None:
            datagram = inside.recv(_LARGEST)
            if self.down.passes(datagram):
                outside.sendto(datagram, peer)

        self._watch(inside, back)
        return inside

    def _watch(self, one: socket.socket, act: Callable[[], None]) -> None:
        self._selector.register(one, selectors.EVENT_READ, act)


def _bound(host: str) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((host, 0))
    return one
