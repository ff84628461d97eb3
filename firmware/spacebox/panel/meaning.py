"""What the three buttons mean: the one table, and the room's commands behind it.

`hardware/panel.md` shows the same table to owners.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from spacebox.panel.gestures import Wants
from spacebox.panel.views import Button, Hint, How
from spacebox.room import commands as c
from spacebox.room.model import Room, State


class Situation(StrEnum):
    """What the buttons' meaning depends on."""

    IDLE = "nothing is live"
    COUNTDOWN = "going live, MUTE is held"
    LIVE = "live"
    CARD = "live, a request is shown"
    WRAPPING = "wrapping up"
    GRACE = "ended, for 10 s"
    GUEST_COMING = "guest, on the way there"
    GUEST_LISTENING = "guest, where one only listens"
    GUEST = "guest in another room"
    GUEST_ASKING = "guest, asked to speak"
    GUEST_INVITED = "guest, invited on stage"
    GUEST_ON_STAGE = "guest, on stage"
    GUEST_SPEAKING = "guest, where all may speak"
    WIFI = "Wi-Fi set-up"


class Action(StrEnum):
    """What a button can do."""

    GO_LIVE = "go live, muted"
    CANCEL = "stay off air"
    MUTE = "mute or open the microphone"
    """Acts on the press and decides on the release."""
    NEXT = "next screen"
    LET_IN = "let in"
    LATER = "to the end of the line"
    DECLINE = "decline"
    WRAP_UP = "say that the end is near"
    END = "end the Space"
    KEEP_GOING = "keep going"
    POWER_OFF = "power off"
    WIFI_SETUP = "Wi-Fi set-up"
    ASK = "ask to speak"
    TAKE_BACK = "take the request back"
    ACCEPT = "come up on stage, muted"
    REFUSE = "refuse"
    STEP_DOWN = "step down"
    LEAVE = "leave the room"


@dataclass(frozen=True, slots=True)
class Row:
    """One use of one button in one situation."""

    situation: Situation
    button: Button
    how: How
    action: Action
    words: str
    """For the footer and the hold's bar."""
    hold_s: float | None = None
    footer: bool = True
    """Whether the footer has room to say so."""


def _at_home() -> Iterator[Row]:
    s, a = Situation, Action
    mute, approve, end = Button.MUTE, Button.APPROVE, Button.END
    press, tap, double, hold = How.PRESS, How.TAP, How.DOUBLE, How.HOLD
    yield Row(s.IDLE, mute, hold, a.GO_LIVE, "live", 2)
    yield Row(s.IDLE, approve, tap, a.NEXT, "QR")
    yield Row(s.IDLE, approve, hold, a.WIFI_SETUP, "Wi-Fi", 5, footer=False)
    yield Row(s.IDLE, end, hold, a.POWER_OFF, "off", 5)
    yield Row(s.COUNTDOWN, mute, hold, a.GO_LIVE, "let go to cancel", 2, footer=False)
    yield Row(s.COUNTDOWN, approve, press, a.CANCEL, "cancel", footer=False)
    yield Row(s.COUNTDOWN, end, press, a.CANCEL, "cancel", footer=False)
    yield Row(s.LIVE, mute, press, a.MUTE, "mute", footer=False)
    yield Row(s.LIVE, approve, tap, a.NEXT, "next", footer=False)
    yield Row(s.LIVE, end, tap, a.WRAP_UP, "wrap up", footer=False)
    yield Row(s.LIVE, end, hold, a.END, "end", 3, footer=False)
    yield Row(s.CARD, mute, press, a.MUTE, "mute", footer=False)
    yield Row(s.CARD, approve, tap, a.LET_IN, "let in")
    yield Row(s.CARD, approve, double, a.LATER, "later")
    yield Row(s.CARD, approve, hold, a.DECLINE, "no", 1)
    yield Row(s.CARD, end, tap, a.WRAP_UP, "wrap up", footer=False)
    yield Row(s.CARD, end, hold, a.END, "end", 3, footer=False)
    yield Row(s.WRAPPING, mute, press, a.MUTE, "mute", footer=False)
    yield Row(s.WRAPPING, approve, tap, a.NEXT, "next", footer=False)
    yield Row(s.WRAPPING, end, hold, a.END, "end", 3)
    yield Row(s.GRACE, mute, press, a.KEEP_GOING, "keep going")
    yield Row(s.WIFI, approve, tap, a.NEXT, "next")
    yield Row(s.WIFI, end, hold, a.POWER_OFF, "off", 5)


