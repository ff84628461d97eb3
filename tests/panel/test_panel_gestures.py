from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panel.finger import Finger
from spacebox.panel.gestures import (
    ALL_HELD_S,
    DOUBLE_S,
    LOCK_S,
    STUCK_S,
    TAP_S,
    AllHeld,
    Freed,
    Gesture,
    Gestures,
    Held,
    Pressed,
    Released,
    Stuck,
    Tapped,
    Wants,
)
from spacebox.panel.views import Button

MUTE, APPROVE, END = Button
CARD = Wants(hold_s=1.0, double=True)


@pytest.mark.parametrize(("late_s", "lost"), [(0.0, 0.0), (0.02, 0.0), (0.0, 0.5)])
def test_ten_thousand_bouncing_presses_are_ten_thousand_actions(late_s: float, lost: float) -> None:
    chance = random.Random(17)
    finger = Finger(late_s=late_s)
    pushed: Counter[Button] = Counter()
    for _ in range(10_000):
        button = chance.choice(list(Button))
        pushed[button] += 1
        finger.bounce(button, True, chance, lost)
        finger.wait(chance.uniform(0.02, 0.25))
        finger.bounce(button, False, chance, lost)
        finger.wait(chance.uniform(0.04, 0.5))
    assert Counter(told.button for told in finger.of(Pressed)) == pushed
    assert Counter(told.button for told in finger.of(Released)) == pushed
    assert Counter(told.button for told in finger.of(Tapped)) == pushed
    assert len(finger.told) == 3 * 10_000


def test_a_press_is_told_with_its_first_edge() -> None:
    gestures = Gestures(lambda _: CARD)
    assert gestures.next_at() is None
    assert gestures.edge(MUTE, True, 5.0) == (Pressed(MUTE),)
    assert gestures.next_at() == 5.0 + LOCK_S
    assert gestures.advance(5.0 + LOCK_S, {MUTE}) == ()
    assert gestures.edge(MUTE, False, 5.5) == (Released(MUTE, 0.5),)


def test_a_tap_shorter_than_the_lock_is_a_press_and_a_release() -> None:
    finger = Finger()
    finger.press(MUTE, 0.004)
    assert finger.told == [Pressed(MUTE)]
    finger.wait(LOCK_S)
    assert finger.told == [Pressed(MUTE), Released(MUTE, pytest.approx(LOCK_S)), Tapped(MUTE, 1)]


def test_an_edge_that_was_lost_is_made_up_for_by_the_level() -> None:
    finger = Finger()
    finger.put(MUTE, True)
    finger.wait(0.01)
    finger.put(MUTE, False, lost=True)
    finger.wait(1)
    assert len(finger.of(Released)) == 1
    assert finger.gestures.next_at() is None


def test_a_hold_that_comes_due_after_the_finger_left_is_not_told() -> None:
    finger = Finger(Wants(hold_s=1.0))
    finger.put(END, True)
    finger.wait(0.99)
    finger.put(END, False, lost=True)  # its edge waits behind a loop that is late
    finger.wait(0.02)
    finger.told += finger.gestures.edge(END, False, finger.now - 0.02)
    finger.wait(1)
    assert finger.told == [Pressed(END), Released(END, pytest.approx(1.0))]


@pytest.mark.parametrize(("seconds", "taps"), [(TAP_S - 0.01, 1), (TAP_S + 0.01, 0)])
def test_a_tap_is_let_go_soon(seconds: float, taps: int) -> None:
    finger = Finger()
    finger.press(APPROVE, seconds)
    assert finger.of(Tapped) == [Tapped(APPROVE, 1)] * taps


def test_where_a_second_tap_may_follow_the_first_is_told_late() -> None:
    finger = Finger(CARD)
    finger.press(APPROVE)
    finger.wait(DOUBLE_S - 0.01)
    assert finger.of(Tapped) == []
    finger.wait(0.02)
    assert finger.of(Tapped) == [Tapped(APPROVE, 1)]


def test_a_double_tap_is_told_with_its_second_release_and_is_no_single_one() -> None:
    finger = Finger(CARD)
    finger.press(APPROVE)
    finger.wait(DOUBLE_S - 0.01)
    finger.press(APPROVE)
    assert finger.of(Pressed) == [Pressed(APPROVE), Pressed(APPROVE, again=True)]
    assert finger.of(Tapped) == [Tapped(APPROVE, 2)]
    finger.wait(5)
    finger.press(APPROVE)
    finger.wait(5)
    assert finger.of(Tapped) == [Tapped(APPROVE, 2), Tapped(APPROVE, 1)]


