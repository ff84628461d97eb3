"""A likeness of the box that can be pressed: the page ``/panel`` of a simulated one.

A page opens the event stream, which tells its name first; by that name it presses, and what it
holds down is let go when the stream ends, however it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from base64 import b64encode
from typing import Any

from aiohttp import web

from spacebox.ports import Front
from spacebox.web import schemas
from spacebox.web.errors import Problem
from spacebox.web.front import Hands, came, left, read_button
from spacebox.web.guard import read_json
from spacebox.web.operation import JSON, Operation, Reply, Takes, ref
from spacebox.web.pages import HTML, Pages
from spacebox.web.site import Addresses, asks_from_here

PICTURE_S = 0.05
BEAT_S = 5.0

_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",
}


class Likeness:
    """Serves the page to browsers on this machine, and to nobody else."""

    def __init__(self, front: Front, hands: Hands, pages: Pages, addresses: Addresses) -> None:
        self._front = front
        self._hands = hands
        self._pages = pages
        self._addresses = addresses
        self._open: dict[str, asyncio.Event] = {}
        """The pages that are open; an event ends its stream."""

    def operations(self) -> tuple[Operation, ...]:
        elsewhere = {403: "Only for this machine"}
        page = Reply("The page", HTML, {"type": "string"})
        stream = Reply(
            "Without end: `event: page` with the page's name, then `event: picture` (1024 bytes in "
            "base64) and `event: lamps` as they change; `event: beat`",
            "text/event-stream",
            {"type": "string"},
        )
        return (
            Operation("GET", "/panel", self._page, "The box, to press", {200: page}, elsewhere),
            Operation(
                "GET", "/panel/events", self._events, "Its front now", {200: stream}, elsewhere
            ),
            Operation(
                "POST",
                "/panel/press",
                self._press,
                "Push a button down, or let it go",
                {204: Reply("Done")},
                {**elsewhere, 404: "No page of this name is open"},
                Takes(JSON, ref("Finger"), examples=schemas.FINGERS),
            ),
        )

    def stop(self) -> None:
        """End every stream."""
        for ending in self._open.values():
            ending.set()

    async def _page(self, request: web.Request) -> web.Response:
        _require_here(request)
        return self._pages.html("panel.html", {"url": self._addresses.join_link()})

    async def _press(self, request: web.Request) -> web.Response:
        _require_here(request)
        data = await read_json(request)
        if not isinstance(data, dict) or not isinstance(data.get("down"), bool):
            raise Problem(422, "malformed", "down is true or false")
        button, page = read_button(data), data.get("page")
        if not isinstance(page, str):
            raise Problem(422, "malformed", "page is the name that the event stream told")
        if page not in self._open:
            raise Problem(404, "not_found", "no page of this name is open")
        if data["down"]:
            self._hands.push(page, button)
        else:
            self._hands.let_go(page, button)
        return web.Response(status=204)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        _require_here(request)
        page, response = secrets.token_hex(8), web.StreamResponse(headers=_HEADERS)
        self._open[page] = left(request)
        try:
            with contextlib.suppress(ConnectionError):
                await response.prepare(request)
                await response.write(_frame("page", {"page": page}))
                await self._tell(response, self._open[page])
        finally:
            del self._open[page]
            self._hands.let_go(page, *schemas.BUTTONS)
        return response

    async def _tell(self, response: web.StreamResponse, ending: asyncio.Event) -> None:
        """Send what the front shows, whenever that differs from what was sent last."""
        told: dict[str, bytes] = {}
        quiet_s = 0.0
        while True:
            changed = {k: frame for k, frame in self._frames().items() if told.get(k) != frame}
            told |= changed
            quiet_s = 0.0 if changed else quiet_s + PICTURE_S
            if quiet_s >= BEAT_S:
                changed, quiet_s = {"beat": _frame("beat", {})}, 0.0
            if changed:
                await response.write(b"".join(changed.values()))
            if await came(ending, PICTURE_S):
                return

    def _frames(self) -> dict[str, bytes]:
        lamps = self._front.lamps
        bright = {"on_air": round(lamps.on_air, 2), "request": round(lamps.request, 2)}
        picture = b64encode(self._front.picture).decode()
        return {"picture": _frame("picture", picture), "lamps": _frame("lamps", bright)}


def _require_here(request: web.Request) -> None:
    if not asks_from_here(request):
        raise Problem(403, "forbidden", "the simulated box is pressed on its own machine only")


def _frame(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
