"""A stranger's events are read whole, bounded, and no faster than can be borne."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from spacebox.engines.guest import events
from spacebox.engines.guest.engine import Lost
from spacebox.engines.guest.events import (
    AT_ONCE,
    BYTES_PER_S,
    LINES,
    MESSAGE_BYTES,
    Budget,
    Message,
    Overlong,
    Reader,
    open_messages,
)

STREAM = (
    "event: snapshot\nid: 7\ndata: {}\n\n"
    ": a remark\nretry: 9\n\n"
    "event: beat\ndata: {}\n\n"
    'id: 8\r\ndata: {"event":\r\ndata: "Lëft"}\r\n\r\n'
    "id: x\ndata:y\n\n"
    "data: never ended\n"
).encode()
READ = [
    Message("snapshot", 7, "{}"),
    Message("beat", None, "{}"),
    Message("message", 8, '{"event":\n"Lëft"}'),
    Message("message", None, "y"),
]


@settings(derandomize=True)
@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_a_stream_is_read_however_it_is_cut(cuts: list[int]) -> None:
    edges = sorted({0, len(STREAM), *cuts})
    reader = Reader()
    pieces = (STREAM[a:b] for a, b in itertools.pairwise(edges))
    assert [message for piece in pieces for message in reader.feed(piece)] == READ


@pytest.mark.parametrize(
    ("text", "json"),
    [('{"a": [1]}', {"a": [1]}), ("{", None), ("[" * 100_000, None), ("9" * 5000, None)],
)
def test_what_is_no_json_says_nothing(text: str, json: object) -> None:
    assert Message("message", 1, text).json() == json


@pytest.mark.parametrize(
    "piece", [b"a" * 65536, b"data: " + b"a" * 65529 + b"\n", b"\xff" * 65536, b":" * 65536]
)
def test_a_message_has_an_end(piece: bytes) -> None:
    reader = Reader()
    for _ in range(MESSAGE_BYTES // len(piece)):
        assert list(reader.feed(piece)) == []
    with pytest.raises(Overlong):
        list(reader.feed(piece))


def test_a_message_has_few_lines() -> None:
    with pytest.raises(Overlong):
        list(Reader().feed(b"data:\n" * (LINES + 1)))


def test_empty_lines_are_nothing() -> None:
    assert list(Reader().feed(b"\n" * 10_000)) == []


def test_what_is_too_much_waits() -> None:
    budget = Budget()
    assert budget.wait_s(AT_ONCE, 0.0) == 0
    assert budget.wait_s(BYTES_PER_S, 0.0) == pytest.approx(1.0)
    assert budget.wait_s(BYTES_PER_S, 2.0) == pytest.approx(0.0)
    assert budget.wait_s(AT_ONCE, 1000.0) == 0, "who was quiet may say much at once again"
    assert budget.wait_s(2 * BYTES_PER_S, 1000.0) == pytest.approx(2.0)


@asynccontextmanager
async def told(
    serve: Callable[[web.Request], Awaitable[web.StreamResponse]], last: int | None = None
) -> AsyncIterator[AsyncIterator[Message]]:
    app = web.Application()
    app.router.add_get("/events", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/events"
        async with (
            aiohttp.ClientSession() as http,
            open_messages(http, url, "t0ken", last) as messages,
        ):
            yield messages
    finally:
        await runner.cleanup()


def stream(*pieces: bytes, ends: bool) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
        if not ends:
            await asyncio.Event().wait()
        return response

    return serve


async def test_a_stream_is_followed_to_its_end() -> None:
    async with told(stream(STREAM[:50], STREAM[50:], ends=True)) as messages:
        assert [message async for message in messages] == READ


async def test_it_says_who_asks_and_what_is_known() -> None:
    seen: list[str | None] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        seen.extend(map(request.headers.get, ("Authorization", "Last-Event-ID")))
        return await stream(ends=True)(request)

    async with told(serve, 41) as messages:
        assert [message async for message in messages] == []
    assert seen == ["Bearer t0ken", "41"]


async def test_who_falls_silent_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remarks are not news: somebody could send them for ever."""
    monkeypatch.setattr(events, "SILENT_S", 0.2)
    async with told(stream(STREAM, b": a remark\n", ends=False)) as messages:
        for wanted in READ:
            assert await anext(messages) == wanted
        with pytest.raises(Lost, match="silent"):
            await anext(messages)


async def test_who_says_too_much_is_lost() -> None:
    async with told(stream(*[b"a" * 65536] * 40, ends=False)) as messages:
        with pytest.raises(Lost, match="more of its room"):
            await anext(messages)


@pytest.mark.parametrize("status", [200, 302, 403, 500])
async def test_what_is_no_stream_is_lost(status: int) -> None:
    async def serve(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text="{}", headers={"Location": "/events"})

    with pytest.raises(Lost, match="does not say"):
        async with told(serve):
            pass


async def test_nobody_there_is_lost() -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(Lost, match="does not answer"):
            async with open_messages(http, "http://127.0.0.1:1/events", "t", None):
                pass