def test_a_tap_and_a_long_press_are_no_tap() -> None:
    finger = Finger(Wants(hold_s=None, double=True))
    finger.press(APPROVE)
    finger.wait(0.1)
    finger.press(APPROVE, 0.5)
    finger.wait(5)
    assert finger.of(Tapped) == []


def test_a_second_press_whose_edge_is_late_is_still_the_second() -> None:
    finger = Finger(CARD)
    finger.press(APPROVE)
    finger.wait(DOUBLE_S - 0.001)
    finger.put(APPROVE, True, lost=True)
    finger.wait(0.1)
    assert finger.of(Pressed)[1] == Pressed(APPROVE, again=True)
    assert finger.of(Tapped) == []


def test_a_release_may_be_told_later_than_it_was() -> None:
    finger = Finger()
    finger.put(MUTE, True)
    finger.wait(0.7)
    finger.pins.discard(MUTE)
    assert finger.gestures.edge(MUTE, False, finger.now - 0.6) == (
        Released(MUTE, pytest.approx(0.1)),
        Tapped(MUTE, 1),
    )


def test_a_hold_that_was_told_is_no_tap_whatever_the_release_says() -> None:
    finger = Finger(Wants(hold_s=0.5))
    finger.put(MUTE, True)
    finger.wait(0.7)
    released = finger.gestures.edge(MUTE, False, finger.now - 0.6)
    assert (*finger.told, *released) == (
        Pressed(MUTE),
        Held(MUTE),
        Released(MUTE, pytest.approx(0.1)),
    )


def test_a_hold_is_told_once_and_its_progress_before() -> None:
    finger = Finger(Wants(hold_s=3.0))
    assert finger.gestures.held_s(END, finger.now) is None
    finger.put(END, True)
    finger.wait(1.5)
    assert finger.gestures.held_s(END, finger.now) == 1.5
    assert finger.of(Held) == []
    finger.wait(5)
    finger.put(END, False)
    assert finger.told == [Pressed(END), Held(END), Released(END, 6.5)]


def test_two_that_overlap_spoil_each_others_hold_until_let_go() -> None:
    finger = Finger(Wants(hold_s=2.0))
    finger.put(MUTE, True)
    finger.wait(1)
    finger.press(APPROVE)
    assert finger.gestures.held_s(MUTE, finger.now) is None
    finger.wait(5)
    assert finger.of(Held) == []
    finger.put(MUTE, False)
    finger.wait(0.1)
    finger.press(MUTE, 2.5)
    assert finger.of(Held) == [Held(MUTE)]


def test_approve_and_end_pressed_together_are_no_taps() -> None:
    finger = Finger()
    finger.put(APPROVE, True)
    finger.wait(0.05)
    finger.press(END)
    finger.wait(0.05)
    finger.put(APPROVE, False)
    finger.wait(1)
    assert finger.of(Tapped) == []
    finger.press(END)
    assert finger.of(Tapped) == [Tapped(END, 1)]


@pytest.mark.parametrize("button", [APPROVE, END])
def test_talking_does_not_spoil_a_tap(button: Button) -> None:
    finger = Finger()
    finger.put(MUTE, True)
    finger.wait(1)
    finger.press(button)
    assert finger.of(Tapped) == [Tapped(button, 1)]


def test_all_three() -> None:
    finger = Finger(Wants(hold_s=2.0))
    for button in Button:
        finger.put(button, True)
        finger.wait(0.5)
    assert finger.gestures.all_held_s(finger.now) == 0.5
    finger.wait(ALL_HELD_S - 0.51)
    assert finger.of(AllHeld, Held) == []
    finger.wait(1)
    finger.put(APPROVE, False)
    finger.wait(1)
    assert finger.of(AllHeld, Held) == [AllHeld()]
    assert finger.gestures.all_held_s(finger.now) is None


@pytest.mark.parametrize("button", Button)
def test_a_stuck_button_is_told_once_and_ignored_until_it_is_free(button: Button) -> None:
    finger = Finger(Wants(hold_s=100.0))
    finger.put(button, True)
    finger.wait(STUCK_S[button] - 0.01)
    assert finger.told == [Pressed(button)]
    finger.wait(200)
    assert finger.told == [Pressed(button), Stuck(button)]
    assert finger.gestures.stuck == {button}
    assert finger.gestures.held_s(button, finger.now) is None
    finger.put(button, False)
    finger.wait(1)
    assert finger.told[2:] == [Freed(button)]
    assert finger.gestures.stuck == frozenset()
    finger.press(button)
    released = Released(button, pytest.approx(0.1))
    assert finger.told[3:] == [Pressed(button), released, Tapped(button, 1)]


