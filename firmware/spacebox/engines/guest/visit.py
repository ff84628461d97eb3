"""One stay in a room elsewhere, from the first knock to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from spacebox.engines.guest.engine import Engine, Lost, Over
from spacebox.engines.guest.sound import Sound
from spacebox.engines.guest.voice import Voice
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Link, Stay
from spacebox.room.model import SEAT_S, Room

FIRST_S: Final = 1.0
LONGEST_S: Final = 30.0
"""Pauses between tries double from the first to the longest."""
SETTLED_S: Final = 30.0
"""Who was there for so long begins with the first pause again."""
AGAIN_MOST_S: Final = 600.0
"""The longest that the other side may have us wait."""
LOOK_S: Final = 1.0
"""How often it is looked whether we are heard."""
_FOR_GOOD: Final = ("forbidden", "banned")


def pause_s(tries: int, chance: float) -> float:
    """Return how long to wait after so many *tries* in vain; *chance*, from 0 to 1, spreads it."""
    return float(min(LONGEST_S, FIRST_S * 2 ** min(tries, 10)) * (0.75 + chance / 2))


class Visit:
    """Goes in, stays, and comes back when the way there broke."""

    def __init__(
        self,
        engine: Engine,
        sound: Sound,
        clock: Callable[[], float],
        chance: Callable[[], float],
        changed: Callable[[], None],
    ) -> None:
        self.engine = engine
        self.voice = Voice(sound, engine, clock)
        self._clock = clock
        self._chance = chance
        self._changed = changed
        self._link = Link.JOINING
        self._since = clock()
        self._again_at: float | None = None
        self._trouble = ""
        self._tries = 0

    @property
    def stay(self) -> Stay:
        engine = self.engine
        seat = engine.room.participants.get(engine.me)
        open_ = self.speaks and self.voice.open and seat is not None and not seat.muted
        return Stay(
            engine=engine.name,
            where=engine.where,
            url=engine.url,
            abilities=engine.abilities,
            room=_hushed(engine.room, self._since) if self._link is Link.LOST else engine.room,
            me=engine.me,
            link=self._link,
            muted=not open_,
            heard=self._link is Link.THERE and engine.heard,
            since=self._since,
            again_at=self._again_at,
            trouble=self._trouble,
        )

    @property
    def there(self) -> bool:
        return self._link is Link.THERE

    @property
    def speaks(self) -> bool:
        """Whether our microphone may be open."""
        seat = self.engine.room.participants.get(self.engine.me)
        return self.there and seat is not None and seat.on_stage

    def follow(self) -> None:
        """Shut the microphone where they did."""
        self.voice.follow(self.engine.room.participants.get(self.engine.me))

    async def arrive(self) -> None:
        """Go in for the first time. Raises Denied."""
        try:
            await self.engine.enter()
        except Lost as lost:
            raise Denied("unreachable", lost.reason) from None
        self._be(Link.THERE)

    async def last(self) -> Over:
        """Stay for as long as there is something to come back to; return how it ended."""
        try:
            while True:
                await self._come_back(await self._remain())
        except Over as over:
            return over

    async def _remain(self) -> Lost:
        """Be there until the way there breaks. Raises Over."""
        staying = asyncio.create_task(self.engine.remain(), name="a stay elsewhere")
        try:
            while not staying.done():
                await asyncio.wait((staying,), timeout=LOOK_S)
                self.follow()
                self._changed()
            await staying
        except Lost as lost:
            return lost
        finally:
            staying.cancel()
            await asyncio.wait((staying,))
        return Lost("The connection ended.")

    async def _come_back(self, lost: Lost) -> None:
        """Try until we are there again, muted. Raises Over."""
        away_since = self._clock()
        if away_since - self._since >= SETTLED_S:
            self._tries = 0
        self.voice.close()
        while True:
            pause = max(pause_s(self._tries, self._chance()), min(lost.again_s or 0, AGAIN_MOST_S))
            self._tries += 1
            self._again_at = self._clock() + pause
            self._be(Link.LOST, lost.reason)
            await asyncio.sleep(pause)
            self._again_at = None
            self._changed()
            try:
                await self.engine.enter()
            except Lost as again:
                lost = again
            except Denied as denied:
                lost = self._refused(denied, self._clock() - away_since)
            else:
                self._be(Link.THERE)
                return

    def _refused(self, denied: Denied, away_s: float) -> Lost:
        """Return why to try again: a box that starts anew has no Space yet. Raises Over."""
        if denied.code in _FOR_GOOD:
            raise Over("Not let back in", denied.reason)
        if denied.code == "not_now" and away_s >= SEAT_S:
            raise Over("The Space is over", "It ended while the box was away.")
        return Lost(denied.reason)

    def _be(self, link: Link, trouble: str = "") -> None:
        if link is not self._link:
            self._link, self._since = link, self._clock()
        self._trouble = trouble
        self._changed()


def _hushed(room: Room, at: float) -> Room:
    """Return *room* as it was *at* the moment that we lost it: since then we know of no voice."""
    # All in one go: there may be a thousand of them, and this is asked many times a second.
    quiet = {
        who.id: replace(who, speaking_since=None, talk_s=who.talked(at))
        for who in room.participants.values()
        if who.speaking_since is not None
    }
    return replace(room, participants={**room.participants, **quiet}) if quiet else room
