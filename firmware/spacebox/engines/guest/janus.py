"""A room of Janus's AudioBridge, which mixes for everybody who is in it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from spacebox.engines.guest import attendance
from spacebox.engines.guest.ending import Ending
from spacebox.engines.guest.engine import Lost, Over
from spacebox.engines.guest.gateway import Gateway, Json, Refused, text
from spacebox.engines.guest.line import Line
from spacebox.engines.guest.link import authority
from spacebox.engines.guest.sound import Sound
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Ability
from spacebox.room.commands import Command, SetMuted
from spacebox.room.model import Announcement, Participant, Role, new_room
from spacebox.room.names import clean, clean_within
from spacebox.room.strangers import table

PLUGIN = "janus.plugin.audiobridge"
SCHEMES = ("janus+wss", "janus+ws")
ROOM_LENGTH = 64
TRICKLE_S = 2.0
CANDIDATES = 10
"""As many of theirs as are looked at."""
WORDS = 80

_LOST = (458, 459, 472)
"""A session or handle that is no more, a server that is about to close."""
_WANTS_PIN, _WRONG_PIN, _STRANGERS = 483, 489, 405
_SENTENCES = {
    403: ("forbidden", "{where} lets in only those it knows."),
    _STRANGERS: ("forbidden", "{where} lets in only those it knows."),
    460: ("not_found", "{where} has no rooms of this kind."),
    _WANTS_PIN: ("forbidden", "Room {room} at {where} wants a PIN."),
    484: ("not_found", "There is no room {room} at {where}."),
    485: ("not_found", "There is no room {room} at {where}."),
    _WRONG_PIN: ("forbidden", "That PIN does not open room {room} at {where}."),
}
"""What a server's and a plugin's numbers mean for somebody who wants to come in."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Where a room of an AudioBridge is."""

    url: str
    """Of the server's WebSocket API."""
    room: int | str
    pin: str = field(repr=False)

    @classmethod
    def read(cls, target: str, pin: str = "") -> Bridge:
        """Read ``janus+wss://host/path?room=…&pin=…``. Raises Denied (``malformed``)."""
        try:
            parts = urlsplit(target)
            asked = parse_qs(parts.query, max_num_fields=8)
            at = authority(parts)
        except ValueError:
            raise _malformed() from None
        if parts.scheme not in SCHEMES:
            raise _malformed()
        room = asked.get("room", [""])[-1]
        if not room or clean_within(room, ROOM_LENGTH) != room:
            raise Denied("malformed", "Say which room: add ?room= and its number to the address.")
        number = int(room) if room.isascii() and room.isdigit() else room
        url = f"{parts.scheme.removeprefix('janus+')}://{at}{parts.path or '/'}"
        return cls(url, number, pin or asked.get("pin", [""])[-1])

    @property
    def where(self) -> str:
        return clean(urlsplit(self.url).hostname or "")


