"""The box's end of all connections: one UDP port, read and written in time with the media clock.

The media thread reads at the start of each tick, opens the sound of those who were found to be
where it comes from, and leaves everything else to the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import ParamSpec, TypeAlias, TypeVar

from spacebox.ports import Denied, Playout, Tick
from spacebox.rtc.answer import read
from spacebox.rtc.call import Call
from spacebox.rtc.candidates import Address
from spacebox.rtc.counts import Counts
from spacebox.rtc.demux import Demux
from spacebox.rtc.downlink import Downlink
from spacebox.rtc.fanout import Fanout
from spacebox.rtc.gate import Way
from spacebox.rtc.gathering import Gathering
from spacebox.rtc.ground import Ground
from spacebox.rtc.identity import Identity
from spacebox.rtc.peer import Peer
from spacebox.rtc.reflexive import Reflexive
from spacebox.rtc.socket import Datagram, MediaSocket
from spacebox.rtc.uplink import Uplink

MOST_READ = 1000
"""Datagrams of each address in a tick; the system forgets what is beyond its own buffer."""
MOST_WAITING = 2000
PER_TICK = 8
"""Messages of one peer that the event loop looks at in a tick, and as many more in its name."""
REFRESH_S = 2.0
COMPLAIN_S = 60.0
ODD = 1000
"""Fewer datagrams of no use in that time are not worth a line in the journal."""

Seen: TypeAlias = Counter[tuple[Peer, bool]]
"""Messages of each peer in a tick, by whether they came from where it was found."""
P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where peers may find the box."""

    port: int
    public_address: str = ""
    """Of a router that forwards the port."""
    stun: tuple[str, ...] = ()
    """Servers that tell what the port looks like from outside."""
    weak_uplink: bool = False
    loopback: bool = False
    """Whether peers may be on this machine's own loopback."""


