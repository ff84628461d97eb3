"""What our port looks like from outside, as STUN servers see it (RFC 8489).

Asking again and again also keeps a NAT's mapping, so that guests can be met half way.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address

from aioice.stun import Class, Message, Method

from spacebox.rtc import stun
from spacebox.rtc.candidates import Address
from spacebox.rtc.socket import MediaSocket

AGAIN_S = 20.0
"""NATs forget after 30 s at the earliest, as most are made (RFC 4787 asks for two minutes)."""
TOLD_S = 2.5 * AGAIN_S
"""After so long without an answer what was told counts no more."""
LOOK_S = 1.0
"""How soon an address is asked for that the machine has just come to."""
TRIES, TRY_S = 3, 0.5
DEFAULT_PORT = 3478

log = logging.getLogger(__name__)


class Reflexive:
    """Asks the *servers* (``stun:host:port``) for each of our addresses; not those over TLS."""

    def __init__(
        self, sockets: MediaSocket, servers: Sequence[str], clock: Callable[[], float]
    ) -> None:
        self._sockets = sockets
        self._servers = [_host_and_port(uri) for uri in servers if uri.startswith("stun:")]
        self._clock = clock
        self._asked: dict[bytes, tuple[Address, Address]] = {}
        self._told: dict[Address, tuple[Address, float]] = {}

    def expects(self, datagram: bytes) -> bool:
        """Say whether this may be an answer for us."""
        return datagram[8:20] in self._asked

    def receive(self, datagram: bytes, local: Address, remote: Address) -> None:
        """Take an answer; what was not asked there is ignored."""
        message = stun.parse(datagram)
        if message is None or message.message_class is not Class.RESPONSE:
            return
        if self._asked.get(message.transaction_id) != (local, remote):
            return
        mapped = message.attributes.get("XOR-MAPPED-ADDRESS")
        if mapped is not None:
            self._asked.pop(message.transaction_id)
            self._told[local] = mapped, self._clock()

    def told(self) -> dict[Address, Address]:
        """Return which of our addresses a server sees now, and as which."""
        since, ours = self._clock() - TOLD_S, self._sockets.everywhere
        return {
            local: mapped
            for local, (mapped, at) in self._told.items()
            if at >= since and local in ours
        }

    def mapped(self) -> dict[Address, Address]:
        """Return which of our addresses are seen as others, and as which."""
        return {local: mapped for local, mapped in self.told().items() if mapped != local}

    async def run(self) -> None:
        """Ask for ever; ends with its task."""
        while True:
            self._asked.clear()
            ours = self._sockets.everywhere
            # At once: an address that leads nowhere must not make the others wait.
            await asyncio.gather(*map(self._ask, ours))
            for _ in range(round(AGAIN_S / LOOK_S)):
                if self._sockets.everywhere != ours:
                    break
                await asyncio.sleep(LOOK_S)

    async def _ask(self, local: Address) -> None:
        before = self._clock()
        for server in self._servers:
            for remote in await _resolved(*server, like=local):
                for _ in range(TRIES):
                    self._send(local, remote)
                    await asyncio.sleep(TRY_S)
                    if self._told.get(local, (local, before))[1] > before:
                        return

    def _send(self, local: Address, remote: Address) -> None:
        message = Message(Method.BINDING, Class.REQUEST, secrets.token_bytes(12))
        self._asked[message.transaction_id] = local, remote
        try:
            self._sockets.send(bytes(message), local, remote)
        except OSError as error:
            log.debug("a STUN server could not be asked: %s", error)


def _host_and_port(server: str) -> tuple[str, int]:
    host, _, port = server.removeprefix("stun:").partition("?")[0].rpartition(":")
    if not host or not port.isdigit() or server.endswith("]"):
        return server.removeprefix("stun:").strip("[]"), DEFAULT_PORT
    return host.strip("[]"), int(port)


async def _resolved(host: str, port: int, *, like: Address) -> Iterable[Address]:
    """Return the first address of *host* in the family of *like*; none where it has none."""
    family = socket.AF_INET6 if ":" in like[0] else socket.AF_INET
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError) as error:  # the latter for what cannot be a name at all
        log.debug("no address of the STUN server %s: %s", host, error)
        return ()
    return [(str(ip_address(address[4][0])), port) for address in found[:1]]
