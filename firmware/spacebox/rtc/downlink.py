"""Sound from the box to one listener: packets that others receive too."""

from __future__ import annotations

import math
from collections.abc import Callable

from spacebox.rtc import rtcp
from spacebox.rtc.answer import Asked
from spacebox.rtc.fanout import Fanout, Outlet
from spacebox.rtc.gate import Way
from spacebox.rtc.ground import Ground
from spacebox.rtc.media import Route
from spacebox.rtc.peer import Peer
from spacebox.rtc.protection import Protector
from spacebox.rtc.srtp import Keys, RtpSealer


class Downlink:
    """A WHEP connection. `on_change` as of its `Peer`."""

    way = Way.DOWN
    report_every_s = 5.0

    def __init__(
        self,
        ground: Ground,
        fanout: Fanout,
        asked: Asked,
        listener: str | None,
        on_change: Callable[[], None],
    ) -> None:
        """Carry the programme; to a *listener* who speaks, the mix without their own voice."""
        self.reported_at = -math.inf
        """When a receiver report last told of more packets."""
        self.lost: float | None = None
        """The share of packets that the last report missed."""
        self.jitter_s: float | None = None
        self.round_trip_s: float | None = None
        self._fanout = fanout
        self._outlet = Outlet(listener, asked.opus, asked.red)
        self._protector = Protector(red=asked.red is not None, now=ground.clock())
        self._highest: int | None = None
        self.ssrc = self._outlet.stream.ssrc
        self.peer = Peer(ground, asked, self, on_change)
        fanout.add(self._outlet)

    def key(self, keys: Keys) -> None:
        """Begin to send."""
        self._outlet.seal = RtpSealer(keys).seal

    def lead(self, route: Route | None) -> None:
        """Send to *route* from now on."""
        self._outlet.route = route
        self._fanout.weigh()

    def end(self) -> None:
        """Send nothing any more."""
        self._fanout.remove(self._outlet)

    def take(self, packet: bytes, now: float) -> None:
        """Take nothing: what a listener sends is not even opened."""

    def told(self, told: rtcp.Told, now: float) -> None:
        """Learn how the stream arrives, and protect it as that demands (RFC 3550 §6.4.2)."""
        if not isinstance(told, rtcp.Report) or told.ssrc != self.ssrc:
            return
        if told.highest != self._highest:
            self._highest, self.reported_at = told.highest, now
        self.lost, self.jitter_s, self.round_trip_s = told.lost, told.jitter_s, told.round_trip_s
        self._protector.report(told.lost, now)
        if self._protector.level is not self._outlet.level:
            self._outlet.level = self._protector.level
            self._fanout.weigh()

    def report(self, cname: str, now: float) -> bytes:
        """Return the sender's report."""
        return rtcp.sender_report(self._outlet.stream, cname, now, self._fanout.media_at(now))
