"""What a server costs for each of its listeners, by the kernel's count of its CPU time."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parent.parent
SETTLE_S = 1.0
"""After the last handshake, whose flights are sent a few times more."""


@dataclass(frozen=True)
class Server:
    """A process that sends, and how to hear it."""

    door: str
    """One of `doors.DOORS`."""
    url: str
    pid: int


@dataclass(frozen=True)
class Sample:
    """What was measured of one server in one round."""

    cpu_ms: float
    """Per listener and second."""
    delivered: float
    """Packets that arrived, as a share of the 20 ms slots that the sender counted."""
    pace: float
    """Seconds that the sender counted for each that passed; less than 1 is overload."""


@dataclass(frozen=True)
class Hearing:
    """The ears of one server, in a process of their own."""

    process: subprocess.Popen[str]

    def grow(self, listeners: int) -> tuple[int, int]:
        """Return packets and slots of all listeners so far, of whom there are that many now."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{listeners}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Overloaded(listeners)
        counts = json.loads(line)
        return sum(counts["packets"]), sum(counts["slots"])


class Overloaded(Exception):
    """Not all of so many listeners came to hear something."""


@contextmanager
def hearing(server: Server) -> Iterator[Hearing]:
    """Have ears at a server."""
    command = [sys.executable, "-m", "benchmarks.ears", server.door, server.url]
    process = subprocess.Popen(
        command, cwd=TESTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield Hearing(process)
        finally:
            process.communicate()


def measure(server: Server, ears: Hearing, listeners: int, span_s: float) -> Sample:
    """Let so many listen to a server for a while."""
    ears.grow(listeners)
    time.sleep(SETTLE_S)
    packets, slots = ears.grow(listeners)
    cpu, began = cpu_s(server.pid), time.monotonic()
    time.sleep(span_s)
    spent, span = cpu_s(server.pid) - cpu, time.monotonic() - began
    packets_after, slots_after = ears.grow(listeners)
    slots = slots_after - slots
    return Sample(
        cpu_ms=spent * 1000 / listeners / span,
        delivered=(packets_after - packets) / max(slots, 1),
        pace=slots / (listeners * span * 50),
    )


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process, all of its threads, those that are gone too.

    Each process has a clock of its own, whose number is made of its id (clock_getcpuclockid(3)).
    """
    return time.clock_gettime(~pid << 3 | 2)


def line(what: str, samples: Sequence[Sample]) -> str:
    costs = [sample.cpu_ms for sample in samples]
    return (
        f"{what:40} {statistics.median(costs):7.3f} ms ({min(costs):.3f} to {max(costs):.3f}), "
        f"{min(each.delivered for each in samples):7.2%} delivered, "
        f"pace {min(each.pace for each in samples):.3f}"
    )


def ratio(what: str, ours: Sequence[Sample], theirs: Sequence[Sample], goal: float) -> str:
    """Compare round by round, since all of a round met the same machine."""
    ratios = [mine.cpu_ms / other.cpu_ms for mine, other in zip(ours, theirs, strict=True)]
    middle = statistics.median(ratios)
    verdict = "" if middle <= goal else ", missed"
    return (
        f"{'ours / ' + what:40} {middle:7.3f}    ({min(ratios):.3f} to {max(ratios):.3f}; "
        f"goal: at most {goal:g}{verdict})"
    )
