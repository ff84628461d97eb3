"""Real Chromium in the room: runs the Node tests beside this file, each on a box of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from box import CLI, running_box

HERE = Path(__file__).parent
BOX_HZ = 440


def node_test(name: str, env: dict[str, str]) -> None:
    done = subprocess.run(["node", "--test", HERE / name], env={**os.environ, **env})
    assert done.returncode == 0, "see what Node printed"


def test_page_logic() -> None:
    node_test("page_logic.test.mjs", {})


CONFIG = """
[box]
host = "Mira Okafor"
[space]
title = "Antennas in small flats"
description = "An hour with people who build their own receivers. Bring a cup of tea."
rules = "One voice at a time. Ask first. Be kind."
starts_at = 2099-11-27T18:00:00Z
"""


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("before.test.mjs", None),
        ("buttons.test.mjs", None),
        ("stage.test.mjs", "Slow radio at night"),
        ("stream.test.mjs", "Slow radio at night"),
        ("page_states.test.mjs", "Slow radio at night"),
        ("panel.test.mjs", None),
    ],
)
def test_in_chromium(name: str, start: str | None, tmp_path: Path) -> None:
    speaker, config = tmp_path / "speaker.wav", tmp_path / "spacebox.toml"
    config.write_text(CONFIG if start is None else '[box]\nhost = "Mira Okafor"\n')
    sound = ("--mic", f"tone:{BOX_HZ}", "--speaker", f"file:{speaker}", "--config", str(config))
    with running_box(tmp_path, *sound, start=start) as box:
        node_test(
            name,
            {
                **box.env,
                "SPACEBOX": CLI,
                "SPACEBOX_URL": box.url,
                "SPEAKER_FILE": str(speaker),
                "PYTHON": sys.executable,
                "TESTS": str(HERE.parent),
                "SCRATCH": str(tmp_path),
                "SHOTS": os.environ.get("SHOTS", str(tmp_path / "shots")),
            },
        )
