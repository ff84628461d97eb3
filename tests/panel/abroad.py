"""A room elsewhere that a box is a guest in, with the rules of a real one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from panel.evening import Evening
from spacebox.hub import Entry
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Ability, Link, Parting, Stay
from spacebox.room import commands as c
from spacebox.room import events as e
from spacebox.room.events import Refused
from spacebox.room.model import HOST, Room

ME = "kitchen"
ALL = frozenset(Ability)


class Abroad:
    """Implements `ports.elsewhere.Visits`; their room is *there*, whose host is Mira.

    What one asks of it arrives a moment later, as over a network.
    """

    def __init__(
        self, clock: Callable[[], float], sound: Callable[[bool], None] = lambda _: None
    ) -> None:
        """*sound* mutes what our microphone records."""
        self._clock = clock
        self._sound = sound
        self.there = Evening()
        self.there.hub.clock = clock
        self.abilities = ALL
        self.parting: Parting | None = None
        self._link: Link | None = None
        self._since = 0.0
        self.again_at: float | None = None
        self.trouble = ""
        self.heard = True
        self.microphone_open = False
        self._listeners: list[Callable[[], None]] = []
        self.there.hub.listen(self._on_event)

    @property
    def room(self) -> Room:
        return self.there.hub.room

    @property
    def stay(self) -> Stay | None:
        if self._link is None:
            return None
        seat = self.room.participants.get(ME)
        open_ = self.microphone_open and seat is not None and not seat.muted
        return Stay(
            engine="box",
            where="Mira's box",
            url="https://mira.example.org/s/K7QX",
            abilities=self.abilities,
            room=self.room,
            me=ME,
            link=self._link,
            muted=not open_,
            heard=self.heard,
            since=self._since,
            again_at=self.again_at,
            trouble=self.trouble,
        )

    def be(self, link: Link | None, trouble: str = "", again_at: float | None = None) -> None:
        if link is not Link.THERE:
            self.microphone_open = False
        self._link, self._since = link, self._clock()
        self.trouble, self.again_at = trouble, again_at
        self.changed()

    def arrive(self) -> None:
        """Be a listener in a Space that is live."""
        self.there.live()
        self.there.does(c.Join(ME, "Kitchen"))
        self.be(Link.THERE)

    def arrive_again(self) -> None:
        self.parting = None
        self.be(Link.THERE)

    def come_up(self) -> None:
        self.there.does(c.RequestToSpeak(ME))
        self.there.does(c.Approve(HOST, ME))
        self.there.does(c.ReportUplink(ME))

    def part(self, heading: str, text: str) -> None:
        self.parting = Parting(heading, text, self._clock())
        self.be(None)

    async def join(self, target: str, pin: str = "") -> Stay:
        raise Denied("unreachable", f"nobody is at {target}{pin}")

    async def leave(self) -> None:
        self.there.does(c.Leave(ME))
        self.be(None)

    def mute(self, muted: bool) -> None:
        seat = self.room.participants.get(ME)
        self.microphone_open = not muted and seat is not None and seat.on_stage
        if muted:
            asyncio.get_running_loop().call_soon(self.there.hub.submit, c.SetMuted(ME, True))
        self.changed()

    async def do(self, command: c.Command) -> None:
        await asyncio.sleep(0)
        decision = self.there.hub.submit(replace(command, by=ME))
        if isinstance(decision, Refused):
            self.microphone_open = False
            raise Denied("not_now", decision.reason)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _on_event(self, entry: Entry) -> None:
        match entry.event:
            case e.MuteChanged(participant=who, muted=True) if who == ME:
                self.microphone_open = False
            case e.SteppedDown(participant=who) if who == ME:
                self.microphone_open = False
            case _:
                pass
        self.changed()

    def changed(self) -> None:
        self._sound(not self.microphone_open)
        for listener in tuple(self._listeners):
            listener()
