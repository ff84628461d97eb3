"""What the glass can say while the box is a guest elsewhere. All text is a stranger's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from spacebox.panel.figures import Air, Level, Pegs


@dataclass(frozen=True, slots=True)
class Coming:
    """On the way there, or back there."""

    chip: str
    """JOINING, or LOST."""
    heading: str
    text: str
    """What is wrong; empty where nothing is."""
    since_s: int
    again: str
    """``next try in 8 s``, or empty at the first."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """In the room there, listening or on its stage."""

    air: Air
    heading: str
    note: str
    """One line below the heading."""
    pegs: Pegs | None
    """None where nobody can be seen."""
    level: Level | None
    """While our microphone is open there."""


@dataclass(frozen=True, slots=True)
class Invited:
    """Their host asks us to come up."""

    name: str
    """The host's."""
    title: str


@dataclass(frozen=True, slots=True)
class Parted:
    """The stay ended by itself."""

    heading: str
    text: str
    clock: str
    """``16:46``."""


Away: TypeAlias = Coming | Elsewhere | Invited | Parted
