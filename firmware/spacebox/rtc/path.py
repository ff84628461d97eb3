"""The pair in use: which one it is, when another takes its place, and whether the peer is there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import SystemRandom

from spacebox.rtc.actions import Action, Selected
from spacebox.rtc.candidates import Address
from spacebox.rtc.liveness import Liveness
from spacebox.rtc.pairs import Pair

QUIET_S = 3.0
"""Whoever says nothing for so long is asked; give or take a tenth, so that peers do not align.

Browsers ask us every 2.5 s, and thereby need not be asked.
"""
AGAIN_S = 0.5
"""Between two checks of a pair in use that says nothing."""
MOVE_S = 0.6
PROBE_S = 0.1
"""Between two checks of the pair in use while a rival answers, or while it is in doubt."""
NOMINATING_S = 3.0
"""While a peer may nominate all that it tries, and mean the best (RFC 5245 §8.1.1.2)."""


class Path:
    """Where packets go: to the pair that the peer nominated last, or else to one that answers.

    Some browsers do not nominate again when a NAT gives them another address. So a pair that
    answers becomes a rival: it takes over when the pair in use says nothing for `MOVE_S`, though
    it is asked every `PROBE_S`.
    """

    def __init__(self) -> None:
        self.selected: Pair | None = None
        self._life: Liveness | None = None
        self._nominating_until = math.inf
        self._quiet = QUIET_S
        self._rival: Pair | None = None
        self._rival_since = math.inf
        self._doubted = False

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The peer's addresses that are in use, or may be soon."""
        return tuple(pair.remote for pair in (self.selected, self._rival) if pair is not None)

    @property
    def silenced(self) -> bool:
        """Whether the peer's consent ran out, so that only an answer of its brings it back."""
        return self._life is not None and self._life.silenced

    @property
    def ask_at(self) -> float:
        """When the pair in use is to be asked whether it is alive."""
        if self.selected is None:
            return math.inf
        if self._rival is not None or self._doubted:
            return self.selected.asked_at + PROBE_S
        return max(self.selected.heard_at + self._quiet, self.selected.asked_at + AGAIN_S)

    def asked(self) -> None:
        """Note that it was asked."""
        self._quiet = QUIET_S * SystemRandom().uniform(0.9, 1.1)

    @property
    def next_at(self) -> float:
        """When `due` has something to say."""
        if self._life is None:
            return math.inf
        return min(self._life.next_at, self._rival_since + MOVE_S)

    def due(self, now: float) -> Iterator[Action]:
        """Say what the silence has come to."""
        if self._rival is not None and now >= self._rival_since + MOVE_S:
            yield from self._select(self._rival, now)
        if self._life is not None:
            yield from self._life.due(now)

    def doubt(self) -> None:
        """Take it that somebody says the peer has left."""
        self._doubted = True

    def heard(self, now: float) -> Iterator[Action]:
        """Take a request from the pair in use: it renews consent, but not one that ran out."""
        if self._life is None:
            return
        self._dismiss()
        yield from self._life.heard(now)
        if not self.silenced:
            self._life.consented(now)

    def answered(self, pair: Pair, now: float, *, controlling: bool) -> Iterator[Action]:
        """Take it that a check of *pair* was answered just now or is no older than that."""
        if self.selected is None:
            if pair.wanted:
                yield from self.begin(pair, now)
        elif pair is self.selected or self._moves_to(pair, now, controlling=controlling):
            pair.wanted = False
            yield from self._select(pair, now)
        else:
            pair.wanted = False
            if self._rival is None:
                self._rival_since = now
            self._rival = pair

    def begin(self, pair: Pair, now: float) -> Iterator[Action]:
        """Use *pair*, the first that was nominated with new credentials."""
        self._nominating_until = now + NOMINATING_S
        pair.wanted = False
        yield from self._select(pair, now)

    def _select(self, pair: Pair, now: float) -> Iterator[Action]:
        if self._life is None:
            self._life = Liveness(now)
        silenced = self.silenced
        before, self.selected = self.selected, pair
        pair.rest()
        self._dismiss()
        yield from self._life.heard(now)
        self._life.consented(now)
        if silenced or before is None or _addresses(before) != _addresses(pair):
            yield Selected(pair.local, pair.remote)

    def _moves_to(self, pair: Pair, now: float, *, controlling: bool) -> bool:
        if self.selected is None or self._life is None or self._life.away:
            return True
        if not pair.wanted:
            return False
        used = self.selected.priority(controlling=controlling)
        return now >= self._nominating_until or pair.priority(controlling=controlling) > used

    def _dismiss(self) -> None:
        self._rival, self._rival_since, self._doubted = None, math.inf, False


def _addresses(pair: Pair) -> tuple[Address, Address]:
    return pair.local, pair.remote
