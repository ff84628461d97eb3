"""The sound of a stay: their room in our mix, our microphone towards them."""

from __future__ import annotations

from spacebox.audio.cut import Cut
from spacebox.audio.pump import Pump
from spacebox.ports import Source
from spacebox.room.model import HOST
from spacebox.rtc.transport import Transport

FAR = "far"
"""The seat of the other room in our mix.

Our speaker plays the mix without our own voice, which is they; and what they are sent is the mix
without theirs, which is our microphone.
"""


class Sound:
    """What engines play by, and are heard by. Used from the event loop only."""

    def __init__(self, pump: Pump, cut: Cut, transport: Transport) -> None:
        self._pump = pump
        self._cut = cut
        self.transport = transport

    def play(self, source: Source) -> None:
        """Let the host hear *source*, in the place of an earlier one."""
        self._pump.seat(FAR, source, muted=False)

    def mute(self, muted: bool) -> None:
        """Shut or open the box's microphone."""
        self._pump.mute(HOST, muted)
        self._cut.mute(muted)

    def close(self) -> None:
        """Play nothing more, and shut the microphone."""
        self.mute(True)
        self._pump.unseat(FAR)
