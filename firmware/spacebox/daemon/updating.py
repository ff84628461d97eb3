"""What the box shows of an update, and whether there may be one now."""

from __future__ import annotations

from spacebox.engines.guest.guest import Guest
from spacebox.hub import Hub
from spacebox.panel.views import Updating
from spacebox.room.model import State

FRESH_S = 60.0
"""Who updates the box tells of it again and again; after so long without a word they have gone."""


class Updates:
    """Takes the word of whoever updates the box, and has the last one."""

    def __init__(self, hub: Hub, guest: Guest) -> None:
        self._hub = hub
        self._guest = guest
        self._told: Updating | None = None
        self._told_at = 0.0

    def tell(self, version: str, doing: str, part: float | None) -> str:
        """Take note of how far it is. Return why it may not go on, or nothing."""
        if self._hub.room.state is not State.IDLE:
            return "a Space is live"
        if self._guest.stay is not None:
            return "the box is a guest in another room"
        self._told, self._told_at = Updating(version, doing, part), self._hub.clock()
        return ""

    @property
    def shown(self) -> Updating | None:
        """What is on the glass of it."""
        fresh = self._hub.clock() - self._told_at < FRESH_S
        return self._told if fresh else None