def test_a_stuck_button_stands_in_nobodys_way() -> None:
    finger = Finger(Wants(hold_s=2.0))
    finger.put(END, True)
    finger.wait(20)
    finger.press(APPROVE)
    finger.wait(0.1)
    finger.press(APPROVE, 2.5)
    assert finger.told[3:] == [
        Pressed(APPROVE),
        Released(APPROVE, pytest.approx(0.1)),
        Tapped(APPROVE, 1),
        Pressed(APPROVE),
        Held(APPROVE),
        Released(APPROVE, pytest.approx(2.5)),
    ]


def test_a_button_down_at_boot_does_nothing_until_let_go() -> None:
    finger = Finger(Wants(hold_s=2.0), down={MUTE})
    finger.wait(100)
    finger.press(END, 2.5)
    assert len(finger.of(Held)) == 1
    finger.put(MUTE, False)
    finger.wait(1)
    assert {told.button for told in finger.told} == {END}
    finger.press(MUTE)
    assert Pressed(MUTE) in finger.told


STEPS = st.lists(
    st.tuples(
        st.floats(0, 0.05) | st.floats(0, 0.5) | st.floats(0, 20),
        st.sampled_from(Button),
        st.booleans(),  # whether the edge is lost
    ),
    max_size=60,
)
WANTS = st.builds(Wants, hold_s=st.none() | st.sampled_from([1.0, 3.0]), double=st.booleans())


def about(told: list[Gesture], button: Button) -> list[Gesture]:
    return [one for one in told if not isinstance(one, AllHeld) and one.button is button]


def last_state(told: list[Gesture], wants: Wants) -> type[Gesture]:
    """Walk through what was told of one button; return Pressed, Released or Stuck."""
    state: type[Gesture] = Released
    held = False
    for one, before in zip(told, [None, *told], strict=False):
        match one:
            case Pressed():
                assert state is Released
                assert wants.double or not one.again
                state, held = Pressed, False
            case Held():
                assert (state, held) == (Pressed, False)
                assert wants.hold_s is not None
                held = True
            case Released():
                assert state is Pressed
                assert one.held_s >= 0
                state = Released
            case Tapped():
                assert state is Released
                assert not held
                assert isinstance(before, Released)
                assert before.held_s < TAP_S
            case Stuck():
                assert state is Pressed
                state = Stuck
            case Freed():
                assert state is Stuck
                state = Released
    return state


@settings(deadline=None)
@given(STEPS, WANTS, st.sampled_from([0.0, 0.02]))
def test_no_sequence_of_edges_confuses_it(
    steps: list[tuple[float, Button, bool]], wants: Wants, late_s: float
) -> None:
    finger = Finger(wants, late_s=late_s)
    for pause, button, lost in steps:
        finger.wait(pause)
        finger.put(button, button not in finger.pins, lost=lost)
    finger.look()  # for an edge that was lost long after the bounce
    finger.wait(LOCK_S + late_s)
    for button in Button:
        state = last_state(about(finger.told, button), wants)
        assert (state is not Released) is (button in finger.pins)
        assert (state is Stuck) is (button in finger.gestures.stuck)


@settings(deadline=None)
@given(STEPS, st.sampled_from(Button))
def test_nothing_is_heard_of_a_button_that_stays_down_from_boot(
    steps: list[tuple[float, Button, bool]], asleep: Button
) -> None:
    finger = Finger(CARD, down={asleep})
    for pause, button, lost in steps:
        finger.wait(pause)
        if button is not asleep:
            finger.put(button, button not in finger.pins, lost=lost)
    assert about(finger.told, asleep) == []
    assert finger.of(AllHeld) == []


@settings(deadline=None)
@given(STEPS)
def test_no_hold_is_told_while_two_are_down(steps: list[tuple[float, Button, bool]]) -> None:
    finger = Finger(CARD)
    for pause, button, _ in steps:
        finger.wait(LOCK_S)
        before, down = len(finger.told), finger.pins - finger.gestures.stuck
        finger.wait(pause)
        if len(down) > 1:
            assert not [one for one in finger.told[before:] if isinstance(one, Held)]
        finger.put(button, button not in finger.pins)
