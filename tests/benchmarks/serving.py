"""Servers of offers and nothing else, each in a process of its own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from aiohttp import web

from benchmarks.cost import TESTS, Server

Answering = Callable[[str], Awaitable[str]]
"""Takes an offer, returns the answer."""


async def serve(doors: Mapping[str, Answering]) -> None:
    """Answer what is posted to each path, until cancelled; print READY and the address."""
    application = web.Application()
    for path, answering in doors.items():
        application.router.add_post(path, _handler(answering))
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"READY http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


def _handler(answering: Answering) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        answer = await answering(await request.text())
        return web.Response(status=201, text=answer, content_type="application/sdp")

    return handle


@contextmanager
def serving(*command: str) -> Iterator[Server]:
    """Run a module of the benchmarks that serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=TESTS, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield Server("whep", process.stdout.readline().split()[1], process.pid)
    finally:
        process.terminate()
        process.communicate()
