"""How the box comes into a Wi-Fi network without a keyboard.

A box that knows no network and has no cable opens one of its own; so does one that is asked to at
its button. Whoever joins it chooses the network that the box is to join.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Interface
from typing import Final, Protocol

from spacebox.ports import Fault
from spacebox.ports.wifi import Credentials, Hotspot, Nearby

ADDRESS: Final = IPv4Interface("10.42.0.1/24")
ALONE_S: Final = 20.0
"""Without any network for so long, a box that knows none opens its own."""
LOST_S: Final = 60.0
"""Without one that it knows for so long, it says so."""
OPEN_S: Final = 900.0
"""Its own network closes after that if there is one to go back to."""
LOOK_S: Final = 2.0
GRACE_S: Final = 1.5
"""Until it leaves its own network: the page there still gets its answer."""
LOOKS: Final = 3
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of a key: none that is taken for another one."""
_KEY: Final = 8

log = logging.getLogger(__name__)


class NoWifi(Exception):
    """What the machine's Wi-Fi did not do, in a sentence for people."""


class Radio(Protocol):
    """The machine's Wi-Fi. All methods raise NoWifi."""

    async def present(self) -> bool:
        """Say whether there is any."""

    async def known(self) -> bool:
        """Say whether there are networks that it joins by itself."""

    async def scan(self) -> tuple[Nearby, ...]:
        """Look around, the strongest first; impossible while the own network is open."""

    async def open(self, hotspot: Hotspot) -> None:
        """Open a network of one's own, which lasts until `close`, or the power goes."""

    async def close(self) -> None:
        """Close it, if it is open; then the networks that are known are joined."""

    async def join(self, network: Credentials) -> None:
        """Join a network, and know it from now on; if it fails, nothing is known of it."""


class WifiSetup:
    """Opens and closes the box's own network, and joins others, one at a time."""

    def __init__(
        self,
        radio: Radio,
        name: str,
        connected: Callable[[], bool],
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """*name* is that of the own network; *connected*: the machine is on any network.

        *tell* puts a sentence on the glass for a moment.
        """
        self._radio = radio
        self._name = name
        self._connected = connected
        self._tell = tell
        self._clock = clock
        self._news = asyncio.Event()
        self._alone_since: float | None = clock()
        self._until: float | None = None
        self._asked = False
        self._wish: Credentials | None = None
        self._lost = False
        self.hotspot: Hotspot | None = None
        self.nearby: tuple[Nearby, ...] = ()
        self.joining = ""
        self.trouble = ""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Tell of a network that is known and cannot be reached."""
        if not self._lost or self.hotspot or self.joining:
            return ()
        detail = "network: the box reaches no network that it knows; hold APPROVE for 5 s"
        return (Fault("No Wi-Fi", "Hold APPROVE 5 s.", detail),)

    def ask(self) -> None:
        """Open the own network soon, unless it is."""
        self._asked = True
        self._news.set()

    def join(self, network: Credentials) -> None:
        self.joining, self._wish, self.trouble = network.name, network, ""
        self._news.set()

    async def run(self) -> None:
        """Follow what is asked and what goes on, for ever."""
        with suppress(NoWifi):
            await self._radio.close()  # the network of one who ran before, whose key is forgotten
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()
            self._news.clear()
            if self._wish is not None:
                await asyncio.sleep(GRACE_S)
            await self.look()

    async def look(self) -> None:
        """Do what is due."""
        now = self._clock()
        if self._connected() or self.hotspot:
            self._alone_since, self._lost = None, False
        elif self._alone_since is None:
            self._alone_since = now
        try:
            await self._step(now)
        except NoWifi as trouble:
            log.warning("%s", trouble)
            self.trouble = str(trouble)
            self._tell(self.trouble)
            self._alone_since = now  # it is tried again, but not all the time

    async def _step(self, now: float) -> None:
        wish, self._wish = self._wish, None
        asked, self._asked = self._asked, False
        if wish is not None:
            await self._join(wish)
        elif asked and self.hotspot is None:
            await self._open(now)
        elif self.hotspot is not None:
            if self._until is not None and now >= self._until:
                await self._close()
        elif self._alone_since is not None and now - self._alone_since >= ALONE_S:
            await self._help_alone(now - self._alone_since, now)

    async def _help_alone(self, alone_s: float, now: float) -> None:
        if self._lost or not await self._radio.present():
            return
        if not await self._radio.known():
            await self._open(now)
        elif alone_s >= LOST_S:
            self._lost = True

    async def _open(self, now: float) -> None:
        if not await self._radio.present():
            raise NoWifi("This machine has no Wi-Fi.")
        self.nearby = await self._look_around()
        key = "".join(secrets.choice(_LETTERS) for _ in range(_KEY))
        hotspot = Hotspot(self._name, key, ADDRESS)
        leads_back = self._connected() or await self._radio.known()
        await self._radio.open(hotspot)
        self.hotspot = hotspot
        self._until = now + OPEN_S if leads_back else None

    async def _look_around(self) -> tuple[Nearby, ...]:
        """A radio that has just been woken may see nothing at first."""
        for _ in range(LOOKS):
            if nearby := await self._radio.scan():
                return nearby
        return ()

    async def _close(self) -> None:
        self.hotspot = None
        await self._radio.close()

    async def _join(self, network: Credentials) -> None:
        self._tell(f"Trying {network.name}…")
        try:
            await self._close()
            await self._radio.join(network)
            self._tell(f"The box is in {network.name}.")
        except NoWifi:
            await self._open(self._clock())
            raise
        finally:
            self.joining = ""
