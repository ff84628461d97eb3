"""A pair of addresses, and the checks that say whether packets pass between them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum, auto

from spacebox.rtc.candidates import Address

RESEND_S = 0.5
SENDINGS = 7
LAST_WAIT_S = 16 * RESEND_S
"""RTO, Rc and Rm of RFC 8489 §6.2.1: a check is given up 39.5 s after it began."""
MOST_OPEN = 16
"""Checks that an answer is still taken for, per pair."""


class State(Enum):
    """What is known of a pair (RFC 8445 §6.1.2.6).

    Nothing is frozen here: one component of one stream has nothing to wait for.
    """

    WAITING = auto()
    IN_PROGRESS = auto()
    VALID = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Check:
    """What was asked, for when the answer comes."""

    transaction: bytes
    controlling: bool
    nominating: bool


@dataclass(slots=True)
class Sending:
    """A request that is sent again until it is answered."""

    datagram: bytes
    at: float
    wait: float = RESEND_S
    left: int = SENDINGS - 1


@dataclass(slots=True, eq=False)
class Pair:
    """Where a packet leaves and where it arrives. Times are seconds, minus infinity for never."""

    local: Address
    remote: Address
    local_priority: int
    remote_priority: int
    state: State = State.WAITING
    wanted: bool = False
    """Nominated, and to be used as soon as a check of ours is answered."""
    asked_at: float = -math.inf
    heard_at: float = -math.inf
    """The last authenticated message from there, request or answer."""
    answered_at: float = -math.inf
    _open: dict[bytes, Check] = field(default_factory=dict)
    _sending: Sending | None = None

    def priority(self, *, controlling: bool) -> int:
        """Return the pair's priority (RFC 8445 §6.1.2.3), the same number on both sides."""
        ours, theirs = self.local_priority, self.remote_priority
        leads = ours > theirs if controlling else theirs > ours
        return (min(ours, theirs) << 32) + 2 * max(ours, theirs) + leads

    def ask(self, check: Check, datagram: bytes, now: float, *, again: bool) -> None:
        """Note that *check* goes out as *datagram*, to be sent *again* until it is answered.

        An earlier check is no longer sent, but its answer is still taken (RFC 8445 §7.3.1.4).
        """
        self._open[check.transaction] = check
        if len(self._open) > MOST_OPEN:
            del self._open[next(iter(self._open))]
        self.asked_at = now
        self._sending = Sending(datagram, now + RESEND_S) if again else None
        if self.state is not State.VALID:
            self.state = State.IN_PROGRESS

    def is_open(self, transaction: bytes) -> bool:
        """Say whether an answer to *transaction* is awaited."""
        return transaction in self._open

    def close(self, transaction: bytes) -> Check:
        """Return the check that was answered; another answer to it counts no more."""
        return self._open.pop(transaction)

    def succeed(self, now: float) -> None:
        """Note that packets pass both ways."""
        self.state = State.VALID
        self.heard_at = self.answered_at = now
        self._sending = None

    @property
    def busy(self) -> bool:
        """Whether a request is being sent again."""
        return self._sending is not None

    @property
    def resend_at(self) -> float:
        """When `resend` has something to do."""
        return self._sending.at if self._sending else math.inf

    def resend(self, now: float) -> bytes | None:
        """Return the request once more if it is time; after the last one the pair has failed."""
        sending = self._sending
        if sending is None or now < sending.at:
            return None
        if not sending.left:
            self._sending, self.state, self.wanted = None, State.FAILED, False
            return None
        sending.left -= 1
        sending.wait *= 2
        sending.at = now + (sending.wait if sending.left else LAST_WAIT_S)
        return sending.datagram

    def rest(self) -> None:
        """Send nothing again, as another pair is in use; an answer on its way is still taken."""
        self._sending = None
        if self.state is State.IN_PROGRESS:
            self.state = State.WAITING
