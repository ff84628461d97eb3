"""What happens in one tick: everybody's frame in, everybody's packet out. Knows no clock.

Encode once: all listeners share the programme. Only who may be audible gets an encoder of their
own, for a mix without their voice. A decoder must not notice when it is moved between the two:

- A new encoder is first fed the last frames of the programme, and then sounds as the shared one
  would have.
- An encoder whose owner fell silent is kept for half a second. By then both have heard the same
  for long enough to agree.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from spacebox.audio.opus import Encoder
from spacebox.mixer.fade import Fader
from spacebox.mixer.frame import Frame, silence
from spacebox.mixer.level import VoiceDetector, level_db
from spacebox.mixer.mix import mix
from spacebox.ports import Source, Tick, Voice

_WARM_UP_FRAMES = 3
_LINGER_FRAMES = 25


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's place in the mix."""

    source: Source
    muted: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What one tick gave."""

    tick: Tick
    ear: Frame
    """The mix that the box's own speaker plays."""


class _Channel:
    """The strip of one source: its fader."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._fader = Fader()

    @property
    def silent(self) -> bool:
        return self._fader.silent

    def pull(self, audible: bool) -> Frame:
        frame = self.source.pull()
        return self._fader.apply(silence() if frame is None else frame, audible)


class _Own:
    """The encoder of somebody's mix-minus."""

    def __init__(self, bitrate: int) -> None:
        self.encoder = Encoder(bitrate)
        self.idle = 0
        """Ticks since its owner was last audible."""


class Desk:
    """Mixes and encodes, tick by tick. For one thread."""

    def __init__(self, bitrate: int = 48_000) -> None:
        self._bitrate = bitrate
        self._programme = Encoder(bitrate)
        self._before: deque[Frame] = deque(maxlen=_WARM_UP_FRAMES)
        self._channels: dict[str, _Channel] = {}
        self._detectors: dict[str, VoiceDetector] = {}
        self._own: dict[str, _Own] = {}

    def tick(
        self, seats: Mapping[str, Seat], *, index: int, lateness_s: float, ear: str | None
    ) -> Heard:
        """Pull, mix and encode the next 20 ms for *seats*; *ear* is whose mix the box plays."""
        audible = {who for who, channel in self._channels.items() if not channel.silent}
        audible |= {who for who, seat in seats.items() if not seat.muted}
        frames = self._pull(seats)
        self._keep_encoders(audible)
        mixed = mix(frames, self._own.keys() | ({ear} if ear else set()))
        tick = Tick(
            index=index,
            programme=self._programme.encode(mixed.programme),
            robust=None,
            minus={who: own.encoder.encode(mixed.minus[who]) for who, own in self._own.items()},
            voices={who: self._measure(who, frames[who]) for who in seats},
            lateness_s=lateness_s,
        )
        self._before.append(mixed.programme)
        return Heard(tick, mixed.minus[ear] if ear else mixed.programme)

    def close(self) -> None:
        """Give the encoders' memory back."""
        self._programme.close()
        for own in self._own.values():
            own.encoder.close()
        self._own.clear()

    def _pull(self, seats: Mapping[str, Seat]) -> dict[str, Frame]:
        frames: dict[str, Frame] = {}
        for who, channel in list(self._channels.items()):
            if who not in seats or seats[who].source is not channel.source:
                frames[who] = channel.pull(False)
                del self._channels[who]
        for who in self._detectors.keys() - seats.keys():
            del self._detectors[who]
        for who, seat in seats.items():
            if who not in self._channels:
                self._channels[who] = _Channel(seat.source)
            frame = self._channels[who].pull(not seat.muted)
            frames[who] = frames[who] + frame if who in frames else frame
        return frames

    def _keep_encoders(self, audible: set[str]) -> None:
        for who in audible - self._own.keys():
            self._own[who] = own = _Own(self._bitrate)
            for frame in self._before:
                own.encoder.encode(frame)
        for who, own in list(self._own.items()):
            own.idle = 0 if who in audible else own.idle + 1
            if own.idle > _LINGER_FRAMES:
                own.encoder.close()
                del self._own[who]

    def _measure(self, who: str, frame: Frame) -> Voice:
        if who not in self._detectors:
            self._detectors[who] = VoiceDetector()
        detector, level = self._detectors[who], level_db(frame)
        detector.hear(level)
        return Voice(level, detector.speaking, detector.talk_s)
