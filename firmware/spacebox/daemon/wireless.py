"""The machine's own Wi-Fi, where the box may set it up."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any

from spacebox.daemon.vicinity import Vicinity
from spacebox.panel.meaning import Action
from spacebox.panel.views import Notice
from spacebox.panel.views import WifiSetup as Invitation
from spacebox.ports import Fault
from spacebox.ports.wifi import Wifi
from spacebox.system.wifi import Radio, WifiSetup

HTTP = 80
_NAMED = 4
"""So much of the box's id tells two new boxes in one room apart."""


class Wireless:
    """Shows the network that the box opens; nothing where it has no *radio* to do it with."""

    def __init__(
        self,
        radio: Radio | None,
        box_id: str,
        vicinity: Vicinity,
        tell: Callable[[Notice], None],
    ) -> None:
        self._name = f"BOX-{box_id[:_NAMED].upper()}"
        self._vicinity = vicinity
        self._tell = tell
        self._setup = self._made(radio) if radio else None
        self._port = HTTP

    def _made(self, radio: Radio) -> WifiSetup:
        return WifiSetup(
            radio,
            self._name,
            connected=lambda: bool(self._vicinity.network.addresses),
            tell=lambda text: self._tell(Notice("Wi-Fi", text)),
        )

    @property
    def wifi(self) -> Wifi | None:
        """What the page sets up."""
        return self._setup

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self._setup.faults if self._setup else ()

    @property
    def errands(self) -> Mapping[Action, Callable[[], object]]:
        """What the button asks for."""
        return {Action.WIFI_SETUP: self._setup.ask} if self._setup else {}

    @property
    def shown(self) -> Invitation | None:
        """What the glass shows of it."""
        hotspot = self._setup.hotspot if self._setup else None
        if hotspot is None:
            return None
        port = "" if self._port == HTTP else f":{self._port}"
        return Invitation(hotspot.name, hotspot.key, f"{hotspot.interface.ip}{port}/setup")

    def open(self, port: int) -> Iterator[tuple[str, Coroutine[Any, Any, None]]]:
        """Yield what is to run as long as the box does, by name; *port* is that of the page."""
        self._port = port
        if self._setup is not None:
            yield "wifi", self._setup.run()
