"""What a listener costs, against stock aiortc, and how late the tick is.

Rounds are interleaved: ours with 60 listeners, stock with 10, ours again. CPU is that of the
serving process alone, by the kernel's count, divided by listeners and seconds of media.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from box import running_box

OURS, STOCK = 60, 10
ROUNDS, SPAN_S = 3, 10.0
GOAL = 0.15
TESTS = Path(__file__).parent.parent


@dataclass(frozen=True)
class Sample:
    cpu_ms: float
    """Per listener and second."""
    delivered: float
    """Packets that arrived, reports included, as a share of the 20 ms slots."""


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used (proc(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def stock_relay() -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", "benchmarks.stock_relay"]
    process = subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[1], process.pid
    finally:
        process.terminate()
        process.communicate()


def measure(url: str, pid: int, listeners: int) -> Sample:
    command = [sys.executable, "-m", "benchmarks.ears", url, str(listeners)]
    ears = subprocess.Popen(
        command, cwd=TESTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert ears.stdin is not None
    assert ears.stdout is not None

    def arrived() -> int:
        ears.stdin.write("\n")
        ears.stdin.flush()
        return int(ears.stdout.readline())

    assert ears.stdout.readline().strip() == "CONNECTED"
    packets, cpu, began = arrived(), cpu_s(pid), time.monotonic()
    time.sleep(SPAN_S)
    spent, span = cpu_s(pid) - cpu, time.monotonic() - began
    packets = arrived() - packets
    ears.communicate()
    return Sample(spent * 1000 / listeners / span, packets / (listeners * span * 50))


def lateness(url: str, share: float) -> str:
    """Return the bucket of the box's own histogram under which *share* of the ticks began."""
    text = urllib.request.urlopen(f"{url}/metrics").read().decode()
    pattern = r'spacebox_tick_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)'
    buckets = [(bound, float(count)) for bound, count in re.findall(pattern, text)]
    total = buckets[-1][1]
    bound = next(bound for bound, count in buckets if count >= share * total)
    return f"≤ {float(bound) * 1000:g} ms"


def line(what: str, samples: list[Sample]) -> float:
    costs = [sample.cpu_ms for sample in samples]
    middle = statistics.median(costs)
    print(
        f"{what:32} {middle:6.2f} ms per listener and second "
        f"(from {min(costs):.2f} to {max(costs):.2f}; "
        f"{min(s.delivered for s in samples):.1%} of the slots' packets and reports arrived)"
    )
    return middle


def main() -> None:
    ours: list[Sample] = []
    stock: list[Sample] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        stock_relay() as (relay, relay_pid),
        running_box(Path(folder), "--mic", "tone", "--speaker", "none") as box,
    ):
        box.command("SetMuted", muted=False)
        for round_ in range(1, ROUNDS + 1):
            ours.append(measure(box.url, box.process.pid, OURS))
            stock.append(measure(relay, relay_pid, STOCK))
            print(f"round {round_} of {ROUNDS}", flush=True)
        late = {share: lateness(box.url, share) for share in (0.5, 0.99)}
    ratio = line(f"Space box, {OURS} listeners", ours) / line(
        f"stock aiortc relay, {STOCK} listeners", stock
    )
    print(f"{'ratio':32} {ratio:6.3f} (goal: at most {GOAL})")
    print(f"{'lateness of the tick':32} p50 {late[0.5]}, p99 {late[0.99]}")


if __name__ == "__main__":
    main()
