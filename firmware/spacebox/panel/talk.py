"""The microphone that MUTE is about: in the box's own room, or where it is a guest."""

from __future__ import annotations

from spacebox.hub import Hub
from spacebox.panel.visit import Visit
from spacebox.room.commands import SetMuted
from spacebox.room.model import HOST


class Talk:
    """Acts on MUTE's press and decides on its release. Used from the event loop only."""

    def __init__(self, hub: Hub, visit: Visit) -> None:
        self._hub = hub
        self._visit = visit
        self._before: bool | None = None
        """What a long press goes back to; None once somebody else decided."""
        self._deciding = False

    def press(self) -> None:
        """Turn the microphone over."""
        self._before = self._muted
        self._mute(not self._before)

    def release(self) -> None:
        """End a cough or a push to talk, unless somebody else decided meanwhile."""
        if self._before is not None:
            self._mute(self._before)

    def overrule(self) -> None:
        """Let the next release change nothing."""
        self._before = None

    def shut(self) -> None:
        """Close the microphone, and leave it closed."""
        self.overrule()
        self._mute(True)

    def changed(self) -> None:
        """Take note that the host's microphone was opened or shut in our room."""
        if not self._deciding:
            self.overrule()

    @property
    def _muted(self) -> bool:
        return self._visit.muted if self._visit.stay else self._hub.room.participants[HOST].muted

    def _mute(self, muted: bool) -> None:
        if self._visit.stay:
            self._visit.mute(muted)
            return
        self._deciding = True
        self._hub.submit(SetMuted(HOST, muted))
        self._deciding = False
