"""What the glass can say that asks for the host's attention, or helps with a Space that is live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class RequestCard:
    name: str
    reason: str
    place: int
    of: int
    waiting_s: int


@dataclass(frozen=True, slots=True)
class QuestionCard:
    text: str
    name: str
    place: int
    of: int
    votes: int


@dataclass(frozen=True, slots=True)
class AgendaItem:
    item: str
    following: str
    """Empty after the last."""
    place: int
    of: int
    spent_s: int
    planned_s: int
    """0 where no time was planned."""


@dataclass(frozen=True, slots=True)
class WrappingUp:
    thank: tuple[str, ...]
    """Who spoke."""
    asked: tuple[str, ...]
    """Who asked to speak and was not up."""
    following: str
    """``Fri 27 Nov 19:00``, or empty."""


Card: TypeAlias = RequestCard | QuestionCard | AgendaItem | WrappingUp
