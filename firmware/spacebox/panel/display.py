"""Keeps the glass true, from a thread of its own: whatever a bus does, nobody waits for it."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from PIL import Image

from spacebox.panel.glass import SIZE, Glass
from spacebox.panel.probe import Missing
from spacebox.panel.views import Shown

EVERY_S = 5.0
"""An absent glass is tried so often. One that is there is written anew as often, since one that
lost its power for a moment answers as before and stays dark."""
_TELL_AGAIN_S = 3600.0
_CLOSE_S = 2.0

log = logging.getLogger(__name__)


class Display:
    """Draws what is to be shown, the latest only, and sends what changed."""

    def __init__(
        self,
        open_glass: Callable[[], Glass],
        draw: Callable[[Shown], Image.Image],
        brightest: int,
        every_s: float = EVERY_S,
    ) -> None:
        """*brightest* is the contrast, 0 to 255, of what is shown at full contrast."""
        self._open = open_glass
        self._draw = draw
        self._brightest = brightest
        self._every_s = every_s
        self._glass: Glass | None = None
        self._image = Image.new("1", SIZE)
        self._picture = self._image.tobytes()
        self._level = brightest
        self._sent: tuple[bytes, int] | None = None
        self._due_at = -math.inf
        self._told_at: dict[str, float] = {}
        self._trouble = ""
        self._next: Shown | None = None
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)
        self._thread.start()

    @property
    def picture(self) -> bytes:
        """What was drawn last, glass or not: 64 rows of 16 bytes."""
        return self._picture

    @property
    def trouble(self) -> str:
        """Why the glass does not show what it should, and what to do; empty while it does."""
        return self._trouble if self._thread.is_alive() else "The screen's thread has ended"

    def show(self, shown: Shown) -> None:
        """Draw and send it soon; what was to be shown before and is not drawn yet is forgotten."""
        with self._changed:
            self._next = shown
            self._changed.notify()

    def close(self) -> None:
        """Darken the glass and give it back; one that hangs is not waited for."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(_CLOSE_S)

    def _run(self) -> None:
        try:
            self._keep()
        finally:
            self._drop()  # dark rather than with a picture that is no longer true

    def _keep(self) -> None:
        while not self._closing:
            shown = self._take()
            if shown is not None:
                self._image = self._draw(shown)
                self._picture = self._image.tobytes()
                self._level = round(self._brightest * shown.contrast)
            try:
                self._send()
            except (Missing, OSError) as error:
                self._lose(error)

    def _take(self) -> Shown | None:
        """Wait for something to show, or until the glass is due."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing or self._next is not None,
                max(0.0, self._due_at - time.monotonic()),
            )
            shown, self._next = self._next, None
            return shown

    def _send(self) -> None:
        due = time.monotonic() >= self._due_at
        if self._glass is None:
            if not due:
                return
            self._glass = self._open()
            self._sent = None
        elif due:
            self._glass.rewrite()
        if due:
            self._due_at = time.monotonic() + self._every_s
        picture, level = self._sent or (None, None)
        if level != self._level:
            self._glass.contrast(self._level)
        if picture != self._picture:
            self._glass.show(self._image)
        self._sent = self._picture, self._level
        self._trouble = ""

    def _lose(self, error: Missing | OSError) -> None:
        now = time.monotonic()
        self._due_at = now + self._every_s
        self._trouble = str(error)
        if now - self._told_at.get(self._trouble, -math.inf) >= _TELL_AGAIN_S:
            self._told_at[self._trouble] = now
            log.warning("screen: %s", self._trouble)
        self._drop()

    def _drop(self) -> None:
        glass, self._glass = self._glass, None
        if glass is not None:
            with suppress(Missing, OSError):  # it may be gone already
                glass.close()
