"""Prints the part of a lock file that one kind of device takes, hashes and all.

usage: locked.py LOCK MACHINE PYTHON wheels|NAME

pip reads the conditions behind `;` for the machine that it runs on. Here they are read for the
device, so that it gets what was locked for it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

# pip's own reading of those conditions (PEP 508): the one which everybody has who has pip.
from pip._vendor.packaging.requirements import Requirement

_ENTRY = re.compile(r"^(?P<what>[A-Za-z0-9].*?) *\\\n(?P<hashes>(?: +--hash=\S+(?: \\)?\n)+)", re.M)

FROM_SOURCE = frozenset({"lgpio", "opuslib"})
"""What has no wheel for the device."""
FROM_DEBIAN = frozenset({"systemd-python"})


def entries(lock: str, machine: str, python: str) -> Iterator[tuple[str, str]]:
    """Give each package that is locked for the device: its name, and its entry as pip takes it."""
    device = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_machine": machine,
    }
    for entry in _ENTRY.finditer(lock):
        needed = Requirement(entry["what"])
        if needed.marker is None or needed.marker.evaluate(device):
            yield needed.name, f"{needed.name}{needed.specifier} \\\n{entry['hashes']}"


def main(lock: str, machine: str, python: str, which: str) -> None:
    for name, entry in entries(Path(lock).read_text(encoding="utf-8"), machine, python):
        if name == which or (which == "wheels" and name not in FROM_SOURCE | FROM_DEBIAN):
            print(entry, end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
