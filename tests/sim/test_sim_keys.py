"""What a terminal's keys hold down, from the bytes that terminals send."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacebox.sim.keys import FIRST_REPEAT_S, REPEAT_S, Edge, Keys


def play(*typed: float, key: str = "m", until: float = 9.0) -> list[tuple[str, float]]:
    """Type *key* at these times; return what came of it as (down or up, when)."""
    keys = Keys()
    edges: list[Edge] = []
    for now in typed:
        edges += until_then(keys, now)
        edges += keys.typed(key, now)
    edges += until_then(keys, until)
    assert keys.next_at() is None
    return [("down" if edge.down else "up", round(edge.at, 3)) for edge in edges]


def until_then(keys: Keys, now: float) -> list[Edge]:
    edges: list[Edge] = []
    while (due := keys.next_at()) is not None and due <= now:
        edges += keys.advance(due)
    return edges


def test_one_byte_is_a_tap_and_is_down_at_once() -> None:
    keys = Keys()
    assert keys.typed("m", 1.0) == (Edge("mute", True, 1.0),)
    assert keys.next_at() == 1.0 + FIRST_REPEAT_S
    assert keys.advance(1.69) == ()
    assert keys.advance(1.7) == (Edge("mute", False, 1.1),)


@pytest.mark.parametrize("delay", [0.2, 0.25, 0.5, 0.66])
@pytest.mark.parametrize("every", [0.025, 0.033, 0.091])
def test_a_key_that_repeats_is_held_until_it_stops(delay: float, every: float) -> None:
    repeats = [delay + every * n for n in range(40)]
    assert play(0.0, *repeats) == [("down", 0.0), ("up", round(repeats[-1], 3))]


@pytest.mark.parametrize("apart", [0.08, 0.15, 0.25, 0.5])
def test_two_bytes_are_two_taps(apart: float) -> None:
    up = round(min(0.1, apart / 2), 3)
    assert play(0.0, apart) == [
        ("down", 0.0),
        ("up", up),
        ("down", apart),
        ("up", round(apart + 0.1, 3)),
    ]


def test_a_slow_second_tap_is_a_press_of_its_own() -> None:
    assert [what for what, _ in play(0.0, 1.0)] == ["down", "up", "down", "up"]


def test_each_key_has_its_button_in_either_case_and_others_have_none() -> None:
    keys = Keys()
    pressed = [edge.button for key in "mAex 1é" for edge in keys.typed(key, 0.0)]
    assert pressed == ["mute", "approve", "end"]
    assert {edge.button for edge in keys.release()} == {"mute", "approve", "end"}
    assert keys.next_at() is None


def test_two_keys_are_held_apart() -> None:
    keys = Keys()
    for now in (0.0, 0.03, 0.06):
        keys.typed("m", now)
    keys.typed("e", 0.1)
    assert keys.advance(0.06 + REPEAT_S) == (Edge("mute", False, 0.06),)
    assert keys.advance(0.8) == (Edge("end", False, 0.2),)


@given(
    st.lists(
        st.tuples(st.sampled_from("mae"), st.floats(0.0, 1.0, allow_subnormal=False)), max_size=30
    )
)
def test_every_button_goes_down_and_up_in_turn_and_in_order(
    typed: Sequence[tuple[str, float]],
) -> None:
    keys, now = Keys(), 0.0
    edges: list[Edge] = []
    for key, later in typed:
        now += later
        edges += [*until_then(keys, now), *keys.typed(key, now)]
    edges += until_then(keys, now + 2 * FIRST_REPEAT_S)
    for button in ("mute", "approve", "end"):
        own = [edge for edge in edges if edge.button == button]
        assert [edge.down for edge in own] == [True, False] * (len(own) // 2)
        assert [edge.at for edge in own] == sorted(edge.at for edge in own)
        assert bool(own) == any(key == button[0] for key, _ in typed)
    assert all(edge.at <= now + 2 * FIRST_REPEAT_S for edge in edges)
