"""The way in: who gets which seat, and what they must show at the door."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from spacebox.hub import Hub
from spacebox.room.commands import Join, MakeCohost
from spacebox.room.events import Refused
from spacebox.room.model import HOST, Access, Role
from spacebox.web.errors import Problem, refusal
from spacebox.web.limits import Limits
from spacebox.web.tokens import Tokens
from spacebox.web.who import Who


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody at the door says."""

    name: str = ""
    invite: str = ""
    pin: str = ""

    @classmethod
    def read(cls, data: object) -> Wish:
        """Return the wish in *data*; null is as good as left out. Raises Problem."""
        if not isinstance(data, dict):
            raise Problem(422, "malformed", "a join is a JSON object")
        return cls(_text(data, "name"), _text(data, "invite"), _text(data, "pin"))


def _text(data: Mapping[str, Any], field: str) -> str:
    value = data.get(field)
    if value is None:
        return ""
    if not isinstance(value, str) or any("\ud800" <= c <= "\udfff" for c in value):
        raise Problem(422, "malformed", f"{field} is text")
    return value


@dataclass(frozen=True, slots=True)
class Place:
    """A seat that somebody got."""

    participant: str
    token: str
    role: Role
    name: str


class Door:
    """Lets people in."""

    def __init__(self, hub: Hub, tokens: Tokens, who: Who, limits: Limits) -> None:
        self._hub = hub
        self._tokens = tokens
        self._who = who
        self._limits = limits

    def join(self, request: web.Request, wish: Wish) -> Place:
        """Give somebody their seat, a new one or the one they have. Raises Problem."""
        invite, role = self._invitation(request, wish)
        participant = self._who.participant(request)
        if role is Role.HOST:
            participant = HOST
        elif role in (Role.SPEAKER, Role.COHOST):
            participant = self.stage_seat(invite, participant)
        elif role is None and participant is None:
            self._check_access(request, wish)
        participant = participant or _new_id()
        if participant != HOST:
            self.seat(participant, wish.name, role or Role.LISTENER)
        if invite:
            self._tokens.use(invite, participant)
        return self._place(request, participant, by_link=bool(invite))

    def stage_seat(self, invite: str, caller: str | None = None) -> str:
        """Return whose seat an invitation to the stage is.

        At its first use that is the seat of whoever comes by it, a new one if they have none.
        """
        invitation = self._tokens.invitation(invite)
        bound = None if invitation is None else invitation.participant
        return bound or (caller if caller != HOST else None) or _new_id()

    def seat(self, participant: str, name: str, role: Role) -> None:
        """Put somebody where their link takes them. Raises Problem where the room refuses."""
        self._submit(Join(participant, name, role))
        if role is Role.COHOST and self._hub.room.participants[participant].role is not role:
            # They were here before they opened the link, which the host gave away.
            self._submit(MakeCohost(HOST, participant))

    def _submit(self, command: Join | MakeCohost) -> None:
        decision = self._hub.submit(command)
        if isinstance(decision, Refused):
            raise refusal(decision)

    def _invitation(self, request: web.Request, wish: Wish) -> tuple[str, Role | None]:
        """Return the invitation that came along and what it is for. Raises Problem."""
        token = wish.invite
        if not token:
            bearer = self._who.token(request) or ""
            token = bearer if self._tokens.invitation(bearer) else ""
        if not token:
            return "", None
        invitation = self._tokens.invitation(token)
        if invitation is None:
            raise Problem(403, "forbidden", "this invitation is not good, or was used already")
        return token, invitation.role

    def _check_access(self, request: web.Request, wish: Wish) -> None:
        room = self._hub.room
        if not room.open:
            raise Problem(409, "not_now", "no Space is live")
        if room.announcement.access is Access.INVITE:
            raise Problem(403, "forbidden", "this Space is by invitation: ask its host for a link")
        if room.announcement.access is Access.PIN:
            if not wish.pin:
                raise Problem(403, "forbidden", "this Space has a PIN: ask its host for it")
            self._limits.may_guess(request)
            if not hmac.compare_digest(wish.pin.encode(), room.pin.encode()):
                self._limits.guessed_wrong(request)
                raise Problem(403, "forbidden", "that is not the PIN")

    def _place(self, request: web.Request, participant: str, *, by_link: bool) -> Place:
        token = self._who.token(request)
        if (
            token is None
            or self._tokens.holder(token) != participant
            or self._tokens.invitation(token)
        ):
            # A host may look from several browsers; a guest sits in one place.
            alone = by_link and participant != HOST
            token = (
                self._tokens.hand_over(participant) if alone else self._tokens.admit(participant)
            )
        seat = self._hub.room.participants[participant]
        return Place(participant, token, seat.role, seat.name)


def _new_id() -> str:
    return secrets.token_hex(4)
