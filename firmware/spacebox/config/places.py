"""Where the configuration and the control socket are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

CONFIG = Path("/etc/spacebox/spacebox.toml")
ON_CARD = Path("/run/spacebox-card")
"""What the first boot found wrong in the files that the owner left on the card, a line each."""
SOCKET = "control.sock"


def runtime_directories(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the directories that may hold the control socket, the best one first."""
    if named := environ.get("SPACEBOX_RUNTIME"):
        return (Path(named),)
    own = environ.get("XDG_RUNTIME_DIR")
    system = Path("/run/spacebox")
    return (system, Path(own) / "spacebox") if own else (system,)
