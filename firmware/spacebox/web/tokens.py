"""Tokens: which one speaks for which seat, and what an invitation is good for."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from spacebox.hub import Entry, Hub
from spacebox.ports.book import Book, Line
from spacebox.room import events as e
from spacebox.room.model import BOX, HOST, PEOPLE_LIMIT, Role

_TOKENS = 4 * PEOPLE_LIMIT
_CHANGES = 4 * _TOKENS
"""So many lines make the book worth writing anew."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link invites to; a speaker's and a co-host's is bound to the first seat it gave."""

    role: Role
    participant: str | None = None


class Tokens:
    """Holds tokens as their hashes; all guests' end with their Space.

    With a *book* they outlive the box's sudden end, as their Space does.
    """

    def __init__(self, hub: Hub, book: Book | None = None) -> None:
        self._hub = hub
        self._book = book
        self._holders: dict[str, str] = {}
        """Token → participant, the oldest first."""
        self._invitations: dict[str, Invitation] = {}
        self._changes = 0
        for line in book.read() if book else ():
            self._recall(line)
        if not hub.room.open:
            self._forget_guests()
        hub.listen(self._on_event)

    def admit(self, participant: str) -> str:
        """Return a new token of a seat."""
        token = secrets.token_urlsafe(24)
        self._hold(_key(token), participant)
        if len(self._holders) > _TOKENS:
            self._hold(self._stalest(), None)
        return token

    def hand_over(self, participant: str) -> str:
        """Return a new token of a seat and end its earlier ones: the newer place wins."""
        for key in [key for key, who in self._holders.items() if who == participant]:
            self._hold(key, None)
        return self.admit(participant)

    def holder(self, token: str) -> str | None:
        """Return whose token it is; also of somebody who left, or was removed or banned."""
        invitation = self.invitation(token)
        if invitation is not None and invitation.participant is not None:
            return invitation.participant
        return self._holders.get(_key(token))

    def forget(self, token: str) -> None:
        if _key(token) in self._holders:
            self._hold(_key(token), None)

    def invite(self, role: Role) -> str:
        """Return the token of a new invitation, good until the Space is over.

        A listener's may be used by many, a speaker's and a co-host's by one seat, a host's once.
        """
        token = secrets.token_urlsafe(24)
        self._invite(_key(token), Invitation(role))
        return token

    def invitation(self, token: str) -> Invitation | None:
        return self._invitations.get(_key(token))

    def use(self, token: str, participant: str) -> None:
        """Take note of who came by an invitation."""
        invitation = self._invitations[_key(token)]
        if invitation.role is Role.HOST:
            self._invite(_key(token), None)
        elif invitation.role is not Role.LISTENER:
            self._invite(_key(token), Invitation(invitation.role, participant))

    def _stalest(self) -> str:
        kept = self._hub.room.participants.keys() | self._hub.room.banned
        return next((key for key, who in self._holders.items() if who not in kept), None) or next(
            key for key, who in self._holders.items() if who != HOST
        )

    def _on_event(self, entry: Entry) -> None:
        match entry.event:
            case e.SpaceClosed():
                self._forget_guests()
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
                self._invite(key, None)
                self._hold(key, participant)

    def _forget_guests(self) -> None:
        self._holders = {key: who for key, who in self._holders.items() if who == HOST}
        self._invitations = {
            key: one for key, one in self._invitations.items() if one.role is Role.HOST
        }
        if self._book:
            self._write_anew(self._book)

    # The book

    def _hold(self, key: str, participant: str | None) -> None:
        """Have a token be of *participant*, or of nobody any more."""
        if participant is None:
            del self._holders[key]
        else:
            self._holders[key] = participant
        self._write({"token": key, "of": participant})

    def _invite(self, key: str, invitation: Invitation | None) -> None:
        if invitation is None:
            del self._invitations[key]
        else:
            self._invitations[key] = invitation
        self._write(_invitation_line(key, invitation))

    def _write(self, line: Line) -> None:
        if self._book is None:
            return
        self._changes += 1
        if self._changes < _CHANGES:
            self._book.append(line)
        else:
            self._write_anew(self._book)

    def _write_anew(self, book: Book) -> None:
        """Leave out all that does not count any more."""
        self._changes = 0
        book.begin(self._lines())

    def _lines(self) -> Iterator[Line]:
        yield from ({"token": key, "of": who} for key, who in self._holders.items())
        yield from (_invitation_line(key, one) for key, one in self._invitations.items())

    def _recall(self, line: Line) -> None:
        """Take a line of the book; what is none of ours is left out."""
        match line:
            case {"token": str(key), "of": str(who)}:
                self._holders[key] = who
            case {"token": str(key), "of": None}:
                self._holders.pop(key, None)
            case {"invitation": str(key), "to": str(role), "of": str() | None as who} if (
                role in list(Role)
            ):
                self._invitations[key] = Invitation(Role(role), who)
            case {"invitation": str(key), "to": None}:
                self._invitations.pop(key, None)


def _invitation_line(key: str, invitation: Invitation | None) -> Line:
    if invitation is None:
        return {"invitation": key, "to": None}
    return {"invitation": key, "to": invitation.role, "of": invitation.participant}


def _key(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
