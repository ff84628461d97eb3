"""The two slots of the card, by RAUC (rauc.readthedocs.io): one runs, a new version gets the other.

Which one starts is told to the boot ROM by ``image-build/rauc/slots``. Needs root.
"""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from spacebox.system.target import Interrupted, Kind, Told, Unfit, run

HAND = "/usr/lib/spacebox-image/slots"
SILENCE_S = 2.0
"""After so long without a word the box is asked again whether all may go on."""
_NAME = re.compile(r"spacebox-(.+)-[a-z0-9]+\.raucb")
_ERROR = "LastError: "
_PROGRESS = re.compile(r"(\d{1,3})% ")


@dataclass(frozen=True, slots=True)
class Slot:
    name: str
    """A or B."""
    good: bool
    """False once it failed, and while it is written."""
    version: str
    """As RAUC installed it; empty for what the card was flashed with, or nothing at all."""


@dataclass(frozen=True, slots=True)
class Slots:
    runs: Slot
    other: Slot

    @property
    def can_go_back(self) -> bool:
        """Whether the other slot holds a system: one of the two came there by an update."""
        return self.other.good and bool(self.other.version or self.runs.version)


def parse(document: str) -> Slots:
    """Return what ``rauc status --detailed --output-format=json`` says. Raises ValueError."""
    said = json.loads(document)
    try:
        found = {slot["bootname"]: slot for each in said["slots"] for slot in each.values()}
        running = next(name for name, s in found.items() if name and s["state"] == "booted")
        other = next(name for name in found if name and name != running)
    except (KeyError, StopIteration, TypeError) as error:
        raise ValueError(f"RAUC does not say which slot runs: {error}") from error
    return Slots(_slot(running, found[running]), _slot(other, found[other]))


def _slot(name: str, said: dict[str, Any]) -> Slot:
    bundle = said.get("slot_status", {}).get("bundle", {})
    return Slot(name, said.get("boot_status") != "bad", bundle.get("version") or "")


class Rauc:
    """Installs bundles, and has them tried."""

    kind: Kind = "bundle"

    def look(self) -> Slots:
        """Say what is in the slots. Raises Unfit."""
        try:
            return parse(run("rauc", "status", "--detailed", "--output-format=json"))
        except ValueError as error:
            raise Unfit(str(error)) from error

    @property
    def on_trial(self) -> bool:
        # Asked early in a start, when D-Bus and with it RAUC are not there yet.
        return run(HAND, "get-current") != run(HAND, "get-primary")

    def version(self, file: Path) -> str:
        # As `image-build/bundle` names it: RAUC itself cannot look inside without unsquashfs.
        named = _NAME.fullmatch(file.name)
        return named[1] if named else file.stem

    def install(self, file: Path, told: Told) -> None:
        """Write the bundle *file* to the other slot; the one that runs is not touched."""
        reason = "RAUC does not say why"
        with subprocess.Popen(  # noqa: S603 root's own choice of file
            ["rauc", "install", str(file)],  # noqa: S607 wherever it is installed
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            part = 0.0
            for line in _lines(process):
                if progress := _PROGRESS.match(line):
                    part = int(progress[1]) / 100
                reason = line.removeprefix(_ERROR) if line.startswith(_ERROR) else reason
                if not told(part):
                    run("systemctl", "stop", "rauc.service")
                    process.terminate()
                    raise Interrupted
        if process.returncode:
            raise Unfit(f"It is not installed: {reason}.")

    def begin(self) -> None:
        run("systemctl", "reboot", "--reboot-argument=0 tryboot")

    def keep(self) -> None:
        run("rauc", "status", "mark-good", "booted")

    def turn_back(self) -> str:
        slots = self.look()
        if not slots.can_go_back:
            raise Unfit("There is nothing to go back to: the other slot holds no system.")
        return slots.other.version or "the version that the card came with"


def _lines(process: subprocess.Popen[bytes]) -> Iterator[str]:
    """Give what a program says line by line, and an empty line while it says nothing."""
    output = cast(IO[bytes], process.stdout)
    rest = b""
    while True:
        ready, _, _ = select.select([output], [], [], SILENCE_S)
        chunk = os.read(output.fileno(), 4096) if ready else b"\n"
        if not chunk:
            return
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line.decode(errors="replace").strip() for line in lines)
