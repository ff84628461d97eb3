"""Junk datagrams at a whole box, and sound of those who may not be heard any more."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

import proc
from box import Box, running_box
from peers.sender import Ear, Sender, enter, polled
from spacebox.audio.opus import Encoder
from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE
from spacebox.rtc.identity import Identity

TESTS = Path(__file__).parents[1]
HERTZ = 500
SECONDS, PER_SECOND = 30, 5_000
SETTLE_S = 5.0
MOST_MB, MOST_LINES = 10, 20


class Voice:
    """A speaker whose tone never pauses."""

    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self.slot = 0
        self._began = time.monotonic()
        encoder = Encoder()
        times = np.arange(SAMPLE_RATE) / SAMPLE_RATE
        tone = (0.1 * np.sin(2 * np.pi * HERTZ * times)).astype(np.float32)
        self._packets = [encoder.encode(frame) for frame in tone.reshape(-1, FRAME_SAMPLES)]

    def poll(self, now: float) -> None:
        """Say what is due at *now*."""
        self.sender.poll(now)
        while self._began + self.slot * FRAME_S <= now:
            self.sender.say(self.slot * FRAME_SAMPLES, self._packets[self.slot % 50])
            self.slot += 1


def test_junk_datagrams_cost_nobody_else_their_sound(tmp_path: Path) -> None:
    with running_box(tmp_path, "--mic", "tone:440", "--speaker", "none") as box, meeting() as room:
        ear, speaker = room
        enter(box.url, "/whep", ear)
        enter(box.url, "/whip", speaker, box.link("speaker"))
        polled(room, lambda: ear.count.packets > 0 and speaker.keys is not None)
        voice = Voice(speaker)
        meet(ear, voice, SETTLE_S)
        pid, mine = box.process.pid, next(iter(lost(box)))
        memory, lines = proc.resident_mb(pid), log_lines(tmp_path)
        losses: list[dict[str, float]] = []
        with pouring(box, ear, speaker) as junk:
            while junk.poll() is None:
                meet(ear, voice, 1.0)
                losses.append(lost(box))
            assert int(junk.communicate()[0]) == SECONDS * PER_SECOND
        meet(ear, voice, 1.0)
        grown, told = proc.resident_mb(pid) - memory, log_lines(tmp_path) - lines
        seen = network(box)
        print(f"{grown:.1f} MB more, {told} lines in the journal", seen)
        assert ear.count.packets == ear.count.slots > (SECONDS + SETTLE_S) / FRAME_S
        assert {each[mine] for each in losses} == {0.0}
        assert len(losses[SECONDS // 2]) == 2, "the other speaker is one all the while"
        assert grown < MOST_MB
        assert told < MOST_LINES
        of_no_use = [seen[kind] for kind in ("strangers", "junk", "unknown", "flooded", "refused")]
        assert min(of_no_use) > 0
        assert sum(of_no_use) > SECONDS * PER_SECOND / 2
        assert seen["broken"] == 0


@contextmanager
def meeting() -> Iterator[tuple[Ear, Sender]]:
    identity = Identity.new()
    with closing(Ear(identity)) as ear, closing(Sender(identity)) as speaker:
        yield ear, speaker


@contextmanager
def pouring(box: Box, *known: Sender) -> Iterator[subprocess.Popen[str]]:
    names = (peer.ufrag for peer in known)
    arguments = [box.url, box.link("speaker"), str(SECONDS), str(PER_SECOND), *names]
    command = [sys.executable, "-m", "peers.junk", *arguments]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as junk:
        yield junk


def meet(ear: Ear, voice: Voice, seconds: float) -> None:
    """Listen and speak for a while."""
    until = time.monotonic() + seconds
    while (now := time.monotonic()) < until:
        ear.poll(now)
        voice.poll(now)
        time.sleep(0.005)


def figures(box: Box, name: str) -> dict[str, float]:
    """Return a metric by what its labels say."""
    text = box.call("/metrics").body.decode()
    lines = re.findall(rf"^spacebox_{name}(.*) (\S+)$", text, re.M)
    return {labels: float(value) for labels, value in lines}


def lost(box: Box) -> dict[str, float]:
    """Return the share of each speaker's packets that did not come, lately."""
    return figures(box, "speaker_lost_ratio")


def network(box: Box) -> dict[str, int]:
    counted = figures(box, "network_total")
    return {labels.split('"')[1]: int(value) for labels, value in counted.items()}


def log_lines(folder: Path) -> int:
    return (folder / "box.log").read_text().count("\n")
