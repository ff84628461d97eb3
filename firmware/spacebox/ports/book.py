"""Lines that outlive the box's sudden end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeAlias

Line: TypeAlias = Mapping[str, Any]
"""What JSON can say."""


class Book(Protocol):
    """Lines in the order in which they were written. Writing never blocks and never raises."""

    def read(self) -> tuple[Line, ...]:
        """Return what was in it when it was opened."""

    def append(self, line: Line) -> None: ...

    def begin(self, lines: Iterable[Line] = ()) -> None:
        """Have nothing in it but *lines*."""
