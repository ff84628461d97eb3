"""A room behind plain WHIP and WHEP: to hear it, to be heard in it, or both."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from spacebox.engines.guest import attendance
from spacebox.engines.guest.ending import Ending
from spacebox.engines.guest.line import Line
from spacebox.engines.guest.link import authority
from spacebox.engines.guest.sound import Sound
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Ability
from spacebox.room.commands import Command, SetMuted
from spacebox.room.model import Participant, Role
from spacebox.room.names import clean

HEAR = ("whep+https", "whep+http")
SPEAK = ("whip+https", "whip+http")
SCHEMES = (*HEAR, *SPEAK)
ME = "me"
_TOKEN = re.compile(r"[!-~]{0,4096}")


@dataclass(frozen=True, slots=True)
class End:
    """One address, and the bearer token that it wants, if any."""

    url: str
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a room is heard, and where one is heard in it; one of both at least."""

    hear: End | None
    speak: End | None

    @classmethod
    def read(cls, target: str) -> Ends:
        """Read ``whep+https://…`` and ``whip+https://…``, either or both with a space between.

        A bearer token is told behind: ``#token=…``. Raises Denied (``malformed``).
        """
        found: dict[bool, End] = {}
        for each in target.split():
            hears, end = _read(each)
            if hears in found:
                raise Denied("malformed", "One address to hear by and one to speak by is enough.")
            found[hears] = end
        if not found:
            raise _malformed()
        return cls(found.get(True), found.get(False))

    def __iter__(self) -> Iterator[tuple[End, bool]]:
        """Yield each, with whether one hears by it."""
        for end, hears in ((self.hear, True), (self.speak, False)):
            if end is not None:
                yield end, hears

    @property
    def where(self) -> str:
        end, _ = next(iter(self))
        return clean(urlsplit(end.url).hostname or "")


class Endpoint:
    """A guest's end of such a room; an `engine.Engine`. It shows nobody, and asks nothing."""

    name = "whip"
    url = ""
    me = ME

    def __init__(
        self,
        ends: Ends,
        guest: str,
        sound: Sound,
        changed: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        """Be called *guest* here; call *changed* after each change of what is known."""
        self.where = ends.where
        self.abilities = frozenset({Ability.SPEAK} if ends.speak else ())
        role = Role.SPEAKER if ends.speak else Role.LISTENER
        us = Participant(ME, guest, role)
        self.room = attendance.open_room(self.where, self.where, us, clock())
        self._ends = ends
        self._sound = sound
        self._changed = changed
        self._clock = clock
        self._mouth: Line | None = None
        self._lines: list[Line] = []
        self._ending = Ending()

    @property
    def heard(self) -> bool:
        return self._mouth is not None and self._mouth.heard

    async def enter(self) -> None:
        self._ending = Ending()
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(self._give_back)
            for end, hears in self._ends:
                await self._dial(end, hears=hears)
            undo.pop_all()
        await self.mute(True)

    async def remain(self) -> None:
        try:
            await self._ending.come()
        finally:
            await self._give_back()

    async def mute(self, muted: bool) -> None:
        if not muted and self._ends.speak is None:
            raise Denied("not_now", "In this room one can only listen.")
        self.room = attendance.muted(self.room, ME, muted, self._clock())
        self._changed()

    async def do(self, command: Command) -> None:
        if not isinstance(command, SetMuted):
            raise Denied("not_now", "In this room one can only listen and speak.")
        await self.mute(command.muted)

    async def leave(self) -> None:
        await self._give_back()

    async def _dial(self, end: End, *, hears: bool) -> None:
        line = Line(self._sound, self.where, self._ending, hears=hears, speaks=not hears)
        self._lines.append(line)
        if not hears:
            self._mouth = line
        await line.dial(end.url, end.token)

    async def _give_back(self) -> None:
        lines, self._lines, self._mouth = self._lines, [], None
        await asyncio.gather(*(line.hang_up() for line in lines))


def _read(target: str) -> tuple[bool, End]:
    """Return an address, and whether one hears by it."""
    try:
        parts = urlsplit(target)
        at = authority(parts)
    except ValueError:
        raise _malformed() from None
    label, _, secret = parts.fragment.partition("=")
    token = unquote(secret)
    if parts.scheme not in SCHEMES:
        raise _malformed()
    if (parts.fragment and label != "token") or not _TOKEN.fullmatch(token):
        raise Denied("malformed", "Behind the # of the address goes token= and the token.")
    scheme = parts.scheme.partition("+")[2]
    url = urlunsplit((scheme, at, parts.path, parts.query, ""))
    return parts.scheme in HEAR, End(url, token)


def _malformed() -> Denied:
    return Denied("malformed", "Such a room is at whep+https://… to hear, whip+https://… to speak.")
