"""Tokens: which one speaks for which seat, and what an invitation is good for."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from spacebox.hub import Entry, Hub
from spacebox.room import events as e
from spacebox.room.model import BOX, HOST, PEOPLE_LIMIT, Role

_TOKENS = 4 * PEOPLE_LIMIT


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link invites to; a speaker's and a co-host's is bound to the first seat it gave."""

    role: Role
    participant: str | None = None


class Tokens:
    """Holds tokens in memory only, as their hashes; all guests' end with their Space."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._holders: dict[bytes, str] = {}
        """Token → participant, the oldest first."""
        self._invitations: dict[bytes, Invitation] = {}
        hub.listen(self._on_event)

    def admit(self, participant: str) -> str:
        """Return a new token of a seat."""
        token = secrets.token_urlsafe(24)
        self._holders[_key(token)] = participant
        if len(self._holders) > _TOKENS:
            del self._holders[self._stalest()]
        return token

    def hand_over(self, participant: str) -> str:
        """Return a new token of a seat and end its earlier ones: the newer place wins."""
        self._holders = {key: who for key, who in self._holders.items() if who != participant}
        return self.admit(participant)

    def holder(self, token: str) -> str | None:
        """Return whose token it is; also of somebody who left, or was removed or banned."""
        invitation = self.invitation(token)
        if invitation is not None and invitation.participant is not None:
            return invitation.participant
        return self._holders.get(_key(token))

    def forget(self, token: str) -> None:
        self._holders.pop(_key(token), None)

    def invite(self, role: Role) -> str:
        """Return the token of a new invitation, good until the Space is over.

        A listener's may be used by many, a speaker's and a co-host's by one seat, a host's once.
        """
        token = secrets.token_urlsafe(24)
        self._invitations[_key(token)] = Invitation(role)
        return token

    def invitation(self, token: str) -> Invitation | None:
        return self._invitations.get(_key(token))

    def use(self, token: str, participant: str) -> None:
        """Take note of who came by an invitation."""
        invitation = self._invitations[_key(token)]
        if invitation.role is Role.HOST:
            del self._invitations[_key(token)]
        elif invitation.role is not Role.LISTENER:
            self._invitations[_key(token)] = Invitation(invitation.role, participant)

    def _stalest(self) -> bytes:
        kept = self._hub.room.participants.keys() | self._hub.room.banned
        return next((key for key, who in self._holders.items() if who not in kept), None) or next(
            key for key, who in self._holders.items() if who != HOST
        )

    def _on_event(self, entry: Entry) -> None:
        match entry.event:
            case e.SpaceClosed():
                self._holders = {key: who for key, who in self._holders.items() if who == HOST}
                self._invitations = {
                    key: i for key, i in self._invitations.items() if i.role is Role.HOST
                }
            case e.Removed(participant=who) | e.CohostRevoked(participant=who):
                self._downgrade(who)
            case e.SteppedDown(participant=who, by=by) if by not in (who, BOX):
                self._downgrade(who)
            case _:
                pass

    def _downgrade(self, participant: str) -> None:
        """A host sent them from the stage: their link is a seat's token now, and no way back."""
        for key, invitation in list(self._invitations.items()):
            if invitation.participant == participant:
                del self._invitations[key]
                self._holders[key] = participant


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
