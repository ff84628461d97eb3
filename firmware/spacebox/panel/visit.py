"""The buttons in a room elsewhere: what is asked of it there, and what is told of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from spacebox.panel import guest
from spacebox.panel.meaning import Action, command
from spacebox.panel.views import Notice
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Link, Stay, Visits
from spacebox.room.commands import Command, Leave, SetMuted
from spacebox.room.names import sentence


class Visit:
    """Asks for the person at the box. Used from the event loop only."""

    def __init__(self, visits: Visits, tell: Callable[[Notice], None]) -> None:
        self._visits = visits
        self._tell = tell
        self._opening = False
        """Whether our microphone was opened here, and they have not said so yet."""
        self._deciding = False
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def stay(self) -> Stay | None:
        return self._visits.stay

    @property
    def muted(self) -> bool:
        """Whether our microphone is shut there, as far as it is up to us."""
        return not self._opening and (self.stay is None or self.stay.muted)

    def mute(self, muted: bool) -> None:
        """Shut or open our microphone there; tells where they would not have it open."""
        self._opening = not muted
        self._deciding = True
        self._visits.mute(muted)
        self._deciding = False
        if not muted and self.stay:
            self._begin(self._open(self.stay.me))

    def ask(self, stay: Stay, action: Action) -> None:
        """Begin what *action* means in *stay*."""
        match command(action, me=stay.me, room=stay.room, card=None):
            case None:
                pass
            case Leave():
                self._begin(self._visits.leave())
            case asked:
                self._begin(self._do(asked))

    def follow(self, before: Stay | None, after: Stay | None) -> bool:
        """Take note of a change; return whether somebody else decided about our microphone."""
        opening = self._opening
        if before is None or after is None or not after.on_stage:
            self._opening = False
            return True
        hushed = guest.silenced(after) and not guest.silenced(before)
        changed = before.muted is not after.muted
        if hushed or changed or after.link is not Link.THERE:
            self._opening = False
        ours = self._deciding or (opening and not after.muted)
        return hushed or (changed and not ours)

    def close(self) -> None:
        """Wait for no answer any more."""
        for task in self._tasks:
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open(self, me: str) -> None:
        if self._opening:  # and not shut again meanwhile
            await self._do(SetMuted(me, muted=False))

    async def _do(self, asked: Command) -> None:
        try:
            await self._visits.do(asked)
        except Denied as denied:
            self._opening = False
            self._tell(Notice("Not now", sentence(denied.reason)))
