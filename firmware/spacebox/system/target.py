"""What an update is installed to, and what can keep it from being installed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

PATIENCE_S = 120.0
_WORDS = 300

Kind = Literal["bundle", "package"]
Told = Callable[[float], bool]
"""Gets the part that is done, 0 to 1, and says whether to go on."""


class Unfit(Exception):
    """It cannot be had or not be installed, as the sentence says; what runs, runs on."""


class Interrupted(Exception):
    """A Space began meanwhile."""


class Target(Protocol):
    """Where a new version goes, beside the one that runs. All methods raise Unfit."""

    @property
    def kind(self) -> Kind:
        """Which file of a release it takes."""

    @property
    def on_trial(self) -> bool:
        """Whether what runs was started for one try, and goes unless it is kept."""

    def version(self, file: Path) -> str:
        """Say which version *file* holds."""

    def install(self, file: Path, told: Told) -> None:
        """Make *file* what is tried next. Raises Interrupted where *told* said no."""

    def begin(self) -> None:
        """Start what was installed, for one try."""

    def keep(self) -> None:
        """Stay with what is on trial."""

    def turn_back(self) -> str:
        """Make what ran before the newest update what is tried next; say which version that is."""


def run(program: str, *arguments: str) -> str:
    """Run a program to its end; return its output. Raises Unfit with its last words."""
    try:
        done = subprocess.run(  # noqa: S603 our own words
            [program, *arguments], check=True, capture_output=True, text=True, timeout=PATIENCE_S
        )
    except subprocess.CalledProcessError as error:
        words = (error.stderr or error.stdout).strip().rpartition("\n")[2]
        raise Unfit(f"{program} says: {words[:_WORDS] or 'nothing'}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unfit(f"{program} cannot be used here: {error}") from error
    return done.stdout
