"""When a connection is given up."""

from __future__ import annotations

import math

CONNECT_S = 15.0
"""From offer to connected."""
KEPT_S = 150.0
"""How long a peer that is gone may come back, which is how long its seat is kept."""
DOUBT_S = 3.0
"""Who says nothing for so long after an alert has left; anybody may have sent the alert."""


class Patience:
    """The deadlines of one connection. Times are in seconds of one clock."""

    def __init__(self, now: float) -> None:
        """Begin with the offer."""
        self._made_by = now + CONNECT_S
        self._back_by = math.inf
        self._alerted_at = math.inf

    def made(self) -> None:
        """Take it that the connection is made."""
        self._made_by = math.inf

    def gone(self, now: float) -> None:
        """Take it that the peer is silent for long."""
        self._back_by = now + KEPT_S

    def back(self) -> None:
        """Take it that the peer is heard again, which makes no connection yet."""
        self._back_by = math.inf

    def alerted(self, now: float, heard_at: float) -> None:
        """Take it that somebody says the peer has left, who was last heard at *heard_at*."""
        if self._alerted_at == math.inf or heard_at > self._alerted_at:
            self._alerted_at = now

    @property
    def next_at(self) -> float:
        """When `ended` is to be asked."""
        return min(self._over_at, self._alerted_at + DOUBT_S)

    def ended(self, now: float, heard_at: float) -> bool:
        """Say whether it is over at *now*, the peer having been heard at *heard_at*."""
        if now < self._alerted_at + DOUBT_S:
            return now >= self._over_at
        # What was heard in the same tick was sent before: an alert is looked at last.
        left = heard_at <= self._alerted_at
        self._alerted_at = math.inf
        return left or now >= self._over_at

    @property
    def _over_at(self) -> float:
        return min(self._made_by, self._back_by)
