"""Turning the machine off."""

from __future__ import annotations

import logging
import subprocess

log = logging.getLogger(__name__)


def power_off() -> None:
    """Ask the service manager to power the machine off; it stops the box on its way."""
    try:
        subprocess.Popen(["systemctl", "poweroff"])  # noqa: S607 wherever it is installed
    except OSError as error:
        log.error("cannot power off: systemctl: %s", error.strerror)
