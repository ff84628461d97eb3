"""How a listener's line is to be protected against loss, by what the listener reports of it.

Protection comes as soon as two reports on end say that it is needed, so one that is odd starts
nothing; it goes, one level at a time, when nothing was lost for a while.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

CLEAN_S: Final = 15.0
"""So long a line must be clean before it is protected less."""
_LEAST_S: Final = 2.0
"""Reports on less are put together: in a second one lost packet of 50 is 2 % already."""
_CLEAN: Final = 0.5
"""A line counts as clean at so much of what the level is taken from."""


class Protection(IntEnum):
    """What is sent; each level costs more than the one before."""

    NONE = 0
    """The clean programme."""
    FEC = 1
    """The robust programme: coarser, with in-band FEC (RFC 6716 section 2.1.7)."""
    RED = 2
    """The robust programme, each packet with the one before it (RFC 2198)."""


FROM: Final = {Protection.NONE: 0.0, Protection.FEC: 0.01, Protection.RED: 0.05}
"""The share of packets lost from which each level is needed."""


class Protector:
    """Chooses the level for one listener. Times are in seconds of one clock."""

    def __init__(self, *, red: bool, now: float) -> None:
        """Begin unprotected; *red* says whether the listener understands RED."""
        self.level = Protection.NONE
        self._most = Protection.RED if red else Protection.FEC
        self._reported_at = now
        self._span_s = 0.0
        self._lost_s = 0.0
        """Of that span."""
        self._before = 0.0
        self._needed_at = now

    def report(self, lost: float, now: float) -> None:
        """Take the share of packets lost since the last report, 0 to 1, and choose again."""
        elapsed = max(0.0, now - self._reported_at)
        self._reported_at = now
        self._span_s += elapsed
        self._lost_s += elapsed * lost
        if self._span_s >= _LEAST_S:
            self._judge(self._lost_s / self._span_s, now)
            self._span_s = self._lost_s = 0.0

    def _judge(self, lost: float, now: float) -> None:
        needed = min(_needed(min(lost, self._before)), self._most)
        self._before = lost
        if needed > self.level:
            self.level, self._needed_at = needed, now
        elif lost >= _CLEAN * FROM[self.level]:
            self._needed_at = now
        elif now - self._needed_at >= CLEAN_S:
            self.level, self._needed_at = Protection(self.level - 1), now


def _needed(lost: float) -> Protection:
    return max(level for level, least in FROM.items() if lost >= least)
