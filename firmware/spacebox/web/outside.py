"""How the box is met from outside: what it says it is, and where a tunnel leads in from."""

from __future__ import annotations

from aiohttp import web

from spacebox.config import checks
from spacebox.web.errors import Problem
from spacebox.web.guard import read_json
from spacebox.web.operation import JSON, Operation, Reply, Takes
from spacebox.web.site import Addresses, Site, is_local


class Outside:
    """Lets the box know itself where it meets itself, and takes a tunnel's word."""

    def __init__(self, site: Site, addresses: Addresses) -> None:
        self._site = site
        self._addresses = addresses

    def operations(self) -> tuple[Operation, ...]:
        text = {"type": "string"}
        code = {"type": "object", "properties": {"code": text}, "required": ["code"]}
        url = {"type": "object", "properties": {"url": text}, "required": ["url"]}
        return (
            Operation(
                "GET",
                "/.well-known/spacebox",
                self._known,
                "Which box this is, by the code of its short link",
                {200: Reply("The box", JSON, code)},
            ),
            Operation(
                "PUT",
                "/api/tunnel",
                self._tunnelled,
                "Tell the box where a tunnel leads in from; for this machine only",
                {204: Reply("The page goes by that address now")},
                {403: "Only by the unix socket"},
                Takes(JSON, url, examples={"Up": {"url": "https://radio.example"}}),
            ),
        )

    async def _known(self, _request: web.Request) -> web.Response:
        return web.json_response({"code": self._site.code})

    async def _tunnelled(self, request: web.Request) -> web.Response:
        if not is_local(request):
            raise Problem(403, "forbidden", "only this machine says where its tunnel is")
        data = await read_json(request)
        try:
            self._addresses.tunnelled(
                checks.origin(data.get("url") if isinstance(data, dict) else None)
            )
        except ValueError as wrong:
            raise Problem(422, "malformed", f"url {wrong}") from None
        return web.Response(status=204)
