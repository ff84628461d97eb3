"""Sockets: how many there may be, how long a silent one lives, what bad HTTP is answered."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from aiohttp import web

from spacebox.web.errors import error_body
from spacebox.web.limits import network_of
from spacebox.web.site import is_loopback

PER_ADDRESS = 80
"""A page takes up to six, and a household or an office shares one address."""
ALTOGETHER = 1000
"""Over the network; the unix socket stays reachable. Half of it may listen to the streams."""
HEADER_S = 5.0
"""A request's header must be complete so long after the connection or the last answer."""
STALLED_S = 10.0
"""Who takes nothing of what we send for so long is cut off."""
LINGER_S = 2.0

log = logging.getLogger(__name__)


class Crowd:
    """Counts the sockets of each address."""

    def __init__(self, per_address: int = PER_ADDRESS, altogether: int = ALTOGETHER) -> None:
        self._per_address = per_address
        self._altogether = altogether
        self._sockets: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._sockets.total()

    def enter(self, address: str, *, near: bool) -> bytes | None:
        """Count one more, or return the answer that turns it away.

        *near* says that it comes from this machine, where a tunnel may stand for many.
        """
        if self._sockets.total() >= self._altogether:
            return _turned_away("503 Service Unavailable", "full", "the box has no line free")
        if self._sockets[address] >= self._per_address and not near:
            return _turned_away(
                "429 Too Many Requests", "too_many", "too many connections from your address"
            )
        self._sockets[address] += 1
        return None

    def leave(self, address: str) -> None:
        self._sockets[address] -= 1
        if not self._sockets[address]:
            del self._sockets[address]


def _turned_away(status: str, code: str, reason: str) -> bytes:
    body = error_body(code, reason)
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nRetry-After: 5\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def peer(transport: asyncio.BaseTransport) -> tuple[str, bool]:
    """Return whose socket this is, and whether they are on this machine."""
    remote, here = (
        str((transport.get_extra_info(name) or ("",))[0]) for name in ("peername", "sockname")
    )
    return network_of(remote), remote == here or is_loopback(remote)


class Connection(web.RequestHandler):
    """One client's socket. aiohttp's keep-alive time-out is what bounds a slow header."""

    def __init__(self, server: web.Server, crowd: Crowd | None) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=HEADER_S,
            lingering_time=LINGER_S,
            auto_decompress=False,
            access_log=None,  # type: ignore[arg-type]
        )
        self._crowd = crowd
        self._address: str | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._patience_s = STALLED_S
        self.beneath: asyncio.Transport | None = None
        """What carries the transport, where that encrypts."""
        self.when_lost: Callable[[], None] | None = None
        """Called when the socket is gone: aiohttp tells a handler of that only as it writes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._crowd is not None:
            self._address, near = peer(transport)
            refusal = self._crowd.enter(self._address, near=near)
            if refusal is not None:
                self._address = None
                refused = cast(asyncio.Transport, transport)
                refused.write(refusal)
                refused.close()
                return
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
        if self._crowd is not None and self._address is not None:
            self._crowd.leave(self._address)
        super().connection_lost(exc)
        if self.when_lost is not None:
            self.when_lost()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = asyncio.get_running_loop().call_later(self._patience_s, self.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()

    def keep_short(self, size: int, patience_s: float) -> None:
        """Let about *size* bytes at most be on their way, and cut off who takes none so long.

        For what is of no use later: writing pauses until the kernel has all that was written.
        """
        self._patience_s = patience_s
        if self.transport is not None:
            for transport in (self.transport, self.beneath or self.transport):
                # Not 0: there a transport of TLS would pause for ever.
                transport.set_write_buffer_limits(high=1, low=0)
            carrier = self.transport.get_extra_info("socket")
            carrier.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)

    def abort(self) -> None:
        """Cut the connection, whatever is still to be sent."""
        if self.transport is not None:
            self.transport.abort()

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Say nothing of what aiohttp trips over when an answer ends in the moment the box does."""
        if not isinstance(kw.get("exc_info"), asyncio.InvalidStateError):
            super().log_exception(*args, **kw)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP; all other errors are answered by the `errors` middleware."""
        if request.writer.output_size > 0 or isinstance(exc, ConnectionError):
            # aiohttp takes this for what it is: somebody left, or can be told nothing more.
            raise ConnectionError("no answer can be given") from exc
        if status < 500:
            log.debug("malformed HTTP from %s: %s", request.remote, message)
            body = error_body("malformed", "that is no HTTP/1.1 request this box can read")
        else:
            log.error("answering %s failed", request.remote, exc_info=exc)
            body = error_body("internal", "the box made a mistake; it is noted")
        answer = web.Response(
            status=status, body=body, content_type="application/json", charset="utf-8"
        )
        answer.force_close()
        return answer
