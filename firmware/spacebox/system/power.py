"""Turning the machine off."""

from __future__ import annotations

import logging
import subprocess

PATIENCE_S = 10.0

log = logging.getLogger(__name__)


def power_off() -> str:
    """Ask the service manager to power the machine off; it stops the box on its way.

    Return "", or why it does not, in a sentence.
    """
    try:
        subprocess.run(
            ["systemctl", "poweroff"],  # noqa: S607 wherever it is installed
            check=True,
            capture_output=True,
            timeout=PATIENCE_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.error("cannot power off: %s", error)
        return "The system does not let the box power off."
    return ""
