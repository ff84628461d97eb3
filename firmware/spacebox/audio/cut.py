"""Two who mute one microphone and never wait for each other: the room, and a button's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Cut:
    """Stands before a microphone's `mute`: it is open only while both let it be.

    The button's thread cuts at once. Whatever the room says meanwhile, the microphone stays shut
    until the room's thread has taken note of each press.
    """

    def __init__(self, mute: Callable[[bool], None]) -> None:
        self._mute = mute
        self._lock = threading.Lock()
        self._muted = True
        self._unknown = 0
        """Cuts that the room does not know of yet."""
        mute(True)

    def cut(self) -> None:
        """Silence the microphone now; `know` is to be called as often. From any thread."""
        with self._lock:
            self._unknown += 1
            self._mute(True)

    def know(self) -> None:
        """Take note of one cut: what the room says of it has been said."""
        with self._lock:
            self._unknown -= 1
            self._apply()

    def mute(self, muted: bool) -> None:
        """Say what the room says."""
        with self._lock:
            self._muted = muted
            self._apply()

    def _apply(self) -> None:
        self._mute(self._muted or self._unknown > 0)
