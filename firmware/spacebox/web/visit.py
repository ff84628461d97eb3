"""The box as a guest, over HTTP: where it is, going there, leaving, and what is asked there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from spacebox.hub import Hub
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Parting, Stay, Visits
from spacebox.room import wire
from spacebox.room.commands import Command, SetMuted, StartSpace
from spacebox.room.model import HOST, Room
from spacebox.web import schemas
from spacebox.web.errors import Problem
from spacebox.web.guard import read_json
from spacebox.web.limits import Limits
from spacebox.web.operation import JSON, Operation, Reply, Takes, ref
from spacebox.web.who import Who

TARGET_LENGTH = 2048
PIN_LENGTH = 64


class Away:
    """The room that this box shows: its own, or the one that it is a guest in.

    Without *visits* it is never a guest.
    """

    def __init__(self, hub: Hub, visits: Visits | None) -> None:
        self._hub = hub
        self._visits = visits

    @property
    def stay(self) -> Stay | None:
        return None if self._visits is None else self._visits.stay

    def listen(self, listener: Callable[[], None]) -> None:
        """Call *listener* after each change of where the box is."""
        if self._visits is not None:
            self._visits.listen(listener)

    def snapshot(self, room: Room, viewer: str | None) -> dict[str, Any]:
        """Return *room*, our own, as *viewer* may see it; in a stay, the room there instead."""
        now, stay = self._hub.clock(), self.stay
        if stay is None:
            body = wire.snapshot(room, now, viewer)
        else:
            # Our seat there is our host's; everybody else looks in from outside.
            body = wire.snapshot(stay.room, now, stay.me if viewer == HOST else None)
        body["guest"] = None if stay is None else _guest(stay, now)
        if viewer == HOST:
            parting = None if self._visits is None else self._visits.parting
            body["parting"] = None if parting is None else _parting(parting, now)
        return body

    async def ask(self, command: Command) -> None:
        """Have the room that the box is in carry out its host's *command*. Raises Denied."""
        if self._visits is None or isinstance(command, StartSpace):
            raise Denied("not_now", "the box is a guest in another room: leave it first")
        if isinstance(command, SetMuted) and command.muted:
            self._visits.mute(True)  # whatever they say of it there
        await self._visits.do(command)


class Visit:
    """Serves ``/api/visit``, to the host."""

    def __init__(self, away: Away, visits: Visits, hub: Hub, who: Who, limits: Limits) -> None:
        self._away = away
        self._visits = visits
        self._hub = hub
        self._who = who
        self._limits = limits

    def operations(self) -> tuple[Operation, ...]:
        return (
            Operation(
                "POST",
                "/api/visit",
                self._join,
                "Become a guest in a room elsewhere; answered once the box is there",
                {200: Reply("That room", JSON, ref("Snapshot"))},
                {
                    403: "Only the host decides that, or the room there is closed to this box",
                    404: "There is no such room",
                    409: "A Space is open here, or none is there",
                    502: "Nobody answers there",
                    503: "The room there is full",
                },
                Takes(JSON, ref("Visit"), examples=schemas.VISITS),
            ),
            Operation(
                "DELETE",
                "/api/visit",
                self._leave,
                "Leave the room elsewhere, and do not go back",
                {204: Reply("At home")},
                {403: "Only the host decides that"},
            ),
        )

    async def _join(self, request: web.Request) -> web.Response:
        self._require_host(request)
        self._limits.command(request, HOST)
        target, pin = _wish(await read_json(request))
        self._require_host(request)
        await self._visits.join(target, pin)
        body = self._away.snapshot(self._hub.room, HOST)
        return web.Response(
            body=json.dumps(body, ensure_ascii=False).encode(), content_type=JSON, charset="utf-8"
        )

    async def _leave(self, request: web.Request) -> web.Response:
        self._require_host(request)
        await self._visits.leave()
        return web.Response(status=204)

    def _require_host(self, request: web.Request) -> None:
        if self._who.acting(request) != HOST:
            raise Problem(403, "forbidden", "only the host decides where this box is a guest")


def _wish(data: object) -> tuple[str, str]:
    """Return target and PIN. Raises Problem."""
    if not isinstance(data, dict):
        raise Problem(422, "malformed", "a visit is a JSON object")
    target = _text(data.get("target"), "target", TARGET_LENGTH).strip()
    if not target:
        raise Problem(422, "malformed", "a link is missing, or the code of a box")
    return target, _text(data.get("pin"), "pin", PIN_LENGTH)


def _text(value: object, field: str, most: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or any("\ud800" <= c <= "\udfff" for c in value):
        raise Problem(422, "malformed", f"{field} is text")
    if len(value) > most:
        raise Problem(422, "malformed", f"{field} has at most {most} characters")
    return value


def _guest(stay: Stay, now: float) -> wire.Json:
    again_at = stay.again_at
    return {
        "engine": stay.engine,
        "where": stay.where,
        "url": stay.url,
        "link": stay.link,
        "abilities": sorted(stay.abilities),
        "muted": stay.muted,
        "heard": stay.heard,
        "trouble": stay.trouble,
        "again_s": None if again_at is None else round(max(0.0, again_at - now), 1),
    }


def _parting(parting: Parting, now: float) -> wire.Json:
    ago_s = round(max(0.0, now - parting.at), 1)
    return {"heading": parting.heading, "text": parting.text, "ago_s": ago_s}
