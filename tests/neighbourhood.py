"""What a box knows of the others around it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from box import Box
from spacebox.cli.control import Control


def around(box: Box) -> list[dict[str, Any]]:
    """Return which boxes a box knows of."""
    control = Control((Path(box.env["SPACEBOX_RUNTIME"]) / "control.sock",))
    boxes: list[dict[str, Any]] = control.ask("GET", "/api/boxes")["boxes"]
    return boxes


def port(box: Box) -> str:
    """Return the port of its page."""
    return box.url.rpartition(":")[2]
