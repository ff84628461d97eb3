"""What to play next of a stream whose packets come late, twice, in disorder or not at all.

The reader asks once per piece of sound and is told how to make it. Two rules carry all the rest:

- A packet's place is its timestamp, and whether one is lost is told by sequence numbers alone: a
  sender that is silent skips timestamps, not numbers (RFC 7587 section 3.1.3).
- The delay is put right where nobody hears it. It grows while there is nothing to play, because
  then the place in the stream stands still; it shrinks by leaving out what was lost, or by playing
  two packets in the time of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from spacebox.mixer.arrivals import Arrivals
from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE
from spacebox.mixer.toc import duration, fec_samples

LEAST_DELAY: Final = FRAME_SAMPLES
"""Except where packets have been so even for so long that each is played when it is found."""
MOST_DELAY: Final = 10 * FRAME_SAMPLES
CONCEALED: Final = 10 * FRAME_SAMPLES
"""By then what the decoder invents has faded away."""
PAUSE: Final = 25 * FRAME_SAMPLES
"""A silent sender is heard from every 400 ms."""

_CAPACITY: Final = 64
_SLACK: Final = FRAME_SAMPLES // 4
"""Ticks and packets are not in step."""
_STEP: Final = 120
"""Opus counts in 2.5 ms."""
_BETWEEN_MERGES: Final = 5 * FRAME_SAMPLES
_RESTART: Final = 2 * SAMPLE_RATE
"""Timestamps that leave the clock by so much belong to another stream."""
_SILENT_BYTES: Final = 2
"""A packet up to this size says that the sender is about to stop (RFC 6716 section 2.1.9)."""


_NOWHERE: Final = -(1 << 62)
"""Before any timestamp."""


@dataclass(frozen=True, slots=True)
class Decode:
    """Play this packet."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Merge:
    """Play two packets, one fading into the other, in the time of one."""

    payload: bytes
    following: bytes


@dataclass(frozen=True, slots=True)
class Fec:
    """Play what this packet tells about the sound just before it."""

    payload: bytes
    samples: int


