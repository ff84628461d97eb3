"""A box that means ill: it says what a real one says, but for what a test puts in its place."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from proc import resident_mb

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PASSED_ON = ("Content-Type", "Location", "ETag", "Accept-Patch", "Link")


@dataclass
class Hostile:
    """A running one."""

    url: str = ""
    bad: dict[str, Handler] = field(default_factory=dict)
    """What is done at a path instead."""
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Method, path and Last-Event-ID of each request."""
    sent: int = 0
    """Bytes of streams without an end."""
    most_mb: float = 0.0
    """The most memory that this process, with the guest in it, held meanwhile."""

    def at(self, path: str, handler: Handler) -> None:
        self.bad[path] = handler

    def answer(self, path: str, status: int, body: bytes | object, **headers: str) -> None:
        """Answer with *body*, as JSON unless it is bytes."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/sdp" if path.startswith("/wh") else "application/json"

        async def handler(_: web.Request) -> web.Response:
            return web.Response(
                status=status, body=content, headers={"Content-Type": kind, **headers}
            )

        self.at(path, handler)

    def pour(
        self, path: str, pieces: Callable[[], Iterator[bytes]], kind: str, status: int
    ) -> None:
        """Answer with *pieces*, for as long as somebody takes them."""

        async def handler(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(status=status, headers={"Content-Type": kind})
            await response.prepare(request)
            with suppress(ConnectionError):
                await self.send(response, pieces())
            return response

        self.at(path, handler)

    async def send(self, response: web.StreamResponse, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            await response.write(piece)
            await asyncio.sleep(0)
            self.sent += len(piece)
            self.most_mb = max(self.most_mb, resident_mb(os.getpid()))


@asynccontextmanager
async def hostile(there: str) -> AsyncIterator[Hostile]:
    """Run one in front of the box at *there*."""
    made = Hostile()
    async with aiohttp.ClientSession() as http:

        async def serve(request: web.Request) -> web.StreamResponse:
            last = request.headers.get("Last-Event-ID")
            made.asked.append((request.method, request.path, last))
            if handler := made.bad.get(request.path):
                return await handler(request)
            return await pass_on(http, there, request)

        app = web.Application(client_max_size=1 << 24)
        app.router.add_route("*", "/{path:.*}", serve)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield made
        finally:
            await runner.cleanup()


async def pass_on(
    http: aiohttp.ClientSession, there: str, request: web.Request
) -> web.StreamResponse:
    """Ask the real box, and say what it says."""
    headers = {k: v for k, v in request.headers.items() if k not in ("Host", "Content-Length")}
    body = await request.read()
    async with http.request(
        request.method, there + request.path, data=body, headers=headers, timeout=_ENDLESS
    ) as answer:
        told = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
        response = web.StreamResponse(status=answer.status, headers=told)
        await response.prepare(request)
        with suppress(ConnectionError):
            async for piece in answer.content.iter_any():
                await response.write(piece)
        return response


_ENDLESS = aiohttp.ClientTimeout(total=None)


def events(there: str, more: Callable[[web.StreamResponse], Awaitable[None]]) -> Handler:
    """Return what tells the real box's snapshot first, and then whatever *more* writes."""

    async def handler(request: web.Request) -> web.StreamResponse:
        async with aiohttp.ClientSession() as http:
            authority = {"Authorization": request.headers["Authorization"]}
            async with http.get(f"{there}/api/events", headers=authority) as answer:
                snapshot = await answer.content.readuntil(b"\n\n")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(snapshot)
        with suppress(ConnectionError):
            await more(response)
        return response

    return handler


def event(number: int, told: Any) -> bytes:
    data = told if isinstance(told, str) else json.dumps(told)
    return f"id: {number}\ndata: {data}\n\n".encode("utf-8", "surrogatepass")


async def forever() -> None:
    await asyncio.Event().wait()
