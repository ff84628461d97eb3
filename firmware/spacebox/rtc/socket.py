"""UDP ports, each on every address of the machine.

Each address has a socket of its own, so that an answer leaves from the address that was asked. All
are read without waiting, and any thread may send. Guests come to the first port. What we ask of a
box that guests us already needs another: its two connections to us would else share an address.
"""

from __future__ import annotations

import contextlib
import errno
import select
import socket
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import TypeAlias

import ifaddr

from spacebox.rtc.candidates import Address

BUFFER_BYTES = 1 << 20
"""Asked of the system in both directions: a tick's packets leave in one burst."""
LARGEST_BYTES = 2048
MOST_ADDRESSES = 8
PORTS_TRIED = 20
_EXPEDITED = 46 << 2
"""The DSCP that Wi-Fi and routers take for voice (RFC 8837 §5)."""

Datagram: TypeAlias = tuple[bytes, Address, Address]
"""What came, to which of our addresses, from where."""


class MediaSocket:
    """The sockets of its ports, which may be none for now. Raises OSError where no port is free."""

    def __init__(self, port: int, *, loopback: bool) -> None:
        """Take *port*, or a free one where that is taken; on *loopback* too if so."""
        self._loopback = loopback
        self._sockets: dict[Address, socket.socket] = {}
        self._poll = select.poll()
        self._ports: tuple[int, ...] = ()
        self.port = self.another(port)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Where peers may find the box, the best first."""
        return self.addresses_of(self.port)

    @property
    def everywhere(self) -> tuple[Address, ...]:
        """Our addresses with all ports."""
        return tuple(self._sockets)

    def addresses_of(self, port: int) -> tuple[Address, ...]:
        """Return our addresses with *port*, the best first."""
        return tuple(address for address in self._sockets if address[1] == port)

    def another(self, wanted: int = 0) -> int:
        """Take one more port, a free one where *wanted* is taken. Raises OSError without one."""
        hosts = _own_hosts(loopback=self._loopback)
        for port in (wanted, *[0] * PORTS_TRIED):
            try:
                opened = _opened(hosts, port)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                continue
            port = next((port for _, port in opened), port)
            self._ports += (port,)
            self._use(self._sockets | opened)
            return port
        raise OSError(errno.EADDRINUSE, "no UDP port is free on all addresses")

    def refresh(self) -> None:
        """Follow the machine's addresses: open what is new, close what is gone."""
        hosts, before = _own_hosts(loopback=self._loopback), self._sockets
        kept: dict[Address, socket.socket] = {}
        for address in ((host, port) for port in self._ports for host in hosts):
            with contextlib.suppress(OSError):  # not ready yet: it is tried again
                kept[address] = before.get(address) or _bound(*address)
        self._use(kept)
        for sock in before.values():
            if sock not in kept.values():
                sock.close()

    def _use(self, sockets: dict[Address, socket.socket]) -> None:
        # Replaced whole: the media thread may be going through the one before.
        self._sockets, self._poll = sockets, _poll(sockets.values())

    def receive(self, most: int) -> Iterator[Datagram]:
        """Yield what is there, at most so many for each address."""
        # One question to the system for all of them, which costs less than an exception each.
        waiting = dict(self._poll.poll(0))
        for local, sock in self._sockets.items():
            if sock.fileno() not in waiting:
                continue
            for _ in range(most):
                try:
                    data, remote = sock.recvfrom(LARGEST_BYTES)
                except OSError:  # nothing more, or the address is gone
                    break
                yield data, local, remote[:2]

    def send(self, data: bytes, local: Address, remote: Address) -> None:
        """Send a datagram. Raises BlockingIOError where there is no room, OSError else."""
        sock = self._sockets.get(local)
        if sock is None:
            raise OSError(errno.EADDRNOTAVAIL, "this address is gone")
        sock.sendto(data, remote)

    def close(self) -> None:
        """Give the port back."""
        for sock in self._sockets.values():
            sock.close()
        self._sockets, self._poll = {}, select.poll()


def _opened(hosts: tuple[str, ...], port: int) -> dict[Address, socket.socket]:
    """Open *port*, or with 0 a free one, everywhere. Raises OSError where it is taken."""
    opened: dict[Address, socket.socket] = {}
    with contextlib.ExitStack() as undo:
        for host in hosts:
            try:
                sock = _bound(host, port)
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise
                continue  # an address that is not ready yet
            undo.callback(sock.close)
            port = sock.getsockname()[1]
            opened[host, port] = sock
        undo.pop_all()
    return opened


def _poll(sockets: Iterable[socket.socket]) -> select.poll:
    poll = select.poll()
    for sock in sockets:
        poll.register(sock, select.POLLIN)
    return poll


def _bound(host: str, port: int) -> socket.socket:
    six = ":" in host
    sock = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        for which in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, which, BUFFER_BYTES)
        if six:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, _EXPEDITED)
        else:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, _EXPEDITED)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def _own_hosts(*, loopback: bool) -> tuple[str, ...]:
    """Return the machine's addresses, as `ipaddress` writes them, IPv4 first."""
    found = {
        ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    }
    usable = [ip for ip in found if loopback or not ip.is_loopback]
    # A link-local address of IPv6 means nothing without its interface.
    usable = [ip for ip in usable if ip.version == 4 or not ip.is_link_local]
    usable.sort(key=lambda ip: (ip.is_loopback, ip.version, ip.is_link_local, int(ip)))
    return tuple(str(ip) for ip in usable[:MOST_ADDRESSES])
