"""Sound from the box to one listener: packets that others receive too."""

from __future__ import annotations

from collections.abc import Callable

from spacebox.rtc.answer import Asked, write
from spacebox.rtc.delivery import Delivery
from spacebox.rtc.fanout import Fanout, Outlet
from spacebox.rtc.ground import Ground
from spacebox.rtc.peer import Peer


class Downlink(Delivery):
    """A WHEP connection. `on_change` as of its `Peer`."""

    hears = False
    report_every_s = 5.0

    def __init__(
        self,
        ground: Ground,
        fanout: Fanout,
        asked: Asked,
        listener: str | None,
        on_change: Callable[[], None],
    ) -> None:
        """Carry the programme; to a *listener* who speaks, the mix without their own voice."""
        outlet = Outlet(listener, asked.remote.opus, asked.remote.red)
        super().__init__(fanout, outlet, ground.clock())
        local = ground.local(self.ssrc)
        self.sdp = write(asked, local)
        """The answer."""
        self.peer = Peer(ground, local, asked.remote, self, on_change)
        fanout.add(outlet)

    def take(self, packet: bytes, now: float) -> None:
        """Take nothing: what a listener sends is not even opened."""
