"""The box as a guest: in one room elsewhere at a time, and never back once its host left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from random import SystemRandom
from typing import Protocol

from spacebox.engines.guest.engine import Engine
from spacebox.engines.guest.sound import Sound
from spacebox.engines.guest.visit import Visit
from spacebox.hub import Hub
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Parting, Stay
from spacebox.room.commands import Command, SetMuted
from spacebox.room.model import State

_CHANCE = SystemRandom()

log = logging.getLogger(__name__)


class Find(Protocol):
    """Says how to be in the room that somebody named."""

    def __call__(self, target: str, pin: str, changed: Callable[[], None]) -> Engine:
        """Return what can enter it, and calls *changed*. Raises Denied."""


class Guest:
    """Where the box is a guest (ports.elsewhere.Visits). Used from the event loop only."""

    def __init__(
        self,
        hub: Hub,
        sound: Sound,
        find: Find,
        chance: Callable[[], float] = _CHANCE.random,
    ) -> None:
        self._hub = hub
        self._sound = sound
        self._find = find
        self._chance = chance
        self._visit: Visit | None = None
        self._task: asyncio.Task[None] | None = None
        self._parting: Parting | None = None
        self._told: tuple[Stay | None, Parting | None] = None, None
        self._listeners: list[Callable[[], None]] = []

    @property
    def stay(self) -> Stay | None:
        return None if self._visit is None else self._visit.stay

    @property
    def parting(self) -> Parting | None:
        return self._parting

    async def join(self, target: str, pin: str = "") -> Stay:
        """Go to *target*; see ports.elsewhere.Visits."""
        if self._visit is not None:
            raise Denied("not_now", "The box is a guest already. Leave that room first.")
        if self._hub.room.state is not State.IDLE:
            raise Denied("not_now", "A Space is open here. End it first.")
        engine = self._find(target, pin, self._changed)
        visit = Visit(engine, self._sound, self._hub.clock, self._chance, self._changed)
        self._visit, self._parting = visit, None
        self._task = asyncio.create_task(visit.arrive(), name="joining a room elsewhere")
        self._changed()
        try:
            await self._task
        except BaseException as error:
            if self._visit is not visit and isinstance(error, asyncio.CancelledError):
                raise Denied("not_now", "The box was told to stay at home.") from None
            self._drop(visit)
            await engine.leave()
            raise
        self._task = asyncio.create_task(self._last(visit), name="a guest elsewhere")
        self._task.add_done_callback(self._fell)
        return visit.stay

    async def leave(self) -> None:
        """Go home, and never back by ourselves."""
        visit, task = self._visit, self._task
        self._parting = None
        if visit is None or task is None:
            self._changed()
            return
        self._drop(visit)
        task.cancel()
        await asyncio.wait((task,))
        await visit.engine.leave()

    def mute(self, muted: bool) -> None:
        """Shut or open our microphone there, at once; open only on stage and while there."""
        if self._visit is None or not (muted or self._visit.speaks):
            return
        self._visit.voice.set(muted=muted)
        self._changed()

    async def do(self, command: Command) -> None:
        """Ask something of the room there. Raises Denied."""
        visit = self._visit
        if visit is None or not visit.there:
            raise Denied("not_now", "The box is not in a room elsewhere now.")
        if not isinstance(command, SetMuted):
            await visit.engine.do(command)
            return
        if not (command.muted or visit.speaks):
            raise Denied("forbidden", "Only somebody on stage may do that.")
        self.mute(command.muted)
        await visit.voice.settle()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call *listener* after each change of `stay` or `parting`; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def _last(self, visit: Visit) -> None:
        over = await visit.last()
        self._parting = Parting(over.heading, over.text, self._hub.clock())
        self._drop(visit)
        await visit.engine.leave()

    def _drop(self, visit: Visit) -> None:
        """Be at home, and silent there, before anybody else is told."""
        self._visit = None
        visit.voice.close()
        self._sound.close()
        self._changed()

    def _fell(self, task: asyncio.Task[None]) -> None:
        """Go home after a mistake of ours: a stay that nobody holds would only look well."""
        if task.cancelled() or task.exception() is None:
            return
        log.error("a stay elsewhere ended by a mistake of ours", exc_info=task.exception())
        text = "Something failed in this box. Join again."
        self._parting = Parting("The box left", text, self._hub.clock())
        if self._visit is not None:
            self._drop(self._visit)

    def _changed(self) -> None:
        """Tell the listeners, if there is something new."""
        if self._visit is not None:
            self._visit.follow()
        now = self.stay, self._parting
        if now == self._told:
            return
        self._told = now
        for listener in tuple(self._listeners):
            listener()
