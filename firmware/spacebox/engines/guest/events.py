"""Server-sent events as a client reads them (HTML Living Standard, 9.2.6), from a stranger.

What comes is bounded in size, and in how much of it is looked at in a second: the rest waits in
the network, at their end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from spacebox.engines.guest.engine import Lost

MESSAGE_BYTES: Final = 2 << 20
"""A room of a thousand people with the longest names is told in half of that."""
LINES: Final = 100
"""Of one message; ours have three."""
SILENT_S: Final = 35.0
"""There is a beat each 15 s at least: who is silent for longer is gone."""
ANSWER_S: Final = 10.0
BYTES_PER_S: Final = 64 * 1024
AT_ONCE: Final = 2 * MESSAGE_BYTES
"""So much may come without a wait: a snapshot, and what was missed."""
EACH: Final = 512
"""What a message costs at least, in bytes: about a hundred in a second."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event of the stream."""

    kind: str
    """``snapshot``, ``beat``, or ``message`` for what happened."""
    number: int | None
    """Its id; None for what has none, or none of ours."""
    text: str

    def json(self) -> Any:
        """Return what it says, None where that is no JSON."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None


class Overlong(Exception):
    """A message is larger than any of a Space box."""


class Reader:
    """Bytes in, messages out. Knows no network and no clock."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._lines: list[str] = []
        self._size = 0

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield the messages that *data* ends. Raises Overlong."""
        whole, newline, rest = data.rpartition(b"\n")
        if newline:
            lines = bytes(self._rest + whole).split(b"\n")
            self._rest = bytearray(rest)
            for line in lines:
                yield from self._take(line.rstrip(b"\r"))
        else:
            self._rest += rest
        self._bound(len(self._rest))

    def _take(self, line: bytes) -> Iterator[Message]:
        if line:
            self._size += len(line)
            self._bound(0)
            self._lines.append(line.decode(errors="replace"))
        elif self._lines and (message := self._end()):
            yield message

    def _bound(self, more: int) -> None:
        if self._size + more > MESSAGE_BYTES or len(self._lines) > LINES:
            raise Overlong

    def _end(self) -> Message | None:
        lines, self._lines, self._size = self._lines, [], 0
        kind, number, data = "message", None, list[str]()
        for line in lines:
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            match field:
                case "event":
                    kind = value
                case "id" if value.isascii() and value.isdecimal() and len(value) < 19:
                    number = int(value)
                case "data":
                    data.append(value)
        return Message(kind, number, "\n".join(data)) if data else None


class Budget:
    """How much may be read by when; who sends more has to wait."""

    def __init__(self) -> None:
        self._paid_until = 0.0

    def wait_s(self, cost: int, now: float) -> float:
        """Take note of so many bytes at *now*; return for how long nothing more is read."""
        self._paid_until = max(self._paid_until, now) + cost / BYTES_PER_S
        return max(0.0, self._paid_until - now - AT_ONCE / BYTES_PER_S)


_ENDLESS: Final = ClientTimeout(total=None)


@contextlib.asynccontextmanager
async def open_messages(
    http: ClientSession, url: str, token: str, last: int | None
) -> AsyncIterator[AsyncIterator[Message]]:
    """Open a stream of events, from behind the *last* one that is known.

    Raises Lost, here and between the messages. The end of the messages is the end of the stream.
    """
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    if last is not None:
        headers["Last-Event-ID"] = str(last)
    try:
        async with asyncio.timeout(ANSWER_S):
            response = await http.get(url, headers=headers, allow_redirects=False, timeout=_ENDLESS)
    except (ClientError, OSError, TimeoutError) as error:
        raise Lost("That box does not answer.") from error
    async with response:
        if response.status != 200 or response.content_type != "text/event-stream":
            raise Lost("That box does not say what happens in its room.")
        async with contextlib.aclosing(_messages(response.content.readany)) as stream:
            yield stream


async def _messages(read: Callable[[], Awaitable[bytes]]) -> AsyncGenerator[Message, None]:
    loop, reader, budget = asyncio.get_running_loop(), Reader(), Budget()
    heard_at = loop.time()
    while data := await _piece(read, heard_at + SILENT_S):
        await asyncio.sleep(budget.wait_s(len(data), loop.time()))
        try:
            for message in reader.feed(data):
                yield message
                # Also where it costs nothing more, everybody else gets a turn.
                await asyncio.sleep(budget.wait_s(EACH, loop.time()))
                heard_at = loop.time()
        except Overlong:
            raise Lost("That box tells more of its room than fits here.") from None


async def _piece(read: Callable[[], Awaitable[bytes]], until: float) -> bytes:
    """Return what comes next, nothing at the end. Raises Lost at *until* (loop time)."""
    try:
        async with asyncio.timeout_at(until):
            return await read()
    except TimeoutError:
        raise Lost("That box fell silent.") from None
    except (ClientError, OSError) as error:
        raise Lost("The connection to that box broke.") from error
