"""Real browsers in the room: runs the Node tests beside this file, each on a box of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from box import CLI, running_box
from pulse import pulse
from turn import turn

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


HOST = '[box]\nhost = "Mira Okafor"\n'


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
    on_a_box(name, start, tmp_path, CONFIG if start is None else HOST)


def test_through_a_turn_server(tmp_path: Path) -> None:
    with turn(tmp_path) as server:
        on_a_box("turn.test.mjs", "Slow radio at night", tmp_path, HOST + server.toml)


def test_in_firefox(tmp_path: Path) -> None:
    with pulse() as sound:
        places = {key: sound.env[key] for key in ("PULSE_SERVER", "XDG_RUNTIME_DIR")}
        on_a_box("firefox.test.mjs", "Slow radio at night", tmp_path, HOST, places)


def test_two_boxes(tmp_path: Path) -> None:
    folder = tmp_path / "visitor"
    folder.mkdir()
    speaker, file = folder / "speaker.wav", folder / "spacebox.toml"
    file.write_text('[box]\nhost = "Tomás"\n')
    sound = ("--mic", "tone:3300", "--speaker", f"file:{speaker}", "--config", str(file))
    with running_box(folder, *sound, start=None) as visitor:
        places = {
            "VISITOR_RUNTIME": visitor.env["SPACEBOX_RUNTIME"],
            "VISITOR_SPEAKER": str(speaker),
        }
        on_a_box("visit.test.mjs", "Slow radio at night", tmp_path, HOST, places)


def on_a_box(
    name: str, start: str | None, folder: Path, config: str, env: dict[str, str] | None = None
) -> None:
    speaker, file = folder / "speaker.wav", folder / "spacebox.toml"
    file.write_text(config)
    sound = ("--mic", f"tone:{BOX_HZ}", "--speaker", f"file:{speaker}", "--config", str(file))
    with running_box(folder, *sound, start=start) as box:
        node_test(
            name,
            {
                **box.env,
                "SPACEBOX": CLI,
                "SPACEBOX_URL": box.url,
                "SPEAKER_FILE": str(speaker),
                "PYTHON": sys.executable,
                "TESTS": str(HERE.parent),
                "SCRATCH": str(folder),
                "SHOTS": os.environ.get("SHOTS", str(folder / "shots")),
                **(env or {}),
            },
        )
