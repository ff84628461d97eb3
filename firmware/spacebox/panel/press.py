"""A button that went down: what it was about, and whether it still is. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from spacebox.panel import meaning
from spacebox.panel.front import Front, situation
from spacebox.panel.gestures import Wants
from spacebox.panel.meaning import Action, Situation, row
from spacebox.panel.views import Button, How
from spacebox.room.model import Room

FRESH_S = 0.7
"""What has just come up takes no press for so long: it was meant for what stood there before."""
_ERRANDS = frozenset({Action.POWER_OFF, Action.WIFI_SETUP})
"""What only the box itself can do, and not every box can."""


@dataclass(slots=True)
class Press:
    """One press of one button."""

    button: Button
    situation: Situation
    open: bool
    """Whether a Space was open."""
    card: str | None
    """Whose request was up."""
    ignored: bool
    """It only woke the glass, or came too soon."""
    wants: Wants
    away: bool = False
    """Whether the box was a guest elsewhere."""

    def moved(self, front: Front) -> bool:
        """Say whether the box has become a guest since, or is one no more."""
        return self.away is not (front.stay is not None)

    def still(self, front: Front, room: Room) -> bool:
        """Say whether the glass shows what it showed when the button went down."""
        if self.moved(front) or self.open is not room.open:
            return False
        if self.button is not Button.APPROVE:
            return True
        if self.away:
            return front.about is self.situation
        same_card = not front.covered and front.card == self.card
        return same_card or self.situation is not Situation.CARD


def begin(
    button: Button,
    front: Front,
    room: Room,
    *,
    counting: bool,
    able: Collection[Action],
    now: float,
) -> Press:
    """Return a press of *button* at *now*.

    *counting* says whether MUTE is held to go live, *able* which errands this box can run.
    """
    about = situation(front, room, counting=counting)
    ignored = front.resting(now) or _too_soon(button, about, front, room, now)
    wants = Wants() if ignored else meaning.wants(about, button)
    held = row(about, button, How.HOLD)
    if held is not None and held.action in _ERRANDS and held.action not in able:
        wants = Wants(double=wants.double)
    away = front.stay is not None
    return Press(button, about, room.open, front.card, ignored, wants, away)


def _too_soon(button: Button, about: Situation, front: Front, room: Room, now: float) -> bool:
    match button, about:
        case Button.APPROVE, Situation.CARD:
            return now - front.card_since < FRESH_S
        case Button.APPROVE, Situation.GUEST_ASKING | Situation.GUEST_INVITED:
            return now - front.about_since < FRESH_S
        case Button.MUTE, Situation.GRACE:
            return now - room.ended_at < FRESH_S
        case _:
            return False
