"""What happens in one tick: everybody's frame in, everybody's packet out. Knows no clock.

Encode once: all listeners share the programme. Only who listens and may be audible gets an
encoder of their own, for a mix without their voice, and only those who lose packets share a second
encoding of the programme, which is coarser and brings in-band FEC. A decoder must not notice when
it is moved:

- A new encoder is first fed the last frames of the programme, and then sounds as the shared one
  would have.
- An encoder that is not needed any more is kept for half a second: its owner, who fell silent,
  hears the same as all by then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from spacebox.audio.opus import Encoder
from spacebox.mixer.fade import Fader
from spacebox.mixer.frame import Frame, silence
from spacebox.mixer.level import VoiceDetector, level_db
from spacebox.mixer.mix import mix
from spacebox.ports import Source, Tick, Voice

_WARM_UP_FRAMES = 3
_LINGER_FRAMES = 25
_ROBUST_BITRATE = 32_000
"""No more than the clean programme: a line that loses packets may be one that is full."""
_EXPECTED_LOSS = 10
"""In percent; makes libopus give the redundancy its part of the bits."""


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


class _Extra:
    """An encoder beside the programme's, needed for a while."""

    def __init__(self, encoder: Encoder, before: Iterable[Frame]) -> None:
        self.encoder = encoder
        self._idle = 0
        """Ticks since it was last needed."""
        for frame in before:
            encoder.encode(frame)

    def stays(self, needed: bool) -> bool:
        """Say whether to keep it for this tick; it is closed if not."""
        self._idle = 0 if needed else self._idle + 1
        if self._idle > _LINGER_FRAMES:
            self.encoder.close()
        return self._idle <= _LINGER_FRAMES


class Desk:
    """Mixes and encodes, tick by tick. For one thread."""

    def __init__(self, bitrate: int = 48_000) -> None:
        self._bitrate = bitrate
        self._programme = Encoder(bitrate)
        self._before: deque[Frame] = deque(maxlen=_WARM_UP_FRAMES)
        self._channels: dict[str, _Channel] = {}
        self._detectors: dict[str, VoiceDetector] = {}
        self._own: dict[str, _Extra] = {}
        self._robust: _Extra | None = None

    def tick(
        self,
        seats: Mapping[str, Seat],
        *,
        index: int,
        lateness_s: float,
        ear: str | None,
        robust: bool,
        listeners: Collection[str],
    ) -> Heard:
        """Pull, mix and encode the next 20 ms for *seats*.

        *ear* is whose mix the box plays; *robust* says that somebody's line loses packets. Only
        *listeners* may get packets of a mix of their own.
        """
        audible = {who for who, channel in self._channels.items() if not channel.silent}
        audible |= {who for who, seat in seats.items() if not seat.muted}
        frames = self._pull(seats)
        self._keep_encoders(audible & set(listeners))
        mixed = mix(frames, self._own.keys() | ({ear} if ear else set()))
        tick = Tick(
            index=index,
            programme=self._programme.encode(mixed.programme),
            robust=self._encode_robust(mixed.programme, robust),
            minus={who: own.encoder.encode(mixed.minus[who]) for who, own in self._own.items()},
            voices={who: self._measure(who, frames[who]) for who in seats},
            lateness_s=lateness_s,
        )
        self._before.append(mixed.programme)
        return Heard(tick, mixed.minus[ear] if ear else mixed.programme)

    def close(self) -> None:
        """Give the encoders' memory back."""
        self._programme.close()
        extras = [*self._own.values(), self._robust]
        for extra in filter(None, extras):
            extra.encoder.close()

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
            self._own[who] = _Extra(Encoder(self._bitrate), self._before)
        self._own = {who: own for who, own in self._own.items() if own.stays(who in audible)}

    def _encode_robust(self, programme: Frame, needed: bool) -> bytes | None:
        if needed and self._robust is None:
            encoder = Encoder(_ROBUST_BITRATE, expected_loss=_EXPECTED_LOSS)
            self._robust = _Extra(encoder, self._before)
        if self._robust is not None and not self._robust.stays(needed):
            self._robust = None
        return self._robust.encoder.encode(programme) if self._robust else None

    def _measure(self, who: str, frame: Frame) -> Voice:
        if who not in self._detectors:
            self._detectors[who] = VoiceDetector()
        detector, level = self._detectors[who], level_db(frame)
        detector.hear(level)
        return Voice(level, detector.speaking, detector.talk_s)
