"""Where the box says that it can be found (RFC 8445 §5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from aioice import Candidate

from spacebox.rtc.candidates import HOST, Address, priority
from spacebox.rtc.reflexive import Reflexive
from spacebox.rtc.socket import MediaSocket

SERVER_REFLEXIVE, BEST = 100, 65535
"""Preferences of candidates (RFC 8445 §5.1.2)."""


class Gathering:
    """Our candidates: our own addresses, and what they look like from outside."""

    def __init__(self, sockets: MediaSocket, reflexive: Reflexive, public_address: str) -> None:
        """*public_address* is a router's that forwards the first port; may be empty."""
        self._sockets = sockets
        self._reflexive = reflexive
        self._public_address = public_address

    def candidates(self, port: int) -> tuple[Candidate, ...]:
        """Return the candidates with *port* of ours, the best first."""
        hosts = [
            Candidate(str(n), 1, "udp", priority(HOST, BEST - n), *address, "host")
            for n, address in enumerate(self._sockets.addresses_of(port))
        ]
        outside = [
            Candidate(
                f"1{n}",
                1,
                "udp",
                priority(SERVER_REFLEXIVE, BEST - n),
                *address,
                "srflx",
                *behind,
            )
            for n, (behind, address) in enumerate(self._outside(port))
        ]
        return (*hosts, *outside)

    def _outside(self, port: int) -> Iterator[tuple[Address, Address]]:
        """Yield which of our addresses can be met at which other one."""
        public = self._public_address if port == self._sockets.port else ""
        for local in self._sockets.addresses_of(port):
            if public and (":" in public) == (":" in local[0]) and public != local[0]:
                yield local, (public, port)
                break
        mapped = self._reflexive.mapped().items()
        yield from ((local, address) for local, address in mapped if local[1] == port)
