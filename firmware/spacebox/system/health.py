"""What is wrong with the machine, in words that say what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from spacebox.ports import Fault

DATA_LOST: Final = Path("/run/image/data-lost")
"""Made by the image's initramfs where it found no data partition that can be read."""


def disk_faults(file: Path, keep_free_mb: int, data_lost: Path = DATA_LOST) -> Iterator[Fault]:
    """Tell where *file* cannot be read, or less is free beside it than must stay free.

    And where all is in memory, which *data_lost* tells. Blocks for as long as a dying card does
    not answer.
    """
    if data_lost.exists():
        detail = "disk: the card's data cannot be read, and nothing new is kept; use another card"
        yield Fault("The card fails", "Use another card.", detail)
    path = file.parent
    try:
        _read_anew(file)
        free_mb = shutil.disk_usage(path).free // 1_000_000
    except OSError as error:
        detail = f"disk: {path} cannot be read: {error.strerror}; use another card"
        yield Fault("The card fails", "Use another card.", detail)
        return
    if free_mb < keep_free_mb:
        yield Fault(
            "The card is full",
            "Make room on it.",
            f"disk: only {free_mb} MB are free at {path}; make room or lower keep_free_mb",
        )


def _read_anew(file: Path) -> None:
    """Read from the card itself: what Linux remembers of it says nothing of its health."""
    with file.open("rb") as opened:
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        opened.read(1)


def lost_device(what: Literal["microphone", "speaker"]) -> Fault:
    """Return the fault of a part of the sound card that is not there."""
    return Fault(
        f"No {what}",
        "Plug it in.",
        f"sound: the {what} is lost; plug it in, or name another in [sound] {what}",
    )


def standstill() -> Fault:
    """Return the fault of a media clock that stands still."""
    return Fault(
        "The sound stands",
        "Pull the plug, start again.",
        "sound: the media clock stands still; restart the box",
    )


def no_tunnel(trouble: str) -> Fault:
    """Return the fault of a tunnel that is not up; *trouble* is its sentence."""
    return Fault("No tunnel", "Guests outside cannot come in.", f"network: {trouble}")


def unread(keys: tuple[str, ...]) -> Fault:
    """Return the fault of settings that were changed, and count from the next start only."""
    restart = "restart the box for them: sudo systemctl restart spacebox"
    detail = f"settings: new values of {', '.join(keys)} do not count yet; {restart}"
    return Fault("New settings", "Restart the box.", detail)


def mistake(sentence: str) -> Fault:
    """Return the fault of one mistake in the settings, ``FILE:LINE: KEY: REASON``."""
    place, _, reason = sentence.partition(": ")
    return Fault("Check settings", f"{Path(place).name}: {reason}", sentence)
