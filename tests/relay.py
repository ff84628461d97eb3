"""A network between peers and a box, which loses what it is told to lose."""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Self, TypeAlias

import losses
from losses import Losses

_HOST = re.compile(r"a=candidate:\S+ 1 udp \d+ (\d+(?:\.\d+){3}) (\d+) typ host", re.I)
_CANDIDATE = re.compile(r"a=(candidate:.*|end-of-candidates)\r\n")
_LARGEST = 2048
RTP_RATE = 48_000

Address: TypeAlias = tuple[str, int]
Send: TypeAlias = Callable[[bytes], object]


class Direction:
    """One way through the relay. Only RTP is lost, kept and counted: all else passes at once."""

    def __init__(self) -> None:
        self.losses: Losses = losses.none()
        """Set it to change what happens from the next packet on."""
        self.steady_s = 0.0
        """How long the fastest packet is kept. With it a single stream goes on as evenly as it was
        meant to, whatever else its sender's machine had to do."""
        self.forwarded = 0
        self.dropped = 0
        self.transits: list[float] = []
        """When each packet went on, lost or not, less its RTP time, in seconds.

        The two clocks share no zero: only differences tell something.
        """
        self._kept: deque[tuple[float, bytes, Send]] = deque()
        self._first: int | None = None
        self._fastest = float("inf")

    @property
    def seen(self) -> int:
        return len(self.transits)

    def unrest_s(self, since: int) -> float:
        """Return how much later than the fastest packet the slowest one went on.

        *since* counts as `seen` does. Where it is more than a frame, the machine was too busy to
        learn something.
        """
        return max(self.transits[since:]) - min(self.transits[since:])

    def take(self, datagram: bytes, send: Send, now: float) -> None:
        """Send a datagram that came *now*, or keep it until it is due."""
        if not is_media(datagram):
            send(datagram)
            return
        sent_at = self._sent_at(datagram)
        self._fastest = min(self._fastest, now - sent_at)
        self._kept.append((sent_at + self._fastest + self.steady_s, datagram, send))

    def due_in(self, now: float) -> float | None:
        """Return the time until `release` has something to do; None where nothing is kept."""
        return max(0.0, self._kept[0][0] - now) if self._kept else None

    def release(self, now: float) -> None:
        """Send or lose what is due."""
        while self._kept and self._kept[0][0] <= now:
            _, datagram, send = self._kept.popleft()
            lost = next(self.losses)
            self.dropped += lost
            self.forwarded += not lost
            self.transits.append(now - self._sent_at(datagram))
            if not lost:
                send(datagram)

    def _sent_at(self, rtp: bytes) -> float:
        """Return an RTP packet's time since the first one's, whose timestamp may be any number."""
        timestamp = int.from_bytes(rtp[4:8], "big")
        self._first = timestamp if self._first is None else self._first
        half = 1 << 31
        return ((timestamp - self._first + half) % (2 * half) - half) / RTP_RATE


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
        with contextlib.suppress(PermissionError):
            # On time though the machine is busy, as far as we may.
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        while self._running:
            for key, _ in self._selector.select(self._idle_s()):
                self._safely(key.data)
            for way in (self.up, self.down):
                self._safely(partial(way.release, time.monotonic()))
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()

    def _idle_s(self) -> float | None:
        now = time.monotonic()
        due = [way.due_in(now) for way in (self.up, self.down)]
        return min((each for each in due if each is not None), default=None)

    def _safely(self, act: Callable[[], None]) -> None:
        # What is sent where nobody listens comes back as an error of the next call.
        with contextlib.suppress(ConnectionRefusedError):
            act()

    def _stop(self) -> None:
        self._running = False

    def _open(self, box: Address) -> int:
        outside = _bound(box[0])
        insides: dict[Address, socket.socket] = {}

        def forward() -> None:
            datagram, peer = outside.recvfrom(_LARGEST)
            if peer not in insides:
                insides[peer] = self._inside(box, peer, outside)
            self.up.take(datagram, insides[peer].send, time.monotonic())

        self._watch(outside, forward)
        port: int = outside.getsockname()[1]
        return port

    def _inside(self, box: Address, peer: Address, outside: socket.socket) -> socket.socket:
        inside = _bound(box[0])
        inside.connect(box)

        def send(datagram: bytes) -> None:
            outside.sendto(datagram, peer)

        def back() -> None:
            self.down.take(inside.recv(_LARGEST), send, time.monotonic())

        self._watch(inside, back)
        return inside

    def _watch(self, one: socket.socket, act: Callable[[], None]) -> None:
        self._selector.register(one, selectors.EVENT_READ, act)


def _bound(host: str) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((host, 0))
    return one
