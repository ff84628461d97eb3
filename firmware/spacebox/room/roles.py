"""The one table of who may do what."""

from __future__ import annotations

from spacebox.room import commands as c
from spacebox.room.events import Refused
from spacebox.room.model import Role, Room

_HOST = frozenset({Role.HOST})
_HOSTS = frozenset({Role.HOST, Role.COHOST})
_STAGE = frozenset({Role.HOST, Role.COHOST, Role.SPEAKER})
_GUESTS_ON_STAGE = frozenset({Role.COHOST, Role.SPEAKER})
_LISTENERS = frozenset({Role.LISTENER})
_ALL = frozenset(Role)

MAY: dict[type[c.Command], frozenset[Role]] = {
    c.StartSpace: _HOST,
    c.EditSpace: _HOSTS,
    c.WrapUp: _HOST,
    c.EndSpace: _HOST,
    c.RequestToSpeak: _LISTENERS,
    c.WithdrawRequest: _LISTENERS,
    c.Approve: _HOSTS,
    c.Decline: _HOSTS,
    c.Defer: _HOSTS,
    c.InviteToStage: _HOSTS,
    c.AcceptInvitation: _LISTENERS,
    c.DeclineInvitation: _LISTENERS,
    c.StepDown: _GUESTS_ON_STAGE,
    c.MoveToAudience: _HOSTS,
    c.SetMuted: _STAGE,
    c.Mute: _HOSTS,
    c.MuteAll: _HOSTS,
    c.Remove: _HOSTS,
    c.MakeCohost: _HOST,
    c.RevokeCohost: _HOST,
    c.SetStage: _HOSTS,
    c.React: _ALL,
}

_WHO = {
    _HOST: "only the host may do that",
    _HOSTS: "only the host and co-hosts may do that",
    _STAGE: "only somebody on stage may do that",
    _GUESTS_ON_STAGE: "only a guest on stage may do that",
    _LISTENERS: "only a listener may do that",
}


def forbidden(room: Room, command: c.Command) -> Refused | None:
    """Return why *command* is not for the one who sent it, or None if it is."""
    sender = room.participants.get(command.by)
    if sender is None:
        return Refused("forbidden", "you are not in this Space")
    allowed = MAY[type(command)]
    return None if sender.role in allowed else Refused("forbidden", _WHO[allowed])