def _as_guest() -> Iterator[Row]:
    s, a = Situation, Action
    mute, approve, end = Button.MUTE, Button.APPROVE, Button.END
    press, tap, hold = How.PRESS, How.TAP, How.HOLD
    yield Row(s.GUEST_COMING, approve, tap, a.NEXT, "next", footer=False)
    yield Row(s.GUEST_COMING, end, hold, a.LEAVE, "leave", 3)
    yield Row(s.GUEST_LISTENING, approve, tap, a.NEXT, "next", footer=False)
    yield Row(s.GUEST_LISTENING, end, hold, a.LEAVE, "leave", 3)
    yield Row(s.GUEST, approve, tap, a.ASK, "ask")
    yield Row(s.GUEST, end, hold, a.LEAVE, "leave", 3)
    yield Row(s.GUEST_ASKING, approve, tap, a.TAKE_BACK, "take back")
    yield Row(s.GUEST_ASKING, end, hold, a.LEAVE, "leave", 3)
    yield Row(s.GUEST_INVITED, approve, tap, a.ACCEPT, "come up")
    yield Row(s.GUEST_INVITED, approve, hold, a.REFUSE, "no", 1)
    yield Row(s.GUEST_INVITED, end, hold, a.LEAVE, "leave", 3)
    yield Row(s.GUEST_ON_STAGE, mute, press, a.MUTE, "mute", footer=False)
    yield Row(s.GUEST_ON_STAGE, approve, tap, a.NEXT, "next", footer=False)
    yield Row(s.GUEST_ON_STAGE, approve, hold, a.STEP_DOWN, "down", 1)
    yield Row(s.GUEST_ON_STAGE, end, hold, a.LEAVE, "leave", 3, footer=False)
    yield Row(s.GUEST_SPEAKING, mute, press, a.MUTE, "mute", footer=False)
    yield Row(s.GUEST_SPEAKING, approve, tap, a.NEXT, "next", footer=False)
    yield Row(s.GUEST_SPEAKING, end, hold, a.LEAVE, "leave", 3)


TABLE = (*_at_home(), *_as_guest())
_ROWS = {(use.situation, use.button, use.how): use for use in TABLE}
_MUTED = (Hint(Button.MUTE, How.TAP, "open"), Hint(Button.MUTE, How.HOLD, "talk"))
"""In the place of the meter, which stands there while the microphone is open."""
_METERED = frozenset(
    {Situation.LIVE, Situation.WRAPPING, Situation.GUEST_ON_STAGE, Situation.GUEST_SPEAKING}
)


def row(situation: Situation, button: Button, how: How) -> Row | None:
    """Return what *button* does, or None where it does nothing."""
    return _ROWS.get((situation, button, how))


def wants(situation: Situation, button: Button) -> Wants:
    """Return what a press of *button* may become."""
    held = row(situation, button, How.HOLD)
    return Wants(
        hold_s=held.hold_s if held else None,
        double=row(situation, button, How.DOUBLE) is not None,
    )


def hints(situation: Situation, *, muted: bool) -> tuple[Hint, ...]:
    """Return what the footer says: at most three entries, from left to right.

    Its signs know no press: what acts on the press is shown as a tap.
    """
    said = tuple(
        Hint(use.button, How.TAP if use.how is How.PRESS else use.how, use.words)
        for use in TABLE
        if use.situation is situation and use.footer
    )
    return (*_MUTED, *said) if muted and situation in _METERED else said


_MINE: Mapping[Action, Callable[[str], c.Command | c.Leave]] = {
    Action.GO_LIVE: c.StartSpace,
    Action.KEEP_GOING: c.StartSpace,
    Action.WRAP_UP: c.WrapUp,
    Action.END: c.EndSpace,
    Action.ASK: c.RequestToSpeak,
    Action.TAKE_BACK: c.WithdrawRequest,
    Action.ACCEPT: c.AcceptInvitation,
    Action.REFUSE: c.DeclineInvitation,
    Action.STEP_DOWN: c.StepDown,
    Action.LEAVE: c.Leave,
}
_ABOUT_CARD: Mapping[Action, Callable[[str, str], c.Command]] = {
    Action.LET_IN: c.Approve,
    Action.LATER: c.Defer,
    Action.DECLINE: c.Decline,
}


def command(action: Action, *, me: str, room: Room, card: str | None) -> c.Command | c.Leave | None:
    """Return what to ask of the room for *action*, as participant *me*.

    *card* is who asked on the card that the finger was put down on. None: the action is the
    panel's or the box's own business, or what it was about is gone.
    """
    if about := _ABOUT_CARD.get(action):
        return None if card is None else about(me, card)
    if action is Action.KEEP_GOING and room.state is not State.ENDED:
        return None  # a press too late must not begin another Space
    mine = _MINE.get(action)
    return None if mine is None else mine(me)
