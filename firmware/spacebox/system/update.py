"""A new version of the box: fetched, installed beside the one that runs, tried once, kept or not.

Nothing of it happens while a Space is live: at each step the room is asked, and has the last word.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from spacebox.system.packages import Apt, Packages
from spacebox.system.release import Release, is_newer
from spacebox.system.slots import Rauc
from spacebox.system.source import Source
from spacebox.system.target import Interrupted, Target, Unfit

FOLDER = Path("/var/lib/spacebox-update")
IMAGE = Path("/run/image")
"""Is there where the image's initramfs was at work."""
MODEL = Path("/proc/device-tree/model")
_ONE_SLOT = re.compile(r"Raspberry Pi (3|Zero 2|Compute Module 3)")
"""Their boot ROM knows no `tryboot`."""

Show = Callable[[str, str, float | None], bool]
"""Tells the room ``(version, what is done, which part of it)``; it says whether that may be now."""


class Step(StrEnum):
    """How far the newest update came."""

    INSTALLED = "installed"
    TRIED = "tried"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of the newest update."""

    version: str
    step: Step


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look for a new version found."""

    here: str
    """The version that runs."""
    newest: str
    newer: bool
    failed: bool
    """Whether it was tried already, and did not work."""


def target_here(image: Path = IMAGE, model: Path = MODEL) -> Target:
    """Return what updates go to on this machine."""
    if not image.exists():
        return Apt()
    board = model.read_text(errors="replace") if model.exists() else ""
    return Packages() if _ONE_SLOT.search(board) else Rauc()


class Update:
    """Brings a version *here* to the next one. Keeps its record and downloads in *folder*."""

    def __init__(self, target: Target, here: str, show: Show, folder: Path = FOLDER) -> None:
        self._target = target
        self._here = here
        self._show = show
        self._folder = folder
        self._file = folder / "record.json"

    @property
    def on_trial(self) -> bool:
        """Whether what runs was started for one try. Raises Unfit."""
        return self._target.on_trial

    @property
    def record(self) -> Record | None:
        """How far the newest update came: one that was tried and does not run now has failed."""
        try:
            said = json.loads(self._file.read_text())
            record = Record(str(said["version"]), Step(said["step"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if record.step is Step.TRIED and not self._target.on_trial:
            return Record(record.version, Step.FAILED)
        return record

    def look(self, source: Source) -> Finding:
        """Say what there is to update to. Raises Unfit."""
        return self._finding(source.latest())

    def install_newest(self, source: Source, *, again: bool) -> Finding:
        """Install what is newer than what runs, and start it for one try.

        A version that failed is only taken *again* where that is asked for. Raises Unfit, and
        Interrupted where a Space is live or begins.
        """
        release = source.latest()
        finding = self._finding(release)
        if finding.newer and (again or not finding.failed):
            asset = release.bundle if self._target.kind == "bundle" else release.package
            waiting = Record(release.version, Step.INSTALLED)
            if self.record != waiting:
                told = self._telling(release.version, "downloading")
                file = source.fetch(asset, self._folder / "downloads", told)
                self._install(file, release.version)
                file.unlink()
            self.begin(release.version)
        return finding

    def install_file(self, file: Path) -> str:
        """Install *file* and start it for one try; return its version. Raises as above."""
        version = self._target.version(file)
        self._install(file, version)
        self.begin(version)
        return version

    def turn_back(self) -> str:
        """Start what ran before the newest update; return its version. Raises as above."""
        self._may("", "going back", None)
        version = self._target.turn_back()
        self.begin(version)
        return version

    def begin(self, version: str) -> None:
        """Start what is installed, for one try. Raises as above."""
        self._may(version, "starting anew", None)
        self._write(Record(version, Step.TRIED))
        self._target.begin()

    def keep(self) -> None:
        """Stay with what is on trial. Raises Unfit."""
        self._target.keep()
        if record := self.record:
            self._write(Record(record.version, Step.KEPT))

    def _finding(self, release: Release) -> Finding:
        failed = self.record == Record(release.version, Step.FAILED)
        newer = is_newer(release.version, self._here)
        return Finding(self._here, release.version, newer, failed)

    def _install(self, file: Path, version: str) -> None:
        told = self._telling(version, "installing")
        self._may(version, "installing", 0.0)
        self._target.install(file, told)
        self._write(Record(version, Step.INSTALLED))

    def _telling(self, version: str, doing: str) -> Callable[[float], bool]:
        return lambda part: self._show(version, doing, part)

    def _may(self, version: str, doing: str, part: float | None) -> None:
        if not self._show(version, doing, part):
            raise Interrupted

    def _write(self, record: Record) -> None:
        """Keep *record*, so that a power cut leaves the old one or the new one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        try:
            with new.open("w") as file:
                json.dump(asdict(record), file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._file)
        except OSError as error:
            raise Unfit(f"The card cannot be written: {error}.") from error
