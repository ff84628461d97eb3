"""The table of the buttons: whole, without contradiction, and the same on the owner's page.

REWRITE=1 writes it into the page; read the difference.
"""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path

import pytest

from spacebox.panel.gestures import TAP_S, Wants
from spacebox.panel.meaning import TABLE, Action, Row, Situation, command, hints, row, wants
from spacebox.panel.views import Button, Hint, How
from spacebox.room import commands as c
from spacebox.room.events import Refused
from spacebox.room.evolve import evolve
from spacebox.room.model import HOST, Role, Room, State, new_room
from spacebox.room.roles import MAY
from spacebox.room.rules import decide

PAGE = Path(__file__).parents[2] / "hardware/panel.md"
PRINTED = re.compile(r"^\| when \|.*\n(?:\|.*\n)+", re.MULTILINE)
GUESTS = {
    Situation.GUEST: Role.LISTENER,
    Situation.GUEST_ASKING: Role.LISTENER,
    Situation.GUEST_INVITED: Role.LISTENER,
    Situation.GUEST_ON_STAGE: Role.SPEAKER,
}


def cell(situation: Situation, button: Button) -> str:
    uses = (use for use in TABLE if (use.situation, use.button) == (situation, button))
    return "<br>".join(
        f"{use.how}{f' {use.hold_s:g} s' if use.hold_s else ''}: {use.action}" for use in uses
    )


def printed() -> str:
    lines = [["when", *(button.upper() for button in Button)], ["---"] * 4]
    lines += [[s, *(cell(s, button) for button in Button)] for s in Situation]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def follow(room: Room, *steps: c.Command | c.Report, now: float = 0.0) -> Room:
    for step in steps:
        decided = decide(room, step, now)
        assert not isinstance(decided, Refused), decided
        for event in decided:
            room = evolve(room, event)
    return room


def live(*steps: c.Command | c.Report) -> Room:
    return follow(new_room("Mira"), c.StartSpace(HOST), c.Join("ana", "Ana"), *steps)


def test_the_page_shows_the_table() -> None:
    page = PAGE.read_text()
    if os.environ.get("REWRITE"):
        page = PRINTED.sub(lambda _: printed(), page, count=1)
        PAGE.write_text(page)
    found = PRINTED.search(page)
    assert found
    assert found[0] == printed()


def test_no_use_has_two_meanings_and_a_hold_says_how_long() -> None:
    assert len({(use.situation, use.button, use.how) for use in TABLE}) == len(TABLE)
    for use in TABLE:
        assert (use.how is How.HOLD) is (use.hold_s is not None)
        assert use.hold_s is None or use.hold_s > TAP_S
        assert row(use.situation, use.button, use.how) is use
    assert {use.action for use in TABLE} == set(Action)
    assert {use.situation for use in TABLE} == set(Situation)


def test_what_acts_on_the_press_is_nothing_else_besides() -> None:
    for one, other in itertools.permutations(TABLE, 2):
        if (one.situation, one.button) == (other.situation, other.button):
            assert one.how is not How.PRESS


@pytest.mark.parametrize("use", [use for use in TABLE if use.button is Button.END], ids=str)
def test_end_is_hard_to_hit(use: Row) -> None:
    gentle = use.action in (Action.WRAP_UP, Action.CANCEL)
    assert gentle or (use.hold_s is not None and use.hold_s >= 3)


def test_a_request_is_answered_by_one_button_in_three_ways() -> None:
    assert wants(Situation.CARD, Button.APPROVE) == Wants(hold_s=1, double=True)
    assert wants(Situation.LIVE, Button.APPROVE) == Wants()
    assert wants(Situation.LIVE, Button.MUTE) == Wants()
    assert wants(Situation.IDLE, Button.MUTE) == Wants(hold_s=2)
    assert row(Situation.GRACE, Button.END, How.HOLD) is None


def test_a_countdown_asks_for_what_the_press_asked_for() -> None:
    assert wants(Situation.COUNTDOWN, Button.MUTE) == wants(Situation.IDLE, Button.MUTE)


