"""How long a peer may say nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator

from spacebox.rtc.actions import Action, Away, Back, Gone, Silenced

AWAY_S = 6.0
GONE_S = 12.0
CONSENT_S = 30.0
"""RFC 7675 §5.1."""


class Liveness:
    """The clock of one peer, from its first nomination on."""

    def __init__(self, now: float) -> None:
        self.silenced = False
        self._heard_at = now
        self._consented_at = now
        self._due: list[tuple[float, Action]] = []
        self._rewind()

    @property
    def away(self) -> bool:
        """Whether nothing is heard any more."""
        return len(self._due) < 2

    def heard(self, now: float) -> Iterator[Action]:
        """Take a sign of life."""
        was_away, self._heard_at = self.away, now
        self._rewind()
        if was_away:
            yield Back()

    def consented(self, now: float) -> None:
        """Take the peer's consent to be sent something."""
        self.silenced = False
        self._consented_at = now

    @property
    def next_at(self) -> float:
        """When `due` has something to say."""
        consent = math.inf if self.silenced else self._consented_at + CONSENT_S
        return min([consent, *(at for at, _ in self._due)])

    def due(self, now: float) -> Iterator[Action]:
        """Say what the silence has come to."""
        while self._due and now >= self._due[0][0]:
            yield self._due.pop(0)[1]
        if not self.silenced and now >= self._consented_at + CONSENT_S:
            self.silenced = True
            yield Silenced()

    def _rewind(self) -> None:
        self._due = [(self._heard_at + AWAY_S, Away()), (self._heard_at + GONE_S, Gone())]
