"""Reports (RFC 3550 §6): what we say of our streams and of theirs, and what they say.

NTP timestamps come from the monotonic clock, which §6.4.1 allows: a Pi's wall clock jumps.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from aiortc.rtp import (
    AnyRtcpPacket,
    RtcpByePacket,
    RtcpPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
)

from spacebox.mixer.frame import SAMPLE_RATE
from spacebox.rtc.rtp import TIMESTAMPS, Outgoing

_CNAME = 1
_WHOLE = 256
_COMPACT = 65_536
"""Parts of a second in the middle 32 bits of an NTP timestamp."""


@dataclass(frozen=True, slots=True)
class Report:
    """How one stream arrives, by one who receives it."""

    ssrc: int
    """Of the stream."""
    lost: float
    """The share of packets that did not arrive since the last report, 0 to 1."""
    highest: int
    """The last sequence number that arrived, extended modulo 2^32."""
    jitter_s: float
    round_trip_s: float | None
    """None while the receiver knows no sender report of ours."""


@dataclass(frozen=True, slots=True)
class SenderReport:
    """A sender's clock; wanted back by `Reception.sender_reported`."""

    ssrc: int
    ntp: int
    """64 bits, on the sender's own clock."""


@dataclass(frozen=True, slots=True)
class Goodbye:
    """A stream has ended."""

    ssrc: int


Told: TypeAlias = Report | SenderReport | Goodbye


def sender_report(
    stream: Outgoing,
    cname: str,
    now: float,
    media: int,
    blocks: Iterable[RtcpReceiverInfo] = (),
) -> bytes:
    """Return SR and SDES. *now* in seconds and *media* in samples are the same instant."""
    info = RtcpSenderInfo(
        ntp_timestamp=ntp(now),
        rtp_timestamp=stream.timestamp(media),
        packet_count=stream.packets % TIMESTAMPS,
        octet_count=stream.octets % TIMESTAMPS,
    )
    return bytes(RtcpSrPacket(stream.ssrc, info, list(blocks))) + _named(stream.ssrc, cname)


def receiver_report(ssrc: int, cname: str, blocks: Iterable[RtcpReceiverInfo]) -> bytes:
    """Return RR and SDES. *ssrc* is our own, which sends nothing but this."""
    return bytes(RtcpRrPacket(ssrc, list(blocks))) + _named(ssrc, cname)


def goodbye(ssrc: int, cname: str) -> bytes:
    """Return the end of *ssrc*; BYE may not stand alone (§6.1)."""
    return receiver_report(ssrc, cname, ()) + bytes(RtcpByePacket([ssrc]))


def read(compound: bytes, now: float) -> tuple[Told, ...]:
    """Return what an opened compound packet tells of use to us; nothing if it is malformed."""
    try:
        packets = RtcpPacket.parse(compound)
    except (ValueError, struct.error):
        return ()
    return tuple(told for packet in packets for told in _told(packet, now))


def ntp(now: float) -> int:
    """Return seconds of the monotonic clock as an NTP timestamp of 64 bits."""
    return int(now * (1 << 32)) % (1 << 64)


def _named(ssrc: int, cname: str) -> bytes:
    return bytes(RtcpSdesPacket([RtcpSourceInfo(ssrc, [(_CNAME, cname.encode())])]))


def _told(packet: AnyRtcpPacket, now: float) -> Iterator[Told]:
    if isinstance(packet, RtcpSrPacket):
        yield SenderReport(packet.ssrc, packet.sender_info.ntp_timestamp)
    if isinstance(packet, RtcpSrPacket | RtcpRrPacket):
        yield from (_report(block, now) for block in packet.reports)
    if isinstance(packet, RtcpByePacket):
        yield from (Goodbye(ssrc) for ssrc in packet.sources)


def _report(block: RtcpReceiverInfo, now: float) -> Report:
    return Report(
        block.ssrc,
        block.fraction_lost / _WHOLE,
        block.highest_sequence,
        block.jitter / SAMPLE_RATE,
        _round_trip(block, now),
    )


def _round_trip(block: RtcpReceiverInfo, now: float) -> float | None:
    """Return the time there and back (§6.4.1, figure 2), in seconds."""
    if block.lsr == 0:
        return None
    compact = (ntp(now) >> 16) % TIMESTAMPS
    elapsed = (compact - block.lsr - block.dlsr) % TIMESTAMPS
    # Clocks differ by a little: below zero means at once.
    return 0.0 if elapsed > TIMESTAMPS // 2 else elapsed / _COMPACT
