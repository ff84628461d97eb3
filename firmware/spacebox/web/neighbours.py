"""Which other boxes are around, for who is around too."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from spacebox.ports.elsewhere import Neighbour
from spacebox.web.operation import JSON, Operation, Reply, ref
from spacebox.web.site import Addresses, asks_from_here, is_loopback


class Around:
    """Serves ``/api/boxes``."""

    def __init__(
        self, neighbours: Callable[[], tuple[Neighbour, ...]], addresses: Addresses
    ) -> None:
        self._neighbours = neighbours
        self._addresses = addresses

    def operations(self) -> tuple[Operation, ...]:
        boxes = {200: Reply("Those on air first", JSON, ref("Boxes"))}
        summary = "Other boxes on this network; none for who is elsewhere"
        return (Operation("GET", "/api/boxes", self._serve, summary, boxes),)

    async def _serve(self, request: web.Request) -> web.Response:
        # From elsewhere these links lead nowhere, and what a house has in it is not for the world.
        found = self._neighbours() if self._is_near(request) else ()
        boxes = [dataclasses.asdict(neighbour) for neighbour in found]
        return web.json_response(text=json.dumps({"boxes": boxes}, ensure_ascii=False))

    def _is_near(self, request: web.Request) -> bool:
        """Say whether *request* comes from this network, and not through a tunnel from outside."""
        if asks_from_here(request):
            return True
        outside = urlsplit(self._addresses.public_url).hostname
        if (request.url.host or "").lower().removesuffix(".") == outside:
            return False
        # A tunnel ends on this machine, and who comes by it may name any host.
        remote = request.remote or ""
        return not is_loopback(remote) and ip_address(remote.partition("%")[0]).is_private
