"""The part of a Raspberry Pi's firmware that picks what is booted, and why the last boot ended.

From `autoboot.txt` of the first partition it takes the partition to boot from, the one under
`[tryboot]` if the system asked for that when it restarted; from there `config.txt`, the command
line and what both name. Source: the Raspberry Pi documentation, "autoboot.txt" and "config.txt".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from card import Card

_RESTART = re.compile(rb"reboot: Restarting system(?: with command '([^']*)')?")
_CONSOLE = re.compile(r"\bconsole=\S+\s*")


@dataclass(frozen=True, slots=True)
class Boot:
    """What the firmware hands over to, as files and a command line."""

    partition: int
    kernel: Path
    initrd: Path
    arguments: str


def settings(text: str, sections: tuple[str, ...]) -> dict[str, str]:
    """Read `key=value` of *sections*; a later one counts more. What is above all is `all`'s."""
    found: dict[str, dict[str, str]] = {}
    section = "all"
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif line.startswith("initramfs "):
            found.setdefault(section, {})["initramfs"] = line.split()[1]
        elif "=" in line:
            key, _, value = line.partition("=")
            found.setdefault(section, {})[key.strip()] = value.strip()
    return {key: value for name in sections for key, value in found.get(name, {}).items()}


def asked_for_tryboot(console: bytes) -> bool:
    """Tell from what the kernel said last whether it restarted by `reboot '0 tryboot'`."""
    restarts = _RESTART.findall(console)
    return bool(restarts) and b"tryboot" in restarts[-1].split()


def pick(card: Card, folder: Path, tryboot: bool) -> Boot:
    """Take kernel, initramfs and command line off the card, and put the files into *folder*."""
    autoboot = card.read(1, "autoboot.txt").decode()
    chosen = settings(autoboot, ("all", "tryboot") if tryboot else ("all",))
    partition = int(chosen.get("boot_partition", 1))
    try:
        config = card.read(partition, "config.txt").decode()
    except FileNotFoundError:  # none where no Raspberry Pi will ever read it: amd64
        config = ""
    names = {"kernel": "vmlinuz", "initramfs": "initrd.img", "cmdline": "cmdline.txt"}
    names |= settings(config, ("all", "pi4"))
    kernel, initrd = folder / "kernel", folder / "initrd"
    kernel.write_bytes(card.read(partition, names["kernel"]))
    initrd.write_bytes(card.read(partition, names["initramfs"]))
    arguments = card.read(partition, names["cmdline"]).decode().strip()
    return Boot(partition, kernel, initrd, arguments)


def speaking_on(boot: Boot, console: str) -> Boot:
    """Let a boot speak on the one console that the virtual machine has."""
    return replace(boot, arguments=_CONSOLE.sub("", boot.arguments) + f" console={console}")
