"""The sound on its way out: in each tick a packet to every listener, by the media thread."""

from __future__ import annotations

from collections.abc import Callable

from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE
from spacebox.ports import Tick
from spacebox.rtc.candidates import Address
from spacebox.rtc.counts import Counts
from spacebox.rtc.media import Route
from spacebox.rtc.programme import Programme
from spacebox.rtc.protection import Protection
from spacebox.rtc.rtp import Outgoing
from spacebox.rtc.socket import MediaSocket


class Outlet:
    """One listener, as the media thread sees them. The event loop sets where to and how."""

    def __init__(self, listener: str | None, opus: int, red: int | None) -> None:
        """Send under the payload types *opus* and *red*, to a seat or to nobody named."""
        self.listener = listener
        self.opus = opus
        self.red = red
        self.stream = Outgoing.new()
        self.seal: Callable[[bytes], bytes] | None = None
        """Known once there are keys; nobody else may seal anything of this stream."""
        self.level = Protection.NONE
        self.route: Route | None = None
        """None while nothing is to be sent."""


class Fanout:
    """All outlets. Its methods are the event loop's, but for `send`."""

    def __init__(
        self,
        socket: MediaSocket,
        counts: Counts,
        clock: Callable[[], float],
        *,
        weak_uplink: bool,
    ) -> None:
        self.listeners: frozenset[str] = frozenset()
        """Everybody here who has a seat."""
        self.lossy = False
        """Whether some line loses so much that it should get `Tick.robust`."""
        self._socket = socket
        self._counts = counts
        self._clock = clock
        self._programme = Programme(weak_uplink=weak_uplink)
        self._outlets: tuple[Outlet, ...] = ()
        self._instant = (0, clock())

    def add(self, outlet: Outlet) -> None:
        """Send to *outlet* too, as soon as it has keys and a route."""
        # Replaced whole: the media thread may be going through the one before.
        self._outlets = (*self._outlets, outlet)
        self.weigh()

    def remove(self, outlet: Outlet) -> None:
        """Send nothing to *outlet* any more."""
        self._outlets = tuple(each for each in self._outlets if each is not outlet)
        self.weigh()

    def weigh(self) -> None:
        """See anew who is here, and who needs protection."""
        self.listeners = frozenset(each.listener for each in self._outlets if each.listener)
        self.lossy = any(
            outlet.level is not Protection.NONE and outlet.route is not None
            for outlet in self._outlets
        )

    def media_at(self, now: float) -> int:
        """Return what the media clock shows at *now*, in samples."""
        media, then = self._instant
        return media + round((now - then) * SAMPLE_RATE)

    def send(self, tick: Tick) -> None:
        """Send everybody theirs; called by the media thread, once per tick."""
        self._instant = tick.index * FRAME_SAMPLES, self._clock()
        self._programme.next(tick)
        packets = self._programme.packets
        for outlet in self._outlets:
            route, seal = outlet.route, outlet.seal
            if route is None or seal is None:
                continue
            for media, payload, red in packets(outlet.listener, outlet.level, outlet.opus):
                kind = outlet.red if red and outlet.red is not None else outlet.opus
                self._emit(seal(outlet.stream.packet(kind, media, payload)), *route)

    def _emit(self, packet: bytes, local: Address, remote: Address) -> None:
        try:
            self._socket.send(packet, local, remote)
        except BlockingIOError:
            self._counts.full += 1
        except OSError:  # their network, or ours, is away
            self._counts.unsent += 1
