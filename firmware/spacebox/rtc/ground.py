"""What all peers stand on: one port, one identity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aioice import Candidate as Described

from spacebox.rtc.answer import Asked, Local, write
from spacebox.rtc.candidates import Candidate
from spacebox.rtc.counts import Counts
from spacebox.rtc.demux import Demux
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
    """Our candidates, as an answer tells them."""
    loopback: bool
    clock: Callable[[], float]

    def hosts(self) -> list[Candidate]:
        """Return our own addresses."""
        return [candidate(each) for each in self.described() if each.type == "host"]

    def agent(self, ours: Credentials, asked: Asked) -> Agent:
        """Return the ICE agent for who made the offer."""
        theirs = Credentials(asked.ufrag, asked.password)
        agent = Agent(ours, theirs, self.hosts(), loopback=self.loopback)
        for each in asked.candidates:
            agent.add_candidate(asked.ufrag, candidate(each))
        return agent

    def answer(self, ours: Credentials, asked: Asked, ssrc: int, cname: str) -> str:
        """Return the SDP answer."""
        described, fingerprint = self.described(), self.identity.fingerprint
        local = Local(ours.ufrag, ours.password, described, fingerprint, ssrc, cname)
        return write(asked, local)


def candidate(described: Described) -> Candidate:
    """Return what ICE needs of a candidate from SDP."""
    return Candidate((described.host, described.port), described.priority)
