"""Sound from one guest to the box."""

from __future__ import annotations

from collections.abc import Callable

from spacebox.ports import Playout
from spacebox.rtc import rtcp
from spacebox.rtc.answer import Asked, write
from spacebox.rtc.ground import Ground
from spacebox.rtc.incoming import Incoming
from spacebox.rtc.media import Route
from spacebox.rtc.peer import Peer
from spacebox.rtc.rtp import new_ssrc
from spacebox.rtc.srtp import Keys


class Uplink(Incoming):
    """A WHIP connection, and the source of what it brings. `on_change` as of its `Peer`.

    That it brings sound gives nobody the right to be heard: who seats it in the mix decides that.
    """

    hears = True
    report_every_s = 1.0

    def __init__(
        self,
        ground: Ground,
        asked: Asked,
        playout: Callable[[], Playout],
        on_change: Callable[[], None],
    ) -> None:
        super().__init__(asked.remote.opus, asked.remote.red, playout, ground.clock)
        self.ssrc = new_ssrc()
        local = ground.local(self.ssrc)
        self.sdp = write(asked, local)
        """The answer."""
        self.peer = Peer(ground, local, asked.remote, self, on_change)

    # Of its peer (peer.Media)

    def key(self, keys: Keys) -> None:
        """Do nothing: only reports are sealed here, and the peer seals them."""

    def lead(self, route: Route | None) -> None:
        """Do nothing, for the same reason."""

    def end(self) -> None:
        """Do nothing: what is left of the sound may still be pulled."""

    def told(self, told: rtcp.Told, now: float) -> None:
        """Take the sender's clock, or their goodbye."""
        if isinstance(told, rtcp.SenderReport):
            self.sender_reported(told, now)
        elif isinstance(told, rtcp.Goodbye) and self.is_from(told.ssrc):
            self.peer.close()

    def report(self, cname: str, now: float) -> bytes:
        """Return the receiver's report."""
        return rtcp.receiver_report(self.ssrc, cname, self.blocks(now))
