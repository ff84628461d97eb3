"""The API of another Space box, as its guest uses it. What it answers is a stranger's."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import (
    AddrInfoType,
    ClientError,
    ClientResponse,
    ClientSession,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.client_exceptions import ClientConnectorCertificateError, TooManyRedirects
from yarl import URL

from spacebox.engines.guest.engine import Lost
from spacebox.engines.guest.events import MESSAGE_BYTES
from spacebox.ports import Denied
from spacebox.room import strangers
from spacebox.room.commands import Command
from spacebox.room.model import HOST, State
from spacebox.room.names import sentence
from spacebox.room.wire import command_to_json
from spacebox.rtc.client import again_s

ANSWER_S: Final = 10.0
FAREWELL_S: Final = 2.0
REDIRECTS: Final = 3
_ALIVE: Final = (
    (socket.TCP_KEEPIDLE, 4),
    (socket.TCP_KEEPINTVL, 2),
    (socket.TCP_KEEPCNT, 3),
)
"""Seconds until it is asked after the other end, and how often: ten seconds in all."""
REASON_LENGTH: Final = 200
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PLACE: Final = "/api/space"
_SAID_NO: Final = ("forbidden", "banned", "not_now", "not_found", "full", "too_many", "malformed")
"""What a box may answer (interface, section 3); anything else is trouble of its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """Our seat there."""

    participant: str
    token: str


class BoxApi:
    """Asks another box. All that goes wrong is Denied, where they said no, or else Lost."""

    def __init__(self, http: ClientSession, base: str) -> None:
        self._http = http
        self.base = base
        """The address of its page; after `find` the one that it moved to."""

    async def find(self) -> str:
        """Look whether there is a box, and a Space live in it; return that one's id."""
        body = await self._ask("GET", _PLACE, redirects=REDIRECTS)
        told = strangers.table(body)
        if told.get("state") not in list(State) or not isinstance(told.get("participants"), list):
            raise _no_box()
        if told.get("guest") is not None:
            raise Denied("not_now", "That box is a guest in another room itself.")
        if told["state"] == State.IDLE:
            raise Denied("not_now", "No Space is live there.")
        return strangers.identity(told.get("id"))

    async def join(self, name: str, *, invite: str, pin: str, token: str) -> Place:
        """Take a seat; with the *token* of an earlier one, and without *invite*, that one."""
        wish = {"name": name, "invite": invite, "pin": pin}
        body = {field: value for field, value in wish.items() if value}
        told = strangers.table(await self._ask("POST", "/api/join", body, token=token))
        who, given = strangers.identity(told.get("participant")), told.get("token")
        if who in ("", HOST) or not isinstance(given, str) or not _TOKEN.fullmatch(given):
            raise Lost("That box gave us no seat.")
        return Place(who, given)

    async def command(self, command: Command, token: str) -> None:
        """Ask something of its room."""
        await self._ask("POST", "/api/commands", command_to_json(command), token=token)

    async def leave(self, token: str) -> None:
        """Give the seat up, as far as they can be told."""
        try:
            async with asyncio.timeout(FAREWELL_S):
                await self._ask("POST", "/api/leave", {}, token=token)
        except (Denied, Lost, TimeoutError):
            return  # they find out by themselves

    async def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        token: str = "",
        redirects: int = 0,
    ) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with (
                asyncio.timeout(ANSWER_S),
                self._http.request(
                    method,
                    URL(self.base + path, encoded=True),
                    json=body,
                    headers=headers,
                    allow_redirects=redirects > 0,
                    max_redirects=redirects or 1,
                ) as response,
            ):
                content = await _read(response)
        except TooManyRedirects:
            raise _no_box() from None
        except ClientConnectorCertificateError:
            raise Lost("That box's certificate is not known here. Use its http link.") from None
        except (ClientError, OSError, TimeoutError, ValueError) as error:  # the last: no host
            raise Lost("That box does not answer.") from error
        if redirects:
            self._follow(response.url)
        return _answer(response, content)

    def _follow(self, url: URL) -> None:
        """Go on where the box has moved to, which is the same machine, and no less safe."""
        moved, before = str(url), URL(self.base)
        less_safe = before.scheme == "https" != url.scheme
        if not moved.endswith(_PLACE) or url.host != before.host or less_safe:
            raise _no_box()
        self.base = moved.removesuffix(_PLACE)


def new_session() -> ClientSession:
    """Return what asks: it keeps no cookies and unpacks nothing, which could be endless.

    Each request has a connection of its own, since an earlier one may lead to where we were.
    """
    return ClientSession(
        connector=TCPConnector(force_close=True, socket_factory=_socket),
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        headers={"Accept-Encoding": "identity"},
    )


def _socket(address: AddrInfoType) -> socket.socket:
    """Return one that notices within seconds that its other end is not to be reached any more."""
    made = socket.socket(*address[:3])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _ALIVE:
        made.setsockopt(socket.IPPROTO_TCP, option, value)
    return made


async def _read(response: ClientResponse) -> bytes:
    content = bytearray()
    async for piece in response.content.iter_any():
        content += piece
        if len(content) > MESSAGE_BYTES:
            raise Lost("That box tells more of its room than fits here.")
    return bytes(content)


def _answer(response: ClientResponse, content: bytes) -> Any:
    try:
        told = json.loads(content) if content else {}
    except (ValueError, RecursionError):
        told = None
    if response.ok and told is not None:
        return told
    code = strangers.table(told).get("error")
    reason = strangers.text(strangers.table(told).get("reason"), REASON_LENGTH)
    if code not in _SAID_NO:
        if response.status in (404, 405) or response.ok:
            raise _no_box()
        raise Lost("That box has trouble of its own.", again_s(response.headers))
    raise Denied(code, sentence(reason or "that box said no"))


def _no_box() -> Denied:
    return Denied("not_found", "There is no Space box at that address.")
