"""The room lives on this box: seats follow the events, connections follow the seats.

What may be heard is decided here, by the seat, never by what a client sends.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping

from spacebox.audio.cut import Cut
from spacebox.audio.pump import Pump
from spacebox.engines.lines import Lines
from spacebox.engines.streams import Streams
from spacebox.hub import Entry, Hub
from spacebox.ports import Microphone, Tick
from spacebox.room import commands as c
from spacebox.room import events as e
from spacebox.room.model import HOST
from spacebox.rtc.transport import Transport
from spacebox.rtc.uplink import Uplink

HOUSEKEEPING_S = 0.25
COUNT_EVERY = 4
"""Listeners and receiver reports are looked at once in so many rounds: each second."""
UNLINKED_S = 5.0
"""How long somebody may go without a connection or an event stream and not be away."""


class Host:
    """Seats those who speak, counts those who listen. Used from the event loop only."""

    def __init__(
        self, hub: Hub, pump: Pump, microphone: Microphone, transport: Transport, listeners: int
    ) -> None:
        """Let so many *listeners* have a live line at a time."""
        self._hub = hub
        self._pump = pump
        self._microphone = microphone
        self._transport = transport
        self.cut = Cut(microphone.mute)
        """Lets the button's thread silence the box's microphone before the room knows."""
        self.lines = Lines(transport, listeners, self._seat, self._unseat)
        """Takes the offers (ports.Signalling)."""
        self._talk_s: dict[str, float] = {}
        self._talked_before: dict[str, float] = {}
        """Seconds of voice before somebody's present uplink, which is measured from zero."""
        self._present: set[str] = set()
        self._linked_at: dict[str, float] = {}
        self.loss: float | None = None
        """The share of packets that listeners missed lately; None while nobody told."""
        self.streams = Streams(hub)
        self._stop_listening = hub.listen(self._on_event)
        self.housekeeper = asyncio.create_task(self._keep_house(), name="the housekeeper")
        """Never ends by itself: without it the box would only look well."""
        pump.seat(HOST, microphone, muted=True)

    # Seats follow events

    def _seat(self, participant: str, uplink: Uplink, tool: bool) -> bool:
        """Let a connected uplink into the mix, if its seat is on stage now; say whether it is."""
        self._hub.submit(c.ReportUplink(participant, unmuted=tool))
        seat = self._hub.room.participants.get(participant)
        if seat is None or not seat.on_stage:
            return False
        self._talked_before[participant] = seat.talk_s
        self._pump.seat(participant, uplink, muted=self._silenced(participant))
        return True

    def _unseat(self, participant: str) -> None:
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
                self._step_off(who)
            case e.Removed(participant=who) | e.Left(participant=who):
                self.lines.hush(who)
                self.lines.deafen(who)
            case e.SpaceStarted():
                self._count_host_anew()
            case e.SpaceEnded() | e.SpaceResumed():
                for who in self._hub.room.participants:
                    self._silence(who)
            case e.SpaceClosed():
                self.lines.close()
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

    def _step_off(self, who: str) -> None:
        """Close the uplink of somebody who may have been put back on stage meanwhile."""
        seat = self._hub.room.participants.get(who)
        if seat is None or not seat.on_stage:
            self.lines.hush(who)

    # What the media clock brings

    def on_tick(self, tick: Tick) -> None:
        """Do the network's part of one tick, feed the streams, tell the room who speaks."""
        self._transport.attend()
        self.streams.on_tick(tick.programme)
        for who, voice in tick.voices.items():
            seat = self._hub.room.participants.get(who)
            # The tick is from before; whoever has left the mix since is silent now.
            if seat is None or (who != HOST and who not in self._talked_before):
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
                self.loss = self.lines.loss
                now = self._hub.clock()
                heard = self.lines.heard(now) or self.streams.heard(now)
                self._hub.submit(c.ReportOnAir(self._microphone.lost, heard))
            await asyncio.sleep(HOUSEKEEPING_S)

    def _report_connected(self, now: float) -> None:
        """Somebody without any connection for a while is away."""
        linked = self._present | {who for _, who in self._receiving(now)}
        linked |= self.lines.speaking().keys()
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
        for who in self.lines.listening():
            yield "webrtc", who
        yield from self.streams.receiving(now)

    def close(self) -> None:
        """Let everybody go."""
        self._stop_listening()
        self.housekeeper.cancel()
        self._pump.unseat(HOST)
        self.lines.close()
