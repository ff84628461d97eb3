"""What lasts from one ICE restart to the next: credentials, and the pairs checked with them."""

from __future__ import annotations

import math
import secrets
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from spacebox.rtc.candidates import PEER_REFLEXIVE, Address, Candidate, pairable, priority, usable
from spacebox.rtc.pairs import Pair, State

MOST_REMOTE = 10
"""Addresses of a peer that are known at a time."""
MOST_PAIRS = 100
"""RFC 8445 §6.1.2.5."""
UNKNOWN_LOCAL = priority(PEER_REFLEXIVE, 0)


@dataclass(frozen=True, slots=True)
class Credentials:
    """One side's user name fragment and password (RFC 8445 §5.3)."""

    ufrag: str
    password: str

    @classmethod
    def fresh(cls) -> Credentials:
        """Return credentials that nobody can guess, in letters that SDP allows."""
        return cls(secrets.token_hex(6), secrets.token_hex(16))


@dataclass(slots=True, eq=False)
class Generation:
    """The pairs of two sides that know each other by one set of credentials."""

    ours: Credentials
    theirs: Credentials
    hosts: tuple[Candidate, ...]
    loopback: bool
    settled: bool = False
    """Whether a pair was nominated."""
    _pairs: dict[tuple[Address, Address], Pair] = field(default_factory=dict)
    _remotes: dict[Address, int] = field(default_factory=dict)
    _triggered: deque[Pair] = field(default_factory=deque)

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._pairs.values())

    @property
    def asked_as(self) -> str:
        """The one user name that a request of this generation bears."""
        return f"{self.ours.ufrag}:{self.theirs.ufrag}"

    @property
    def asks_as(self) -> str:
        """The user name of our own requests."""
        return f"{self.theirs.ufrag}:{self.ours.ufrag}"

    def find(self, local: Address, remote: Address) -> Pair | None:
        """Return the pair of exactly these addresses."""
        return self._pairs.get((local, remote))

    def add(self, candidate: Candidate) -> bool:
        """Take an address that the peer has told us; False if there are too many, or it is none."""
        remote = self._usable(candidate.address)
        if remote is None or (remote not in self._remotes and len(self._remotes) >= MOST_REMOTE):
            return False
        self._remotes[remote] = candidate.priority
        for host in self.hosts:
            if pairable(host.address, remote):
                self._pair(host.address, remote, candidate.priority)
        return True

    def meet(
        self, local: Address, remote: Address, priority: int, keep: Collection[Address]
    ) -> tuple[Pair, tuple[Pair, ...]] | None:
        """Return the pair that a request came by, and the pairs forgotten in its favour.

        An address that was unknown is a peer-reflexive candidate (RFC 8445 §7.3.1.3). It takes
        the place of the one not heard for longest, if need be, but of none in *keep*. None if
        nothing may be sent there.
        """
        known = self.find(local, remote)
        if known is not None:
            return known, ()
        if self._usable(remote) is None:
            return None
        gone: tuple[Pair, ...] = ()
        if remote not in self._remotes and len(self._remotes) >= MOST_REMOTE:
            gone = self._forget_one(keep)
        self._remotes.setdefault(remote, priority)
        pair = self._pair(local, remote, self._remotes[remote])
        return None if pair is None else (pair, gone)

    def trigger(self, pair: Pair) -> None:
        """Have *pair* checked before its turn (RFC 8445 §7.3.1.4)."""
        if pair not in self._triggered:
            self._triggered.append(pair)

    def next_pair(self, *, controlling: bool) -> tuple[Pair, bool] | None:
        """Return the pair whose turn it is, and whether its check is to nominate it."""
        if self._triggered:
            return self._triggered[0], False
        if self.settled:
            return None
        valid = self._best(State.VALID, controlling=controlling) if controlling else None
        if valid is not None:
            return None if valid.busy else (valid, True)
        waiting = self._best(State.WAITING, controlling=controlling)
        return None if waiting is None else (waiting, False)

    def trigger_all(self) -> None:
        """Have every pair checked once more."""
        for pair in self:
            self.trigger(pair)

    def settle(self, used: Pair) -> None:
        """Stop trying the others, but for those that the peer nominated meanwhile."""
        self.settled = True
        for pair in self:
            if pair is not used and not pair.wanted:
                pair.rest()

    def untrigger(self, pair: Pair) -> None:
        """Let *pair* wait for its turn like the others."""
        if pair in self._triggered:
            self._triggered.remove(pair)

    def _best(self, state: State, *, controlling: bool) -> Pair | None:
        pairs = (pair for pair in self if pair.state is state)
        return max(pairs, key=lambda pair: pair.priority(controlling=controlling), default=None)

    def _usable(self, remote: Address) -> Address | None:
        usual = usable(remote, loopback=self.loopback)
        # What is sent to our own port comes back as if somebody had sent it.
        return None if any(host.address == usual for host in self.hosts) else usual

    def _pair(self, local: Address, remote: Address, priority: int) -> Pair | None:
        key = (local, remote)
        if key not in self._pairs:
            if len(self._pairs) >= MOST_PAIRS:
                return None
            priorities = {host.address: host.priority for host in self.hosts}
            ours = priorities.get(local, UNKNOWN_LOCAL)
            self._pairs[key] = Pair(local, remote, ours, priority)
        return self._pairs[key]

    def _forget_one(self, keep: Collection[Address]) -> tuple[Pair, ...]:
        heard = dict.fromkeys((remote for remote in self._remotes if remote not in keep), -math.inf)
        for pair in self:
            if pair.remote in heard:
                heard[pair.remote] = max(heard[pair.remote], pair.heard_at)
        oldest = min(heard, key=lambda remote: heard[remote])
        del self._remotes[oldest]
        gone = tuple(pair for pair in self if pair.remote == oldest)
        for pair in gone:
            del self._pairs[pair.local, pair.remote]
            self.untrigger(pair)
        return gone
