"""Whole boxes to measure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cost import Server
from box import Box, running_box

_BUCKET = re.compile(r'spacebox_tick_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)')


@contextmanager
def space_box(folder: Path, *sound: str, config: str = "") -> Iterator[Box]:
    """Run a box with a microphone as *sound* says, and nobody at it who listens."""
    folder.mkdir(exist_ok=True)
    file = folder / "spacebox.toml"
    file.write_text(config)
    with running_box(folder, "--config", str(file), *sound, "--speaker", "none") as box:
        yield box


def served(box: Box) -> Server:
    """Return how listeners get into a box."""
    return Server("whep", box.url, box.process.pid)


def lateness(box: Box) -> dict[float, float]:
    """Return how many ticks so far began no later than so many seconds."""
    found = _BUCKET.findall(box.call("/metrics").body.decode())
    return {float(bound): float(count) for bound, count in found}
