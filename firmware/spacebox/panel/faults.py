"""What can be wrong with the panel itself."""

from __future__ import annotations

from collections.abc import Iterator, Set

from spacebox.panel.views import Button
from spacebox.ports import Fault


def faults(trouble: str, stuck: Set[Button]) -> Iterator[Fault]:
    """Tell of a glass in *trouble*, if it is not empty, and of the buttons that are *stuck*."""
    if trouble:
        yield Fault("No screen", "Check its four wires.", f"panel: {trouble}")
    for button in sorted(stuck):
        name = button.upper()
        yield Fault(
            f"{name} is stuck",
            "Press it free.",
            f"panel: the button {name} is held down; it is ignored until it is let go",
        )
