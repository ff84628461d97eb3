"""What the glass shows in figures: meters, the stage, and for how long all of it has been on air.

Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacebox.ports import Loudness
from spacebox.room.model import HOST, Role, Room

_FLOOR_DB = -60.0


@dataclass(frozen=True, slots=True)
class Level:
    """A sound meter; both from 0 (silence) to 1 (full scale)."""

    level: float
    peak: float


@dataclass(frozen=True, slots=True)
class Air:
    """The header of a Space that is live."""

    chip: str
    """ON AIR, MUTED, UNHEARD or NO MIC; GUEST in the audience of another room."""
    elapsed_s: int
    recording: bool
    listeners: int | None
    """None where that is not known."""


@dataclass(frozen=True, slots=True)
class Pegs:
    """The stage: one peg per place, hosts first."""

    speakers: int
    limit: int
    """Of speakers; hosts never count."""
    taken: int
    """Pegs that are full: speakers, the host and co-hosts."""
    speaking: tuple[int, ...]
    """Which pegs speak now, from 0."""


def air(room: Room, now: float) -> Air:
    """Return the header of a Space of this box."""
    host = room.participants[HOST]
    if room.microphone_lost:
        chip = "NO MIC"
    elif host.muted:
        chip = "MUTED"
    else:
        chip = "ON AIR" if room.heard else "UNHEARD"
    return Air(chip, int(now - room.started_at), False, room.listeners)


def level(loudness: Loudness) -> Level:
    """Return a meter's figures: 0 at -60 dBFS and below, 1 at full scale."""
    return Level(_share(loudness.level_db), _share(loudness.peak_db))


def _share(db: float) -> float:
    # In steps of a segment of the meter, so that a quiet room does not redraw the glass.
    return round(max(0.0, 1 - max(db, _FLOOR_DB) / _FLOOR_DB) * 40) / 40


def pegs(room: Room) -> Pegs:
    """Return the stage of *room*."""
    stage = sorted(
        (p for p in room.participants.values() if p.on_stage), key=lambda p: p.role is Role.SPEAKER
    )
    speakers = sum(p.role is Role.SPEAKER for p in stage)
    speaking = tuple(at for at, p in enumerate(stage) if p.speaking_since is not None)
    return Pegs(speakers, room.stage_limit, len(stage), speaking)
