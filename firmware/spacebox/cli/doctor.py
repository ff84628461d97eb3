"""``spacebox doctor``: look at what a Space needs, and say what to do about the rest."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from spacebox.cli.configure import content
from spacebox.cli.control import Control
from spacebox.cli.failures import Unreachable, WrongUsage
from spacebox.cli.render import Ink, table
from spacebox.config.load import read
from spacebox.config.pins import pins
from spacebox.config.places import CONFIG
from spacebox.config.schema import Config, Panel
from spacebox.panel import probe

_OLDEST_YEAR = 2026
_PATIENCE_S = 20.0
_SIOCGIFADDR = 0x8915
"""Asks Linux for the IPv4 address of an interface (netdevice(7))."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `advice` says what to do, and is empty where nothing is."""

    name: str
    status: Literal["ok", "warning", "fault"]
    detail: str
    advice: str = ""


def doctor(args: Namespace) -> int:
    findings = [*_examine(args)]
    if args.json:
        checks = [asdict(finding) for finding in findings]
        print(json.dumps({"checks": checks}, ensure_ascii=False, indent=2))
        return 0
    ink = Ink(sys.stdout, os.environ)
    lines = table([(f.status, f.name, f.detail) for f in findings])
    for finding, line in zip(findings, lines, strict=True):
        print(line if finding.status == "ok" else ink.amber(line))
        if finding.advice:
            print(f"         {finding.advice}")
    return 0


def _examine(args: Namespace) -> Iterator[Finding]:
    config = Config()
    try:
        config, mistakes = read(content(args.config), str(args.config or CONFIG))
    except WrongUsage as error:
        yield Finding("configuration", "fault", str(error), "Name a file that can be read.")
    else:
        advice = "Put the line right, then restart the box."
        for mistake in mistakes:
            yield Finding("configuration", "fault", str(mistake), advice)
        if not mistakes:
            yield Finding("configuration", "ok", "no mistakes")
    yield sound(config)
    yield from panel(config.panel)
    yield disk(Path(config.storage.path), config.storage.keep_free_mb)
    yield network(own_addresses())
    yield clock(datetime.now(UTC))
    control = Control.find(args.socket)
    yield reach(control)
    yield from daemon(control)


def sound(config: Config) -> Finding:
    """Ask PortAudio for its devices, in a process of its own: a bad driver can take one down."""
    if not any(s.startswith("card") for s in (config.sound.microphone, config.sound.speaker)):
        return Finding("sound", "ok", "no sound card is configured")
    command = [sys.executable, "-m", "sounddevice"]
    try:
        run = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Finding("sound", "fault", "the sound system hangs", "Unplug the card, plug it in.")
    if run.returncode:
        why = (run.stderr.strip().splitlines() or [f"status {run.returncode}"])[-1]
        return Finding("sound", "fault", why, "Install PortAudio: apt install libportaudio2")
    devices = [line for line in run.stdout.splitlines() if line.strip()]
    ears = sum(bool(re.search(r"\([1-9]\d* in,", line)) for line in devices)
    mouths = sum(bool(re.search(r", [1-9]\d* out\)", line)) for line in devices)
    what = f"microphones found: {ears}, speakers found: {mouths}"
    if ears and mouths:
        return Finding("sound", "ok", what)
    advice = "Plug in a USB sound card, or set sound.microphone and sound.speaker."
    return Finding("sound", "warning", what, advice)


def panel(settings: Panel, devices: Path = probe.DEVICES) -> Iterator[Finding]:
    """Look for the header's pins and for the screen; the box works without either."""
    try:
        chip = probe.gpio_chip(devices)
    except probe.Missing as missing:
        yield Finding("pins", "warning", missing.what, missing.do)
    else:
        yield from _pins(settings, chip, devices)
    try:
        yield Finding("screen", "ok", probe.find_screen(settings.screen, devices))
    except probe.Missing as missing:
        yield Finding("screen", "warning", missing.what, missing.do)


def _pins(settings: Panel, chip: probe.Chip, devices: Path) -> Iterator[Finding]:
    ours = {n: key for key, n in pins(settings) if key != "panel.screen.port"}
    taken = probe.taken(chip, ours, devices)
    for number, who in taken.items():
        advice = "Choose another pin, or take what uses it out of config.txt."
        yield Finding("pins", "warning", f"pin {number} of {ours[number]}: {who} uses it", advice)
    if not taken:
        yield Finding("pins", "ok", f"all free or ours on GPIO chip {chip.number}, {chip.label}")


def disk(path: Path, keep_free_mb: int) -> Finding:
    there = next(place for place in (path, *path.parents) if place.exists())
    free_mb = shutil.disk_usage(there).free // 1_000_000
    what = f"{free_mb} MB free for {path}"
    if free_mb <= keep_free_mb:
        advice = f"Recording stops below {keep_free_mb} MB: move episodes elsewhere."
        return Finding("disk", "fault", what, advice)
    return Finding("disk", "ok", what)


def network(addresses: tuple[str, ...]) -> Finding:
    if addresses:
        return Finding("network", "ok", ", ".join(addresses))
    advice = "Plug in a cable or join a Wi-Fi; only this machine can reach the box."
    return Finding("network", "warning", "no address but the machine's own", advice)


def reach(control: Control) -> Finding:
    """Ask the running box, which tests that all the time; what stands here is its last result."""
    try:
        space = control.space()
    except Unreachable:
        what = "UNKNOWN: only a running box can look for itself from outside"
        return Finding("reach", "warning", what, "Start the box, and ask again a minute later.")
    told = space["reach"]
    found, advice = space["reachability"], told["advice"]
    what = f"{found}: {told['detail']}"
    return Finding("reach", "ok" if found == "PUBLIC" else "warning", what, advice)


def clock(now: datetime) -> Finding:
    what = f"{now:%Y-%m-%d %H:%M} UTC"
    if now.year >= _OLDEST_YEAR:
        return Finding("clock", "ok", what)
    advice = "Connect the box to the internet; it sets its clock by itself."
    return Finding("clock", "warning", what, advice)


def daemon(control: Control) -> Iterator[Finding]:
    try:
        reasons = control.health()
    except Unreachable as error:
        what, _, advice = str(error).partition(". ")
        yield Finding("box", "warning", what, advice)
        return
    for reason in reasons:
        yield Finding("box", "fault", reason, "`spacebox status` tells more.")
    if not reasons:
        yield Finding("box", "ok", "runs and is well")


def own_addresses() -> tuple[str, ...]:
    """Return the IPv4 addresses at which others reach this machine."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # an interface without an address
                answer = fcntl.ioctl(probe, _SIOCGIFADDR, struct.pack("256s", name.encode()))
                found.append(socket.inet_ntoa(answer[20:24]))
    return tuple(address for address in found if not address.startswith("127."))
