from __future__ import annotations

from enum import Enum


class Level(Enum):
    NONE = 0
    FEC = 1
    RED = 2


class Protection:
    def __init__(self, *, red: bool) -> None:
        self._red = red
        self.level = Level.NONE

    def reported(self, lost: float, now: float) -> Level:
        return self.level