class AudioBridge:
    """A guest's end of such a room; an `engine.Engine`."""

    name = "janus"
    url = ""
    abilities = frozenset({Ability.SPEAK, Ability.SEE})

    def __init__(
        self,
        bridge: Bridge,
        guest: str,
        sound: Sound,
        changed: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        """Be called *guest* there; call *changed* after each change of what is known."""
        self.where = bridge.where
        self.me = ""
        self.room = new_room(self.where, Announcement(_title(bridge)))
        self._bridge = bridge
        self._guest = guest
        self._sound = sound
        self._changed = changed
        self._clock = clock
        self._hushed = False
        """Whether everybody is muted there."""
        self._gateway: Gateway | None = None
        self._line: Line | None = None
        self._trickle = _Trickle()
        self._ending = Ending()

    @property
    def heard(self) -> bool:
        return self._line is not None and self._line.heard

    async def enter(self) -> None:
        self._ending, self._trickle = Ending(), _Trickle()
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(self._give_back)
            try:
                await self._enter(self._ending)
            except Refused as refused:
                raise self._refusal(refused) from None
            except Over as over:
                raise Denied("forbidden", over.text) from None
            undo.pop_all()

    async def remain(self) -> None:
        try:
            await self._ending.come()
        finally:
            await self._give_back()

    async def mute(self, muted: bool) -> None:
        if not muted and self._hushed:
            raise Denied("not_now", "Everybody is muted in this room now.")
        if self._gateway is None:
            raise Denied("not_now", f"The box is not connected to {self.where} now.")
        try:
            await self._gateway.tell({"request": "configure", "muted": muted})
        except Refused as refused:
            raise Denied("not_now", self._no(refused)) from None
        except Lost as lost:
            raise Denied("not_now", lost.reason) from None
        self._set_muted(muted)

    async def do(self, command: Command) -> None:
        if not isinstance(command, SetMuted):
            raise Denied("not_now", "In this room one can only listen and speak.")
        await self.mute(command.muted)

    async def leave(self) -> None:
        await self._give_back()

    async def _enter(self, ending: Ending) -> None:
        gateway = self._gateway = await Gateway.open(
            self._bridge.url, PLUGIN, self._hear, ending.tell
        )
        line = self._line = Line(self._sound, self.where, ending, hears=True, speaks=True)
        join = {"request": "join", "room": self._bridge.room, "display": self._guest, "muted": True}
        pin = {"pin": self._bridge.pin} if self._bridge.pin else {}
        joined, answer = await gateway.tell({**join, **pin}, line.offer)
        self._seated(joined)
        await line.connect(await self._trickle.completed(answer))

    def _seated(self, joined: Json) -> None:
        now = self._clock()
        self.me = attendance.seat(joined.get("id"))
        if not self.me:
            raise Denied("not_found", f"There is no Janus server at {self.where}.")
        self._hushed = False
        title = _title(self._bridge)
        me = Participant(self.me, self._guest, Role.SPEAKER)
        empty = attendance.open_room(self.where, title, me, now)
        self.room = attendance.after(empty, joined, self.me, now)
        self._changed()

    async def _give_back(self) -> None:
        gateway, line = self._gateway, self._line
        self._gateway = self._line = None
        if line is not None:
            line.close()
        if gateway is not None:
            await gateway.close()

    # What they say

    def _hear(self, message: Json) -> None:
        match message.get("janus"):
            case "event":
                self._happened(table(table(message.get("plugindata")).get("data")))
            case "trickle":
                self._trickle.take(table(message.get("candidate")))
            case "hangup" | "detached" | "timeout":
                self._ending.tell(Lost(f"{self.where} ended the connection."))
            case _:
                pass

    def _happened(self, told: Json) -> None:
        if not self.me:
            return
        if told.get("audiobridge") == "destroyed":
            self._ending.tell(
                Over(
                    "The room is closed",
                    f"{self.room.announcement.title} at {self.where} was closed.",
                )
            )
        elif attendance.seat(told.get("kicked")) == self.me:
            self._ending.tell(
                Over("You were asked to leave", f"Somebody at {self.where} ended your visit.")
            )
        else:
            self._follow(told)

    def _follow(self, told: Json) -> None:
        before = self.room
        self.room = attendance.after(before, told, self.me, self._clock())
        if type(hushed := told.get("muted")) is bool:
            self._hushed = hushed
        if attendance.silences(told, self.me):
            self._set_muted(True, by_them=True)
        elif self.room != before:
            self._changed()

    def _set_muted(self, muted: bool, *, by_them: bool = False) -> None:
        self.room = attendance.muted(self.room, self.me, muted, self._clock(), by_them=by_them)
        self._changed()

    def _refusal(self, refused: Refused) -> Denied | Lost:
        if refused.code in _LOST:
            return Lost(f"{self.where} lets nobody in at present.")
        strangers = refused.code == _WRONG_PIN and not self._bridge.pin
        known = _SENTENCES.get(_STRANGERS if strangers else refused.code)
        if known is None:
            return Denied("not_now", self._no(refused))
        code, sentence = known
        return Denied(code, sentence.format(where=self.where, room=self._bridge.room))

    def _no(self, refused: Refused) -> str:
        return f"{self.where} said no: {clean(refused.words[:WORDS])}"


class _Trickle:
    """Their candidates, where those come apart from the answer (RFC 8838)."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._all = asyncio.Event()

    def take(self, candidate: Json) -> None:
        line = text(candidate.get("candidate")).partition("\n")[0].strip()
        if line and len(self._lines) < CANDIDATES:
            self._lines.append(f"a={line}")
        if candidate.get("completed") is True:
            self._all.set()

    async def completed(self, answer: str) -> str:
        """Return *answer* with all candidates in it, or with those that came in time."""
        if "a=end-of-candidates" in answer:
            return answer
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._all.wait(), TRICKLE_S)
        return "\r\n".join([answer.rstrip(), *self._lines, ""])


def _malformed() -> Denied:
    return Denied("malformed", "A Janus room is at janus+wss://its-server/?room=number.")


def _title(bridge: Bridge) -> str:
    return f"Room {bridge.room}"
