"""The programme as an endless HTTP response, for ``<audio>`` and for radio players."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Final, cast

from aiohttp import web

from spacebox.hub import Hub
from spacebox.ports import Broadcast, StreamKind
from spacebox.web.connection import Connection
from spacebox.web.errors import Handler
from spacebox.web.limits import Limits
from spacebox.web.operation import Operation, Reply
from spacebox.web.who import Who

PATIENCE_S: Final = 30.0
"""Who takes nothing of the stream for so long is cut off."""
BUFFER_BYTES: Final = 16 * 1024
"""In the kernel, which doubles it; it would take minutes of sound by itself."""
TITLE_EVERY: Final = 16_000
"""Bytes of sound between two titles, for players that ask for them."""

_MEDIA: Final[dict[StreamKind, str]] = {"ogg": "audio/ogg", "mp3": "audio/mpeg"}


class Listen:
    """Serves ``/listen.ogg`` and ``/listen.mp3``.

    A Range is ignored: a live stream has no bytes to come back to. Safari asks for two first, takes
    200 for an answer and then asks for the whole.
    """

    def __init__(self, hub: Hub, broadcast: Broadcast, who: Who, limits: Limits) -> None:
        self._hub = hub
        self._broadcast = broadcast
        self._who = who
        self._limits = limits

    def operations(self) -> tuple[Operation, ...]:
        return (
            self._operation("ogg", "Listen to Opus in Ogg"),
            self._operation("mp3", "Listen to MP3", icy=True),
        )

    def _operation(self, kind: StreamKind, summary: str, *, icy: bool = False) -> Operation:
        return Operation(
            "GET",
            f"/listen.{kind}",
            self._handler(kind),
            summary,
            {200: Reply("The programme from now on, without end", _MEDIA[kind])},
            {403: "Not without a seat", 409: "No Space is live", 503: "The stream is full"},
            headers={"Icy-MetaData": "1 asks for titles in between"} if icy else {},
            head=True,
        )

    def _handler(self, kind: StreamKind) -> Handler:
        async def serve(request: web.Request) -> web.StreamResponse:
            self._limits.offer(request)
            participant = self._who.listener(request)
            titles = kind == "mp3" and request.headers.get("Icy-MetaData") == "1"
            response = web.StreamResponse(headers=_headers(kind, titles=titles))
            response.force_close()
            if request.method != "HEAD":
                weave = Titles(self._title).weave if titles else bytes
                await self._send(request, response, kind, participant, weave)
            return response

        return serve

    async def _send(
        self,
        request: web.Request,
        response: web.StreamResponse,
        kind: StreamKind,
        participant: str | None,
        weave: Callable[[bytes], bytes],
    ) -> None:
        feed = self._broadcast.tune_in(kind, participant)
        connection = cast(Connection, request.protocol)
        connection.when_lost = feed.close
        connection.keep_short(BUFFER_BYTES, PATIENCE_S)
        with contextlib.closing(feed), contextlib.suppress(ConnectionError, EOFError):
            await response.prepare(request)
            while True:
                await response.write(weave(await feed.next()))
                await request.writer.drain()

    def _title(self) -> str:
        return self._hub.room.announcement.title


class Titles:
    """Weaves titles into the sound, as SHOUTcast began it: one after every `TITLE_EVERY` bytes.

    A title is a length in units of 16 bytes, and that many; nothing but a length of 0 where it is
    the last one still.
    """

    def __init__(self, title: Callable[[], str]) -> None:
        self._title = title
        self._told = ""
        self._until_next = TITLE_EVERY

    def weave(self, sound: bytes) -> bytes:
        """Return the next bytes of the stream."""
        woven = bytearray()
        while len(sound) >= self._until_next:
            woven += sound[: self._until_next] + self._block()
            sound, self._until_next = sound[self._until_next :], TITLE_EVERY
        self._until_next -= len(sound)
        return bytes(woven + sound)

    def _block(self) -> bytes:
        title = self._title()
        if title == self._told:
            return b"\0"
        self._told = title
        # Players look for the quote that closes it, and know no way to write one inside.
        told = title.replace("'", "’").encode()[: 255 * 16 - 15].decode(errors="ignore")
        text = f"StreamTitle='{told}';".encode()
        units = -(-len(text) // 16)
        return bytes([units]) + text.ljust(units * 16, b"\0")


def _headers(kind: StreamKind, *, titles: bool) -> dict[str, str]:
    headers = {
        "Content-Type": _MEDIA[kind],
        "Accept-Ranges": "none",
        "X-Accel-Buffering": "no",
    }
    return headers | ({"icy-metaint": str(TITLE_EVERY)} if titles else {})