@pytest.mark.parametrize(
    ("situation", "muted", "said"),
    [
        (Situation.IDLE, True, "mute ▬ live, approve ▪ QR, end ▬ off"),
        (Situation.COUNTDOWN, True, ""),
        (Situation.LIVE, False, ""),
        (Situation.LIVE, True, "mute ▪ open, mute ▬ talk"),
        (Situation.CARD, True, "approve ▪ let in, approve ▪▪ later, approve ▬ no"),
        (Situation.WRAPPING, False, "end ▬ end"),
        (Situation.WRAPPING, True, "mute ▪ open, mute ▬ talk, end ▬ end"),
        (Situation.GRACE, True, "mute ▪ keep going"),
        (Situation.GUEST, True, "approve ▪ ask, end ▬ leave"),
        (Situation.GUEST_ON_STAGE, True, "mute ▪ open, mute ▬ talk, approve ▬ down"),
    ],
)
def test_the_footer(situation: Situation, muted: bool, said: str) -> None:
    morse = {How.TAP: "▪", How.DOUBLE: "▪▪", How.HOLD: "▬"}
    shown = hints(situation, muted=muted)
    assert ", ".join(f"{hint.button} {morse[hint.how]} {hint.words}" for hint in shown) == said


@pytest.mark.parametrize("situation", Situation)
@pytest.mark.parametrize("muted", [True, False])
def test_a_footer_has_three_entries_at_most_in_the_buttons_order(
    situation: Situation, muted: bool
) -> None:
    shown: list[Button] = [hint.button for hint in hints(situation, muted=muted)]
    assert len(shown) <= 3
    assert shown == sorted(shown, key=list(Button).index)
    assert Hint(Button.MUTE, How.PRESS, "mute") not in hints(situation, muted=muted)


@pytest.mark.parametrize("use", TABLE, ids=str)
def test_nobody_is_shown_what_the_room_forbids_them(use: Row) -> None:
    asked = command(use.action, me=HOST, room=live(), card="ana")
    if asked is not None and not isinstance(asked, c.Leave):
        assert GUESTS.get(use.situation, Role.HOST) in MAY[type(asked)]


def test_a_space_run_by_actions() -> None:
    room = live(c.RequestToSpeak("ana", "hello"))
    approve = command(Action.LET_IN, me=HOST, room=room, card="ana")
    later = command(Action.LATER, me=HOST, room=room, card="ana")
    decline = command(Action.DECLINE, me=HOST, room=room, card="ana")
    assert (approve, later, decline) == (
        c.Approve(HOST, "ana"),
        c.Defer(HOST, "ana"),
        c.Decline(HOST, "ana"),
    )
    ended = follow(room, c.Approve(HOST, "ana"), c.WrapUp(HOST), c.EndSpace(HOST), now=5)
    assert ended.state is State.ENDED
    again = command(Action.KEEP_GOING, me=HOST, room=ended, card=None)
    assert isinstance(again, c.StartSpace)
    assert follow(ended, again, now=6).participants["ana"].on_stage


def test_an_answer_without_a_card_asks_for_nothing() -> None:
    for action in (Action.LET_IN, Action.LATER, Action.DECLINE):
        assert command(action, me=HOST, room=live(), card=None) is None


def test_keeping_going_too_late_begins_nothing() -> None:
    assert command(Action.KEEP_GOING, me=HOST, room=new_room("Mira"), card=None) is None


def test_a_guest_asks_for_themselves() -> None:
    asked = {
        action: command(action, me="ana", room=live(), card=None)
        for action in Action
        if action is not Action.KEEP_GOING
    }
    assert {action: what for action, what in asked.items() if what is not None} == {
        Action.GO_LIVE: c.StartSpace("ana"),
        Action.WRAP_UP: c.WrapUp("ana"),
        Action.END: c.EndSpace("ana"),
        Action.ASK: c.RequestToSpeak("ana"),
        Action.TAKE_BACK: c.WithdrawRequest("ana"),
        Action.ACCEPT: c.AcceptInvitation("ana"),
        Action.REFUSE: c.DeclineInvitation("ana"),
        Action.STEP_DOWN: c.StepDown("ana"),
        Action.LEAVE: c.Leave("ana"),
    }
