"""A connection that the box asks for: to hear what somebody else plays, to be heard, or both."""

from __future__ import annotations

import math
from collections.abc import Callable

from spacebox.mixer.frame import Frame
from spacebox.ports import Denied, Playout, Tally
from spacebox.rtc import fragment, rtcp
from spacebox.rtc.delivery import Delivery
from spacebox.rtc.fanout import Fanout, Outlet
from spacebox.rtc.generation import Credentials
from spacebox.rtc.ground import Ground
from spacebox.rtc.incoming import Incoming
from spacebox.rtc.media import Route
from spacebox.rtc.offer import MID, OPUS, RED, Direction, read, write
from spacebox.rtc.peer import Peer
from spacebox.rtc.rtp import new_ssrc
from spacebox.rtc.srtp import Keys


class Call:
    """One offer of ours and what comes of it; a source of what is heard.

    Nothing is sent and nobody is let in before `accept`. Then it has 15 s to connect, and
    `on_change` is called when it does, when nothing is heard of the other side for a while, when
    they are back, and when it is over. Used from the event loop only, but for `pull`.
    """

    def __init__(
        self,
        ground: Ground,
        fanout: Fanout,
        hears: Callable[[], Playout] | None,
        speaks: str | None,
        on_change: Callable[[], None],
    ) -> None:
        """Put in order what is heard by *hears*; say the mix without the seat *speaks*."""
        self.hears = hears is not None
        self.report_every_s = 1.0 if self.hears else 5.0
        self._ground = ground
        self._fanout = fanout
        self._on_change = on_change
        self._incoming = None if hears is None else Incoming(OPUS, RED, hears, ground.clock)
        self._outlet = None if speaks is None else Outlet(speaks, OPUS, RED)
        self._delivery: Delivery | None = None
        self.ssrc = new_ssrc() if self._outlet is None else self._outlet.stream.ssrc
        self._direction = _direction(hears=self.hears, speaks=self._outlet is not None)
        self._local = ground.local(self.ssrc)
        self._next = Credentials.fresh()
        self._peer: Peer | None = None
        self._given_up = False
        self.offer = write(self._direction, self._local)
        """For whoever is called; it is good for one answer."""

    def accept(self, answer: str) -> None:
        """Connect with who gave *answer*, which is hostile until shown otherwise; once only.

        Raises Denied: ``malformed``, or ``not_now`` where the call was closed meanwhile.
        """
        if self.over:
            raise Denied("not_now", "the call is over")
        remote = read(answer, self._direction)
        if self._outlet is not None:
            self._outlet.red = remote.red
            self._delivery = Delivery(self._fanout, self._outlet, self._ground.clock())
        self._peer = Peer(
            self._ground, self._local, remote, self, self._on_change, controlling=True
        )
        if self._outlet is not None:
            self._fanout.add(self._outlet)

    def restart(self) -> str:
        """Return the fragment that begins a new ICE session, with our addresses as they are now.

        What is goes on until the new one has found its way.
        """
        self._next = Credentials.fresh()
        return fragment.write(self._next, self._ground.described(), MID)

    def restarted(self, text: str) -> None:
        """Take the fragment that answered `restart`. Raises Denied (``malformed``)."""
        told = fragment.read(text)
        if self._peer is not None and not self._peer.over:
            self._peer.restart(self._next, told)

    def close(self) -> None:
        """End it, and tell the other side if they are there; may be called again."""
        self._given_up = True
        if self._peer is not None:
            self._peer.close()

    # What is known of it

    @property
    def connected(self) -> bool:
        """Whether sound can pass: not yet, no more, and not while nothing is heard of them."""
        return self._peer is not None and self._peer.connected

    @property
    def over(self) -> bool:
        """Whether it has ended for good: by us, by them, or by 150 s of silence."""
        return self._given_up or (self._peer is not None and self._peer.over)

    @property
    def reported_at(self) -> float:
        """When they last reported that more of our sound arrived; minus infinity for never."""
        return -math.inf if self._delivery is None else self._delivery.reported_at

    @property
    def tally(self) -> Tally:
        """What the sound that is heard was made of since it began."""
        return Tally() if self._incoming is None else self._incoming.tally

    def pull(self) -> Frame | None:
        """Return the next 20 ms of what is heard, or None while nothing arrives."""
        return None if self._incoming is None else self._incoming.pull()

    # Of its peer (peer.Media)

    def key(self, keys: Keys) -> None:
        """Begin to send, if anything is."""
        if self._delivery is not None:
            self._delivery.key(keys)

    def lead(self, route: Route | None) -> None:
        """Send to *route* from now on."""
        if self._delivery is not None:
            self._delivery.lead(route)

    def end(self) -> None:
        """Send nothing any more; what is left of what was heard may still be pulled."""
        if self._delivery is not None:
            self._delivery.end()

    def take(self, packet: bytes, now: float) -> None:
        """Take an RTP packet, in the media thread."""
        if self._incoming is not None:
            self._incoming.take(packet, now)

    def told(self, told: rtcp.Told, now: float) -> None:
        """Take how our stream arrives, or their clock.

        A goodbye ends a stream and not the call: a server may go on with another.
        """
        if self._delivery is not None:
            self._delivery.told(told, now)
        if self._incoming is not None and isinstance(told, rtcp.SenderReport):
            self._incoming.sender_reported(told, now)

    def report(self, cname: str, now: float) -> bytes:
        """Return our report on both."""
        blocks = [] if self._incoming is None else self._incoming.blocks(now)
        if self._delivery is None:
            return rtcp.receiver_report(self.ssrc, cname, blocks)
        return self._delivery.report(cname, now, blocks)


def _direction(*, hears: bool, speaks: bool) -> Direction:
    if hears and speaks:
        return Direction.BOTH
    return Direction.HEARS if hears else Direction.SPEAKS
