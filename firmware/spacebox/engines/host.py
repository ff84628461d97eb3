"""The room lives on this box: seats follow the events, connections follow the seats.

What may be heard is decided here, by the seat, never by what a client sends.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spacebox.audio.cut import Cut
from spacebox.audio.pump import Pump
from spacebox.engines.streams import Streams
from spacebox.hub import Entry, Hub
from spacebox.ports import Answer, Denied, Microphone, Tick
from spacebox.room import commands as c
from spacebox.room import events as e
from spacebox.room.model import HOST
from spacebox.rtc.downlink import Downlink, packet
from spacebox.rtc.peer import Peer
from spacebox.rtc.uplink import Uplink

DOWNLINKS = 250
"""With so many the room is full. Uplinks do not count: the stage bounds them."""
HOUSEKEEPING_S = 0.25
COUNT_EVERY = 4
"""Listeners and receiver reports are looked at once in so many rounds: each second."""
HEARD_S = 10.0
LOOKS = 25
"""So many receiver reports are looked at each second: each of 250 within `HEARD_S`."""
UNLINKED_S = 5.0
"""How long somebody may go without a connection or an event stream and not be away."""

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Line:
    """A connection and whose it is; None for a listener without a seat."""

    participant: str | None
    link: Downlink | Uplink

    @property
    def peer(self) -> Peer:
        return self.link.peer


class Host:
    """Holds every connection of the room. Used from the event loop only."""

    def __init__(self, hub: Hub, pump: Pump, microphone: Microphone) -> None:
        self._hub = hub
        self._pump = pump
        self._microphone = microphone
        self.cut = Cut(microphone.mute)
        """Lets the button's thread silence the box's microphone before the room knows."""
        self._lines: dict[str, _Line] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._talk_s: dict[str, float] = {}
        self._talked_before: dict[str, float] = {}
        """Seconds of voice before somebody's present uplink, which is measured from zero."""
        self.levels: dict[str, float] = {}
        """The level of each seat's sound in dBFS as of the last tick."""
        self._present: set[str] = set()
        self._linked_at: dict[str, float] = {}
        self.loss: float | None = None
        """The share of packets that listeners missed lately; None while nobody told."""
        self.streams = Streams(hub)
        self._stop_listening = hub.listen(self._on_event)
        self.housekeeper = asyncio.create_task(self._keep_house(), name="the housekeeper")
        """Never ends by itself: without it the box would only look well."""
        pump.seat(HOST, microphone, muted=True)

    # Signalling (ports.Signalling)

    async def listen(self, participant: str | None, offer: str) -> Answer:
        """Open a downlink; a seat's earlier one is closed."""
        if sum(isinstance(line.link, Downlink) for line in self._lines.values()) >= DOWNLINKS:
            raise Denied("full", "the box can carry no more live lines")
        return await self._open(participant, offer, Downlink(self._tidy))

    async def speak(self, participant: str, offer: str, *, tool: bool) -> Answer:
        """Open the uplink of somebody on stage; an earlier one is closed."""

        def changed() -> None:
            if uplink.peer.connected:
                self._seat(participant, uplink, tool=tool)
            self._tidy()

        uplink = Uplink(changed)
        return await self._open(participant, offer, uplink)

    def stop_listening(self, peer: str) -> bool:
        """Close a downlink; False where there is none of that name."""
        return self._stop(peer, Downlink) is not None

    def stop_speaking(self, peer: str) -> str | None:
        """Close an uplink; return whose it was, None where there is none of that name."""
        line = self._stop(peer, Uplink)
        return None if line is None else line.participant

    def _stop(self, peer: str, kind: type[Downlink] | type[Uplink]) -> _Line | None:
        line = self._lines.get(peer)
        if line is None or not isinstance(line.link, kind):
            return None
        line.peer.close()
        return line

    async def _open(self, participant: str | None, offer: str, link: Downlink | Uplink) -> Answer:
        self._lines[link.peer.id] = line = _Line(participant, link)
        sdp = await link.answer(offer)
        for earlier in self._lines_of(participant, type(link)):
            if earlier is not line:
                earlier.peer.close()
        return Answer(link.peer.id, sdp, "")

    def _lines_of(
        self, participant: str | None, kind: type[Downlink] | type[Uplink]
    ) -> list[_Line]:
        """Return somebody's connections of one kind; a listener without a seat has but one."""
        return [
            line
            for line in self._lines.values()
            if participant is not None
            and line.participant == participant
            and isinstance(line.link, kind)
        ]

    def _tidy(self) -> None:
        """Forget the connections that are over."""
        for line in [line for line in self._lines.values() if line.peer.over]:
            del self._lines[line.peer.id]
            self._closing.add(ending := line.peer.close())
            ending.add_done_callback(self._closing.discard)
            if isinstance(line.link, Uplink) and line.participant is not None:
                self._unseat(line.participant)

    def connections(self) -> int:
        """Count the connections, both ways."""
        return len(self._lines)

    # Seats follow events

    def _seat(self, participant: str, uplink: Uplink, *, tool: bool) -> None:
        """Let a connected uplink into the mix, if its seat is on stage now."""
        self._hub.submit(c.ReportUplink(participant, unmuted=tool))
        seat = self._hub.room.participants.get(participant)
        if seat is None or not seat.on_stage:
            uplink.peer.close()
            return
        self._talked_before[participant] = seat.talk_s
        self._pump.seat(participant, uplink, muted=self._silenced(participant))

    def _unseat(self, participant: str) -> None:
        if not any(line.peer.connected for line in self._lines_of(participant, Uplink)):
            self._pump.unseat(participant)
            self._talked_before.pop(participant, None)
            talk_s = self._talk_s.pop(participant, 0.0)
            self._hub.submit(c.ReportSpeaking(participant, False, talk_s))

    def _silenced(self, participant: str) -> bool:
        room = self._hub.room
        seat = room.participants.get(participant)
        return not room.open or seat is None or seat.muted

    def _on_event(self, entry: Entry) -> None:
        match entry.event:
            case e.MuteChanged(participant=who):
                self._silence(who)
            case e.SteppedDown(participant=who) | e.CohostRevoked(participant=who):
                self._close_lines(who, Uplink)
            case e.Removed(participant=who) | e.Left(participant=who):
                self._close_lines(who, Uplink)
                self._close_lines(who, Downlink)
            case e.SpaceStarted():
                self._count_host_anew()
            case e.SpaceEnded() | e.SpaceResumed():
                for who in self._hub.room.participants:
                    self._silence(who)
            case e.SpaceClosed():
                for line in list(self._lines.values()):
                    line.peer.close()
            case _:
                pass

    def _silence(self, participant: str) -> None:
        silenced = self._silenced(participant)
        self._pump.mute(participant, silenced)
        if participant == HOST:
            self.cut.mute(silenced)

    def _count_host_anew(self) -> None:
        """Count the voice at the box from zero, though its microphone is never seated anew."""
        before = self._talked_before.get(HOST, 0.0)
        self._talked_before[HOST] = before - self._talk_s.get(HOST, 0.0)

    def _close_lines(self, who: str, kind: type[Downlink] | type[Uplink]) -> None:
        seat = self._hub.room.participants.get(who)
        if kind is Uplink and seat is not None and seat.on_stage:
            return
        for line in self._lines_of(who, kind):
            line.peer.close()

    # Sound out

    def on_tick(self, tick: Tick) -> None:
        """Send what one tick of the media clock produced, and tell the room who speaks."""
        self.streams.on_tick(tick.programme)
        programme = packet(tick.programme, tick.index)
        minus = {who: packet(payload, tick.index) for who, payload in tick.minus.items()}
        for line in self._lines.values():
            if isinstance(line.link, Downlink):
                line.link.send(minus.get(line.participant or "", programme))
        self.levels = {who: voice.level_db for who, voice in tick.voices.items()}
        for who, voice in tick.voices.items():
            seat = self._hub.room.participants.get(who)
            if seat is None:
                continue
            self._talk_s[who] = self._talked_before.get(who, 0.0) + voice.talk_s
            if voice.speaking != (seat.speaking_since is not None):
                self._hub.submit(c.ReportSpeaking(who, voice.speaking, self._talk_s[who]))

    # Who is there

    def presence(self, participant: str, present: bool) -> None:
        """Take note that a seat has an event stream open, or none any more."""
        if present:
            self._present.add(participant)
        else:
            self._present.discard(participant)

    async def _keep_house(self) -> None:
        for round_ in itertools.count():
            self._hub.submit(c.CheckDeadlines())
            self._report_connected(self._hub.clock())
            if round_ % COUNT_EVERY == 0:
                self._hub.submit(c.ReportListeners(sum(self.listening().values())))
                heard = await self._look_at_reports(self._hub.clock())
                heard = heard or self.streams.heard(self._hub.clock())
                self._hub.submit(c.ReportOnAir(self._microphone.lost, heard))
            await asyncio.sleep(HOUSEKEEPING_S)

    def _report_connected(self, now: float) -> None:
        """Somebody without any connection for a while is away."""
        linked = self._present | {who for _, who in self._receiving(now)}
        linked |= {line.participant for line in self._lines.values() if line.peer.connected}
        people = self._hub.room.participants.keys() - {HOST}
        self._linked_at = {
            who: now if who in linked else self._linked_at.get(who, now) for who in people
        }
        for who, at in self._linked_at.items():
            self._hub.submit(c.ReportConnected(who, now - at < UNLINKED_S))

    def listening(self) -> Mapping[str, int]:
        """Count who receives now and is off stage, a seat once, by how: webrtc, ogg or mp3."""
        seats, counts = self._hub.room.participants, Counter(webrtc=0, ogg=0, mp3=0)
        counted: set[str] = set()
        for how, who in self._receiving(self._hub.clock()):
            seat = seats.get(who or "")
            if who in counted or (seat is not None and seat.on_stage):
                continue
            counts[how] += 1
            if who is not None:
                counted.add(who)
        return counts

    def _receiving(self, now: float) -> Iterator[tuple[str, str | None]]:
        """Say how and who, seat or nobody, receives the programme."""
        for line in self._lines.values():
            if isinstance(line.link, Downlink) and line.peer.connected:
                yield "webrtc", line.participant
        yield from self.streams.receiving(now)

    async def _look_at_reports(self, now: float) -> bool:
        """Look where it was not looked for longest; say whether anybody received lately."""
        ears = [
            line.link
            for line in self._lines.values()
            if isinstance(line.link, Downlink) and line.peer.connected and line.participant != HOST
        ]
        for ear in sorted(ears, key=lambda ear: ear.looked_at)[:LOOKS]:
            await ear.look(now)
        told = [ear.lost for ear in ears if ear.lost is not None]
        self.loss = sum(told) / len(told) if told else None
        return any(now - ear.reported_at < HEARD_S for ear in ears)

    async def close(self) -> None:
        """Let everybody go; bounded by the bound of a connection's end."""
        self._stop_listening()
        self.housekeeper.cancel()
        self._pump.unseat(HOST)
        for line in list(self._lines.values()):
            line.peer.close()
        await asyncio.gather(*self._closing)
