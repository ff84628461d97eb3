"""The buttons in a room elsewhere: what is asked of it there, and what is told of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from spacebox.panel.meaning import Action, command
from spacebox.panel.views import Notice
from spacebox.ports import Denied
from spacebox.ports.elsewhere import Stay, Visits
from spacebox.room.commands import Command, Leave


class Visit:
    """Asks for the person at the box. Used from the event loop only."""

    def __init__(self, visits: Visits, tell: Callable[[Notice], None]) -> None:
        self._visits = visits
        self._tell = tell
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, stay: Stay, action: Action) -> None:
        """Begin what *action* means in *stay*."""
        match command(action, me=stay.me, room=stay.room, card=None):
            case None:
                pass
            case Leave():
                self._begin(self._visits.leave())
            case asked:
                self._begin(self._do(asked))

    def close(self) -> None:
        """Wait for no answer any more."""
        for task in self._tasks:
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, asked: Command) -> None:
        try:
            await self._visits.do(asked)
        except Denied as denied:
            self._tell(Notice("Not now", sentence(denied.reason)))


def sentence(reason: str) -> str:
    """Return a refusal as it is read: with a capital, and a full stop where it has no sign."""
    ended = reason.endswith((".", "!", "?", "…"))
    return f"{reason[:1].upper()}{reason[1:]}{'' if ended or not reason else '.'}"
