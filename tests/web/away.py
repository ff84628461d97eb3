"""A room elsewhere to be a guest in: another hub in the same process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from spacebox.hub import Hub
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Ability, Link, Parting, Stay
from spacebox.room.commands import Command, Join, Leave, SetMuted, StartSpace
from spacebox.room.events import Refused
from spacebox.room.model import HOST, new_room

LINK = "https://attic.example/s/K7F3M"
ME = "our-seat"
ALL = frozenset({Ability.ASK, Ability.SPEAK, Ability.SEE, Ability.REACT})


class Trips:
    """Goes to Tomás' room, by the rules of a room; PIN 4711."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.there = Hub(new_room("Tomás"), clock)
        self.there.submit(StartSpace(HOST, title="Attic radio"))
        self.there.listen(lambda _: self.change())
        self.stay: Stay | None = None
        self.parting: Parting | None = None
        self.muted: list[bool] = []
        self._listeners: list[Callable[[], None]] = []

    async def join(self, target: str, pin: str = "") -> Stay:
        if target != LINK:
            raise Denied("not_found", "there is no such room")
        if pin not in ("", "4711"):
            raise Denied("forbidden", "that is not the PIN")
        stay = Stay(
            engine="box",
            where="attic.example",
            url=LINK,
            abilities=ALL,
            room=self.there.room,
            me=ME,
            link=Link.THERE,
            muted=True,
            heard=False,
            since=self.there.clock(),
        )
        self.stay, self.parting = stay, None
        await self._submit(Join(ME, "Mira"))
        return self.stay

    async def leave(self) -> None:
        if self.stay is not None:
            self.stay = None
            await self._submit(Leave(ME))
            self.change()

    def end(self) -> None:
        """Let the Space there be over."""
        self.stay = None
        self.parting = Parting("The Space is over", "Tomás ended it.", self.there.clock())
        self.change()

    def lose(self, again_s: float) -> None:
        """Let the way there break."""
        assert self.stay is not None
        again_at = self.there.clock() + again_s
        self.stay = replace(self.stay, link=Link.LOST, again_at=again_at, trouble="No answer.")
        self.change()

    def mute(self, muted: bool) -> None:
        self.muted.append(muted)

    async def do(self, command: Command) -> None:
        await self._submit(replace(command, by=ME))
        if isinstance(command, SetMuted):
            self.mute(command.muted)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def change(self) -> None:
        if self.stay is not None:
            self.stay = replace(self.stay, room=self.there.room)
        for listener in tuple(self._listeners):
            listener()

    async def _submit(self, command: Command | Join | Leave) -> None:
        decision = self.there.submit(command)
        if isinstance(decision, Refused):
            raise Denied(decision.code, decision.reason)
