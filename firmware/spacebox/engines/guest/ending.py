"""How being in a room elsewhere ends."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from spacebox.engines.guest.engine import Lost, Over


class Ending:
    """Whatever is told first counts. Used from the event loop only."""

    def __init__(self) -> None:
        self._told: asyncio.Future[Lost | Over] = asyncio.get_running_loop().create_future()

    def tell(self, how: Lost | Over) -> None:
        if not self._told.done():
            self._told.set_result(how)

    async def come(self) -> NoReturn:
        """Wait until it is told, and raise it."""
        raise await asyncio.shield(self._told)

    async def unless(self, ready: asyncio.Event) -> None:
        """Wait until *ready* is set; raise what is told before."""
        waiting = asyncio.ensure_future(ready.wait())
        try:
            await asyncio.wait((waiting, self._told), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self._told.done():
            raise self._told.result()
