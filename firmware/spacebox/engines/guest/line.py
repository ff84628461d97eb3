"""Sound to or from a room elsewhere, as an engine waits for it and loses it."""

from __future__ import annotations

import asyncio

from spacebox.audio.received import Received
from spacebox.engines.guest.box_api import new_session
from spacebox.engines.guest.ending import Ending
from spacebox.engines.guest.engine import Lost
from spacebox.engines.guest.sound import FAR, Sound
from spacebox.ports import Denied
from spacebox.rtc import client

HEARD_S = 10.0
"""A receiver's report is news for so long."""
AWAY_S = 10.0
"""A line that is silent for longer is made anew."""
MENDING_S = (1.0, 2.0, 4.0)
"""When a silent line is led another way, each after the one before."""


class Line:
    """A connection that we offer; *ending* is told why it is of use no more, unless by `close`."""

    def __init__(
        self, sound: Sound, where: str, ending: Ending, *, hears: bool, speaks: bool
    ) -> None:
        """Raises Lost where there is no network."""
        self._where = where
        self._ending = ending
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._closed = False
        self._away: asyncio.TimerHandle | None = None
        self._session: client.Session | None = None
        self._mending: asyncio.Task[None] | None = None
        try:
            self._call = sound.transport.call(
                hears=Received if hears else None,
                speaks=FAR if speaks else None,
                on_change=self._changed,
            )
        except Denied:  # a network that is away comes back: that is no refusal
            raise Lost("This box has no network now.") from None
        if hears:
            sound.play(self._call)

    @property
    def offer(self) -> str:
        return self._call.offer

    async def dial(self, url: str, token: str = "") -> None:
        """Offer it at *url*, by WHIP or WHEP; return once sound can pass.

        From then on it finds another way by itself where one ends. Raises Denied or Lost.
        """
        try:
            async with new_session() as http:
                session = await client.post(http, url, self.offer, token)
        except client.Unreachable as away:
            raise Lost(away.reason, away.again_s) from away
        self._session = session
        await self.connect(session.answer)

    async def connect(self, answer: str) -> None:
        """Take their answer; return once sound can pass. Raises Denied (``malformed``) or Lost."""
        try:
            self._call.accept(answer)
        except Denied:
            reason = f"{self._where} answers what this box does not understand."
            raise Denied("malformed", reason) from None
        await self._ending.unless(self._ready)

    @property
    def heard(self) -> bool:
        """Whether they reported lately that they receive us."""
        return self._loop.time() - self._call.reported_at < HEARD_S

    def close(self) -> None:
        """Hang up; may be called again."""
        self._closed = True
        self._stop_waiting()
        self._call.close()

    async def hang_up(self) -> None:
        """Say goodbye where it was dialled, and close it. Never raises."""
        self._closed = True
        self._stop_waiting()
        try:
            # Before the sound ends: whoever misses that first would keep our place for us.
            if self._session is not None:
                async with new_session() as http:
                    await client.delete(http, self._session)
        finally:
            self.close()

    def _changed(self) -> None:
        self._stop_waiting()
        if self._closed:
            return
        if self._call.over and self._ready.is_set():
            self._ending.tell(Lost(f"The sound to and from {self._where} ended."))
        elif self._call.over:
            self._ending.tell(Lost(f"No sound comes through to {self._where}."))
        elif self._call.connected:
            self._ready.set()
        elif self._ready.is_set():
            self._away = self._loop.call_later(AWAY_S, self._give_up)
            if self._session is not None:
                self._mending = asyncio.create_task(self._mend(self._session), name="another way")

    async def _mend(self, session: client.Session) -> None:
        """Look for another way, by the addresses that we have now."""
        for pause in MENDING_S:
            await asyncio.sleep(pause)
            try:
                # What was connected before may hang where our address is gone.
                async with new_session() as http:
                    told = await client.restart(http, session, self._call.restart())
                self._call.restarted(told)
            except client.Unreachable:
                continue
            except Denied:
                return

    def _give_up(self) -> None:
        self._ending.tell(Lost(f"Nothing comes from {self._where} any more."))

    def _stop_waiting(self) -> None:
        if self._away is not None:
            self._away.cancel()
            self._away = None
        if self._mending is not None:
            self._mending.cancel()
            self._mending = None
