"""Addresses that a check may be sent to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

Address = tuple[str, int]
"""Host and port; the host as `ipaddress` writes it."""

LOWEST_PORT = 1024
PEER_REFLEXIVE = 110
HOST = 126


_parsed = lru_cache(maxsize=1024)(ip_address)
"""Most addresses are met many times, and parsing takes longer than all else that is done."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address and its priority (RFC 8445 §5.1.2)."""

    address: Address
    priority: int


def priority(preference: int, local_preference: int) -> int:
    """Return the priority of a candidate for RTP; the first is 0 to 126, the other 16 bit."""
    return (preference << 24) + (local_preference << 8) + 255


def usable(address: Address, *, loopback: bool) -> Address | None:
    """Return *address* as it is written here, or None if nothing may be sent there.

    A peer names any address it likes, so none may be one that harms others: no group, no
    broadcast, no service of a machine (a port below 1024), and this machine itself only if
    *loopback*. A subnet's own broadcast address is the kernel's to refuse, as it does without
    SO_BROADCAST.
    """
    host, port = address
    try:
        ip = _parsed(host)
    except ValueError:
        return None
    if not LOWEST_PORT <= port <= 65535 or not _single(ip):
        return None
    if ip.is_loopback and not loopback:
        return None
    return str(ip), port


def _single(ip: IPv4Address | IPv6Address) -> bool:
    """Say whether it is one machine's address (broadcast is among the reserved ones)."""
    if isinstance(ip, IPv6Address):
        # ::ffff:127.0.0.1 and the like would pass by every rule for the address inside.
        if ip.ipv4_mapped is not None or ip.sixtofour is not None or ip.teredo is not None:
            return False
        return not (ip.is_multicast or ip.is_unspecified)
    this_network = int(ip) >> 24 == 0
    return not (ip.is_multicast or ip.is_reserved or this_network)


def pairable(local: Address, remote: Address) -> bool:
    """Say whether packets can go from *local* to *remote* (RFC 8445 §6.1.2.2)."""
    here, there = _parsed(local[0]), _parsed(remote[0])
    if here.version != there.version or here.is_loopback != there.is_loopback:
        return False
    return here.version == 4 or here.is_link_local == there.is_link_local
