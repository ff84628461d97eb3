from collections.abc import Iterator
from itertools import pairwise

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin
from hypothesis import given
from hypothesis import strategies as st

from spacebox.config import schema
from spacebox.panel.lights import Lights, Pattern, brightness
from spacebox.panel.probe import Missing
from spacebox.ports import Lamps


def changes_per_minute(pattern: Pattern) -> int:
    """How often the lamp goes on or off; a millisecond off the grid, where nothing is rounded."""
    lit = [brightness(pattern, n / 100 + 0.001) > 0.5 for n in range(6000)]
    return sum(before is not after for before, after in pairwise(lit))


def test_each_pattern_of_a_lamp_has_its_own_rhythm() -> None:
    assert (brightness(Pattern.OFF, 3.0), brightness(Pattern.SOLID, 3.0)) == (0.0, 1.0)
    for lamp in (
        (Pattern.OFF, Pattern.BREATHING, Pattern.FLASHES, Pattern.FAST),
        (Pattern.SOLID, Pattern.BREATHING, Pattern.FLASHES, Pattern.FAST),
        (Pattern.OFF, Pattern.SLOW, Pattern.QUICK),
    ):
        changes = [changes_per_minute(pattern) for pattern in lamp]
        assert changes[0] == 0
        assert all(faster >= 2 * slower for slower, faster in pairwise(changes))


def test_flashes_are_short_and_come_in_twos() -> None:
    lit = [brightness(Pattern.FLASHES, n / 100 + 0.001) for n in range(120)]
    begins = [n for n in range(1, 120) if lit[n] > lit[n - 1]]
    assert (lit[0], begins) == (1.0, [20])
    assert sum(lit) == 16


def test_breathing_never_jumps_and_never_goes_out() -> None:
    levels = [brightness(Pattern.BREATHING, n / 20) for n in range(120)]
    assert min(levels) > 0
    assert max(abs(a - b) for a, b in pairwise(levels)) < 0.06


@given(st.sampled_from(Pattern), st.floats(0, 1e6))
def test_brightness_is_a_share(pattern: Pattern, t: float) -> None:
    assert 0.0 <= brightness(pattern, t) <= 1.0


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    with MockFactory(pin_class=MockPWMPin) as factory:
        yield factory


def test_lamps_on_their_pins(factory: MockFactory) -> None:
    lights = Lights(schema.Lights(), factory)
    assert (factory.pin(23).state, factory.pin(24).state) == (0.0, 0.0)
    lights.show(Lamps(1.0, 0.5))
    assert factory.pin(23).state == 1.0
    assert 0.1 < factory.pin(24).state < 0.3  # half as bright to an eye
    lights.close()
    assert not factory.pin(23).state + factory.pin(24).state


def test_only_changes_are_written(factory: MockFactory) -> None:
    lights = Lights(schema.Lights(), factory)
    pin = factory.pin(24)
    lights.show(Lamps(0.0, 1.0))
    pin.clear_states()
    lights.show(Lamps(0.5, 1.0))
    lights.show(Lamps(0.5, 1.0))
    assert len(pin.states) == 1
    lights.show(Lamps(0.5, 0.0))
    assert [state for _, state in pin.states] == [1.0, 0.0]
    lights.close()


def test_lamps_that_ground_lights(factory: MockFactory) -> None:
    lights = Lights(schema.Lights(active_high=False), factory)
    assert (factory.pin(23).state, factory.pin(24).state) == (1.0, 1.0)
    lights.show(Lamps(1.0, 0.0))
    assert (factory.pin(23).state, factory.pin(24).state) == (0.0, 1.0)
    lights.close()


def test_of_a_lamp_with_three_colours_the_red_one_is_lit(factory: MockFactory) -> None:
    lights = Lights(schema.Lights(on_air=(5, 6, 13)), factory)
    lights.show(Lamps(1.0, 0.0))
    assert [factory.pin(number).state for number in (5, 6, 13)] == [1.0, 0.0, 0.0]
    lights.close()


def test_a_pin_that_is_taken_gives_the_other_back(factory: MockFactory) -> None:
    taken = Lights(schema.Lights(on_air=5, request=6), factory)
    with pytest.raises(Missing, match=r"^pin 6 of panel\.lights\.request cannot be had"):
        Lights(schema.Lights(on_air=13, request=6), factory)
    Lights(schema.Lights(on_air=13, request=19), factory).close()
    taken.close()
