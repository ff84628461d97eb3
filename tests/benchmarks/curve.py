"""What a listener costs as they become more, and how many one core can serve.

Usage: curve.py [PNG]. In each round the servers take turns at each size; who can't keep up is
asked for no more. Then the box alone, held to one core, until packets get lost.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from pathlib import Path

from benchmarks import bare, janus
from benchmarks.chart import Series, draw
from benchmarks.cost import Hearing, Overloaded, Sample, Server, hearing, line, measure
from benchmarks.fanout import space_box

SIZES = (10, 60, 150, 300, 600)
ROUNDS, SPAN_S = 2, 4.0
STEP, MOST = 300, 1_800
CONFIG = "[network]\nlisteners = 2000\n"
ENOUGH = 0.999
"""What share has to arrive."""
IN_TIME = 0.98
"""Least pace: a few packets may be under way when they are counted."""
FILE = Path(__file__).with_name("curve.png")

Start = Callable[[int], AbstractContextManager[Server]]
"""Have a server for that many listeners."""


def sustained(server: Server, ears: Hearing, size: int) -> Sample | None:
    """Measure a server with *size* listeners; None where that is too many for it."""
    try:
        sample = measure(server, ears, size, SPAN_S)
    except Overloaded:
        return None
    return sample if sample.delivered >= ENOUGH and sample.pace >= IN_TIME else None


def climb(servers: dict[str, Start]) -> dict[str, dict[int, list[Sample]]]:
    """Return each server's samples by size, as far as it kept up."""
    samples: dict[str, dict[int, list[Sample]]] = {name: {} for name in servers}
    for round_ in range(1, ROUNDS + 1):
        limits = dict.fromkeys(servers, SIZES[-1])
        for size in SIZES:
            for name, start in servers.items():
                if size > limits[name]:
                    continue
                with start(size) as server, hearing(server) as ears:
                    sample = sustained(server, ears, size)
                if sample is None:
                    limits[name] = 0
                else:
                    samples[name].setdefault(size, []).append(sample)
        print(f"round {round_} of {ROUNDS}", flush=True)
    return samples


def largest(server: Server) -> int:
    """Return how many listeners a server can have on one core; the ears have the others."""
    cores = sorted(os.sched_getaffinity(0))
    hold(server.pid, set(cores[:1]))
    served = 0
    with hearing(server) as ears:
        hold(ears.process.pid, set(cores[1:]))
        for size in range(STEP, MOST + 1, STEP):
            if sustained(server, ears, size) is None:
                break
            served = size
    return served


def hold(pid: int, cores: set[int]) -> None:
    """Let all threads of a process run on these cores only."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


def main(file: Path = FILE) -> None:
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(4)]
        box = stack.enter_context(space_box(folders[0], CONFIG))
        bridge = stack.enter_context(janus.audiobridge(folders[1]))
        streaming = stack.enter_context(janus.streaming(folders[2]))
        loop = bare.build(folders[3])
        samples = climb(
            {
                "Space box": lambda _: nullcontext(box),
                "Janus AudioBridge": lambda _: nullcontext(bridge),
                "Janus Streaming": lambda _: nullcontext(streaming),
                "bare loop in C": partial(bare.sending, loop),
            }
        )
        most = largest(box)
    curves = [Series(name, points(each)) for name, each in samples.items() if each]
    draw("CPU ms per listener and second, by listeners", curves, file)
    for name, by_size in samples.items():
        for size, each in by_size.items():
            print(line(f"{name}, {size}", each))
    print(
        f"on one core the box serves {most} listeners ({STEP} more are too many, or were not tried)"
    )
    print(f"the curve is in {file}")


def points(by_size: dict[int, list[Sample]]) -> list[tuple[float, float]]:
    return [
        (size, statistics.median(sample.cpu_ms for sample in each))
        for size, each in by_size.items()
    ]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
