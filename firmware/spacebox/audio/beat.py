"""When each 20 ms slot of the media clock is due."""

from __future__ import annotations

from spacebox.mixer.frame import FRAME_S

STALL_S = 0.5


class Beat:
    """Absolute deadlines, so that lateness never adds up. Time is an argument, in seconds."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._next = 0

    def deadline(self, index: int) -> float:
        """Return when slot *index* is due."""
        return self._start + index * FRAME_S

    def until_next(self, now: float) -> float:
        """Return the seconds to wait, 0 when the next slot is due already."""
        return max(0.0, self.deadline(self._next) - now)

    def due(self, now: float) -> range:
        """Return the slots to play now, oldest first, and count them as played.

        Missed ones are made up for. After more than `STALL_S` only the newest is played: the
        index goes on as time did, and listeners hear a gap instead of a burst.
        """
        first, after = self._next, self._next
        while self.deadline(after) <= now:
            after += 1
        if now - self.deadline(first) > STALL_S:
            first = after - 1
        self._next = after
        return range(first, after)
