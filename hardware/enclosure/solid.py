"""Has OpenSCAD make a part of the box, and reads it as triangles."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Triangles = NDArray[np.float64]
"""Shape (n, 3, 3): n triangles of three corners of x, y, z in millimetres, anticlockwise as seen
from outside."""

SOURCE = Path(__file__).parent / "spacebox.scad"
NOTHING = "Current top level object is empty."
_VERTEX = re.compile(r"vertex (\S+) (\S+) (\S+)")


def render(part: str, target: Path, glass: float = 2.42) -> str:
    """Write *part* as STL to *target*; return what OpenSCAD said.

    Where the part is empty there is no file. Raises ValueError where OpenSCAD is not content.
    """
    wanted = ("-D", f'part="{part}"', "-D", f"glass={glass}")
    command = ["openscad", *wanted, "-o", str(target), str(SOURCE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    unhappy = "WARNING" in done.stderr or "ERROR" in done.stderr
    if unhappy or (done.returncode and NOTHING not in done.stderr):
        raise ValueError(done.stderr)
    return done.stderr


def triangles(file: Path) -> Triangles:
    return np.array(_VERTEX.findall(file.read_text()), dtype=np.float64).reshape(-1, 3, 3)


def told(said: str, name: str) -> list[list[float]]:
    """Return the numbers of the list of lists that OpenSCAD echoed as *name*."""
    found = re.search(rf"\b{name} = \[(.*?\])\]", said)
    if found is None:
        raise ValueError(f"nothing was said of {name}")
    entries = re.findall(r"\[(.*?)\]", found[1])
    return [[float(n) for n in entry.split(",") if '"' not in n] for entry in entries]
