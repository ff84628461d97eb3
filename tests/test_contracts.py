"""Who may import whom; the contracts themselves are in pyproject.toml."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT = ROOT / "pyproject.toml"
CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]["contracts"]
]

# One line that must not be added anywhere, for each contract and each way to break it.
BREACHES = [
    ("Imports point", "ports/elsewhere.py", "from spacebox import hub"),
    ("Imports point", "hub.py", "from spacebox.engines import host"),
    ("Imports point", "room/model.py", "from spacebox.config import schema"),
    ("Imports point", "audio/ring.py", "from spacebox.rtc import gate"),
    ("Room and configuration", "room/rules.py", "import time"),
    ("Room and configuration", "config/load.py", "from socket import socket"),
    ("Mixer and Ogg", "mixer/mix.py", "import threading"),
    ("Mixer and Ogg", "ogg/pages.py", "import asyncio"),
    ("Only the daemon", "engines/host.py", "from spacebox.audio import portaudio"),
    ("Pins and glass", "hub.py", "from gpiozero import Button"),
    ("Sound cards and Opus", "rtc/uplink.py", "import opuslib"),
    ("WebRTC", "engines/host.py", "def offer():\n    import aiortc"),
    ("HTTP", "cli/control.py", "import aiohttp"),
    ("FFmpeg", "engines/host.py", "import av.audio.frame"),
    ("DNS-SD", "cli/main.py", "import zeroconf"),
    ("systemd", "cli/main.py", "from systemd import daemon"),
]


def lint(source_root: Path) -> subprocess.CompletedProcess[str]:
    tool = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", PYPROJECT]
    return subprocess.run(
        tool,
        cwd=source_root,
        env={**os.environ, "PYTHONPATH": str(source_root), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_contracts_hold() -> None:
    result = lint(ROOT / "firmware")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES, ids=[b[2] for b in BREACHES])
def test_breaking_a_contract_is_noticed(
    tmp_path: Path, contract: str, file: str, line: str
) -> None:
    package = tmp_path / "spacebox"
    shutil.copytree(ROOT / "firmware/spacebox", package)
    with (package / file).open("a") as module:
        module.write(f"\n{line}\n")
    result = lint(tmp_path)
    assert result.returncode == 1
    broken = [name for name in CONTRACTS if f"{name} BROKEN" in result.stdout]
    assert any(name.startswith(contract) for name in broken), result.stdout


def test_a_package_without_a_place_is_noticed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "firmware/spacebox", tmp_path / "spacebox")
    (tmp_path / "spacebox/helpers.py").touch()
    assert f"{CONTRACTS[0]} BROKEN" in lint(tmp_path).stdout


def test_every_contract_has_a_breach() -> None:
    assert all(any(name.startswith(start) for start, *_ in BREACHES) for name in CONTRACTS)
