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
from spacebox.web.seats import Seats
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

    def __init__(self, hub: Hub, seats: Seats, who: Who, limits: Limits) -> None:
        self._hub = hub
        self._seats = seats
        self._who = who
        self._limits = limits

    def join(self, request: web.Request, wish: Wish) -> Place:
        """Give somebody their seat, a new one or the one they have. Raises Problem."""
        invite, role = self._invitation(request, wish)
        participant = self._who.participant(request)
        if invite and role is not Role.LISTENER:
            participant = self._bound(invite, role, participant)
        elif role is None and participant is None:
            self._check_access(request, wish)
        participant = participant or secrets.token_hex(4)
        if participant != HOST:
            self.seat(participant, wish.name, role or Role.LISTENER)
        if invite:
            self._seats.use(invite, participant)
        return self._place(request, participant)

    def seat(self, participant: str, name: str, role: Role) -> None:
        """Put somebody where their link takes them. Raises Problem where the room refuses."""
        decision = self._hub.submit(Join(participant, name, role))
        seat = self._who.seat(participant)
        if role is Role.COHOST and seat is not None and seat.role is not role:
            # They were here before they opened the link, which the host gave away.
            decision = self._hub.submit(MakeCohost(HOST, participant))
        if isinstance(decision, Refused):
            raise refusal(decision)

    def new_seat(self, invite: str) -> str:
        """Return whose seat an invitation to the stage is, a new one at its first use."""
        invitation = self._seats.invitation(invite)
        bound = None if invitation is None else invitation.participant
        return bound or secrets.token_hex(4)

    def _invitation(self, request: web.Request, wish: Wish) -> tuple[str, Role | None]:
        """Return the invitation that came along and what it is for. Raises Problem."""
        token = wish.invite
        if not token:
            bearer = self._who.token(request) or ""
            token = bearer if self._seats.invitation(bearer) else ""
        if not token:
            return "", None
        self._limits.may_guess(request)
        invitation = self._seats.invitation(token)
        if invitation is None:
            self._limits.guessed_wrong(request)
            raise Problem(403, "forbidden", "this invitation is not good, or was used already")
        return token, invitation.role

    def _bound(self, invite: str, role: Role | None, participant: str | None) -> str:
        if role is Role.HOST:
            return HOST
        invitation = self._seats.invitation(invite)
        bound = None if invitation is None else invitation.participant
        # Who is here already goes up on the seat they have.
        return (
            bound
            or (participant if participant not in (None, HOST) else None)
            or self.new_seat(invite)
        )

    def _check_access(self, request: web.Request, wish: Wish) -> None:
        room = self._hub.room
        if not room.open:
            raise Problem(409, "not_now", "no Space is live")
        if room.announcement.access is Access.INVITE:
            raise Problem(403, "forbidden", "this Space is by invitation: send invite")
        if room.announcement.access is Access.PIN:
            if not wish.pin:
                raise Problem(
                    403, "forbidden", "this Space has a PIN, which the host knows: send pin"
                )
            self._limits.may_guess(request)
            if not hmac.compare_digest(wish.pin.encode(), room.pin.encode()):
                self._limits.guessed_wrong(request)
                raise Problem(403, "forbidden", "that is not the PIN")

    def _place(self, request: web.Request, participant: str) -> Place:
        token = self._who.token(request)
        if (
            token is None
            or self._seats.holder(token) != participant
            or self._seats.invitation(token)
        ):
            token = self._seats.admit(participant)
        seat = self._hub.room.participants[participant]
        return Place(participant, token, seat.role, seat.name)
