"""What a listener costs, against the C servers, stock aiortc and a bare loop in C.

Rounds are interleaved in one run. CPU is that of the serving process alone, by the kernel's
count, divided by listeners and seconds. All listeners are the same to all servers: real
handshakes, then they only count.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import bare, janus
from benchmarks.cost import TESTS, Sample, Server, hearing, line, measure, ratio
from box import running_box

LISTENERS, FEW = 60, 10
"""Stock aiortc can't serve more than a few."""
ROUNDS, SPAN_S = 4, 5.0
OURS = f"Space box, {LISTENERS} listeners"
BRIDGE = f"Janus AudioBridge, {LISTENERS}"
STREAMING = f"Janus Streaming, {LISTENERS}"
BARE = f"bare loop in C, {LISTENERS}"
STOCK = f"stock aiortc relay, {FEW}"
GOALS = {BRIDGE: 0.09, STREAMING: 0.70, BARE: 4.0, STOCK: 0.15}


@contextmanager
def space_box(folder: Path, config: str = "") -> Iterator[Server]:
    """Run a box that plays a tone, alone on stage."""
    file = folder / "spacebox.toml"
    file.write_text(config)
    sound = ("--mic", "tone", "--speaker", "none")
    with running_box(folder, "--config", str(file), *sound) as box:
        box.command("SetMuted", muted=False)
        yield Server("whep", box.url, box.process.pid)


@contextmanager
def stock_relay() -> Iterator[Server]:
    command = [sys.executable, "-m", "benchmarks.stock_relay"]
    process = subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Server("whep", process.stdout.readline().split()[1], process.pid)
    finally:
        process.terminate()
        process.communicate()


def lateness(url: str, share: float) -> str:
    """Return the bucket of the box's own histogram under which *share* of the ticks began."""
    text = urllib.request.urlopen(f"{url}/metrics").read().decode()
    pattern = r'spacebox_tick_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)'
    buckets = [(bound, float(count)) for bound, count in re.findall(pattern, text)]
    total = buckets[-1][1]
    bound = next(bound for bound, count in buckets if count >= share * total)
    return f"≤ {float(bound) * 1000:g} ms"


def compare(servers: dict[str, Server]) -> dict[str, list[Sample]]:
    samples: dict[str, list[Sample]] = {name: [] for name in servers}
    for round_ in range(1, ROUNDS + 1):
        for name, server in servers.items():
            with hearing(server) as ears:
                number = FEW if name == STOCK else LISTENERS
                samples[name].append(measure(server, ears, number, SPAN_S))
        print(f"round {round_} of {ROUNDS}", flush=True)
    return samples


def main() -> None:
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(4)]
        servers = {
            OURS: stack.enter_context(space_box(folders[0])),
            BRIDGE: stack.enter_context(janus.audiobridge(folders[1])),
            STREAMING: stack.enter_context(janus.streaming(folders[2])),
            BARE: stack.enter_context(bare.sending(bare.build(folders[3]), LISTENERS)),
            STOCK: stack.enter_context(stock_relay()),
        }
        samples = compare(servers)
        late = {share: lateness(servers[OURS].url, share) for share in (0.5, 0.99)}
    print("CPU per listener and second, median (and spread):")
    for name, each in samples.items():
        print(line(name, each))
    for name, goal in GOALS.items():
        print(ratio(name, samples[OURS], samples[name], goal))
    print(f"{'lateness of the tick':40} p50 {late[0.5]}, p99 {late[0.99]}")


if __name__ == "__main__":
    main()