class Transport:
    """Holds the port and what all peers share. Raises OSError where no port can be had."""

    def __init__(self, reach: Reach, clock: Callable[[], float] = time.monotonic) -> None:
        self.counts = Counts()
        self._reach = reach
        self._clock = clock
        self._socket = MediaSocket(reach.port, loopback=reach.loopback)
        if reach.port not in (0, self.port):
            log.warning("UDP port %d is taken; sound goes by port %d now", reach.port, self.port)
        self._reflexive = Reflexive(self._socket, reach.stun, clock)
        self._gathering = Gathering(self._socket, self._reflexive, reach.public_address)
        self._demux: Demux[Peer] = Demux()
        self._ground = Ground(
            self._socket,
            self._demux,
            Identity.new(),
            self.counts,
            partial(self._gathering.candidates, self.port),
            reach.loopback,
            clock,
        )
        self._other: Ground | None = None
        self._fanout = Fanout(self._socket, self.counts, clock, weak_uplink=reach.weak_uplink)
        self._stun: deque[Datagram] = deque(maxlen=MOST_WAITING)
        self._dtls: deque[Datagram] = deque(maxlen=MOST_WAITING)
        self._early: deque[Datagram] = deque(maxlen=MOST_WAITING)
        """Of handshakes that began before we knew where their peer is."""
        self._reports: deque[tuple[Peer, bytes]] = deque(maxlen=MOST_WAITING)
        self._asking = asyncio.create_task(self._reflexive.run(), name="asking outside")
        self._refreshed_at = clock()
        self._complaint = (clock(), 0)

    @property
    def port(self) -> int:
        return self._socket.port

    @property
    def seen(self) -> tuple[str, ...]:
        """The addresses at which STUN servers see this machine now, its own or a router's."""
        return tuple(dict.fromkeys(host for host, _ in self._reflexive.told().values()))

    # Connections

    def downlink(self, listener: str | None, offer: str, on_change: Callable[[], None]) -> Downlink:
        """Answer who wants to listen, by seat or without one. Raises Denied."""
        asked = read(offer, Way.DOWN)
        return Downlink(self._ground, self._fanout, asked, listener, on_change)

    def uplink(
        self, playout: Callable[[], Playout], offer: str, on_change: Callable[[], None]
    ) -> Uplink:
        """Answer who wants to speak. Raises Denied."""
        asked = read(offer, Way.UP)
        return Uplink(self._ground, asked, playout, on_change)

    def call(
        self,
        *,
        hears: Callable[[], Playout] | None = None,
        speaks: str | None = None,
        on_change: Callable[[], None],
    ) -> Call:
        """Prepare an offer: to hear, put in order by *hears*; and to say the mix without the seat
        *speaks*, who thereby listens.

        Raises Denied (``unreachable``) where there is no network, or no port to be had.
        """
        if not self._socket.addresses:
            raise Denied("unreachable", "the box has no network")
        # Whoever is called twice, once for each way, could not tell us apart by our address. The
        # other port is taken early: who sees it from outside is asked before it is needed.
        other = self._other_ground()
        ground = other if hears is None else self._ground
        return Call(ground, self._fanout, hears, speaks, on_change)

    def _other_ground(self) -> Ground:
        """Return the ground with another port, which is kept once it is taken."""
        if self._other is None:
            try:
                port = self._socket.another()
            except OSError as error:
                raise Denied("unreachable", "the box has no port left to call from") from error
            described = partial(self._gathering.candidates, port)
            self._other = replace(self._ground, described=described)
        return self._other

    def close(self) -> None:
        """Give the ports back; whoever closes the peers does so before."""
        self._asking.cancel()
        self._socket.close()

    # The media thread (ports.Wire)

    @property
    def lossy(self) -> bool:
        return self._fanout.lossy

    @property
    def listeners(self) -> Collection[str]:
        return self._fanout.listeners

    def receive(self) -> None:
        now, counts = self._clock(), self.counts
        for datagram in self._socket.receive(MOST_READ):
            counts.received += 1
            data, local, remote = datagram
            kind = data[0] if data else 255
            if 127 < kind < 192:
                peer = self._demux.at(local, remote)
                if peer is None:
                    counts.strangers += 1
                elif report := self._survive(peer.take, data, now):
                    self._wait(self._reports, (peer, report))
            elif kind < 4:
                self._wait(self._stun, datagram)
            elif 19 < kind < 64:
                self._wait(self._dtls, datagram)
            else:
                counts.junk += 1

    def _wait(self, queue: deque[T], entry: T) -> None:
        """Leave something to the event loop; of too much the oldest is forgotten."""
        self.counts.forgotten += len(queue) == MOST_WAITING
        queue.append(entry)

    def send(self, tick: Tick) -> None:
        self._fanout.send(tick)

    # The event loop

    def attend(self) -> None:
        """Do what followed from the last tick's datagrams."""
        now, seen = self._clock(), Seen()
        # Answers first: a handshake may begin right behind the one that opens its address.
        while self._stun:
            data, local, remote = self._stun.popleft()
            if self._reflexive.expects(data):
                self._reflexive.receive(data, local, remote)
            else:
                self._hear(data, local, remote, seen, now)
        for datagram in self._early:
            if not self._shake(datagram, seen, now):
                self.counts.unknown += 1
        self._early.clear()
        while self._dtls:
            datagram = self._dtls.popleft()
            if not self._shake(datagram, seen, now):
                self._early.append(datagram)
        while self._reports:
            peer, report = self._reports.popleft()
            if self._admit(peer, seen):
                self._survive(peer.receive_report, report, now)
        self._survive(self._refresh, now)
        self._complain(now)

    def _hear(self, data: bytes, local: Address, remote: Address, seen: Seen, now: float) -> None:
        """Have a message of STUN taken by whom it is for."""
        peer = self._demux.asked(data)
        if peer is None:
            self.counts.unknown += 1
            return
        found = self._demux.at(local, remote) is peer
        if self._admit(peer, seen, found=found):
            self._survive(peer.receive_stun, data, local, remote, now)

    def _shake(self, datagram: Datagram, seen: Seen, now: float) -> bool:
        """Go on with a handshake; False where nobody is known to be there."""
        data, local, remote = datagram
        peer = self._demux.at(local, remote)
        if peer is not None and self._admit(peer, seen):
            self._survive(peer.receive_dtls, data, local, remote, now)
        return peer is not None

    def _admit(self, peer: Peer, seen: Seen, *, found: bool = True) -> bool:
        """Say whether *peer* may be told more in this tick.

        What did not come from where it was *found* is counted apart: whoever knows its name could
        else drown its own messages.
        """
        seen[peer, found] += 1
        if seen[peer, found] > PER_TICK:
            self.counts.flooded += 1
            return False
        return True

    def _survive(self, take: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Do something whose failure must end nothing else, whatever is wrong with it."""
        try:
            return take(*args, **kwargs)
        except Exception:
            self.counts.broken += 1
            if self.counts.broken == 1:
                log.exception("a mistake of ours was survived; more of them are only counted")
            return None

    def _refresh(self, now: float) -> None:
        """Follow the machine's addresses."""
        if now >= self._refreshed_at + REFRESH_S:
            self._refreshed_at = now
            self._socket.refresh()

    def _complain(self, now: float) -> None:
        """Tell the journal about what is of no use, seldom and in one line."""
        since, before = self._complaint
        if now < since + COMPLAIN_S:
            return
        counts = self.counts
        odd = counts.strangers + counts.junk + counts.unknown + counts.flooded
        if odd - before >= ODD:
            log.warning("%d datagrams of no use came within %.0f s", odd - before, now - since)
        self._complaint = now, odd
