"""What became of the packets of one stream (RFC 3550 §6.4.1), for the report to its sender.

Loss is judged by sequence numbers: with DTX timestamps jump where nothing was lost.
"""

from __future__ import annotations

from aiortc.rtp import RtcpReceiverInfo, clamp_packets_lost

from spacebox.mixer.frame import SAMPLE_RATE
from spacebox.rtc.rtp import SEQUENCES, TIMESTAMPS

LEAST_LOST = 4
"""In parts of 256: what browsers must hear of before they add redundancy to what they send."""
_WHOLE = 256
_DROPOUT = 3000
_MISORDER = 100
_DELAY_UNITS = 65_536
"""In a second, in the field for the delay since the last sender report."""


class Reception:
    """Counts one stream. Times are in seconds of one clock."""

    def __init__(self, ssrc: int) -> None:
        self.ssrc = ssrc
        self.received = 0
        self.lost_lately = 0.0
        """The share of packets that did not come between the last two reports."""
        self._first: int | None = None
        self._highest = 0
        """Extended: it goes on past 2^16."""
        self._strange: int | None = None
        self._prior = (0, 0)
        self._jitter = 0.0
        self._transit: int | None = None
        self._sender_report: tuple[int, float] | None = None

    @property
    def expected(self) -> int:
        """How many packets were sent, by their numbers."""
        return 0 if self._first is None else self._highest - self._first + 1

    @property
    def lost(self) -> int:
        """How many of them did not come; below zero if some came twice."""
        return self.expected - self.received

    @property
    def jitter_s(self) -> float:
        """The interarrival jitter (§6.4.1)."""
        return self._jitter / SAMPLE_RATE

    def arrived(self, sequence: int, timestamp: int, now: float) -> None:
        """Count a packet that came at *now*; whoever calls this has it authenticated."""
        if not self._numbered(sequence):
            return
        self.received += 1
        transit = (int(now * SAMPLE_RATE) - timestamp) % TIMESTAMPS
        if self._transit is not None:
            deviation = abs(_signed(transit - self._transit, TIMESTAMPS))
            self._jitter += (deviation - self._jitter) / 16
        self._transit = transit

    def sender_reported(self, ntp: int, now: float) -> None:
        """Remember when the sender's report with that NTP timestamp (64 bits) came."""
        self._sender_report = ((ntp >> 16) & 0xFFFFFFFF, now)

    def report(self, now: float) -> RtcpReceiverInfo:
        """Return the report block on all since the last one."""
        last, delay = 0, 0
        if self._sender_report is not None:
            last, at = self._sender_report
            delay = int((now - at) * _DELAY_UNITS)
        return RtcpReceiverInfo(
            ssrc=self.ssrc,
            fraction_lost=self._fraction(),
            packets_lost=clamp_packets_lost(self.lost),
            highest_sequence=self._highest % TIMESTAMPS,
            jitter=int(self._jitter),
            lsr=last,
            dlsr=delay % TIMESTAMPS,
        )

    def _numbered(self, sequence: int) -> bool:
        """Take the number in (§A.1); say whether the packet belongs to the stream."""
        if self._first is None:
            self._restart(sequence)
            return True
        step = _signed(sequence - self._highest, SEQUENCES)
        if -_MISORDER < step < _DROPOUT:
            self._highest = max(self._highest, self._highest + step)
            self._strange = None
            return True
        # One packet far away is a stray; when the next follows on it, the sender began anew.
        follows = self._strange == sequence
        self._strange = (sequence + 1) % SEQUENCES
        if follows:
            self._restart(sequence)
        return follows

    def _restart(self, sequence: int) -> None:
        self._first = self._highest = sequence
        self.received = 0
        self._prior = (0, 0)
        self._strange = None
        self._transit = None

    def _fraction(self) -> int:
        """Return the share lost since the last report (§A.3), in parts of 256, floored."""
        expected, received = self.expected - self._prior[0], self.received - self._prior[1]
        self._prior = (self.expected, self.received)
        lost = max(expected - received, 0)
        self.lost_lately = lost / max(expected, 1)
        return max(LEAST_LOST, min(int(_WHOLE * self.lost_lately), _WHOLE - 1))


def _signed(difference: int, modulus: int) -> int:
    """Return the *difference* of two numbers that wrap around, as the shorter way."""
    return (difference + modulus // 2) % modulus - modulus // 2
