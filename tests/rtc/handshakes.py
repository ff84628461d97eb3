"""A network in memory between two ends of a handshake, whose clock goes as fast as it can."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from spacebox.rtc.dtls import Dtls, Role
from spacebox.rtc.identity import Identity

DELAY_S = 0.02
HERE, THERE = Identity.new(), Identity.new()
Fate = Callable[[bytes], list[bytes]]


def ends() -> tuple[Dtls, Dtls]:
    """Return a client and a server that expect each other."""
    client = Dtls(HERE, Role.CLIENT, [THERE.fingerprint])
    return client, Dtls(THERE, Role.SERVER, [HERE.fingerprint])


def delivered(datagram: bytes) -> list[bytes]:
    return [datagram]


def lossy(seed: int, share: float) -> Fate:
    chance = random.Random(seed)
    return lambda datagram: [] if chance.random() < share else [datagram]


@dataclass
class Network:
    """Carries datagrams between two ends; the fates say what arrives of each, there and back."""

    client: Dtls
    server: Dtls
    there: Fate = delivered
    back: Fate = delivered
    now: float = 0.0
    sizes: list[int] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)
    _under_way: list[tuple[float, int, Dtls, bytes]] = field(default_factory=list)

    def begin(self) -> None:
        self.carry(self.client.start(self.now), self.server)
        self.carry(self.server.start(self.now), self.client)

    def carry(self, datagrams: list[bytes], to: Dtls) -> None:
        self.sizes += map(len, datagrams)
        fate = self.there if to is self.server else self.back
        for datagram in datagrams:
            for arriving in fate(datagram):
                arrival = (self.now + DELAY_S, next(self._order), to, arriving)
                heapq.heappush(self._under_way, arrival)

    def run(self, until: float) -> None:
        """Go on until there are keys on both sides, or until that time."""
        while not self.done and (due := self._next()) is not None and due <= until:
            self.now = due
            for end, other in ((self.client, self.server), (self.server, self.client)):
                self.carry(end.tick(self.now), other)
            while self._under_way and self._under_way[0][0] <= self.now:
                _, _, to, datagram = heapq.heappop(self._under_way)
                other = self.client if to is self.server else self.server
                self.carry(to.receive(datagram, self.now), other)

    @property
    def done(self) -> bool:
        return self.client.keys is not None and self.server.keys is not None

    def _next(self) -> float | None:
        times = [self.client.next_at(), self.server.next_at()]
        times += [self._under_way[0][0]] if self._under_way else []
        return min((time for time in times if time is not None), default=None)
