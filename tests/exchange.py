"""A transport without a network: a test says who connects, is away, comes back, is gone."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from spacebox.mixer.frame import Frame
from spacebox.ports import Denied, Playout, Restarted


@dataclass(eq=False)
class Peer:
    id: str
    on_change: Callable[[], None]
    session: str = "ice0"
    connected: bool = False
    over: bool = False

    def become(self, *, connected: bool) -> None:
        """Connect, go away or come back."""
        self.connected = connected
        self.on_change()

    def close(self) -> None:
        if not self.over:
            self.over, self.connected = True, False
            self.on_change()

    def patch(self, session: str, fragment: str) -> Restarted | None:
        if session != self.session:
            raise Denied("not_now", "that was an earlier ICE session")
        return Restarted(fragment, "ice1") if fragment else None


@dataclass(eq=False)
class Link:
    """Either end of a line."""

    peer: Peer
    sdp: str = "answer"
    reported_at: float = float("-inf")
    lost: float | None = None

    def pull(self) -> Frame | None:
        return None


@dataclass
class Exchange:
    links: list[Link] = field(default_factory=list)
    attended: int = 0
    _names: itertools.count[int] = field(default_factory=itertools.count)

    def downlink(self, _listener: str | None, offer: str, on_change: Callable[[], None]) -> Link:
        return self._link(offer, on_change)

    def uplink(
        self, _playout: Callable[[], Playout], offer: str, on_change: Callable[[], None]
    ) -> Link:
        return self._link(offer, on_change)

    def attend(self) -> None:
        self.attended += 1

    def _link(self, offer: str, on_change: Callable[[], None]) -> Link:
        if offer != "offer":
            raise Denied("malformed", "that is no offer")
        self.links.append(Link(Peer(f"peer{next(self._names)}", on_change)))
        return self.links[-1]
