"""Server-sent events: a snapshot, then every change, with resume (HTML Living Standard, 9.2)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, cast

from aiohttp import web

from spacebox.hub import Entry, Hub
from spacebox.room import events as e
from spacebox.room import wire
from spacebox.room.model import HOST, Room
from spacebox.web.connection import Connection
from spacebox.web.operation import Operation, Reply
from spacebox.web.visit import Away
from spacebox.web.who import Who

BEAT_S = 10.0
BEHIND = 256
"""Somebody so many events behind is cut off, and comes back to a snapshot."""

_ID_LENGTH = 19
SHOWN_S = 1.0
"""A room elsewhere is shown anew so often at most."""

_News = Entry | bytes | None

_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",
}


class _Reader:
    """One open stream: whose it is, and what it has not been sent yet."""

    def __init__(self, viewer: str | None, connection: Connection) -> None:
        self.viewer = viewer
        self._connection = connection
        self._waiting: asyncio.Queue[_News] = asyncio.Queue(BEHIND)

    def push(self, news: _News) -> None:
        """Queue an event or a whole frame; None ends the stream."""
        try:
            self._waiting.put_nowait(news)
        except asyncio.QueueFull:
            self._connection.abort()

    async def next(self, until: float) -> _News:
        """Return what was pushed next. Raises TimeoutError at *until* (loop time)."""
        async with asyncio.timeout_at(until):
            return await self._waiting.get()


class Streams:
    """Serves ``/api/events`` and knows who has it open."""

    def __init__(
        self,
        hub: Hub,
        away: Away,
        who: Who,
        presence: Callable[[str, bool], None],
    ) -> None:
        self._hub = hub
        self._away = away
        self._who = who
        self._presence = presence
        self._readers: set[_Reader] = set()
        self._open: Counter[str] = Counter()
        self._was_away = False
        self._shown_at = -math.inf
        self._showing: asyncio.TimerHandle | None = None
        hub.listen(self._on_event)
        away.listen(self._on_stay)

    def operations(self) -> tuple[Operation, ...]:
        reply = Reply(
            "Without end: `event: snapshot`, then one untyped event per change; `event: beat`",
            "text/event-stream",
            {"type": "string"},
        )
        operation = Operation(
            "GET",
            "/api/events",
            self._serve,
            "What happens, as it happens",
            {200: reply},
            headers={"Last-Event-ID": "Goes on after this event, if it is not too long ago"},
        )
        return (operation,)

    def stop(self) -> None:
        """End every stream."""
        if self._showing is not None:
            self._showing.cancel()
        for reader in self._readers:
            reader.push(None)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        connection = cast(Connection, request.protocol)
        reader = _Reader(self._who.participant(request), connection)
        connection.when_lost = lambda: reader.push(None)
        response = web.StreamResponse(headers=_HEADERS)
        with contextlib.suppress(ConnectionError):
            await response.prepare(request)
            with self._following(reader):
                await self._send(response, reader, request.headers.get("Last-Event-ID", ""))
        return response

    async def _send(self, response: web.StreamResponse, reader: _Reader, last_id: str) -> None:
        number, room, missed = self._resume(last_id)
        state = self._away.snapshot(room, reader.viewer)
        await response.write(_frame("snapshot", number, state))
        for entry in missed:
            await self._tell(response, reader, entry)
        loop = asyncio.get_running_loop()
        beat_at = loop.time() + BEAT_S
        while True:
            try:
                news = await reader.next(beat_at)
            except TimeoutError:
                await response.write(_BEAT)
                beat_at = loop.time() + BEAT_S
                continue
            if news is None:
                return
            if isinstance(news, bytes):
                await response.write(news)
            else:
                await self._tell(response, reader, news)

    def _resume(self, last_id: str) -> tuple[int, Room, list[Entry]]:
        """Return a number, the room as of then, and what came after it."""
        resumable = self._away.stay is None and len(last_id) < _ID_LENGTH
        if resumable and last_id.isascii() and last_id.isdecimal():
            number = int(last_id)
            known = next((entry for entry in self._hub.history if entry.number == number), None)
            if known is not None:
                return number, known.after, self._hub.since(number)
        return self._hub.number, self._hub.room, []

    async def _tell(self, response: web.StreamResponse, reader: _Reader, entry: Entry) -> None:
        seen = wire.event_to_json(entry.event, entry.before, entry.after, reader.viewer)
        if seen is not None:
            await response.write(_frame("", entry.number, seen))
        if _ends_visit(entry.event, reader.viewer):
            self._unfollow(reader)

    def _on_event(self, entry: Entry) -> None:
        if self._away.stay is not None:
            return  # our own room is not the one that is shown
        for reader in tuple(self._readers):
            reader.push(entry)

    def _on_stay(self) -> None:
        """Show where the box is: at once when it comes or goes, else now and then."""
        away = self._away.stay is not None
        if away != self._was_away:
            self._was_away = away
            self._show()
        elif self._showing is None:
            due = self._shown_at + SHOWN_S
            self._showing = asyncio.get_running_loop().call_at(due, self._show)

    def _show(self) -> None:
        if self._showing is not None:
            self._showing.cancel()
            self._showing = None
        self._shown_at = asyncio.get_running_loop().time()
        room, frames = self._hub.room, dict[str | None, bytes]()
        for reader in tuple(self._readers):
            viewer = reader.viewer if reader.viewer in room.participants else None
            if viewer not in frames:
                state = self._away.snapshot(room, viewer)
                frames[viewer] = _frame("snapshot", self._hub.number, state)
            reader.push(frames[viewer])

    @contextlib.contextmanager
    def _following(self, reader: _Reader) -> Iterator[None]:
        self._readers.add(reader)
        self._count(reader.viewer, 1)
        try:
            yield
        finally:
            self._readers.discard(reader)
            self._count(reader.viewer, -1)

    def _unfollow(self, reader: _Reader) -> None:
        """Let the stream go on as nobody's."""
        self._count(reader.viewer, -1)
        reader.viewer = None

    def _count(self, viewer: str | None, change: int) -> None:
        # The host sits at the box, whoever looks with the host's eyes.
        if viewer is None or viewer == HOST:
            return
        self._open[viewer] += change
        if change > 0 and self._open[viewer] == 1:
            self._presence(viewer, True)
        if not self._open[viewer]:
            del self._open[viewer]
            self._presence(viewer, False)


def _ends_visit(event: e.Event, viewer: str | None) -> bool:
    match event:
        case e.Removed(participant=who):
            return who == viewer
        case e.SpaceClosed():
            return viewer is not None and viewer != HOST
        case _:
            return False


def _frame(name: str, number: int, data: Any) -> bytes:
    head = f"event: {name}\n" if name else ""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"{head}id: {number}\ndata: {text}\n\n".encode()


_BEAT = b"event: beat\ndata: {}\n\n"
