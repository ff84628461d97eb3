"""What the glass can say: one value per screen. Text is as long as it is; the screen cuts it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spacebox.panel.away import Away
from spacebox.panel.cards import Card
from spacebox.panel.figures import Air, Level, Pegs
from spacebox.ports.elsewhere import Reach


class Button(StrEnum):
    """The three below the glass, from left to right."""

    MUTE = "mute"
    APPROVE = "approve"
    END = "end"


class How(StrEnum):
    """In what way a button is used."""

    PRESS = "press"
    TAP = "tap"
    DOUBLE = "double tap"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Hint:
    """One entry of the footer: what a button does now."""

    button: Button
    how: How
    words: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A bar that fills while a button is held, in the place of the footer."""

    words: str
    part: float
    """From 0 to 1."""


@dataclass(frozen=True, slots=True)
class StartUp:
    """Waking up."""


@dataclass(frozen=True, slots=True)
class Idle:
    title: str
    planned: str
    """When the next Space is, as ``Fri 19:00``; empty where none is planned."""
    wait: str
    """``in 2 h 14``; empty where none is planned."""
    clock: str
    """``16:46``."""


@dataclass(frozen=True, slots=True)
class JoinCode:
    """The join link, as a QR code and in words."""

    link: str
    listeners: int | None
    """None while nothing is live."""
    reach: Reach | None = None
    """From where it can be opened; None while that is not known."""


@dataclass(frozen=True, slots=True)
class Reachable:
    """From where guests can come."""

    reach: Reach
    text: str
    """What to do, or how that is known."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """By what one knows that a certificate is the box's own."""

    digits: str
    """SHA-256: 64 in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the sound check. `well` is None while it is not known yet."""

    words: str
    well: bool | None


@dataclass(frozen=True, slots=True)
class SoundCheck:
    advice: str
    """``speak now``, or what to change."""
    checks: tuple[Check, ...]
    """At most four."""
    level: Level
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class Countdown:
    """MUTE is held to go live."""

    seconds: int
    title: str


@dataclass(frozen=True, slots=True)
class Live:
    air: Air
    title: str
    pegs: Pegs
    level: Level | None
    """None while muted: then the footer says what MUTE does."""
    waiting: int
    """Requests in line."""
    bars: int
    """0 to 4: how well the sound arrives."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """The microphone is open and nobody receives it."""

    air: Air
    why: str
    since_s: int
    waiting: int
    """Requests in line."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A question that only a long hold answers: end, power off, erase."""

    question: str
    let_go: str
    """``let go to stay on air``."""
    part: float
    seconds: int
    """How long the hold is: a tick each second."""
    air: Air | None
    """The header while live."""


@dataclass(frozen=True, slots=True)
class Grace:
    seconds: int
    recorded: bool


@dataclass(frozen=True, slots=True)
class Summary:
    elapsed_s: int
    came_by: int
    at_once: int
    asked: int


@dataclass(frozen=True, slots=True)
class Pairing:
    code: str
    """Six digits."""
    left_s: int
    of_s: int


@dataclass(frozen=True, slots=True)
class WifiSetup:
    network: str
    key: str
    address: str
    """What to open after joining."""


@dataclass(frozen=True, slots=True)
class Updating:
    version: str
    doing: str
    """``downloading``, ``installing``, ``starting anew``."""
    part: float | None
    """None where it cannot be told."""


@dataclass(frozen=True, slots=True)
class FaultCard:
    what: str
    do: str
    still: str
    """What works on, or empty."""
    since_s: int


@dataclass(frozen=True, slots=True)
class Notice:
    """The box's answer to a press, for two seconds."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Blank:
    """The glass rests."""


View = (
    Away
    | Card
    | StartUp
    | Idle
    | JoinCode
    | Reachable
    | Fingerprint
    | SoundCheck
    | Countdown
    | Live
    | Unheard
    | Holding
    | Grace
    | Summary
    | Pairing
    | WifiSetup
    | Updating
    | FaultCard
    | Notice
    | Blank
)


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is on the glass."""

    view: View
    hints: tuple[Hint, ...] = ()
    """The footer."""
    hold: Hold | None = None
    minute: int = 0
    """Counts minutes: the picture wanders by it, against burn-in."""
    contrast: float = 1.0
    """Of what the configuration allows; less while idle."""
