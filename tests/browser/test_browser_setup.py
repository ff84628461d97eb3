"""The set-up page of a box that visits another, found on the network that both are in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from test_browser import HERE, HOST, node_test

from box import CLI, running_box

EVERYWHERE = ("--listen", "0.0.0.0")
CONFIGS = {"visitor": '[box]\nhost = "Tomás"\nname = "attic"\n', "host": HOST}


def test_the_set_up_page(tmp_path: Path) -> None:
    visitor, host = (configured(tmp_path / name, toml) for name, toml in CONFIGS.items())
    with (
        running_box(tmp_path / "host", *host, start="Slow radio at night") as there,
        running_box(tmp_path / "visitor", *visitor, start=None) as here,
    ):
        places = {
            "SPACEBOX": CLI,
            "SPACEBOX_URL": there.url,
            "VISITOR_RUNTIME": here.env["SPACEBOX_RUNTIME"],
            "VISITOR_URL": here.url,
            "PYTHON": sys.executable,
            "TESTS": str(HERE.parent),
            "SCRATCH": str(tmp_path),
            "SHOTS": os.environ.get("SHOTS", str(tmp_path / "shots")),
        }
        node_test("setup.test.mjs", {**there.env, **places})


def configured(folder: Path, toml: str) -> tuple[str, ...]:
    folder.mkdir()
    file = folder / "spacebox.toml"
    file.write_text(toml)
    return ("--mic", "tone:880", "--speaker", "none", "--config", str(file), *EVERYWHERE)
