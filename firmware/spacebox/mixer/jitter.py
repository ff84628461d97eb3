"""A short queue between a network that stutters and a pump that does not."""

from __future__ import annotations

from collections import deque

from spacebox.mixer.frame import Frame

PREFILL_FRAMES = 3
CAPACITY_FRAMES = 8


class JitterBuffer:
    """Hands frames out in the order they came; one thread pushes, another pulls.

    Waits for a few frames before the first, and again after it ran dry. What is too much is
    forgotten, the oldest first. Conceals nothing.
    """

    def __init__(self, *, prefill: int = PREFILL_FRAMES, capacity: int = CAPACITY_FRAMES) -> None:
        self._frames: deque[Frame] = deque(maxlen=capacity)
        self._prefill = prefill
        self._flowing = False

    def push(self, frame: Frame) -> None:
        """Take the next 20 ms."""
        self._frames.append(frame)

    def pull(self) -> Frame | None:
        """Return the next 20 ms, or None while there is too little to go on with."""
        if not self._flowing and len(self._frames) < self._prefill:
            return None
        self._flowing = bool(self._frames)
        # The other thread only ever adds, so what was there a moment ago is still there.
        return self._frames.popleft() if self._flowing else None
