"""Whether a new version may stay: the API answers, and the media clock runs, for a minute. Pure."""

from __future__ import annotations

from enum import StrEnum

STEADY_S = 60.0
"""For so long all must be well, without a break."""
LIMIT_S = 600.0
"""By then it must have been, or the version goes."""
LEAST_PER_S = 25.0
"""Ticks of the media clock, which makes 50; what a busy start delays is made up."""


class Verdict(StrEnum):
    WAIT = "it is not known yet"
    GOOD = "it works"
    BAD = "it does not work"


class Trial:
    """Follows one try of a version from *now* on; times in seconds."""

    def __init__(self, now: float) -> None:
        self._began = now
        self._well: tuple[float, int] | None = None
        """When the steady time began, and the ticks by then."""

    def look(self, now: float, ticks: int | None) -> Verdict:
        """Judge by how many *ticks* the box has counted; None: it did not answer."""
        if ticks is None:
            self._well = None
        elif self._well is None or not self._runs(now, ticks, self._well):
            self._well = now, ticks
        elif now - self._well[0] >= STEADY_S:
            return Verdict.GOOD
        return Verdict.BAD if now - self._began >= LIMIT_S else Verdict.WAIT

    @staticmethod
    def _runs(now: float, ticks: int, since: tuple[float, int]) -> bool:
        return ticks - since[1] >= (now - since[0]) * LEAST_PER_S
