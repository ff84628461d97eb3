"""Many who speak, in one process: each says a tone of its own, 20 ms by 20 ms.

Usage: mouths.py URL UP:DOWN…, for each the token to speak by and, for who listens meanwhile, that
to listen by; either may be empty. Prints READY once all lines are made. Ends with its input.
"""

from __future__ import annotations

import itertools
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks.cost import TESTS
from benchmarks.janus import tone
from benchmarks.talker import Line, Talker, connect
from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES
from spacebox.rtc.identity import Identity

LOWEST_HZ, STEP_HZ = 440, 110


def main(url: str, *people: str) -> None:
    identity = Identity.new()
    talkers, ears = [Talker(identity) for _ in people], list[Line]()
    for talker, (up, _, down) in zip(
        talkers, (each.partition(":") for each in people), strict=True
    ):
        talker.enter(url, up)
        if down:
            ears.append(Line(identity))
            ears[-1].enter(url, down)
        connect([talker, *ears[-1:]])
    print("READY", flush=True)
    speak(talkers, ears)


def speak(talkers: Sequence[Talker], ears: Sequence[Line]) -> None:
    """Let all take turns, evenly over each 20 ms, until the input ends."""
    tones = [tone(LOWEST_HZ + STEP_HZ * number) for number in range(len(talkers))]
    begun = time.monotonic()
    for turn in itertools.count():
        slot, who = divmod(turn, len(talkers))
        wait = begun + turn * FRAME_S / len(talkers) - time.monotonic()
        if select.select([sys.stdin], (), (), max(0.0, wait))[0]:
            return
        talkers[who].say(slot * FRAME_SAMPLES, tones[who][slot % len(tones[who])])
        for line in (talkers[who], *ears[who : who + 1]):
            line.poll(time.monotonic())


@contextmanager
def speaking(url: str, people: Sequence[str]) -> Iterator[None]:
    """Have *people* speak, in a process of their own."""
    command = [sys.executable, "-m", "benchmarks.mouths", url, *people]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=TESTS, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "READY\n"
        yield


if __name__ == "__main__":
    main(*sys.argv[1:])
