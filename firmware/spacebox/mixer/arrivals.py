"""How punctually packets come, and how long they should therefore wait."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from typing import Final, NamedTuple

from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE

WINDOW_SAMPLES: Final = 3 * SAMPLE_RATE
_MOST: Final = 400
"""So many packets of 10 ms are more than the window takes."""
_OUTLIERS: Final = 100
"""One packet of so many may come as late as it likes."""
_RECENT: Final = 25
"""The fastest of so many shows how long the way is now; all being slow, the way has changed."""
_MARGIN: Final = FRAME_SAMPLES // 8
"""Ticks are not quite even. A packet counts as come when a tick finds it, so that is all."""
_UNEVEN: Final = FRAME_SAMPLES // 2
"""Who missed the tick of the others is later than this, and a tick that was held up is not."""
_CALM: Final = 30 * SAMPLE_RATE
_LOSSES: Final = 2
"""Fewer in the window are no reason to wait longer."""


class _Arrival(NamedTuple):
    at: float
    transit: float
    sequence: int


class Arrivals:
    """The packets of the last three seconds. All times and spans are samples at 48 kHz.

    A packet's transit is when it came less its timestamp: the two clocks share no zero, so only
    differences of transits say something.
    """

    def __init__(self) -> None:
        self._window: deque[_Arrival] = deque()
        self._transits: list[float] = []
        """Those of the window, in order of size."""
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._punctual = 0.0
        """The transit of a packet that came fast."""
        self._uneven_at: float | None = None
        """When a packet last came late; at first, when the first one came."""
        self._newest = 0
        self._reach = 0
        self._reach_at = 0.0

    def add(self, at: float, timestamp: int, sequence: int, reach: int) -> None:
        """Count a packet that came at *at* and can restore *reach* of what came before it.

        *timestamp* and *sequence* do not wrap around.
        """
        self._newest = max(self._newest, sequence) if self._window else sequence
        arrival = _Arrival(at, at - timestamp, sequence)
        self._window.append(arrival)
        self._recent.append(arrival.transit)
        self._punctual = min(self._recent)
        if self._uneven_at is None or arrival.transit - self._punctual > _UNEVEN:
            self._uneven_at = at
        insort(self._transits, arrival.transit)
        while at - self._window[0].at > WINDOW_SAMPLES or len(self._window) > _MOST:
            gone = self._window.popleft()
            del self._transits[bisect_left(self._transits, gone.transit)]
        if reach >= self._reach or at - self._reach_at > WINDOW_SAMPLES:
            self._reach, self._reach_at = reach, at

    @property
    def transit(self) -> float | None:
        """That of the last packet."""
        return self._recent[-1] if self._recent else None

    @property
    def calm(self) -> bool:
        """Whether for long all packets came in time for the tick after that of the one before."""
        since = self._uneven_at
        return since is not None and self._window[-1].at - since >= _CALM

    @property
    def lost(self) -> int:
        """How many packets of the window did not come."""
        if not self._window:
            return 0
        return max(0, self._newest - self._window[0].sequence + 1 - len(self._window))

    def delay(self, least: int, most: int) -> float:
        """Return how long a punctual packet should wait: long enough for the late ones.

        Where packets get lost, what restores them is waited for as well.
        """
        if not self._window:
            return least
        reach = self._reach if self.lost >= _LOSSES else 0
        return min(max(self._late - self._punctual + reach + _MARGIN, least), most)

    def due(self, at: float, delay: float) -> float:
        """Return the timestamp that should be heard at *at*."""
        return at - self._punctual - delay

    @property
    def _late(self) -> float:
        return self._transits[-1 - len(self._transits) // _OUTLIERS]
