"""WHEP and WHIP: offers in, answers out (draft-ietf-wish-whep, RFC 9725)."""

from __future__ import annotations

from collections.abc import Iterator

from aiohttp import web
from multidict import CIMultiDict

from spacebox.hub import Hub
from spacebox.ports import Answer, Denied, Signalling
from spacebox.room.commands import Leave, StepDown
from spacebox.room.model import HOST, Role
from spacebox.web.door import Door
from spacebox.web.errors import Handler, Problem
from spacebox.web.guard import read_sdp
from spacebox.web.ice_servers import IceServers
from spacebox.web.limits import Limits, origin
from spacebox.web.operation import FRAGMENT, SDP, Operation, Reply, Takes
from spacebox.web.schemas import FRAGMENTS, OFFERS
from spacebox.web.site import Site
from spacebox.web.tokens import Tokens
from spacebox.web.who import Who


class Offers:
    """Says who may listen and who may speak, and has the engine open the connections."""

    def __init__(
        self,
        hub: Hub,
        signalling: Signalling,
        site: Site,
        tokens: Tokens,
        who: Who,
        door: Door,
        limits: Limits,
    ) -> None:
        self._hub = hub
        self._signalling = signalling
        self._servers = IceServers(site)
        self._tokens = tokens
        self._who = who
        self._door = door
        self._limits = limits

    def operations(self) -> tuple[Operation, ...]:
        return (
            *self._endpoint("/whep", self._listen, "Listen", self._stop_listening),
            *self._endpoint("/whip", self._speak, "Speak", self._stop_speaking),
        )

    def _endpoint(
        self, path: str, offered: Handler, summary: str, stopped: Handler
    ) -> Iterator[Operation]:
        """Yield what is served of one endpoint, and of the connections that it makes."""
        text = {"type": "string"}
        created = ("Location", "ETag", "Accept-Patch", "Link")
        yield Operation(
            "POST",
            path,
            offered,
            summary,
            {201: Reply("The answer", SDP, text, created)},
            {
                403: "Not with this seat, or not without one",
                409: "No Space is live",
                503: "No line is free",
            },
            Takes(SDP, text, examples=OFFERS),
        )
        served = Reply("What is served", headers=("Accept-Post", "Link"))
        yield Operation("OPTIONS", path, self._options, "The ICE servers", {204: served})
        yield from self._connection(f"{path}/{{peer}}", stopped)

    def _connection(self, peer: str, stopped: Handler) -> Iterator[Operation]:
        text = {"type": "string"}
        yield Operation(
            "PATCH",
            peer,
            self._patch,
            "Tell candidates, or restart ICE",
            {
                200: Reply("ICE begins anew", FRAGMENT, text, ("ETag",)),
                204: Reply("The candidates are taken"),
            },
            {
                404: "No such connection",
                412: "Not the present ICE session",
                428: "Which ICE session is not said",
            },
            Takes(FRAGMENT, text, examples=FRAGMENTS),
            {"If-Match": "The ETag of the ICE session, or * for any"},
        )
        yield Operation(
            "OPTIONS",
            peer,
            self._peer_options,
            "What a connection takes",
            {204: Reply("What is served", headers=("Accept-Patch",))},
        )
        gone = {404: "No such connection"}
        ended = {200: Reply("It is over; who spoke has stepped down")}
        yield Operation("DELETE", peer, stopped, "Hang up", ended, gone)

    async def _options(self, request: web.Request) -> web.Response:
        headers = self._ice_servers(self._who.participant(request))
        headers["Accept-Post"] = SDP
        headers["Allow"] = "OPTIONS, POST"
        return web.Response(status=204, headers=headers)

    async def _peer_options(self, _request: web.Request) -> web.Response:
        headers = {"Accept-Patch": FRAGMENT, "Allow": "DELETE, OPTIONS, PATCH"}
        return web.Response(status=204, headers=headers)

    # Down

    async def _listen(self, request: web.Request) -> web.Response:
        self._limits.offer(request)
        self._who.listener(request)
        offer = await read_sdp(request, SDP, "Accept-Post")
        participant = self._who.listener(request)
        answer = self._signalling.listen(participant, offer, origin(request))
        return self._created("whep", answer, participant)

    async def _stop_listening(self, request: web.Request) -> web.Response:
        if not self._signalling.stop_listening(request.match_info["peer"]):
            raise _gone()
        return web.Response()

    # Up

    async def _speak(self, request: web.Request) -> web.Response:
        self._limits.offer(request)
        self._speaker(request)
        offer = await read_sdp(request, SDP, "Accept-Post")
        participant, tool = self._speaker(request)
        undo = self._take_stage(request, participant) if tool else None
        try:
            answer = self._signalling.speak(participant, offer, tool=tool)
        except Denied:
            if undo is not None:
                self._hub.submit(undo)
            raise
        return self._created("whip", answer, participant)

    def _speaker(self, request: web.Request) -> tuple[str, bool]:
        """Return who speaks, and whether by a link to the stage. Raises Problem."""
        token = self._who.token(request) or ""
        invitation = self._tokens.invitation(token)
        if invitation is not None and invitation.role in (Role.SPEAKER, Role.COHOST):
            if not self._hub.room.open:
                raise Problem(409, "not_now", "no Space is live")
            return self._door.stage_seat(token), True
        participant = self._who.acting(request)
        if participant == HOST:
            raise Problem(403, "forbidden", "the host's microphone is the box's")
        seat = self._who.seat(participant)
        if seat is None or not seat.on_stage:
            raise Problem(403, "forbidden", "only somebody on stage may speak")
        return participant, False

    def _take_stage(self, request: web.Request, participant: str) -> Leave | StepDown | None:
        """Put a link's seat on stage. Return what undoes it. Raises Problem."""
        token = self._who.token(request) or ""
        invitation = self._tokens.invitation(token)
        before = self._who.seat(participant)
        if before is not None and before.on_stage:
            return None
        self._door.seat(participant, "", invitation.role if invitation else Role.SPEAKER)
        self._tokens.use(token, participant)
        return Leave(participant) if before is None else StepDown(participant)

    async def _stop_speaking(self, request: web.Request) -> web.Response:
        participant = self._signalling.stop_speaking(request.match_info["peer"])
        if participant is None:
            raise _gone()
        self._hub.submit(StepDown(participant))
        return web.Response()

    # Both

    async def _patch(self, request: web.Request) -> web.Response:
        """Take candidates, or restart ICE (RFC 9725 §4.3)."""
        self._limits.offer(request)
        session = request.headers.get("If-Match")
        if session is None:
            raise Problem(428, "malformed", "If-Match has to name the ICE session")
        fragment = await read_sdp(request, FRAGMENT, "Accept-Patch")
        peer = request.match_info["peer"]
        try:
            restarted = self._signalling.patch(peer, _session(session), fragment)
        except Denied as denied:
            if denied.code != "not_now":
                raise
            raise Problem(412, denied.code, denied.reason) from None
        if restarted is None:
            return web.Response(status=204)
        body, etag = restarted.fragment.encode(), f'"{restarted.session}"'
        return web.Response(body=body, content_type=FRAGMENT, headers={"ETag": etag})

    # Answers

    def _created(self, endpoint: str, answer: Answer, participant: str | None) -> web.Response:
        headers = self._ice_servers(participant)
        headers["Location"] = f"/{endpoint}/{answer.peer}"
        headers["ETag"] = f'"{answer.session}"'
        headers["Accept-Patch"] = FRAGMENT
        return web.Response(status=201, body=answer.sdp.encode(), content_type=SDP, headers=headers)

    def _ice_servers(self, participant: str | None) -> CIMultiDict[str]:
        """Return the Link headers: STUN for all, TURN for seats."""
        seat = participant if self._who.seat(participant) is not None else None
        return CIMultiDict(("Link", link) for link in self._servers.links(seat))


def _session(if_match: str) -> str:
    """Return the ICE session that *if_match* names, ``*`` for any; a weak tag names none."""
    tag = if_match.strip()
    return tag[1:-1] if tag.startswith('"') and tag.endswith('"') else tag


def _gone() -> Problem:
    return Problem(404, "not_found", "there is no such connection")
