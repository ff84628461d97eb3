"""What the host alone hears."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from box import eventually, running_box

RATE = 48_000
CHIME_S = 0.6
LOUD = 300


def sounding_s(path: Path) -> float:
    """Return for how many seconds in all the file holds sound, by pieces of 20 ms."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    frames = samples[: len(samples) // 960 * 960].reshape(-1, 960)
    return float((np.abs(frames).max(axis=1) > LOUD).sum()) * 0.02


def test_a_request_is_chimed_and_where_it_is_wished_spoken(tmp_path: Path) -> None:
    speaker, config = tmp_path / "speaker.wav", tmp_path / "spacebox.toml"
    config.write_text("[panel]\nspeak_requests = true\n")
    where = ("--mic", "silence", "--speaker", f"file:{speaker}", "--config", str(config))
    with running_box(tmp_path, *where) as box:
        ana = box.join("Ana")
        box.call("/api/commands", {"command": "RequestToSpeak"}, token=ana["token"])
        eventually(lambda: sounding_s(speaker) > CHIME_S)
