"""What others show of a Space: the join link as a QR code, the picture of a link preview."""

from __future__ import annotations

import asyncio
import io
from functools import lru_cache

import segno
from aiohttp import web

from spacebox.hub import Hub
from spacebox.web.cover import Cover, draw
from spacebox.web.operation import Operation, Reply
from spacebox.web.site import Addresses

_MINUTE = {"Cache-Control": "max-age=60"}


class Preview:
    """Serves ``/qr.svg`` and ``/cover.png``."""

    def __init__(self, hub: Hub, addresses: Addresses) -> None:
        self._hub = hub
        self._addresses = addresses
        self._drawing: tuple[Cover, asyncio.Future[bytes]] | None = None

    def operations(self) -> tuple[Operation, ...]:
        qr = {200: Reply("SVG", "image/svg+xml", {"type": "string"})}
        cover = {200: Reply("PNG, 1200 × 630", "image/png")}
        return (
            Operation("GET", "/qr.svg", self._qr, "The join link as a QR code", qr, head=True),
            Operation("GET", "/cover.png", self._cover, "For link previews", cover, head=True),
        )

    async def _qr(self, request: web.Request) -> web.Response:
        svg = qr_svg(self._addresses.join_link(request))
        return web.Response(body=svg, content_type="image/svg+xml", headers=_MINUTE)

    async def _cover(self, _request: web.Request) -> web.Response:
        room = self._hub.room
        wanted = Cover(room.announcement.title, room.host_name, on_air=room.open)
        if self._drawing is None or self._drawing[0] != wanted:
            # Off the loop, and once for all who ask at the same time.
            drawing = asyncio.get_running_loop().run_in_executor(None, draw, wanted)
            self._drawing = (wanted, drawing)
        try:
            picture = await asyncio.shield(self._drawing[1])
        except OSError:
            self._drawing = None  # a font is missing; it may come
            raise
        return web.Response(body=picture, content_type="image/png", headers=_MINUTE)


@lru_cache(maxsize=8)
def qr_svg(link: str) -> bytes:
    """Return a QR code of *link*, in capitals where that changes nothing: it makes it smaller."""
    scheme, _, rest = link.partition("://")
    host, _, path = rest.partition("/")
    short = path.startswith("s/") and path.count("/") == 1
    text = link.upper() if short else f"{scheme}://{host.lower()}/{path}"
    out = io.BytesIO()
    segno.make(text, error="m", boost_error=False, micro=False).save(
        out, kind="svg", border=3, dark="#2A201A", light="#FFFFFF", xmldecl=False, omitsize=True
    )
    return out.getvalue()
