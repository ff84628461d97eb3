"""The set-up page of a box that visits another."""

from __future__ import annotations

from pathlib import Path

from test_browser import HOST, on_a_box

from box import running_box


def test_the_set_up_page(tmp_path: Path) -> None:
    folder = tmp_path / "visitor"
    folder.mkdir()
    file = folder / "spacebox.toml"
    file.write_text('[box]\nhost = "Tomás"\n')
    options = ("--mic", "tone:880", "--speaker", "none", "--config", str(file))
    with running_box(folder, *options, start=None) as visitor:
        places = {"VISITOR_RUNTIME": visitor.env["SPACEBOX_RUNTIME"], "VISITOR_URL": visitor.url}
        on_a_box("setup.test.mjs", "Slow radio at night", tmp_path, HOST, places)
