"""A Space of another box, as its guest: a seat, its events, its sound, and ours while on stage."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Final

from aiohttp import ClientSession

from spacebox.engines.guest.box_api import BoxApi, new_session
from spacebox.engines.guest.ending import Ending
from spacebox.engines.guest.engine import Lost, Over
from spacebox.engines.guest.events import Message, open_messages
from spacebox.engines.guest.line import Line
from spacebox.engines.guest.link import BoxLink
from spacebox.engines.guest.sound import Sound
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Ability
from spacebox.room import events as e
from spacebox.room import evolve
from spacebox.room.commands import Command, SetMuted
from spacebox.room.model import Announcement, Room, State, new_room
from spacebox.room.read import event_from_json, room_from_json, seat_from_json

CONNECTED_S: Final = 15.0
TOLD_S: Final = 10.0
"""By then a box tells of its room."""
STEPS_S: Final = 5.0
"""A line may end so long before we are told why: that we left the stage, or all is over."""
SHORT_S: Final = 5.0
"""A stream of events that ended sooner is not worth another try by itself."""


class BoxRoom:
    """A seat in a Space of another box; an `engine.Engine`. Used from the event loop only."""

    name = "box"
    abilities = frozenset(Ability)

    def __init__(
        self,
        link: BoxLink,
        guest: str,
        pin: str,
        sound: Sound,
        changed: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        """Be called *guest* there; call *changed* after each change of what is known."""
        self.where = link.where
        self.url = link.page
        self.me = ""
        self.room: Room = new_room(self.where, Announcement(self.where))
        self._link, self._guest, self._pin = link, guest, pin
        self._sound, self._changed, self._clock = sound, changed, clock
        self._base, self._token, self._space = link.base, "", ""
        self._http: ClientSession | None = None
        self._api: BoxApi | None = None
        self._ending = Ending()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ear: Line | None = None
        self._voice: Line | None = None
        self._told = asyncio.Event()
        self._last: int | None = None
        """The number of the event that the room is as of; None where nothing builds on it."""
        self._up, self._down = asyncio.Event(), asyncio.Event()
        """Whether we are on stage, as the room has it."""
        self._arrived = asyncio.Event()
        """Whether our voice can be heard there, if they let it."""

    @property
    def heard(self) -> bool:
        return self._voice is not None and self._voice.heard

    async def enter(self) -> None:
        await self._give_back()
        self._ending, self._told = Ending(), asyncio.Event()
        try:
            await self._go_in()
        except Over as over:
            await self._give_back()
            raise Denied("not_now", over.text) from None
        except BaseException:
            await self._give_back()
            raise

    async def remain(self) -> None:
        coming = asyncio.ensure_future(self._ending.come())
        try:
            done, _ = await asyncio.wait(
                (coming, *self._tasks), return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()  # of ours none ends but by a mistake, or told the ending
            await coming
        finally:
            coming.cancel()
            await self._give_back()

    async def mute(self, muted: bool) -> None:
        if not muted:
            await self._arrive()
        await self.do(SetMuted(self.me, muted))

    async def do(self, command: Command) -> None:
        if self._api is None:
            raise Denied("not_now", f"The box is not connected to {self.where} now.")
        try:
            await self._api.command(command, self._token)
        except Lost as lost:
            raise Denied("unreachable", lost.reason) from None

    async def leave(self) -> None:
        await self._give_back()
        if self._token:
            async with new_session() as http:
                await BoxApi(http, self._base).leave(self._token)
        self._token = ""

    # Going in and out

    async def _go_in(self) -> None:
        http = self._http = new_session()
        api = self._api = BoxApi(http, self._link.base)
        space = await api.find()
        self._base = api.base
        await self._take_seat(api, known=space == self._space)
        self._space = space
        self._begin("what happens there", self._follow(http, api))
        await self._be_told()
        ending = Ending()
        ear = self._ear = Line(self._sound, self.where, ending, hears=True, speaks=False)
        await ear.dial(f"{api.base}/whep", self._token)
        self._begin("their sound here", self._keep_ear(ending))
        self._begin("our voice there", self._keep_voice(api))

    async def _take_seat(self, api: BoxApi, *, known: bool) -> None:
        """Take the seat that we had, or in a Space not *known* one by what let us in before."""
        try:
            # With our token alone: an invitation would make the seat what it was at first.
            invite = "" if self._token else self._link.invite
            place = await api.join(self._guest, invite=invite, pin=self._pin, token=self._token)
        except Denied as denied:
            if denied.code != "forbidden" or not (self._token and self._link.invite):
                raise
            if known:  # or we and they would take it from each other for ever
                taken = "Somebody else came by the same invitation, and has the seat."
                raise Denied("forbidden", taken) from None
            place = await api.join(self._guest, invite=self._link.invite, pin="", token="")
        self.me, self._token = place.participant, place.token

    async def _keep_ear(self, ending: Ending) -> None:
        try:
            await ending.come()
        except Lost:
            # That the Space is over explains it, and may come later by another way.
            await asyncio.sleep(STEPS_S)
            raise

    async def _be_told(self) -> None:
        try:
            async with asyncio.timeout(TOLD_S):
                await self._ending.unless(self._told)
        except TimeoutError:
            raise Lost("That box does not say who is in its room.") from None

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(asyncio.create_task(self._watch(work), name=name))

    async def _watch(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (Lost, Over) as how:
            self._ending.tell(how)

    async def _give_back(self) -> None:
        for line in (self._ear, self._voice):
            if line is not None:
                line.close()
        self._ear = self._voice = None
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        http, self._http, self._api = self._http, None, None
        if http is not None:
            await http.close()

    # What is told

    async def _follow(self, http: ClientSession, api: BoxApi) -> None:
        """Take what is told. A stream that breaks goes on where it was, if it can at once."""
        url, loop = f"{api.base}/api/events", asyncio.get_running_loop()
        self._last = None
        while True:
            opened_at = math.inf
            broke = Lost("That box stopped telling what happens in its room.")
            try:
                async with open_messages(http, url, self._token, self._last) as told:
                    opened_at = loop.time()
                    await self._take(told)
            except Lost as lost:
                broke = lost
            if loop.time() - opened_at < SHORT_S:
                raise broke

    async def _take(self, told: AsyncIterator[Message]) -> None:
        """Take what is told, up to what does not build on it."""
        async for message in told:
            if message.kind == "snapshot":
                self._be_in(message.json())
            elif message.kind != "message":
                continue
            elif message.number is None or self._last is None or message.number <= self._last:
                self._last = None
                return
            else:
                self._happen(message.json())
            self._last = message.number

    def _be_in(self, snapshot: object) -> None:
        room = room_from_json(snapshot, self._clock())
        if room.state is State.IDLE:
            raise Over("The Space is over", "It ended while the box was away.")
        if seat_from_json(snapshot) != self.me:
            raise Lost("Our seat there was given on.")
        self._set(room)
        self._told.set()

    def _happen(self, told: object) -> None:
        event = event_from_json(told, self.room, self._clock())
        match event:
            case None:
                return
            case e.SpaceClosed():
                raise Over("The Space is over", f"{self.room.host_name} ended it.")
            case e.Removed(participant=who) if who == self.me:
                raise Over("You were asked to leave", f"{self.room.host_name} ended your visit.")
            case e.Left(participant=who) if who == self.me:
                raise Lost("Our seat there was given on.")
            case _:
                self._set(evolve(self.room, event))

    def _set(self, room: Room) -> None:
        self.room = room
        seat = room.participants.get(self.me)
        here, gone = (self._up, self._down) if seat and seat.on_stage else (self._down, self._up)
        here.set()
        gone.clear()
        self._changed()

    # Our voice

    async def _keep_voice(self, api: BoxApi) -> None:
        while True:
            await self._up.wait()
            try:
                await self._speak(api)
            except (Denied, Lost) as trouble:
                await self._be_down_soon(trouble.reason)

    async def _speak(self, api: BoxApi) -> None:
        """Be heard for as long as we are on stage. Raises Denied or Lost."""
        ending = Ending()
        voice = self._voice = Line(self._sound, self.where, ending, hears=False, speaks=True)
        try:
            await voice.dial(f"{api.base}/whip", self._token)
            self._arrived.set()
            await ending.unless(self._down)
        finally:
            self._arrived.clear()
            voice.close()
            self._voice = None

    async def _arrive(self) -> None:
        """Wait until our voice gets there: they mute whoever arrives. Raises Denied."""
        try:
            async with asyncio.timeout(CONNECTED_S):
                await self._arrived.wait()
        except TimeoutError:
            raise Denied("not_now", "Our sound does not come through to them yet.") from None

    async def _be_down_soon(self, reason: str) -> None:
        """Wait for the news that we left the stage, which explains much."""
        try:
            async with asyncio.timeout(STEPS_S):
                await self._down.wait()
        except TimeoutError:
            raise Lost(reason) from None
