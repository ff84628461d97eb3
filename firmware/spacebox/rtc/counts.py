"""What the media port has seen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Datagrams since the start of the box. All but `broken` are counted by one thread each."""

    received: int = 0
    strangers: int = 0
    """Sound from an address where no peer was found to be."""
    junk: int = 0
    """Neither STUN nor DTLS nor RTP."""
    unknown: int = 0
    """STUN or DTLS that no peer of ours sent, or that is malformed."""
    flooded: int = 0
    """More than one peer may send in a tick."""
    forgotten: int = 0
    """STUN, DTLS and reports for which the event loop was much too late."""
    refused: int = 0
    """Sound and reports that could not be opened: forged, repeated, or one stream too many."""
    broken: int = 0
    """Mistakes of ours that a datagram brought to light."""
    full: int = 0
    """Packets that the system had no room for."""
    unsent: int = 0
    """Packets that could not be sent for another reason."""
    failed: int = 0
    """Messages of ICE, DTLS and RTCP that could not be sent."""
    joins: int = 0
    """Connections that were made."""
