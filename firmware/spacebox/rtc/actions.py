"""What an ICE agent wants done."""

from __future__ import annotations

from dataclasses import dataclass

from spacebox.rtc.candidates import Address


@dataclass(frozen=True, slots=True)
class Send:
    """Send *datagram* from *local* to *remote*."""

    datagram: bytes
    local: Address
    remote: Address


@dataclass(frozen=True, slots=True)
class Opened:
    """The peer is at *remote*: it answered there. Take its packets for *local* from there."""

    local: Address
    remote: Address


@dataclass(frozen=True, slots=True)
class Closed:
    """The peer is no longer known to be at *remote*; another peer may be by now."""

    local: Address
    remote: Address


@dataclass(frozen=True, slots=True)
class Selected:
    """Send everything that is not STUN from *local* to *remote*, until told otherwise."""

    local: Address
    remote: Address


@dataclass(frozen=True, slots=True)
class Away:
    """Nothing was heard for a while; it may be a short one."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing was heard for so long that the peer counts as lost, though it may come back."""


@dataclass(frozen=True, slots=True)
class Back:
    """The peer is heard again."""


@dataclass(frozen=True, slots=True)
class Silenced:
    """The peer's consent ran out (RFC 7675): send nothing but checks until the next `Selected`."""


@dataclass(frozen=True, slots=True)
class Retired:
    """Checks for the user name fragment *ufrag* of ours are no longer taken."""

    ufrag: str


Action = Send | Opened | Closed | Selected | Away | Gone | Back | Silenced | Retired
