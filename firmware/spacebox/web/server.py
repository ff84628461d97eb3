"""The HTTP server: builds the parts, opens the doors, closes them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import cast

from aiohttp import web

from spacebox.hub import Hub
from spacebox.ports import Fingers, Front
from spacebox.ports.secure import Secure
from spacebox.web import openapi
from spacebox.web.api import Api
from spacebox.web.connection import Connection, Crowd
from spacebox.web.door import Door
from spacebox.web.errors import errors
from spacebox.web.events import Streams
from spacebox.web.front import FrontDoor, Hands
from spacebox.web.guard import Gate
from spacebox.web.handshake import Handshakes
from spacebox.web.likeness import Likeness
from spacebox.web.limits import Limits
from spacebox.web.listen import Listen
from spacebox.web.machine import Machine
from spacebox.web.neighbours import Around
from spacebox.web.operation import Operation
from spacebox.web.outside import Outside
from spacebox.web.pages import Pages
from spacebox.web.pair import PairingDoor
from spacebox.web.preview import Preview
from spacebox.web.services import Services
from spacebox.web.signalling import Offers
from spacebox.web.site import Addresses, Site
from spacebox.web.tokens import Tokens
from spacebox.web.trust import Trust
from spacebox.web.update import UpdateDoor
from spacebox.web.visit import Away, Visit
from spacebox.web.who import Who
from spacebox.web.wifi import WifiDoor

_SHUTDOWN_S = 1.0
"""aiohttp waits so long twice: for handlers to end, and to be cancelled."""
_SOCKET_MODE = 0o660

Sockets = Sequence[socket.socket]


class Server:
    """Everything the box serves over HTTP. Used from the event loop only."""

    def __init__(self, hub: Hub, site: Site, services: Services) -> None:
        tokens, limits = Tokens(hub, services.tokens), Limits(hub.clock)
        who = Who(hub, tokens, site)
        door = Door(hub, tokens, who, limits)
        self._addresses = Addresses(site)
        away = Away(hub, services.visits)
        self._streams = Streams(hub, away, who, services.presence)
        self._likeness: Likeness | None = None
        machine = Machine(services.health, services.metrics)
        pages = Pages(hub, site, self._addresses, services.wifi)
        told = services.faults, services.reached
        operations = (
            *pages.operations(),
            *Api(hub, away, tokens, who, door, limits, self._addresses, *told).operations(),
            *Outside(site, self._addresses).operations(),
            *Around(services.neighbours, self._addresses).operations(),
            *self._streams.operations(),
            *Offers(hub, services.signalling, site, tokens, who, door, limits).operations(),
            *Listen(hub, services.broadcast, who, limits).operations(),
            *Preview(hub, self._addresses).operations(),
            *machine.operations(),
            *self._front(services.front, services.fingers, who, pages),
            *(Visit(away, v, hub, who, limits).operations() if (v := services.visits) else ()),
            *(PairingDoor(p, tokens, who, limits).operations() if (p := services.pairing) else ()),
            *(UpdateDoor(u).operations() if (u := services.updates) else ()),
            *(WifiDoor(w, who, limits).operations() if (w := services.wifi) else ()),
            *(Trust(s, pages, self._addresses).operations() if (s := services.secure) else ()),
        )
        machine.description = openapi.document(site, operations, version("spacebox"))
        self._runner = web.AppRunner(
            _app(self._addresses, operations), shutdown_timeout=_SHUTDOWN_S
        )
        self._crowd = Crowd()
        self._doors: list[asyncio.Server] = []
        self._handshakes: list[Handshakes] = []
        self._socket_path: Path | None = None

    @property
    def join_link(self) -> str:
        """The short link, for the glass."""
        return self._addresses.join_link()

    @property
    def public_url(self) -> str:
        """Where guests reach the page from outside, as the owner says or by a tunnel; or empty."""
        return self._addresses.public_url

    def tunnelled(self, url: str) -> None:
        """Take note of where a tunnel leads here from; empty where none does any more."""
        self._addresses.tunnelled(url)

    def moved(self, address: str) -> None:
        """Take note of the machine's own address, empty while it has none."""
        self._addresses.moved(address)

    async def listen(self, address: str, port: int, handed: Sockets = ()) -> int:
        """Open *port* of *address*, all addresses if empty; return the port, which 0 picks.

        Sockets that were *handed* to the box already bound take the place of both.
        Raises OSError where the port is taken.
        """
        where = await self._open(lambda: self._connection(self._crowd), address, port, handed)
        self._addresses.bound(*where)
        return where[1]

    async def listen_secure(
        self, address: str, port: int, secure: Secure, handed: Sockets = ()
    ) -> int:
        """Do the same for https."""
        handshakes = Handshakes(secure.context, lambda: self._connection(self._crowd))
        _, bound = await self._open(handshakes.receive, address, port, handed)
        self._handshakes.append(handshakes)
        self._addresses.secured(bound, secure)
        return bound

    async def _open(
        self,
        receive: Callable[[], asyncio.BaseProtocol],
        address: str,
        port: int,
        handed: Sockets,
    ) -> tuple[str, int]:
        """Return the address and the port that are open then."""
        await self._set_up()
        loop = asyncio.get_running_loop()
        if handed:
            self._doors += [await loop.create_server(receive, sock=one) for one in handed]
            address, port, *_ = handed[0].getsockname()
            return address, port
        try:
            door = await loop.create_server(receive, address, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            where = f" of {address}" if address else ""
            taken = f"port {port}{where} is taken; choose another, or 0 for any that is free"
            raise OSError(error.errno, taken) from error
        self._doors.append(door)
        return address, door.sockets[0].getsockname()[1]

    async def listen_unix(self, path: Path) -> None:
        """Open the control socket, for its owner and group. Raises OSError where one is in use."""
        await self._set_up()
        listener = _bind(path)
        loop = asyncio.get_running_loop()
        door = await loop.create_unix_server(lambda: self._connection(None), sock=listener)
        self._doors.append(door)
        self._socket_path = path

    async def stop(self) -> None:
        """Close the doors and let everybody go, in 3 s at most."""
        for door in self._doors:
            door.close()
        self._doors.clear()
        for handshakes in self._handshakes:
            handshakes.stop()
        self._handshakes.clear()
        self._streams.stop()
        if self._likeness is not None:
            self._likeness.stop()
        await self._runner.cleanup()
        if self._socket_path is not None:
            self._socket_path.unlink(missing_ok=True)
            self._socket_path = None

    def _front(
        self, front: Front | None, fingers: Fingers | None, who: Who, pages: Pages
    ) -> tuple[Operation, ...]:
        if front is None:
            return ()
        if fingers is None:
            return FrontDoor(who, front, None).operations()
        hands = Hands(fingers)
        self._likeness = Likeness(front, hands, pages, self._addresses)
        return (*FrontDoor(who, front, hands).operations(), *self._likeness.operations())

    async def _set_up(self) -> None:
        if self._runner.server is None:
            await self._runner.setup()

    def _connection(self, crowd: Crowd | None) -> Connection:
        return Connection(cast(web.Server, self._runner.server), crowd)


def _app(addresses: Addresses, operations: tuple[Operation, ...]) -> web.Application:
    app = web.Application(middlewares=[errors, Gate(addresses).check])
    for operation in operations:
        if operation.method == "GET":
            app.router.add_get(operation.path, operation.handler, allow_head=operation.head)
        else:
            app.router.add_route(operation.method, operation.path, operation.handler)
    app.on_response_prepare.append(_add_headers)
    return app


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    headers = response.headers
    headers["Server"] = "spacebox"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers.setdefault("Cache-Control", "no-store")


def _bind(path: Path) -> socket.socket:
    """Return a socket bound to *path*; one that a dead process left there is replaced."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        if path.is_socket():
            _remove_stale(path)
        listener.bind(str(path))
        path.chmod(_SOCKET_MODE)
    except OSError:
        listener.close()
        raise
    return listener


def _remove_stale(path: Path) -> None:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise OSError(errno.EADDRINUSE, f"another box is running here: {path} is in use")
