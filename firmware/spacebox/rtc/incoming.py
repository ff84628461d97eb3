"""Sound from the other side of a connection, put in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiortc.rtp import RtcpReceiverInfo

from spacebox.mixer.frame import Frame
from spacebox.ports import Playout, Tally
from spacebox.rtc import rtcp
from spacebox.rtc.reception import Reception
from spacebox.rtc.red import RedError, parse
from spacebox.rtc.rtp import RtpPacket


@dataclass(frozen=True, slots=True)
class _Stream:
    reception: Reception
    playout: Playout


class Incoming:
    """What one connection brings, as a source. Sound is taken and pulled by the media thread."""

    def __init__(
        self, opus: int, red: int | None, playout: Callable[[], Playout], clock: Callable[[], float]
    ) -> None:
        """Have each stream put in order by a *playout* of its own."""
        self._opus, self._red = opus, red
        self._playout = playout
        self._clock = clock
        self._stream: _Stream | None = None
        self._replaced: set[int] = set()
        """Streams that were heard before; the keys let in no more than a few."""
        self._before = Tally()
        """Of all streams before the present one."""

    # The media thread's

    def take(self, packet: bytes, now: float) -> None:
        """Take an RTP packet, of the stream that began last."""
        rtp = RtpPacket.parse(packet)
        if rtp is None or rtp.ssrc in self._replaced:
            return
        content = self._content(rtp)
        if content is None:
            return
        stream = self._stream
        if stream is None or stream.reception.ssrc != rtp.ssrc:
            stream = self._begin(rtp.ssrc)
        stream.reception.arrived(rtp.sequence, rtp.timestamp, now)
        payload, redundant = content
        stream.playout.push(rtp.sequence, rtp.timestamp, payload, now, redundant)

    def pull(self) -> Frame | None:
        """Return the next 20 ms, or None while nothing arrives."""
        stream = self._stream
        return None if stream is None else stream.playout.pull(self._clock())

    def _content(self, rtp: RtpPacket) -> tuple[bytes, list[tuple[int, bytes]]] | None:
        """Return a packet's Opus, and what it brings along of those before; None for neither."""
        if rtp.payload_type == self._opus:
            return rtp.payload, []
        if rtp.payload_type != self._red:
            return None
        try:
            *redundant, primary = parse(rtp.payload)
        except RedError:
            return None
        if primary.payload_type != self._opus:
            return None
        copies = [each for each in redundant if each.payload_type == self._opus]
        return primary.payload, [(each.offset, each.payload) for each in copies]

    def _begin(self, ssrc: int) -> _Stream:
        if self._stream is not None:
            self._replaced.add(self._stream.reception.ssrc)
            self._before = self.tally
        self._stream = _Stream(Reception(ssrc), self._playout())
        return self._stream

    # Of its sender, and for them

    def sender_reported(self, told: rtcp.SenderReport, now: float) -> None:
        """Take the sender's clock."""
        if self.is_from(told.ssrc) and self._stream is not None:
            self._stream.reception.sender_reported(told.ntp, now)

    def is_from(self, ssrc: int) -> bool:
        """Say whether it is the stream of that name that is heard now."""
        return self._stream is not None and self._stream.reception.ssrc == ssrc

    def blocks(self, now: float) -> list[RtcpReceiverInfo]:
        """Return what a report says of it."""
        return [] if self._stream is None else [self._stream.reception.report(now)]

    # What is known of it

    @property
    def tally(self) -> Tally:
        """What its sound was made of since it began."""
        before, stream = self._before, self._stream
        if stream is None:
            return before
        now = stream.playout.tally
        return Tally(
            before.sent + now.sent,
            before.repaired + now.repaired,
            before.concealed + now.concealed,
        )

    @property
    def lost(self) -> float:
        """The share of packets that did not come lately."""
        return 0.0 if self._stream is None else self._stream.reception.lost_lately

    @property
    def jitter_s(self) -> float:
        """How unevenly they come (RFC 3550 §6.4.1)."""
        return 0.0 if self._stream is None else self._stream.reception.jitter_s

    @property
    def delay_s(self) -> float:
        """How long a packet that came fast waits, at present."""
        return 0.0 if self._stream is None else self._stream.playout.delay_s
