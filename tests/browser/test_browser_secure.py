"""A real browser that comes to trust the box: the same guest over http and then over https."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from aioice.ice import get_host_addresses

from box import CLI, Box, running_box

HERE = Path(__file__).parent
BOX_HZ = 440


def trusting_home(folder: Path, box: Box) -> Path:
    """Return the home of somebody whose browsers trust *box*, in its NSS database."""
    certificate, database = folder / "space-box.crt", folder / "home" / ".pki" / "nssdb"
    database.mkdir(parents=True)
    with urllib.request.urlopen(f"{box.url}/trust/ca.crt") as answer:
        certificate.write_bytes(answer.read())
    certutil = ("certutil", "-d", f"sql:{database}")
    subprocess.run([*certutil, "-N", "--empty-password"], check=True)
    subprocess.run([*certutil, "-A", "-n", "box", "-t", "C,,", "-i", certificate], check=True)
    return folder / "home"


def test_the_way_to_a_microphone(tmp_path: Path) -> None:
    address = get_host_addresses(use_ipv4=True, use_ipv6=False)[0]
    speaker = tmp_path / "speaker.wav"
    sound = ("--mic", f"tone:{BOX_HZ}", "--speaker", f"file:{speaker}", "--listen", address)
    with running_box(tmp_path, *sound, start="Slow radio at night") as box:
        env = {
            **os.environ,
            **box.env,
            "SPACEBOX": CLI,
            "SPACEBOX_URL": box.url,
            "TRUSTING": str(trusting_home(tmp_path, box)),
            "SPEAKER_FILE": str(speaker),
            "PYTHON": sys.executable,
            "TESTS": str(HERE.parent),
            "SCRATCH": str(tmp_path),
            "SHOTS": os.environ.get("SHOTS", str(tmp_path / "shots")),
        }
        done = subprocess.run(["node", "--test", HERE / "secure.test.mjs"], env=env)
    assert done.returncode == 0, "see what Node printed"
