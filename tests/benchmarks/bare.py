"""The least that a listener can cost: a loop in C, which protects packets and sends them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cost import Server
from benchmarks.listener import address

SOURCE = Path(__file__).with_name("bare.c")
PORT = 20_000
"""The first of its listeners'; below those that the system hands out."""


def build(folder: Path) -> Path:
    """Compile it with libsrtp, and return where it is."""
    program = folder / "bare"
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, SOURCE, "-lsrtp2"]
    subprocess.run(command, check=True)
    return program


@contextmanager
def sending(program: Path, listeners: int) -> Iterator[Server]:
    """Let it send to so many."""
    process = subprocess.Popen([program, address(), str(PORT), str(listeners)])
    with process:
        try:
            yield Server("bare", f"udp://{address()}:{PORT}", process.pid)
        finally:
            process.terminate()
