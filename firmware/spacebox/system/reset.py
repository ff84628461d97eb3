"""Back to how the box was when it was new: settings, keys, recordings and Wi-Fi are gone.

On the image all that lasts is on the data partition, and its initramfs empties that before anything
runs; cut off by a power failure, it begins again. On a Debian that somebody else looks after, only
what is the box's own is erased.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

ASKED = "factory-reset"
"""A file of this name in the box's runtime directory has spacebox-reset.path begin."""
OWN = ("var/lib/spacebox", "var/lib/spacebox-tunnel", "var/lib/spacebox-update")
SETTINGS = "etc/spacebox"

Run = Callable[..., object]
"""Runs a program with its arguments."""


def ask(runtime: Path) -> None:
    """Have the service manager erase the box, which may not do it itself. Raises OSError."""
    (runtime / ASKED).touch()


def reset(root: Path, run: Run) -> None:
    """Erase the box below *root* and start anew. Needs root; raises OSError."""
    if (root / "run/image").exists():
        _mark(root / "data" / ASKED)
        run("systemctl", "reboot")
        return
    run("systemctl", "stop", "spacebox.service")
    for folder in (*(root / name for name in OWN), root / SETTINGS):
        _empty(folder)
    run("systemctl", "start", "spacebox.service")


def _mark(file: Path) -> None:
    file.touch()
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _empty(folder: Path) -> None:
    """Remove what is in *folder*, which itself and its owner stay."""
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
