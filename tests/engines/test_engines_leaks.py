"""What is left on a whole box of connections that are over, or were never made."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

import proc
from box import Box, eventually, running_box
from peers.sender import Ear, Sender, enter, polled
from spacebox.rtc.identity import Identity

TESTS = Path(__file__).parents[1]
KILLED, UNMET = 50, 200
JOINS, AT_ONCE = 1000, 25
MOST_MB = 6.0
"""Heaps grow a little by themselves; so many connections that were kept would take ten times it."""


@dataclass(frozen=True)
class Holding:
    """What the box holds that could run out."""

    descriptors: int
    threads: int

    @classmethod
    def of(cls, box: Box) -> Holding:
        return cls(proc.descriptors(box.process.pid), proc.threads(box.process.pid))

    def within(self, other: Holding) -> bool:
        return self.descriptors <= other.descriptors and self.threads <= other.threads


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with running_box(tmp_path, "--mic", "tone:440", "--speaker", "none") as box:
        yield box


def connections(box: Box) -> int:
    told = re.search(r"^spacebox_connections (\S+)$", box.call("/metrics").body.decode(), re.M)
    assert told is not None
    return int(float(told[1]))


def test_offers_without_follow_up_and_killed_peers_leave_nothing_open(box: Box) -> None:
    come_and_go(box, box.link("speaker"), 1)
    eventually(lambda: connections(box) == 0)
    before = Holding.of(box)
    kill_listeners(box)
    identity = Identity.new()
    for number in range(UNMET):
        with closing(Ear(identity)) as ear:
            enter(box.url, "/whep", ear, source=10 + number // AT_ONCE)
    assert connections(box) > KILLED
    eventually(lambda: connections(box) == KILLED, 30.0)
    eventually(lambda: Holding.of(box).within(before), 30.0)
    # Whoever was there may come back for as long as a seat is kept.
    assert connections(box) == KILLED


def kill_listeners(box: Box) -> None:
    """Let so many listen, and end them without a word."""
    command = [sys.executable, "-m", "benchmarks.ears", "whep", box.url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=TESTS, text=True, **pipes) as ears:
        assert ears.stdin is not None
        assert ears.stdout is not None
        print(KILLED, file=ears.stdin, flush=True)
        assert ears.stdout.readline(), "all hear something"
        ears.kill()


def test_a_thousand_who_come_and_go_leave_nothing(box: Box) -> None:
    token, pid = box.link("speaker"), box.process.pid
    thousand_come_and_go(box, token)  # after so many it has all that it keeps for the next ones
    before, memory = Holding.of(box), proc.resident_mb(pid)
    thousand_come_and_go(box, token)
    eventually(lambda: Holding.of(box).within(before))
    grown = proc.resident_mb(pid) - memory
    print(f"{grown:.2f} MB more after {JOINS} connections")
    assert grown < MOST_MB


def thousand_come_and_go(box: Box, token: str) -> None:
    for number in range(JOINS // AT_ONCE):
        come_and_go(box, token, 10 + number)
    eventually(lambda: connections(box) == 0)


def come_and_go(box: Box, token: str, source: int) -> None:
    """Connect a speaker and many listeners, and let all of them hang up."""
    identity = Identity.new()
    with ExitStack() as stack:
        speaker = stack.enter_context(closing(Sender(identity)))
        ears = [stack.enter_context(closing(Ear(identity))) for _ in range(AT_ONCE - 1)]
        there = [enter(box.url, "/whip", speaker, token, source=source)]
        there += [enter(box.url, "/whep", ear, source=source) for ear in ears]
        polled([speaker, *ears], lambda: all(ear.count.packets for ear in ears))
        polled([speaker], lambda: speaker.keys is not None)
        for slot in range(10):
            speaker.say(slot * 960, b"\xfc\xff\xfe")
        for location in there:
            assert box.call(location, method="DELETE").status == 200
