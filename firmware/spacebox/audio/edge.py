"""Where a microphone is muted: before anything else of the box sees its sound."""

from __future__ import annotations

from spacebox.mixer.fade import Fader
from spacebox.mixer.frame import Frame, Samples
from spacebox.mixer.level import Meter
from spacebox.ports import Loudness


class Edge:
    """Measures what a microphone hears, and lets it out unless it is muted.

    Any thread may mute and ask for the loudness, so mute waits for no event loop.
    """

    def __init__(self) -> None:
        self._meter = Meter()
        self._fader = Fader()
        self._muted = False

    def mute(self, muted: bool) -> None:
        """Let the next frame fall silent, or rise."""
        self._muted = muted

    def hear(self, samples: Samples) -> None:
        """Measure samples, of any number, as they were recorded."""
        self._meter.hear(samples)

    def let_out(self, frame: Frame | None) -> Frame | None:
        """Return the frame as the mix may have it; None, a gap, is as silent as a mute wants."""
        muted = self._muted
        if frame is None:
            if muted:
                self._fader.cut()
            return None
        return self._fader.apply(frame, not muted)

    def loudness(self) -> Loudness:
        """Return what the microphone hears, muted or not."""
        meter = self._meter
        return Loudness(meter.level_db, meter.peak_db, meter.noise_db, meter.clipped)


NOTHING = Edge().loudness()
"""What is heard where nothing is."""
