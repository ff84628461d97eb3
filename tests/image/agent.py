"""Runs inside the virtual Pi: makes the hardware of a Pi there, then does what the harness asks.

It comes with the machine (as a systemd credential, by QEMU's fw_cfg), not with the image. The pins
are the kernel's gpio-sim with the label of a Pi 4, the sound card is snd-aloop. What is asked comes
as lines of JSON over a virtio port: `{"id", "do": "run"|"read"|"write", …}`. Standard library only.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

PORT = "spacebox.harness"
LABEL = "pinctrl-bcm2711"
LINES = 58
_CONFIG = Path("/sys/kernel/config")
_HEADER = _CONFIG / "gpio-sim" / "header"
_OLED = Path("/dev/i2c-1")
_CPUINFO = Path("/run/virtual-pi/cpuinfo")
_REVISION = "Revision\t: c03111\n"
"""A Raspberry Pi 4 B; the device tree says so on arm64, and where there is none, this does."""


def build_hardware() -> None:
    subprocess.run(["modprobe", "-a", "gpio-sim", "snd-aloop", "i2c-dev"], check=True)
    if not _CONFIG.is_mount():
        subprocess.run(["mount", "-t", "configfs", "configfs", _CONFIG], check=True)
    bank = _HEADER / "bank0"
    bank.mkdir(parents=True)
    (bank / "num_lines").write_text(str(LINES))
    (bank / "label").write_text(LABEL)
    (_HEADER / "live").write_text("1")
    if not _OLED.exists():  # a Pi's is the second bus, here it is the only one
        _OLED.unlink(missing_ok=True)
        _OLED.symlink_to("i2c-0")
    if not Path("/proc/device-tree").exists():
        _CPUINFO.parent.mkdir(exist_ok=True)
        _CPUINFO.write_text(Path("/proc/cpuinfo").read_text() + _REVISION)
        subprocess.run(["mount", "--bind", _CPUINFO, "/proc/cpuinfo"], check=True)


def pins() -> Path:
    """Return the folder that has `sim_gpioN` with `pull` and `value` of each line."""
    chip, bank = ((_HEADER / name).read_text().strip() for name in ("dev_name", "bank0/chip_name"))
    return Path("/sys/devices/platform", chip, bank)


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        match asked["do"]:
            case "run":
                return _run(asked)
            case "read":
                return {"out": _text(Path(asked["path"]).read_bytes())}
            case "write":
                Path(asked["path"]).write_bytes(base64.b64decode(asked["data"]))
                return {}
            case "pull":
                (pins() / f"sim_gpio{asked['pin']}" / "pull").write_text(asked["to"])
                return {}
            case "level":
                return {"level": (pins() / f"sim_gpio{asked['pin']}" / "value").read_text().strip()}
            case other:
                return {"error": f"nobody here can {other}"}
    except OSError as error:
        return {"error": str(error)}


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        asked["argv"],
        input=base64.b64decode(asked["input"]),
        capture_output=True,
        check=False,
    )
    return {"status": done.returncode, "out": _text(done.stdout), "err": _text(done.stderr)}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _tell_systemd() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect(os.environ["NOTIFY_SOCKET"])
        line.send(b"READY=1")


def serve(port: int) -> None:
    """Answer on an open port until it is shut; begin with the number of the boot."""
    lock = threading.Lock()
    at_work: list[threading.Thread] = []

    def do(asked: dict[str, Any]) -> None:
        reply = json.dumps({"id": asked["id"], **answer(asked)}).encode() + b"\n"
        with lock, suppress(BrokenPipeError):
            while reply:  # the port takes 32 KB at once
                reply = reply[os.write(port, reply) :]

    do({"id": 0, "do": "read", "path": "/proc/sys/kernel/random/boot_id"})
    with open(port, "rb", closefd=False) as lines:
        for line in lines:
            at_work = [thread for thread in at_work if thread.is_alive()]
            at_work.append(threading.Thread(target=do, args=(json.loads(line),), daemon=True))
            at_work[-1].start()
    for thread in at_work:
        thread.join()


def main() -> None:
    build_hardware()
    _tell_systemd()
    serve(os.open(f"/dev/virtio-ports/{PORT}", os.O_RDWR))


if __name__ == "__main__":
    main()
