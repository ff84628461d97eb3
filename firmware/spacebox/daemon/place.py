"""Where a box runs, and how it meets hands."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from spacebox.panel.unit import Hardware
from spacebox.ports import Fingers
from spacebox.system.sockets import Handed
from spacebox.system.wifi import Radio

BOX_ID = "box-id"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box runs."""

    listen: str
    port: int
    secure_port: int
    """Of https."""
    state: Path
    runtime: Path
    microphone: str
    speaker: str
    spare_port: bool = False
    """Whether any free port will do for https where its own is taken."""
    tunnels: bool = False
    """Whether the box runs its tunnel itself; on a Pi systemd does."""
    handed: Handed = field(default_factory=Handed)
    """Sockets that take the place of the ports."""

    def prepare(self) -> str:
        """Make the box's folder; return its id, which is made once and kept. Raises OSError."""
        self.state.mkdir(parents=True, exist_ok=True)
        file = self.state / BOX_ID
        if not file.exists():
            file.write_text(secrets.token_hex(4))
        return file.read_text().strip()


@dataclass(frozen=True, slots=True)
class Skin:
    """Where the box meets hands: its pins and glass, and who else may press and switch off."""

    hardware: Hardware
    off: Callable[[], Awaitable[str]]
    """Powers the machine off; says why where it could not."""
    again: Callable[[], None]
    """Has the rest of what the box keeps erased, and starts it anew. Raises OSError."""
    fingers: Fingers | None = None
    """Press the buttons of a simulated box."""
    radio: Radio | None = None
    """Joins Wi-Fi networks for the machine; None where that is its owner's own affair."""
