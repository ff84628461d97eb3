"""From a fresh socket to a secure connection: a handshake that is counted and bounded."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from spacebox.web.connection import HEADER_S, Connection, Crowd, peer

PER_ADDRESS = 40
"""A household may open some pages at once."""
ALTOGETHER = 200
_BUFFER_BYTES = 64 * 1024
"""As without TLS, which keeps eight times as much for somebody who takes nothing."""


class Handshakes:
    """Those who are on their way in: each makes a connection, or is sent away."""

    def __init__(self, context: ssl.SSLContext, connection: Callable[[], Connection]) -> None:
        self._context = context
        self._connection = connection
        self._crowd = Crowd(PER_ADDRESS, ALTOGETHER)
        self._under_way: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._under_way)

    def receive(self) -> asyncio.Protocol:
        """Return what takes the next socket."""
        return _Arrival(self._begin)

    def stop(self) -> None:
        """Send away whoever is still on the way."""
        for task in self._under_way:
            task.cancel()

    def _begin(self, transport: asyncio.Transport) -> None:
        address, near = peer(transport)
        if self._crowd.enter(address, near=near) is not None:
            transport.abort()  # before TLS there is no language to say why in
            return
        task = asyncio.create_task(self._greet(transport, address))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _greet(self, transport: asyncio.Transport, address: str) -> None:
        early, loop = _Early(), asyncio.get_running_loop()
        try:
            secure = await loop.start_tls(
                transport,
                early,
                self._context,
                server_side=True,
                ssl_handshake_timeout=HEADER_S,
                ssl_shutdown_timeout=HEADER_S,
            )
        except OSError:  # whoever speaks no TLS, breaks off or is too slow
            return
        finally:
            self._crowd.leave(address)
        if secure is not None:
            self._hand_over(secure, transport, early)

    def _hand_over(
        self, secure: asyncio.Transport, beneath: asyncio.Transport, early: _Early
    ) -> None:
        connection = self._connection()
        connection.beneath = beneath
        secure.set_write_buffer_limits(_BUFFER_BYTES)
        secure.set_protocol(connection)
        connection.connection_made(secure)
        if early.data and not secure.is_closing():
            connection.data_received(bytes(early.data))


class _Arrival(asyncio.Protocol):
    """A socket of which nothing is known yet."""

    def __init__(self, begin: Callable[[asyncio.Transport], None]) -> None:
        self._begin = begin

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._begin(cast(asyncio.Transport, transport))


class _Early(asyncio.Protocol):
    """Keeps what comes along with the end of the handshake, before anybody is there to read it."""

    def __init__(self) -> None:
        self.data = bytearray()

    def data_received(self, data: bytes) -> None:
        self.data += data
