"""A panel whose clock is moved by hand, and whoever sits before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from panel.abroad import Abroad
from panel.evening import Evening
from spacebox.panel import views as v
from spacebox.panel.body import Body
from spacebox.panel.meaning import Action
from spacebox.panel.panel import WAKING_S, Panel
from spacebox.panel.view import Surroundings
from spacebox.panel.views import Button, Shown
from spacebox.ports import Fault, Lamps, Loudness
from spacebox.ports.elsewhere import Reached
from spacebox.room.model import HOST, Role, State

QUIET = Loudness(-70.0, -70.0, -70.0, clipped=False)


class Desk:
    """A panel without wires, and whoever sits before it."""

    picture = bytes(1024)
    trouble = ""

    def __init__(
        self,
        evening: Evening,
        *,
        pressed: Callable[[], frozenset[Button]] | None = None,
        know: Callable[[], None] = lambda: None,
        down: frozenset[Button] = frozenset(),
        sound: Callable[[bool], None] = lambda _: None,
    ) -> None:
        """*sound* mutes the microphone of a stay."""
        self.evening = evening
        self.down = set(down)
        self._pressed = pressed or (lambda: frozenset(self.down))
        self._know = know
        self.errands: list[str] = []
        self.loudness = QUIET
        self.faults: tuple[Fault, ...] = ()
        self.pairing: v.Pairing | None = None
        self.wifi: v.WifiSetup | None = None
        self.reached: Reached | None = None
        self.fingerprint = ""
        self.abroad = Abroad(lambda: evening.now, sound)
        self.lamps = Lamps(0.0, 0.0)
        self.panel = Panel(evening.hub, self._body())
        self.wait(WAKING_S)

    def _body(self) -> Body:
        return Body(
            glass=self,
            light=self._light,
            pressed=self._pressed,
            around=lambda: Surroundings(
                datetime(2026, 11, 20, tzinfo=UTC),
                "http://box.local/s/K7QX",
                self.loudness,
                faults=self.faults,
                pairing=self.pairing,
                wifi=self.wifi,
                reached=self.reached,
                fingerprint=self.fingerprint,
            ),
            know=self._know,
            errands={
                Action.POWER_OFF: lambda: self.errands.append("off"),
                Action.WIFI_SETUP: lambda: self.errands.append("wifi"),
            },
            erase=lambda: self.errands.append("erase"),
            visits=self.abroad,
        )

    def show(self, shown: Shown) -> None:
        self.shown = shown

    def _light(self, lamps: Lamps) -> None:
        self.lamps = lamps

    def wait(self, seconds: float) -> None:
        """Let time pass in steps that no gesture is shorter than."""
        until = self.evening.now + seconds
        while self.evening.now < until:
            self.evening.now = min(until, self.evening.now + 0.01)
            self.panel.pass_time()
            self.panel.refresh()

    def push(self, *buttons: Button) -> None:
        for button in buttons:
            self.down.add(button)
            self.panel.edge(button, True, self.evening.now)

    def let_go(self, *buttons: Button) -> None:
        for button in buttons:
            self.down.discard(button)
            self.panel.edge(button, False, self.evening.now)

    def press(self, button: Button, seconds: float = 0.1) -> None:
        self.push(button)
        self.wait(seconds)
        self.let_go(button)
        self.wait(0.4)

    @property
    def view(self) -> Any:
        return self.shown.view

    @property
    def state(self) -> State:
        return self.evening.hub.room.state

    @property
    def muted(self) -> bool:
        return self.evening.hub.room.participants[HOST].muted

    def role(self, who: str) -> Role:
        return self.evening.hub.room.participants[who].role
