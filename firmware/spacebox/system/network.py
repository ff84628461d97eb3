"""Which addresses this machine has on its networks, and when that changes (rtnetlink(7))."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface
from pathlib import Path
from typing import TypeAlias

import ifaddr

Interface: TypeAlias = IPv4Interface | IPv6Interface
"""An address and the network that it is in."""

SETTLES_S = 0.5
"""What changes comes as many messages; they are looked at once."""
_LINK, _IPV4_ADDRESS, _IPV4_ROUTE, _IPV6_ADDRESS = 0x1, 0x10, 0x40, 0x100
_GROUPS = _LINK | _IPV4_ADDRESS | _IPV4_ROUTE | _IPV6_ADDRESS
_MESSAGES = 1000
_INTERFACES = Path("/sys/class/net")
_MESSAGE_BYTES = 65536

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Network:
    """Where this machine is at a time: all of its addresses that others can reach."""

    interfaces: tuple[Interface, ...] = ()
    """The best first, IPv4 before IPv6."""

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(str(interface.ip) for interface in self.interfaces)

    @property
    def best(self) -> str:
        """The address to be met at; empty without a network."""
        return next(iter(self.addresses), "")

    def reaches(self, address: str) -> bool:
        """Say whether *address* is on one of this machine's own networks."""
        ip = ip_address(address)
        return any(ip in interface.network for interface in self.interfaces)

    def heard_at(self, listen: str) -> Network:
        """Return as much of it as hears who listens at *listen*, an address or "" for all."""
        try:
            ip = ip_address(listen or "::")
        except ValueError:  # a name of this machine only, or of nothing
            return Network()
        if not ip.is_unspecified:
            return Network(tuple(one for one in self.interfaces if one.ip == ip))
        # One socket of "::" takes IPv4 in as well, which "0.0.0.0" does not the other way round.
        return Network(tuple(one for one in self.interfaces if one.version <= ip.version))


def survey() -> Network:
    """Return where this machine is now."""
    found = {
        ip_interface(f"{ip.ip if isinstance(ip.ip, str) else ip.ip[0]}/{ip.network_prefix}")
        for adapter in ifaddr.get_adapters()
        if _carries(adapter.name)
        for ip in adapter.ips
    }
    leaving = _leaving()
    usable = [
        interface
        for interface in found
        # A link-local address of IPv6 means nothing without its interface.
        if not interface.ip.is_loopback and (interface.version == 4 or not interface.is_link_local)
    ]
    usable.sort(key=lambda i: (str(i.ip) != leaving, i.version, i.is_link_local, int(i.ip)))
    return Network(tuple(usable))


def _carries(interface: str) -> bool:
    """Say whether there is anything at the other end; without, an address may stay for long."""
    try:
        state = (_INTERFACES / interface / "operstate").read_text().strip()
    except OSError:  # it has just gone, or is a second name of one that is looked at
        return True
    return state in ("up", "unknown")  # the latter for kinds that cannot tell


def _leaving() -> str:
    """Return the address that packets to far away leave from; empty where no route leads there.

    Connecting a UDP socket sends nothing; it only makes the kernel choose.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: nobody's
        except OSError:
            return ""
        return str(probe.getsockname()[0])


class NetworkWatch:
    """Tells of each change of the machine's addresses, once it has settled.

    Made inside a running event loop. Raises OSError where the system does not tell of changes.
    """

    def __init__(self, on_change: Callable[[Network], None]) -> None:
        self._on_change = on_change
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._socket.setblocking(False)
        self._socket.bind((0, _GROUPS))
        self._loop.add_reader(self._socket, self._on_news)
        self.network = survey()

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()
        if self._timer is not None:
            self._timer.cancel()

    def _on_news(self) -> None:
        # What a message says is not looked at: some may have been lost (ENOBUFS), and the
        # addresses themselves are quickly asked for.
        with contextlib.suppress(OSError):
            for _ in range(_MESSAGES):
                self._socket.recv(_MESSAGE_BYTES)
        if self._timer is None:
            self._timer = self._loop.call_later(SETTLES_S, self._look)

    def _look(self) -> None:
        self._timer = None
        network = survey()
        if network != self.network:
            log.info("the network is now %s", ", ".join(network.addresses) or "gone")
            self.network = network
            self._on_change(network)
