"""Which pin of the header each thing on the panel takes."""

from __future__ import annotations

from collections.abc import Iterator

from spacebox.config.schema import Panel

BUS_PINS = {
    "i2c-0": (0, 1),
    "i2c-1": (2, 3),
    # The kernel takes both of the bus's selects, whichever of them a screen hangs on.
    "spi-0.0": (7, 8, 9, 10, 11),
    "spi-0.1": (7, 8, 9, 10, 11),
}
"""BCM numbers of the buses whose pins do not depend on the board."""


def pins(panel: Panel) -> Iterator[tuple[str, int]]:
    """Yield each setting with the BCM number of a pin it takes, in the order of the schema."""
    buttons, lights, screen = panel.buttons, panel.lights, panel.screen
    yield "panel.buttons.mute", buttons.mute
    yield "panel.buttons.approve", buttons.approve
    yield "panel.buttons.end", buttons.end
    on_air = lights.on_air
    for pin in on_air if isinstance(on_air, tuple) else (on_air,):
        yield "panel.lights.on_air", pin
    yield "panel.lights.request", lights.request
    for pin in BUS_PINS.get(screen.port, ()):
        yield "panel.screen.port", pin
    if screen.port.startswith("spi"):
        yield "panel.screen.dc", screen.dc
        yield "panel.screen.reset", screen.reset
