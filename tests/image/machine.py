"""One power-on of a virtual Pi: a QEMU from its start to its end, and why it ended."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import usb_oled
from agent import PORT
from firmware_play import Boot, speaking_on

_AGENT = Path(__file__).with_name("agent.py")
_UNIT = """[Unit]
Description=The hardware of a virtual Pi
DefaultDependencies=no
After=systemd-modules-load.service systemd-udevd.service
Before=spacebox.service
[Service]
Type=notify
ImportCredential=harness.agent
ExecStart=/usr/bin/python3 -u %d/harness.agent
"""
_ONE_BUS = "module_blacklist=i2c_piix4"
"""So that the screen's bus has the same number whoever is found first."""
_SLOW = """[Service]
WatchdogSec=60
TimeoutStartSec=300
"""
"""An emulated processor is ten times slower than the slowest Pi, and shares its host's."""
_NO_DEVICE_TREE = """BindReadOnlyPaths=/run/virtual-pi/cpuinfo:/proc/cpuinfo
"""
"""The service sees a /proc of its own."""


@dataclass(frozen=True, slots=True)
class Board:
    """How QEMU is told to be the board of one architecture."""

    program: str
    machine: tuple[str, ...]
    console: str
    device_tree: bool


BOARDS: Mapping[str, Board] = {
    "amd64": Board(
        "qemu-system-x86_64",
        # With several threads one boot of five ends in a panic. The second processor, on the same
        # thread, is for all else while the box's media thread, which goes first, is late.
        ("-M", "pc", "-cpu", "Nehalem", "-accel", "tcg,thread=single", "-smp", "2"),
        "ttyS0",
        False,
    ),
    "arm64": Board(
        "qemu-system-aarch64",
        ("-M", "virt", "-cpu", "cortex-a72", "-accel", "tcg,thread=multi", "-smp", "2"),
        "ttyAMA0",
        True,
    ),
}


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the guest's doors are on this machine's loopback."""

    http: int
    https: int
    ssh: int
    media: int

    def forwards(self) -> str:
        doors = (("tcp", self.http, 80), ("tcp", self.https, 443), ("tcp", self.ssh, 22))
        return "".join(
            f",hostfwd={kind}:127.0.0.1:{here}-:{there}"
            for kind, here, there in (*doors, ("udp", self.media, 50000))
        )


def free_ports() -> Ports:
    with (
        socket.socket() as http,
        socket.socket() as https,
        socket.socket() as ssh,
        socket.socket(type=socket.SOCK_DGRAM) as media,
    ):
        found = (http, https, ssh, media)
        for each in found:
            each.bind(("127.0.0.1", 0))
        return Ports(*(each.getsockname()[1] for each in found))


class Machine:
    """A QEMU that runs. `ended` says why it does not, once it does not.

    "guest-reset", "guest-shutdown", "watchdog", as QEMU calls it; empty where it was killed.
    """

    def __init__(self, board: Board, boot: Boot, card: Path, folder: Path, ports: Ports) -> None:
        """Switch it on. What is wired to it listens in *folder*: `oled` and `agent`."""
        self.ended = ""
        self._monitor = folder / "monitor"
        self._monitor.unlink(missing_ok=True)
        boot = speaking_on(boot, board.console)
        tree = _as_pi(board, folder) if board.device_tree else []
        command = [*_command(board, boot, card, folder, ports), *tree]
        with (folder / "qemu.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log)

    def wait(self) -> str:
        """Wait for the end; return what it was: empty if QEMU was killed."""
        with socket.socket(socket.AF_UNIX) as line:
            if not self._connect(line):
                return ""
            with line.makefile("rwb") as talk:
                talk.write(b'{"execute": "qmp_capabilities"}\n')
                talk.flush()
                self.ended = _last_reason(talk)
        self.process.wait()
        return self.ended

    def kill(self) -> None:
        """Cut the power."""
        self.process.kill()
        self.process.wait()

    def _connect(self, line: socket.socket) -> bool:
        while self.process.poll() is None:
            try:
                line.connect(str(self._monitor))
            except (FileNotFoundError, ConnectionRefusedError):
                try:
                    self.process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
            else:
                return True
        return False


def _last_reason(talk: Iterable[bytes]) -> str:
    reason = ""
    try:
        for line in talk:
            told = json.loads(line)
            if told.get("event") == "WATCHDOG":
                reason = "watchdog"
            elif told.get("event") == "SHUTDOWN":
                reason = reason or told["data"]["reason"]
    except (ConnectionResetError, json.JSONDecodeError):  # killed while it spoke
        pass
    return reason


def _command(board: Board, boot: Boot, card: Path, folder: Path, ports: Ports) -> list[str]:
    devices = {
        "qemu-xhci": "",
        "virtio-rng-pci": "",
        "i6300esb": "",
        "virtio-blk-pci,drive=card": f"-drive file={card},format=raw,if=none,id=card",
        "virtio-net-pci,netdev=net,romfile=": f"-netdev user,id=net{ports.forwards()}",
        "virtio-serial-pci": f"-chardev socket,id=harness,path={folder}/agent",
        f"virtserialport,chardev=harness,name={PORT}": "",
    }
    return [
        *("nice", "-n", "15", board.program, *board.machine, "-m", "1024"),
        *("-nographic", "-nodefaults", "-action", "reboot=shutdown,watchdog=reset"),
        *("-kernel", str(boot.kernel), "-initrd", str(boot.initrd)),
        *("-append", f"{boot.arguments} {_told_to_systemd(board)}"),
        *("-chardev", f"file,id=console,path={folder}/console,append=on"),
        *("-serial", "chardev:console", "-qmp", f"unix:{folder}/monitor,server=on,wait=off"),
        *("-fw_cfg", f"name=opt/io.systemd.credentials/harness.agent,file={_AGENT}"),
        *(
            word
            for device, needs in devices.items()
            for word in (*needs.split(), "-device", device)
        ),
        *usb_oled.arguments(folder / "oled"),
    ]


def _told_to_systemd(board: Board) -> str:
    given = {
        "systemd.extra-unit.virtual-pi.service": _UNIT,
        "systemd.unit-dropin.spacebox.service": _SLOW
        + ("" if board.device_tree else _NO_DEVICE_TREE),
    }
    words = (
        f"systemd.set_credential_binary={name}:{base64.b64encode(text.encode()).decode()}"
        for name, text in given.items()
    )
    return " ".join(("systemd.wants=virtual-pi.service", _ONE_BUS, *words))


def _as_pi(board: Board, folder: Path) -> list[str]:
    """Let the device tree of QEMU's board say that it is a Raspberry Pi 4 B."""
    tree = folder / "tree.dtb"
    dump = [board.program, *board.machine, "-m", "1024", "-M", f"dumpdtb={tree}"]
    subprocess.run(dump, check=True, capture_output=True)
    for kind, path, name, value in (
        ("x", "/system", "linux,revision", "c03111"),
        ("s", "/", "model", "Raspberry Pi 4 Model B Rev 1.1"),
    ):
        subprocess.run(["fdtput", "-p", "-t", kind, tree, path, name, value], check=True)
    return ["-dtb", str(tree)]
