"""What a whole room costs, 13 who all speak at once and 60 listeners, against Janus AudioBridge.

The box has its own microphone and 12 guests, whose sound comes by WebRTC, and goes back to them
without their own voice. The bridge has it easier: all of its speakers use plain RTP.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import janus, verdict
from benchmarks.cost import Sample, Server, hearing, line, measure
from benchmarks.mouths import speaking
from benchmarks.space import served, space_box

SPEAKERS, LISTENERS = 13, 60
ROUNDS, SPAN_S = 4, 5.0
CONFIG = "[space]\nstage_limit = 12\n"
OURS, BRIDGE = "whole room, Space box", "whole room, Janus AudioBridge"
GOAL = 0.28


@contextmanager
def full_stage(folder: Path) -> Iterator[Server]:
    """Run a box whose stage is full of people who speak and listen."""
    with space_box(folder, "--mic", "tone", config=CONFIG) as box:
        box.command("SetMuted", muted=False)
        links = [box.link("speaker") for _ in range(SPEAKERS - 1)]
        seats = [box.join(f"Speaker {n}", invite=link)["token"] for n, link in enumerate(links)]
        people = [f"{link}:{seat}" for link, seat in zip(links, seats, strict=True)]
        with speaking(box.url, people):
            yield served(box)


def compare(servers: dict[str, Server]) -> dict[str, list[Sample]]:
    samples: dict[str, list[Sample]] = {name: [] for name in servers}
    for _ in range(ROUNDS):
        for name, server in servers.items():
            with hearing(server) as ears:
                samples[name].append(measure(server, ears, LISTENERS, SPAN_S))
    return samples


def main() -> None:
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        samples = compare(
            {
                OURS: stack.enter_context(full_stage(folders[0])),
                BRIDGE: stack.enter_context(janus.audiobridge(folders[1], SPEAKERS)),
            }
        )
    print("CPU of all, per listener and second:")
    for name, each in samples.items():
        print(line(name, each))
    ours, bridge = ([sample.cpu_ms for sample in samples[name]] for name in (OURS, BRIDGE))
    print(verdict.compared("whole room, ours / Janus AudioBridge", ours, bridge, GOAL))


if __name__ == "__main__":
    main()
