"""How long a click takes from one guest to another over loopback, against stock aiortc.

The guests are the same to both servers. They keep no buffer: a packet is decoded when it comes.
What a click needs to fill its packet is not counted, the look-ahead of the encoders is.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import select
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from benchmarks import verdict
from benchmarks.serving import serving
from benchmarks.space import space_box
from benchmarks.talker import Hearer, Line, Talker, connect
from spacebox.audio.opus import Decoder, Encoder
from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, Samples
from spacebox.rtc.identity import Identity

PHASES = 8
"""So many speak to the box, each at another time between two ticks, and click in turn."""
ROUNDS, SETTLE_S, SPAN_S = 4, 32.0, 5.0
"""After the first of them the box knows that the way is an even one."""
EVERY = 15
"""Packets from click to click."""
AT = FRAME_SAMPLES // 2
"""Where in its packet a click is, in samples."""
LOUD = 0.3
GOAL = 0.40


def sound() -> Samples:
    """Return faint noise with one click in it, in packet 0."""
    samples = np.random.default_rng(1).normal(0, 0.001, EVERY * FRAME_SAMPLES)
    burst = np.arange(SAMPLE_RATE // 200)
    samples[AT : AT + len(burst)] += 0.8 * np.cos(2 * np.pi * 3000 / SAMPLE_RATE * burst)
    return samples.astype(np.float32)


def said() -> list[bytes]:
    """Return the packets of one click, which can follow on themselves."""
    with contextlib.closing(Encoder()) as encoder:
        frames = sound().reshape(-1, FRAME_SAMPLES)
        return [encoder.encode(frame) for _ in range(3) for frame in frames][-EVERY:]


class Talk:
    """People who click in turn through one server, and somebody who hears them."""

    def __init__(self, url: str, tokens: Sequence[str]) -> None:
        identity = Identity.new()
        self._talkers = [Talker(identity) for _ in tokens]
        self._hearer = Hearer(identity)
        self._packets = said()
        self._clicked: list[float] = []
        for talker, token in zip(self._talkers, tokens, strict=True):
            talker.enter(url, token)
            connect([talker])
        self._hearer.enter(url)
        connect([self._hearer])

    @property
    def lines(self) -> list[Line]:
        return [self._hearer, *self._talkers]

    def say(self, slot: int, who: int) -> None:
        """Let one of them say their next 20 ms, if there are so many."""
        if who < len(self._talkers):
            turn, packet = divmod(slot, EVERY)
            clicks = turn % len(self._talkers) == who
            if clicks and packet == 0:
                self._clicked.append(time.monotonic() + AT / SAMPLE_RATE)
            payload = self._packets[packet if clicks else EVERY - 1]
            self._talkers[who].say(slot * FRAME_SAMPLES, payload)

    def delays_ms(self, since: float) -> list[float]:
        """Return how long clicks took in each round from *since* on, as medians."""
        rounds: list[list[float]] = [[] for _ in range(ROUNDS)]
        for out in heard(self._hearer):
            if 0 <= (number := int((out - since) // SPAN_S)) < ROUNDS:
                rounds[number].append(out - max(at for at in self._clicked if at < out))
        return [float(np.median(delays)) * 1000 for delays in rounds]


def heard(hearer: Hearer) -> Iterator[float]:
    """Yield when each click begins in what came."""
    with contextlib.closing(Decoder()) as decoder:
        quiet_until = 0.0
        for at, packet in hearer.heard:
            loud = np.flatnonzero(np.abs(decoder.decode(packet)) > LOUD)
            if len(loud) and at > quiet_until:
                quiet_until = at + EVERY // 2 * FRAME_S
                yield at + loud[0] / SAMPLE_RATE


def talking(talks: Sequence[Talk]) -> Iterator[float]:
    """Let all talk, those of the same number at the same time; yield the time after each."""
    lines = [line for talk in talks for line in talk.lines]
    begun = (time.monotonic() // FRAME_S + 2) * FRAME_S
    for turn in itertools.count():
        slot, who = divmod(turn, PHASES)
        while (wait := begun + turn * FRAME_S / PHASES - time.monotonic()) > 0:
            for line in select.select(lines, (), (), wait)[0]:
                line.poll(time.monotonic())
        for talk in talks:
            talk.say(slot, who)
        lines[turn % len(lines)].poll(time.monotonic())  # for what is due though nothing came
        yield time.monotonic()


def punctual() -> None:
    """Let no other process hold us up, where that is allowed; nor be before those we start."""
    with contextlib.suppress(PermissionError):
        policy = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, policy, os.sched_param(5))


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        box = stack.enter_context(space_box(folder, "--mic", "silence"))
        relay = stack.enter_context(serving("benchmarks.stock_port", "relay"))
        through_us = Talk(box.url, [box.link("speaker") for _ in range(PHASES)])
        through_stock = Talk(relay.url, [""])
        punctual()
        clock = talking([through_us, through_stock])
        since = next(clock) + SETTLE_S
        while next(clock) < since + ROUNDS * SPAN_S:
            pass
        for line in (*through_us.lines, *through_stock.lines):
            line.close()
    ours, stock = through_us.delays_ms(since), through_stock.delays_ms(since)
    print(verdict.told("click in to click out, Space box", ours, "ms"))
    print(verdict.told("click in to click out, stock aiortc", stock, "ms"))
    print(verdict.compared("click to click, ours / stock aiortc", ours, stock, GOAL))


if __name__ == "__main__":
    main()
