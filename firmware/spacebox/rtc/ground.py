"""What all peers stand on: one port, one identity."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aioice import Candidate as Described

from spacebox.rtc.candidates import Candidate
from spacebox.rtc.counts import Counts
from spacebox.rtc.demux import Demux
from spacebox.rtc.ends import Local, Remote
from spacebox.rtc.generation import Credentials
from spacebox.rtc.ice import Agent
from spacebox.rtc.identity import Identity
from spacebox.rtc.socket import MediaSocket

if TYPE_CHECKING:
    from spacebox.rtc.peer import Peer


@dataclass(frozen=True, slots=True)
class Ground:
    """Shared by all peers."""

    socket: MediaSocket
    demux: Demux[Peer]
    identity: Identity
    counts: Counts
    described: Callable[[], tuple[Described, ...]]
    """Our candidates, as SDP tells them."""
    loopback: bool
    clock: Callable[[], float]

    def hosts(self) -> list[Candidate]:
        """Return our own addresses."""
        return [candidate(each) for each in self.described() if each.type == "host"]

    def local(self, ssrc: int) -> Local:
        """Return a fresh end of ours, for a stream or for reports of that name."""
        ours, name = Credentials.fresh(), secrets.token_hex(8)
        described, fingerprint = self.described(), self.identity.fingerprint
        return Local(ours.ufrag, ours.password, described, fingerprint, ssrc, name)

    def agent(self, local: Local, remote: Remote, *, controlling: bool) -> Agent:
        """Return the ICE agent between two ends."""
        ours = Credentials(local.ufrag, local.password)
        theirs = Credentials(remote.ufrag, remote.password)
        agent = Agent(ours, theirs, self.hosts(), loopback=self.loopback, controlling=controlling)
        for each in remote.candidates:
            agent.add_candidate(remote.ufrag, candidate(each))
        return agent


def candidate(described: Described) -> Candidate:
    """Return what ICE needs of a candidate from SDP."""
    return Candidate((described.host, described.port), described.priority)
