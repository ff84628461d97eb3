"""The header's pins, by gpiozero on lgpio."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gpiozero import Factory, GPIOZeroError

from spacebox.panel.probe import Missing, gpio_chip


def pin_factory() -> Factory:
    """Open the GPIO chip behind the header. Raises Missing."""
    chip = gpio_chip()
    try:
        # lgpio starts a thread and makes a file when it is imported: only where it is used.
        from gpiozero.pins.lgpio import LGPIOFactory
    except ImportError as error:
        do = "Install the box with its service extra: pip install 'spacebox[service]'"
        raise Missing("lgpio is not installed", do) from error
    with claiming(f"GPIO chip {chip.number}, {chip.label},"):
        return LGPIOFactory(chip=chip.number)


@contextmanager
def claiming(what: str) -> Iterator[None]:
    """Turn what gpiozero and lgpio say of *what* into Missing."""
    try:
        yield
    except _failures() as error:
        do = "Is something else using it? Look into config.txt for overlays."
        raise Missing(f"{what} cannot be had: {error}", do) from error


def _failures() -> tuple[type[Exception], ...]:
    # It is loaded wherever it can fail, and has errors of its own kind.
    lgpio = sys.modules.get("lgpio")
    return (GPIOZeroError, OSError, *((lgpio.error,) if lgpio else ()))
