"""A server that calls itself a Janus, and says what a test has it say."""

from __future__ import annotations

import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def server(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve by *handler*; yield its address."""
    app = web.Application()
    app.router.add_get("/", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    try:
        yield f"{'wss' if tls else 'ws'}://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def speaking(*flood: str, answer: Mapping[str, Any] | None = None) -> Handler:
    """Answer as Janus does, and its plugin with *answer*, after *flood*."""

    async def serve(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=("janus-protocol",))
        await socket.prepare(request)
        with contextlib.suppress(ConnectionError):
            async for message in socket:
                asked = json.loads(message.data)
                told: Mapping[str, Any] = {"data": {"id": 7}}
                if asked["janus"] == "message":
                    for each in flood:
                        await socket.send_str(each)
                    told = answer or {}
                said = {"janus": "success", "transaction": asked["transaction"]}
                await socket.send_json({**said, **told})
        return socket

    return serve
