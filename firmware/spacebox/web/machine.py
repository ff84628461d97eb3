"""What machines ask: is the box well, how busy is it, what can it do."""

from __future__ import annotations

import json
from collections.abc import Callable

from aiohttp import web

from spacebox.web.errors import Problem
from spacebox.web.operation import JSON, Operation, Reply, ref
from spacebox.web.site import asks_from_here

_TEXT = "text/plain"


class Machine:
    """Serves health, metrics and the API's description."""

    def __init__(self, health: Callable[[], tuple[str, ...]], metrics: Callable[[], bytes]) -> None:
        self._health = health
        self._metrics = metrics
        self.description = b"{}"
        """The OpenAPI document; whoever knows all operations fills it in."""

    def operations(self) -> tuple[Operation, ...]:
        well, ill = Reply("All is well", JSON, ref("Health")), Reply("Not so", JSON, ref("Health"))
        return (
            Operation("GET", "/healthz", self._healthz, "Sound, room, disk", {200: well, 503: ill}),
            Operation(
                "GET",
                "/metrics",
                self._serve_metrics,
                "For Prometheus",
                {200: Reply("Text format 0.0.4", _TEXT, {"type": "string"})},
                {403: "Only this machine may look"},
            ),
            Operation(
                "GET",
                "/openapi.json",
                self._describe,
                "This description",
                {200: Reply("OpenAPI 3.1", JSON, {"type": "object"})},
            ),
        )

    async def _healthz(self, _request: web.Request) -> web.Response:
        reasons = list(self._health())
        body = json.dumps({"ok": not reasons, "reasons": reasons}, ensure_ascii=False)
        return web.json_response(text=body, status=503 if reasons else 200)

    async def _serve_metrics(self, request: web.Request) -> web.Response:
        if not asks_from_here(request):
            raise Problem(403, "forbidden", "metrics are for this machine only")
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=self._metrics(), headers=headers)

    async def _describe(self, _request: web.Request) -> web.Response:
        return web.Response(body=self.description, content_type=JSON, charset="utf-8")
