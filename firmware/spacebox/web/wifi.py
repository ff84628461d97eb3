"""The machine's Wi-Fi, for its host and for whoever joined the network that the box opened."""

from __future__ import annotations

import dataclasses
import json
from ipaddress import ip_address

from aiohttp import web

from spacebox.ports.wifi import Credentials, Wifi
from spacebox.room.model import HOST
from spacebox.web import schemas
from spacebox.web.errors import Problem
from spacebox.web.guard import read_json
from spacebox.web.limits import Limits
from spacebox.web.operation import JSON, Operation, Reply, Takes, ref
from spacebox.web.who import Who

NAME_BYTES = 32
KEY_BYTES = range(8, 65)
"""Of a passphrase, or of 64 hex digits."""


class WifiDoor:
    """Serves ``/api/wifi``."""

    def __init__(self, wifi: Wifi, who: Who, limits: Limits) -> None:
        self._wifi = wifi
        self._who = who
        self._limits = limits

    def operations(self) -> tuple[Operation, ...]:
        stranger = {403: "Neither the host, nor in the network that the box opened"}
        return (
            Operation(
                "GET",
                "/api/wifi",
                self._show,
                "Which networks the box can join",
                {200: Reply("The strongest first", JSON, ref("Wifi"))},
                stranger,
            ),
            Operation(
                "POST",
                "/api/wifi",
                self._join,
                "Join a network; the one that the box opened closes then",
                {202: Reply("The box's glass tells how it goes")},
                stranger,
                Takes(JSON, ref("WifiWish"), examples=schemas.WIFIS),
            ),
        )

    async def _show(self, request: web.Request) -> web.Response:
        self._require(request)
        body = {
            "networks": [dataclasses.asdict(nearby) for nearby in self._wifi.nearby],
            "open": self._wifi.hotspot is not None,
            "joining": self._wifi.joining,
            "trouble": self._wifi.trouble,
        }
        return web.json_response(text=json.dumps(body, ensure_ascii=False))

    async def _join(self, request: web.Request) -> web.Response:
        self._require(request)
        self._limits.command(request, HOST)
        network = _wish(await read_json(request))
        self._require(request)
        self._wifi.join(network)
        return web.Response(status=202)

    def _require(self, request: web.Request) -> None:
        """Whoever has the key of the own network has read it from the glass, as a host does."""
        hotspot = self._wifi.hotspot
        address = (request.remote or "").partition("%")[0].removeprefix("::ffff:")
        if hotspot and address and ip_address(address) in hotspot.interface.network:
            return
        if self._who.participant(request) != HOST:
            raise Problem(403, "forbidden", "only the host decides which Wi-Fi the box is in")


def _wish(data: object) -> Credentials:
    """Raises Problem."""
    match data:
        case {"name": str(name), "key": str(key), **more} if more.keys() <= {"hidden"}:
            hidden = more.get("hidden", False)
        case _:
            raise Problem(422, "malformed", "a network is a JSON object with its name and key")
    if not isinstance(hidden, bool):
        raise Problem(422, "malformed", "hidden is true or false")
    if not name.isprintable() or not 0 < len(name.encode()) <= NAME_BYTES:
        raise Problem(422, "malformed", "the name of a network has 1 to 32 bytes")
    if key and (not key.isprintable() or len(key.encode()) not in KEY_BYTES):
        raise Problem(422, "malformed", "the key has 8 to 63 characters")
    return Credentials(name, key, hidden)
