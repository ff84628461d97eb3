"""Every connection of the room: whose it is, how many there may be, and when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from spacebox.audio.received import Received
from spacebox.ports import Answer, Denied, Restarted
from spacebox.room.model import HOST
from spacebox.rtc.downlink import Downlink
from spacebox.rtc.transport import Transport
from spacebox.rtc.uplink import Uplink

SHARE = 3
"""One network has at most this part of the live lines: a third."""
HEARD_S = 10.0
"""A listener who reported so lately hears us."""

Seat: TypeAlias = Callable[[str, Uplink, bool], bool]
"""Takes who, what they are heard by, and whether that is a tool; says whether they may be heard."""


@dataclass(eq=False, slots=True)
class _Ear:
    """A downlink, and whose it is; None for a listener without a seat."""

    participant: str | None
    origin: str | None
    link: Downlink
    met: bool = False
    """Whether it ever connected."""

    @property
    def away(self) -> bool:
        return self.met and not self.link.peer.connected


@dataclass(eq=False, slots=True)
class _Voice:
    """An uplink, and whose it is."""

    participant: str
    link: Uplink
    tool: bool
    seated: bool = False


class Lines:
    """Holds every connection of the room (ports.Signalling). Used from the event loop only.

    *seat* is called when an uplink first connects, and *unseat* when one that was seated is over.
    In between it may be away, and then is heard again as it was.
    """

    def __init__(
        self, transport: Transport, most: int, seat: Seat, unseat: Callable[[str], None]
    ) -> None:
        """Let *most* listen at a time. Uplinks do not count: the stage bounds them."""
        self._transport = transport
        self._most = most
        self._seat = seat
        self._unseat = unseat
        self._ears: dict[str, _Ear] = {}
        self._voices: dict[str, _Voice] = {}

    def __len__(self) -> int:
        """Count the connections, both ways."""
        return len(self._ears) + len(self._voices)

    # Signalling

    def listen(self, participant: str | None, offer: str, origin: str | None) -> Answer:
        """Open a downlink; a seat's earlier one is closed. Raises Denied.

        Of *origin*, a network, there are only so many; None has no bound of its own.
        """
        displaced = self._displaced(participant, origin)
        link = self._transport.downlink(participant, offer, lambda: self._ear_changed(ear))
        ear = _Ear(participant, origin, link)
        answer = _answer(link)
        self._ears[answer.peer] = ear
        for other in displaced:
            other.link.peer.close()
        return answer

    def speak(self, participant: str, offer: str, *, tool: bool) -> Answer:
        """Open the uplink of somebody on stage; an earlier one is closed. Raises Denied."""
        link = self._transport.uplink(Received, offer, lambda: self._voice_changed(voice))
        voice = _Voice(participant, link, tool)
        answer = _answer(link)
        self.hush(participant)
        self._voices[answer.peer] = voice
        return answer

    def patch(self, peer: str, session: str, fragment: str) -> Restarted | None:
        """Take candidates, or restart the ICE of a connection. Raises Denied."""
        line = self._ears.get(peer) or self._voices.get(peer)
        if line is None:
            raise Denied("not_found", "there is no such connection")
        return line.link.peer.patch(session, fragment)

    def stop_listening(self, peer: str) -> bool:
        """Close a downlink; False where there is none of that name."""
        ear = self._ears.get(peer)
        if ear is not None:
            ear.link.peer.close()
        return ear is not None

    def stop_speaking(self, peer: str) -> str | None:
        """Close an uplink; return whose it was, None where there is none of that name."""
        voice = self._voices.get(peer)
        if voice is None:
            return None
        voice.link.peer.close()
        return voice.participant

    # What the room wants closed

    def hush(self, participant: str) -> None:
        """Close somebody's uplink."""
        for voice in list(self._voices.values()):
            if voice.participant == participant:
                voice.link.peer.close()

    def deafen(self, participant: str) -> None:
        """Close somebody's downlink."""
        for ear in list(self._of(participant)):
            ear.link.peer.close()

    def close(self) -> None:
        """Close all."""
        lines: list[_Ear | _Voice] = [*self._ears.values(), *self._voices.values()]
        for line in lines:
            line.link.peer.close()

    # What the room wants to know

    def listening(self) -> Iterator[str | None]:
        """Say who, seat or nobody, is sent the programme and is there."""
        return (ear.participant for ear in self._ears.values() if ear.link.peer.connected)

    def speaking(self) -> Mapping[str, Uplink]:
        """Return the uplinks of those who are there."""
        voices = (voice for voice in self._voices.values() if voice.link.peer.connected)
        return {voice.participant: voice.link for voice in voices}

    def heard(self, now: float) -> bool:
        """Say whether anybody but the host reported lately that more was received."""
        return any(now - link.reported_at < HEARD_S for link in self._guests())

    @property
    def loss(self) -> float | None:
        """The share of packets that listeners missed lately, on average; None if nobody told."""
        told = [link.lost for link in self._guests() if link.lost is not None]
        return sum(told) / len(told) if told else None

    def _guests(self) -> Iterator[Downlink]:
        for ear in self._ears.values():
            if ear.link.peer.connected and ear.participant != HOST:
                yield ear.link

    # Changes

    def _ear_changed(self, ear: _Ear) -> None:
        peer = ear.link.peer
        ear.met |= peer.connected
        if peer.over:
            self._ears.pop(peer.id, None)

    def _voice_changed(self, voice: _Voice) -> None:
        peer = voice.link.peer
        if peer.over:
            self._voices.pop(peer.id, None)
            if voice.seated:
                voice.seated = False
                self._unseat(voice.participant)
        elif peer.connected and not voice.seated:
            voice.seated = self._seat(voice.participant, voice.link, voice.tool)
            if not voice.seated:
                peer.close()

    def _of(self, participant: str | None) -> Iterable[_Ear]:
        """Return a seat's downlinks; those of listeners without a seat are nobody's."""
        if participant is None:
            return ()
        return (ear for ear in self._ears.values() if ear.participant == participant)

    def _displaced(self, participant: str | None, origin: str | None) -> tuple[_Ear, ...]:
        """Return what a new downlink takes the place of. Raises Denied where there is no place.

        When it is full, whoever is away makes room; their seat is kept all the same.
        """
        earlier = tuple(self._of(participant))
        others = [ear for ear in self._ears.values() if ear not in earlier]
        neighbours = [ear for ear in others if origin is not None and ear.origin == origin]
        if len(neighbours) >= max(1, self._most // SHARE):
            crowd, why = neighbours, "there are as many live lines as one network may have"
        elif len(others) >= self._most:
            crowd, why = others, "the box can carry no more live lines"
        else:
            return earlier
        away = next((ear for ear in crowd if ear.away), None)
        if away is None:
            raise Denied("full", why)
        return (*earlier, away)


def _answer(link: Downlink | Uplink) -> Answer:
    return Answer(link.peer.id, link.sdp, link.peer.session)
