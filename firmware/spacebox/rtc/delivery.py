"""One stream to one receiver, protected as their reports demand."""

from __future__ import annotations

import math
from collections.abc import Iterable

from aiortc.rtp import RtcpReceiverInfo

from spacebox.rtc import rtcp
from spacebox.rtc.fanout import Fanout, Outlet
from spacebox.rtc.media import Route
from spacebox.rtc.protection import Protector
from spacebox.rtc.srtp import Keys, RtpSealer


class Delivery:
    """What happens to one outlet of the fan-out from its keys to its end."""

    def __init__(self, fanout: Fanout, outlet: Outlet, now: float) -> None:
        self.reported_at = -math.inf
        """When a receiver report last told of more packets."""
        self.lost: float | None = None
        """The share of packets that the last report missed."""
        self.jitter_s: float | None = None
        self.round_trip_s: float | None = None
        self.ssrc = outlet.stream.ssrc
        self._fanout = fanout
        self._outlet = outlet
        self._protector = Protector(red=outlet.red is not None, now=now)
        self._highest: int | None = None

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

    def report(self, cname: str, now: float, blocks: Iterable[RtcpReceiverInfo] = ()) -> bytes:
        """Return the sender's report; with *blocks* on what is received beside."""
        media = self._fanout.media_at(now)
        return rtcp.sender_report(self._outlet.stream, cname, now, media, blocks)
