"""One connection from its offer to its end: ICE finds the way, DTLS the keys, reports tell.

A peer that falls silent is kept for as long as its seat: it comes back by itself, and to where
it was. Used from the event loop only, but for `take`.
"""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from collections.abc import Callable, Iterable
from random import SystemRandom
from typing import assert_never

from aioice import Candidate

from spacebox.ports import Denied, Restarted
from spacebox.rtc import fragment, rtcp
from spacebox.rtc.actions import (
    Action,
    Away,
    Back,
    Closed,
    Gone,
    Opened,
    Retired,
    Selected,
    Send,
    Silenced,
)
from spacebox.rtc.candidates import Address
from spacebox.rtc.dtls import Dtls
from spacebox.rtc.ends import Local, Remote
from spacebox.rtc.fragment import Fragment
from spacebox.rtc.generation import Credentials
from spacebox.rtc.ground import Ground, candidate
from spacebox.rtc.media import Media, Route
from spacebox.rtc.patience import Patience
from spacebox.rtc.srtp import Opener, RtcpSealer, is_rtcp

ANY_SESSION = "*"

log = logging.getLogger(__name__)


class Peer:
    """A connection for which both ends are known; *controlling* where it is we who offered it.

    `on_change` is called when it connects, falls silent, comes back, and when it is over.
    """

    def __init__(
        self,
        ground: Ground,
        local: Local,
        remote: Remote,
        media: Media,
        on_change: Callable[[], None],
        *,
        controlling: bool = False,
    ) -> None:
        self.id = secrets.token_urlsafe(16)
        self.connected = False
        """Whether sound can pass: not yet, no more, and not while nothing is heard of them."""
        self.over = False
        self._ground = ground
        self._media = media
        self._on_change = on_change
        self._loop = asyncio.get_running_loop()
        self._mid = remote.mid
        self._cname = local.cname
        self._ours = Credentials(local.ufrag, local.password)
        self._theirs = Credentials(remote.ufrag, remote.password)
        self._agent = ground.agent(local, remote, controlling=controlling)
        self._dtls = Dtls(ground.identity, remote.role, remote.fingerprints)
        self._opener: Opener | None = None
        self._reports: RtcpSealer | None = None
        self._route: Route | None = None
        self._shaken_at: Route | None = None
        """Where the handshake goes on before a pair is selected."""
        self._away = False
        self._patience = Patience(ground.clock())
        self._report_at = math.inf
        self._timer: asyncio.TimerHandle | None = None
        ground.demux.know(self, self._agent.token, self._agent.ufrags)
        self._arm()

    @property
    def session(self) -> str:
        """The name of the newest ICE session."""
        return self._ours.ufrag

    # What comes in

    def receive_stun(self, datagram: bytes, local: Address, remote: Address, now: float) -> None:
        """Take a STUN message that seems to be for this peer."""
        self._do(self._agent.receive(datagram, local, remote, now), now)
        self._arm()

    def receive_dtls(self, datagram: bytes, local: Address, remote: Address, now: float) -> None:
        """Take a part of the handshake, from an address where this peer is."""
        self._shaken_at = local, remote
        self._say(self._dtls.receive(datagram, now))
        if self._dtls.alerted:
            self._dtls.alerted = False
            self._patience.alerted(now, self._agent.heard_at)
            self._agent.doubt()
        self._shake(now)
        self._arm()

    def take(self, datagram: bytes, now: float) -> bytes | None:
        """Take sound, in the media thread; return a report that was opened on the way."""
        opener = self._opener
        if opener is None:
            return None
        rtcp_ = is_rtcp(datagram)
        if not rtcp_ and not self._media.hears:
            return None
        packet = opener.open(datagram)
        if packet is None:
            self._ground.counts.refused += 1
        if packet is None or rtcp_:
            return packet
        self._media.take(packet, now)
        return None

    def receive_report(self, report: bytes, now: float) -> None:
        """Take what `take` returned."""
        if self.over:
            return
        for told in rtcp.read(report, now):
            self._media.told(told, now)

    def patch(self, session: str, text: str) -> Restarted | None:
        """Take candidates, or begin a new ICE session. Raises Denied."""
        told = fragment.read(text)
        if session not in (ANY_SESSION, self.session):
            raise Denied("not_now", "the ICE session is not the present one")
        if told.ufrag in ("", self._theirs.ufrag):
            self._meet(told.candidates)
            return None
        self.restart(Credentials.fresh(), told)
        described = self._ground.described()
        return Restarted(fragment.write(self._ours, described, self._mid), self.session)

    def restart(self, ours: Credentials, told: Fragment) -> None:
        """Begin a new ICE session between *ours* and what they *told*. Raises Denied."""
        if not told.password:
            raise Denied("malformed", "the fragment has no line a=ice-pwd:")
        self._ours, self._theirs = ours, Credentials(told.ufrag, told.password)
        actions = self._agent.restart(ours, self._theirs, self._ground.hosts())
        self._do(actions, self._ground.clock())
        self._ground.demux.know(self, self._agent.token, self._agent.ufrags)
        self._meet(told.candidates)

    def _meet(self, candidates: Iterable[Candidate]) -> None:
        for each in candidates:
            self._agent.add_candidate(self._theirs.ufrag, candidate(each))
        self._arm()

    # What is done about it

    def _do(self, actions: Iterable[Action], now: float) -> None:
        for action in actions:
            self._act(action, now)

    def _act(self, action: Action, now: float) -> None:
        demux = self._ground.demux
        match action:
            case Send(datagram, local, remote):
                self._send(datagram, (local, remote))
            case Opened(local, remote):
                demux.open(self, local, remote)
            case Closed(local, remote):
                demux.close(self, local, remote)
            case Selected(local, remote):
                self._lead((local, remote))
                self._say(self._dtls.start(now))
                self._look()
            case Silenced():
                self._lead(None)
            case Retired(ufrag):
                demux.retire(ufrag)
            case Away():
                self._away = True
                self._look()
            case Gone():
                self._patience.gone(now)
            case Back():
                self._away = False
                self._patience.back()
                self._look()
            case _:
                assert_never(action)

    def _lead(self, route: Route | None) -> None:
        self._route = route
        self._media.lead(route)

    def _shake(self, now: float) -> None:
        """Go on once the handshake has come to its end."""
        if self._dtls.failure is not None:
            self.close()
        elif self._dtls.keys is not None and self._opener is None:
            self._reports = RtcpSealer(self._dtls.keys)
            self._media.key(self._dtls.keys)
            self._opener = Opener(self._dtls.keys)
            self._report_later(now)
            self._patience.made()
            self._ground.counts.joins += 1
            self._look()

    def _look(self) -> None:
        """See whether sound can pass now."""
        connected = self._opener is not None and self._route is not None and not self._away
        if connected != self.connected and not self.over:
            self.connected = connected
            self._on_change()

    # Time

    def _arm(self) -> None:
        """Be woken when something is due."""
        if self.over:
            return
        shake_at = self._dtls.next_at()
        at = min(
            self._agent.next_at(),
            math.inf if shake_at is None else shake_at,
            self._report_at,
            self._patience.next_at,
        )
        if self._timer is not None:
            if self._timer.when() <= at:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._wake)

    def _wake(self) -> None:
        self._timer = None
        try:
            self._tend(self._ground.clock())
        except Exception:
            # Nobody would wake it again, and it would stay for ever: better without it.
            log.exception("a connection is given up by a mistake of ours")
            self.close()
        self._arm()

    def _tend(self, now: float) -> None:
        """Do what is due."""
        self._do(self._agent.due(now), now)
        self._say(self._dtls.tick(now))
        if now >= self._report_at:
            self._report_later(now)
            self._report(now)
        if self._patience.ended(now, self._agent.heard_at):
            self.close()

    # What goes out

    def _report_later(self, now: float) -> None:
        # At random, so that those who came together do not report together (RFC 3550 §6.3.1).
        self._report_at = now + self._media.report_every_s * SystemRandom().uniform(0.5, 1.5)

    def _report(self, now: float) -> None:
        if self._reports is not None and self._route is not None:
            self._send(self._reports.seal(self._media.report(self._cname, now)), self._route)

    def _say(self, datagrams: Iterable[bytes]) -> None:
        route = self._route or self._shaken_at
        if route is not None:
            for datagram in datagrams:
                self._send(datagram, route)

    def _send(self, datagram: bytes, route: Route) -> None:
        local, remote = route
        try:
            self._ground.socket.send(datagram, local, remote)
        except OSError:  # a network that is away: the other side and we try again
            self._ground.counts.failed += 1

    def close(self) -> None:
        """End it, and tell the other side; may be called again."""
        if self.over:
            return
        self.over, self.connected = True, False
        if self._timer is not None:
            self._timer.cancel()
        if self._reports is not None and self._route is not None:
            farewell = rtcp.goodbye(self._media.ssrc, self._cname)
            self._send(self._reports.seal(farewell), self._route)
        self._say(self._dtls.close())
        self._lead(None)
        self._media.end()
        self._opener = None
        self._ground.demux.forget(self, self._agent.token, self._agent.ufrags)
        self._on_change()
