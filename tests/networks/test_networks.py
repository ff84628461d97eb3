"""Guests behind NATs whose networks move and fail: real browsers, each in a network of its own."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from box import CLI, running_box
from netns import BOX, street, within

BROWSER = Path(__file__).parent.parent / "browser"
HOMES = 3
BOX_HZ = 440


@pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")
def test_guests_whose_networks_move_and_fail(tmp_path: Path) -> None:
    speaker = tmp_path / "speaker.wav"
    sound = ("--mic", f"tone:{BOX_HZ}", "--speaker", f"file:{speaker}")
    with street() as networks:
        homes = [asdict(networks.home(number)) for number in range(HOMES)]
        within_box = within(networks.box)
        with running_box(tmp_path, *sound, "--listen", "0.0.0.0", within=within_box) as box:
            env = {
                **box.env,
                "SPACEBOX": CLI,
                "SPACEBOX_URL": f"http://{BOX}:{box.url.rpartition(':')[2]}",
                "SPEAKER_FILE": str(speaker),
                "SCRATCH": str(tmp_path),
                "HOMES": json.dumps(homes),
            }
            done = subprocess.run(["node", "--test", BROWSER / "networks.test.mjs"], env=env)
            assert done.returncode == 0, "see what Node printed"
