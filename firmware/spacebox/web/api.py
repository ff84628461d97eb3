"""The JSON API: the room's snapshot, joining, leaving, commands, invitations."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from spacebox.hub import Entry, Hub
from spacebox.ports.elsewhere import Reached
from spacebox.room import wire
from spacebox.room.commands import Leave, React
from spacebox.room.events import Refused
from spacebox.room.model import HOST, Role
from spacebox.web import schemas
from spacebox.web.door import Door, Wish
from spacebox.web.errors import Problem, refusal
from spacebox.web.guard import read_json
from spacebox.web.limits import Limits
from spacebox.web.operation import JSON, Operation, Reply, Takes, ref
from spacebox.web.site import Addresses
from spacebox.web.tokens import Tokens
from spacebox.web.visit import Away
from spacebox.web.who import Who


class Api:
    """What a page, the command line and other boxes ask of the room."""

    def __init__(
        self,
        hub: Hub,
        away: Away,
        tokens: Tokens,
        who: Who,
        door: Door,
        limits: Limits,
        addresses: Addresses,
        faults: Callable[[], tuple[str, ...]],
        reached: Callable[[], Reached],
    ) -> None:
        self._hub = hub
        self._away = away
        self._tokens = tokens
        self._who = who
        self._door = door
        self._limits = limits
        self._addresses = addresses
        self._faults = faults
        self._reached = reached

    def operations(self) -> tuple[Operation, ...]:
        return (
            Operation(
                "GET",
                "/api/space",
                self._space,
                "The room now, as one may see it",
                {200: Reply("The snapshot", JSON, ref("Snapshot"))},
            ),
            self._join_operation(),
            Operation(
                "POST",
                "/api/leave",
                self._leave,
                "Give the seat up",
                {204: Reply("Gone", headers=("Set-Cookie",))},
                {403: "Nobody's token, or the host's"},
            ),
            Operation(
                "POST",
                "/api/commands",
                self._command,
                "Ask something of the room",
                {200: Reply("What happened here", JSON, ref("Happened"))},
                {403: "Not with this role", 409: "Not now", 503: "No place is left"},
                Takes(JSON, ref("Command"), examples=schemas.COMMANDS),
            ),
            Operation(
                "POST",
                "/api/link",
                self._link,
                "Make an invitation",
                {201: Reply("The link", JSON, ref("Link"))},
                {403: "Only the host invites"},
                Takes(JSON, ref("LinkWish"), required=False, examples=schemas.LINKS),
            ),
        )

    def _join_operation(self) -> Operation:
        return Operation(
            "POST",
            "/api/join",
            self._join,
            "Take a seat, come back to it, or give it a name",
            {201: Reply("The seat", JSON, ref("Seat"), ("Set-Cookie",))},
            {
                403: "The PIN or the invitation is wrong or missing, or one is banned",
                409: "No Space is live",
                503: "The room or the stage is full",
            },
            Takes(JSON, ref("Join"), required=False, examples=schemas.JOINS),
        )

    async def _space(self, request: web.Request) -> web.Response:
        viewer = self._who.participant(request)
        body = self._away.snapshot(self._hub.room, viewer)
        body["secure_url"] = self._addresses.secure(request)
        if viewer == HOST:
            body["faults"] = list(self._faults())
            reached = self._reached()
            body["reachability"] = reached.reach
            body["reach"] = {"detail": reached.detail, "advice": reached.advice}
            body["link"] = self._addresses.join_link(request)
        return _json(200, body)

    async def _join(self, request: web.Request) -> web.Response:
        self._limits.join(request)
        place = self._door.join(request, Wish.read(await read_json(request)))
        body = {
            "participant": place.participant,
            "token": place.token,
            "role": place.role,
            "name": place.name,
        }
        response = _json(201, body)
        self._who.remember(request, response, place.token)
        return response

    async def _leave(self, request: web.Request) -> web.Response:
        participant = self._who.acting(request)
        decision = self._hub.submit(Leave(participant))
        if isinstance(decision, Refused):
            raise refusal(decision)
        self._tokens.forget(self._who.token(request) or "")
        response = web.Response(status=204)
        self._who.forget(response)
        return response

    async def _command(self, request: web.Request) -> web.Response:
        self._limits.command(request, self._who.acting(request))
        data = await read_json(request)
        participant = self._who.acting(request)
        try:
            command = wire.command_from_json(data, participant)
        except wire.Malformed as malformed:
            raise Problem(422, "malformed", str(malformed)) from None
        if isinstance(command, React):
            self._limits.reaction(request, participant)
        if participant == HOST and self._away.stay is not None:
            await self._away.ask(command)
            return _json(200, {"events": []})
        before = self._hub.number
        decision = self._hub.submit(command)
        if isinstance(decision, Refused):
            raise refusal(decision)
        entries = self._hub.since(before)[: len(decision)]
        return _json(200, {"events": _seen(entries, participant)})

    async def _link(self, request: web.Request) -> web.Response:
        if self._who.acting(request) != HOST:
            raise Problem(403, "forbidden", "only the host invites by link")
        role = _role(await read_json(request))
        token = self._tokens.invite(role)
        return _json(201, {"url": self._addresses.invitation(token, request), "token": token})


def _seen(entries: Sequence[Entry], viewer: str) -> list[wire.Json]:
    """Return what came of a command, as its sender may see it."""
    seen = (wire.event_to_json(e.event, e.before, e.after, viewer) for e in entries)
    return [event for event in seen if event is not None]


def _role(data: object) -> Role:
    wanted = data.get("role", Role.LISTENER) if isinstance(data, dict) else None
    if wanted not in list(Role):
        raise Problem(422, "malformed", f"role is one of {', '.join(Role)}")
    return Role(wanted)


def _json(status: int, body: Any) -> web.Response:
    return web.Response(
        status=status,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
        content_type=JSON,
        charset="utf-8",
    )
