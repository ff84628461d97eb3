"""Sound from the box to one listener: packets that others receive too."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

from aiortc import MediaStreamTrack
from aiortc.stats import RTCRemoteInboundRtpStreamStats
from av import Packet

from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE
from spacebox.rtc.gate import Way
from spacebox.rtc.peer import Peer

QUEUE_PACKETS = 25
"""It fills only while the event loop stands still; then late packets are better than a hole."""
_WHOLE = 256
"""A report tells of losses in such parts."""
_TIME_BASE = Fraction(1, SAMPLE_RATE)

OpusPacket: TypeAlias = "Packet[Any]"


def packet(payload: bytes, index: int) -> OpusPacket:
    """Return *payload* (one Opus packet of 20 ms) as tick *index* of the media clock.

    Make it once per tick: all listeners share it.
    """
    shared = Packet(payload)
    shared.pts = index * FRAME_SAMPLES
    shared.time_base = _TIME_BASE
    return shared


class Downlink:
    """A WHEP connection. `on_change` is called when it connects and when it is over."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.peer = Peer(Way.DOWN, on_change)
        self._track = _PacketTrack()
        self.reported_at = float("-inf")
        """When a receiver report was last found to tell of more packets, on the asker's clock."""
        self.lost: float | None = None
        """The share of packets that its last report missed."""
        self.looked_at = float("-inf")
        self._received = 0

    async def answer(self, offer: str) -> str:
        """Return the SDP answer. Raises Denied."""
        return await self.peer.answer(offer, self._track)

    def send(self, shared: OpusPacket) -> None:
        """Send one packet; one that cannot go out within `QUEUE_PACKETS` ticks is forgotten."""
        if self.peer.connected:
            self._track.put(shared)

    async def look(self, now: float) -> None:
        """Look at the last receiver report (RFC 3550 §6.4.2); news is noticed only here."""
        self.looked_at = now
        stats = await self.peer.transceiver.sender.getStats()
        for report in stats.values():
            if isinstance(report, RTCRemoteInboundRtpStreamStats):
                before, self._received = self._received, report.packetsReceived
                self.lost = report.fractionLost / _WHOLE
                if self._received > before:
                    self.reported_at = now


class _PacketTrack(MediaStreamTrack):
    """A track of packets that are encoded already; aiortc sends them as they are."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._packets: deque[OpusPacket] = deque(maxlen=QUEUE_PACKETS)
        self._more = asyncio.Event()

    def put(self, shared: OpusPacket) -> None:
        self._packets.append(shared)
        self._more.set()

    async def recv(self) -> OpusPacket:
        while not self._packets:
            self._more.clear()
            await self._more.wait()
        return self._packets.popleft()