@dataclass(frozen=True, slots=True)
class Conceal:
    """Invent sound: a packet is missing."""

    samples: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is missing: the sender is silent. Play what its background sounds like."""

    samples: int


Step: TypeAlias = Decode | Merge | Fec | Conceal | Pause


class _Packet(NamedTuple):
    sequence: int
    timestamp: int
    payload: bytes
    samples: int

    @property
    def end(self) -> int:
        return self.timestamp + self.samples


class PlayoutBuffer:
    """The packets of one RTP stream of Opus. For one thread."""

    def __init__(self) -> None:
        self._packets: dict[int, _Packet] = {}
        self._arrivals = Arrivals()
        self._known: dict[int, None] = {}
        """The timestamps of the last packets, in the order of their coming."""
        self._sequence = self._timestamp = 0
        """Those of the last packet, without wrap-around."""
        self._head = _NOWHERE
        """The timestamp of what is to be played next."""
        self._played = 0
        """The sequence number of what was played last."""
        self._silent = False
        self._resting = True
        """Whether it may begin anywhere, since nothing is being said."""
        self._invented = PAUSE
        """So many samples were not from the sender, up to now."""
        self._merged_at = float("-inf")

    @property
    def delay_s(self) -> float:
        """How long a packet that came fast waits, at present."""
        return self._delay / SAMPLE_RATE

    def push(
        self,
        sequence: int,
        timestamp: int,
        payload: bytes,
        arrived: float,
        redundant: Sequence[tuple[int, bytes]] = (),
    ) -> None:
        """Take an Opus packet that came at *arrived*, in seconds of a monotonic clock.

        *sequence* has 16 and *timestamp* 32 bits, as in RFC 3550. *redundant* are the packets
        just before it, the oldest first, each with how many samples earlier it was (RFC 2198).
        """
        sequence = self._sequence + _signed(sequence - self._sequence, 16)
        timestamp = self._timestamp + _signed(timestamp - self._timestamp, 32)
        samples, clock = duration(payload), arrived * SAMPLE_RATE
        if samples == 0 or timestamp in self._known:
            return
        before = self._arrivals.transit
        if before is not None and abs(clock - timestamp - before) > _RESTART:
            self._restart()
        self._sequence, self._timestamp = sequence, timestamp
        self._known[timestamp] = None
        if len(self._known) > _CAPACITY:
            del self._known[next(iter(self._known))]
        reach = fec_samples(payload)
        for back, (offset, earlier) in enumerate(reversed(redundant), 1):
            if copied := duration(earlier):
                self._keep(_Packet(sequence - back, timestamp - offset, earlier, copied))
                reach = max(reach, offset + fec_samples(earlier))
        self._arrivals.add(clock, timestamp, sequence, reach)
        self._keep(_Packet(sequence, timestamp, payload, samples))

    def step(self, now: float) -> Step | None:
        """Return how to make the sound heard at *now*, or None while there is nothing to say."""
        clock = now * SAMPLE_RATE
        if not self._packets:
            self._resting = self._resting or self._silent
            return self._invent()
        due = self._arrivals.due(clock, self._delay)
        if self._pausing(self._first):
            self._resting = True
        if self._resting and not self._begin(due):
            return self._invent()
        self._catch_up(due)
        return self._play(due, clock)

    @property
    def _delay(self) -> float:
        arrivals = self._arrivals
        return arrivals.delay(0 if arrivals.calm else LEAST_DELAY, MOST_DELAY)

    @property
    def _first(self) -> _Packet:
        return self._packets[min(self._packets)]

    def _keep(self, packet: _Packet) -> None:
        """Put *packet* in its place, unless that was played."""
        if packet.timestamp < self._head:
            return
        self._packets.setdefault(packet.timestamp, packet)
        if len(self._packets) > _CAPACITY:
            del self._packets[min(self._packets)]

    def _restart(self) -> None:
        self._packets.clear()
        self._known.clear()
        self._arrivals = Arrivals()
        self._head = _NOWHERE
        self._resting = True

    def _pausing(self, first: _Packet) -> bool:
        """Return whether the sender was silent before *first*."""
        missing = first.sequence - self._played - 1
        return first.timestamp - self._head >= missing * first.samples + _STEP

    def _begin(self, due: float) -> bool:
        """Go to the first packet if it is due."""
        first = self._first
        if first.timestamp > due + _SLACK:
            return False
        self._head, self._played = first.timestamp, first.sequence - 1
        self._resting = False
        return True

    def _catch_up(self, due: float) -> None:
        """Where sound was invented or got lost, go on with what is due."""
        gap = self._first.timestamp - self._head
        frames = int((due - self._head + _SLACK) // FRAME_SAMPLES)
        self._head += max(0, min(frames * FRAME_SAMPLES, gap))
        broken = self._invented > 0 or due - self._head >= MOST_DELAY
        while broken and len(self._packets) > 1 and self._first.end <= due:
            self._head = self._pop().end

    def _play(self, due: float, clock: float) -> Step:
        gap = self._first.timestamp - self._head
        if gap >= _STEP:
            return self._bridge(self._first, gap, due)
        packet = self._pop()
        self._head, self._invented = packet.end, 0
        following = self._packets.get(packet.end)
        if (
            following is not None
            and following.samples == packet.samples
            and due - packet.timestamp + _SLACK >= max(packet.samples, FRAME_SAMPLES)
            and clock - self._merged_at >= _BETWEEN_MERGES
        ):
            self._merged_at = clock
            self._head = self._pop().end
            return Merge(packet.payload, following.payload)
        return Decode(packet.payload)

    def _bridge(self, first: _Packet, gap: int, due: float) -> Step:
        """Make the best of what is missing before *first*."""
        fec = fec_samples(first.payload)
        early = self._head - due > (FRAME_SAMPLES if gap == fec else _SLACK)
        if early and self._invented < CONCEALED:
            # What is missing may be on its way, and there is time to wait for it.
            self._invented += FRAME_SAMPLES
            return Conceal(FRAME_SAMPLES)
        if gap == fec:
            self._head, self._invented = first.timestamp, 0
            return Fec(first.payload, fec)
        missing = gap - fec if gap - fec >= _STEP else gap
        step = Conceal(min(FRAME_SAMPLES, missing // _STEP * _STEP))
        self._head += step.samples
        return step

    def _pop(self) -> _Packet:
        packet = self._packets.pop(min(self._packets))
        self._played = packet.sequence
        self._silent = len(packet.payload) <= _SILENT_BYTES
        return packet

    def _invent(self) -> Step | None:
        """Fill the time for which there is nothing to play, for as long as that is bearable.

        The place in the stream stays: what comes late may still be played.
        """
        if self._invented >= (PAUSE if self._resting else CONCEALED):
            self._resting, self._invented = True, PAUSE
            return None
        self._invented += FRAME_SAMPLES
        return Pause(FRAME_SAMPLES) if self._resting else Conceal(FRAME_SAMPLES)


def _signed(difference: int, bits: int) -> int:
    """Return the shortest way around a counter of *bits* bits."""
    half = 1 << bits - 1
    return (difference + half) % (2 * half) - half
