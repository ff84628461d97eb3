"""The word of whoever updates the box: how far it is, and whether it may go on."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from spacebox.config import checks
from spacebox.web.errors import Problem
from spacebox.web.guard import read_json
from spacebox.web.operation import JSON, Operation, Reply, Takes
from spacebox.web.site import is_local

Tell = Callable[[str, str, float | None], str]
"""Takes ``(version, what is done, which part of it)``; returns why it may not be, or nothing."""
_TEXT = checks.text(40)


class UpdateDoor:
    """Lets an update show itself on the glass, and keeps it off while somebody is on air."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def operations(self) -> tuple[Operation, ...]:
        text = {"type": "string"}
        part = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
        told = {
            "type": "object",
            "properties": {"version": text, "doing": text, "part": part},
            "required": ["version", "doing"],
        }
        example = {"version": "0.2.0", "doing": "installing", "part": 0.5}
        return (
            Operation(
                "PUT",
                "/api/update",
                self._told,
                "Tell the box how far an update is; for this machine only",
                {204: Reply("It may go on")},
                {403: "Only by the unix socket", 409: "Somebody is on air"},
                Takes(JSON, told, examples={"Halfway": example}),
            ),
        )

    async def _told(self, request: web.Request) -> web.Response:
        if not is_local(request):
            raise Problem(403, "forbidden", "only this machine says how far its update is")
        if refusal := self._tell(*_parsed(await read_json(request))):
            raise Problem(409, "not_now", refusal)
        return web.Response(status=204)


def _parsed(data: object) -> tuple[str, str, float | None]:
    match data:
        case {"version": version, "doing": doing, **more}:
            part = more.get("part")
        case _:
            raise Problem(422, "malformed", "it takes version and doing")
    if part is not None and (not isinstance(part, int | float) or not 0 <= part <= 1):
        raise Problem(422, "malformed", "part must be a number from 0 to 1")
    try:
        return str(_TEXT(version)), str(_TEXT(doing)), part
    except ValueError as wrong:
        raise Problem(422, "malformed", str(wrong)) from None
