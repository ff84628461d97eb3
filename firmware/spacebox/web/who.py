"""Who asks: from a request to a participant's id."""

from __future__ import annotations

from aiohttp import web

from spacebox.hub import Hub
from spacebox.room.model import HOST, Access, Participant
from spacebox.web.errors import Problem
from spacebox.web.site import Site, is_local
from spacebox.web.tokens import Tokens

COOKIE_S = 24 * 3600


class Who:
    """Reads authority: a bearer token, else the cookie, else the unix socket's own."""

    def __init__(self, hub: Hub, tokens: Tokens, site: Site) -> None:
        self._hub = hub
        self._tokens = tokens
        self._cookie = site.cookie

    def token(self, request: web.Request) -> str | None:
        """Return the token that came along, whatever it is worth."""
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return credentials.strip()
        return request.cookies.get(self._cookie)

    def remember(self, request: web.Request, response: web.Response, token: str) -> None:
        """Have the browser come with *token* from now on."""
        response.set_cookie(
            self._cookie,
            token,
            max_age=COOKIE_S,
            path="/",
            httponly=True,
            samesite="Strict",
            # Behind a tunnel only the browser's own word tells that it came by https.
            secure=request.headers.get("Origin", request.scheme).startswith("https"),
        )

    def forget(self, response: web.Response) -> None:
        """Have the browser come as nobody."""
        response.del_cookie(self._cookie, path="/", httponly=True, samesite="Strict")

    def participant(self, request: web.Request) -> str | None:
        """Return whose token it is, in the room or not; None for nobody we know."""
        if is_local(request) and "Authorization" not in request.headers:
            return HOST
        token = self.token(request)
        return None if token is None else self._tokens.holder(token)

    def acting(self, request: web.Request) -> str:
        """Return who wants something done. Raises Problem for nobody and for the banned."""
        participant = self.participant(request)
        if participant is None:
            raise Problem(403, "forbidden", "that needs a seat: join first, and send its token")
        if participant in self._hub.room.banned:
            raise Problem(403, "banned", "the host has closed this Space to you")
        return participant

    def seat(self, participant: str | None) -> Participant | None:
        """Return the seat of *participant*, None where they have left."""
        return self._hub.room.participants.get(participant or "")

    def listener(self, request: web.Request) -> str | None:
        """Return who wants to listen, None for nobody in particular. Raises Problem."""
        participant, room = self.participant(request), self._hub.room
        if participant is not None and participant in room.banned:
            raise Problem(403, "banned", "the host has closed this Space to you")
        if participant is not None and self.seat(participant):
            return participant
        if not room.open:
            raise Problem(409, "not_now", "no Space is live")
        if room.announcement.access is not Access.OPEN:
            raise Problem(403, "forbidden", "this Space is not open to all: join it first")
        return None
