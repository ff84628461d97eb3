"""A virtual SD card: an image as it was flashed, and the files on its FAT partitions, by mtools."""

from __future__ import annotations

import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SECTOR = 512
_TABLE = struct.Struct("<8s64xQII")
"""Of the header of a GPT (UEFI 2.10, 5.3.2): signature, first entry's sector, count, size."""
_ENTRY = struct.Struct("<16s16sQQQ72s")
GIGABYTE = 2**30


@dataclass(frozen=True, slots=True)
class Partition:
    number: int
    name: str
    offset: int
    size: int


class Card:
    """The file that stands for the card; nobody may use it while a machine is on."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def partitions(self) -> list[Partition]:
        """Read the partition table."""
        with self.path.open("rb") as card:
            card.seek(_SECTOR)
            signature, first, count, size = _TABLE.unpack(card.read(_TABLE.size))
            assert signature == b"EFI PART", "this card has no GPT"
            card.seek(first * _SECTOR)
            entries = [_ENTRY.unpack_from(card.read(size)) for _ in range(count)]
        return [
            Partition(
                number,
                name.decode("utf-16le").rstrip("\0"),
                begin * _SECTOR,
                (end + 1 - begin) * _SECTOR,
            )
            for number, (kind, _, begin, end, _, name) in enumerate(entries, 1)
            if any(kind)
        ]

    def partition(self, which: int | str) -> Partition:
        """Find one by number or name."""
        return next(found for found in self.partitions() if which in (found.number, found.name))

    def read(self, which: int | str, name: str) -> bytes:
        """Return a file of a FAT partition. Raises FileNotFoundError."""
        done = self._mtools("mcopy", which, f"::{name}", "-")
        if done.returncode:
            raise FileNotFoundError(f"{name} on {which}: {done.stderr.decode().strip()}")
        return done.stdout

    def write(self, which: int | str, name: str, data: bytes) -> None:
        """Put a file onto a FAT partition."""
        done = self._mtools("mcopy", which, "-o", "-", f"::{name}", given=data)
        assert done.returncode == 0, done.stderr

    def names(self, which: int | str) -> list[str]:
        """List the files and folders at the top of a FAT partition."""
        done = self._mtools("mdir", which, "-b", "-a", "::")
        assert done.returncode == 0, done.stderr
        return [line.removeprefix("::/").rstrip("/") for line in done.stdout.decode().splitlines()]

    def raw(self, which: int | str) -> bytes:
        """Return all that is on a partition, deleted files too."""
        found = self.partition(which)
        with self.path.open("rb") as card:
            card.seek(found.offset)
            return card.read(found.size)

    def _mtools(
        self, tool: str, which: int | str, *arguments: str, given: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        image = f"{self.path}@@{self.partition(which).offset}"
        return subprocess.run(
            [tool, "-i", image, *arguments], input=given, capture_output=True, check=False
        )


def flash(image: Path, card: Path, size: int = 4 * GIGABYTE) -> Card:
    """Write *image* onto a fresh card of so many bytes."""
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", image, card], check=True)
    with card.open("r+b") as file:
        file.truncate(max(size, card.stat().st_size))
    return Card(card)
