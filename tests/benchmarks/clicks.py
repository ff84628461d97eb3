"""How long a click takes from one guest to another over loopback, against stock aiortc.

Both guests are the same to both servers. They keep no buffer: a packet is decoded when it comes.
What a click needs to fill its packet is not counted, the look-ahead of the encoders is.
"""

from __future__ import annotations

import contextlib
import os
import select
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from benchmarks import verdict
from benchmarks.serving import serving
from benchmarks.space import space_box
from benchmarks.talker import Hearer, Talker, connect
from spacebox.audio.opus import Decoder, Encoder
from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES, SAMPLE_RATE, Samples
from spacebox.rtc.identity import Identity

ROUNDS, SPAN_S, SETTLE_S = 8, 3.0, 0.5
EVERY = 15
"""Packets from click to click."""
AT = FRAME_SAMPLES // 2
"""Where in its packet a click is, in samples."""
LOUD = 0.3
GOAL = 0.40


def sound() -> Samples:
    """Return a faint noise with a click at *AT*, so long that the clicks do not meet."""
    samples = np.random.default_rng(1).normal(0, 0.003, EVERY * FRAME_SAMPLES)
    burst = np.arange(SAMPLE_RATE // 200)
    samples[AT : AT + len(burst)] += 0.8 * np.cos(2 * np.pi * 3000 / SAMPLE_RATE * burst)
    return samples.astype(np.float32)


def said() -> list[bytes]:
    """Return the packets of one click, which can follow on themselves."""
    with contextlib.closing(Encoder()) as encoder:
        frames = sound().reshape(-1, FRAME_SAMPLES)
        return [encoder.encode(frame) for _ in range(3) for frame in frames][-EVERY:]


def delays_s(talker: Talker, hearer: Hearer, phase: float) -> list[float]:
    """Let one speak and the other hear for a while; *phase* is where in each 20 ms, from 0 to 1."""
    packets, clicked = said(), list[float]()
    begun = (time.monotonic() // FRAME_S + 2 + phase) * FRAME_S
    for slot in range(round((SETTLE_S + SPAN_S) / FRAME_S)):
        while (wait := begun + slot * FRAME_S - time.monotonic()) > 0:
            select.select([hearer, talker], (), (), wait)
            for line in (hearer, talker):
                line.poll(time.monotonic())
        if slot % EVERY == 0:
            clicked.append(time.monotonic() + AT / SAMPLE_RATE)
        talker.say(slot * FRAME_SAMPLES, packets[slot % EVERY])
    settled = begun + SETTLE_S
    return [out - max(at for at in clicked if at < out) for out in heard(hearer) if out > settled]


def heard(hearer: Hearer) -> Iterator[float]:
    """Yield when each click begins in what came."""
    with contextlib.closing(Decoder()) as decoder:
        quiet_until = 0.0
        for at, packet in hearer.heard:
            loud = np.flatnonzero(np.abs(decoder.decode(packet)) > LOUD)
            if len(loud) and at > quiet_until:
                quiet_until = at + EVERY // 2 * FRAME_S
                yield at + loud[0] / SAMPLE_RATE


def median_ms(url: str, token: str, phase: float) -> float:
    identity = Identity.new()
    with (
        contextlib.closing(Talker(identity)) as talker,
        contextlib.closing(Hearer(identity)) as hearer,
    ):
        talker.enter(url, token)
        connect([talker])
        hearer.enter(url)
        connect([talker, hearer])
        return float(np.median(delays_s(talker, hearer, phase))) * 1000


def punctual() -> None:
    """Let no other process hold us up, where that is allowed; nor be before those we start."""
    with contextlib.suppress(PermissionError):
        policy = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, policy, os.sched_param(5))


def main() -> None:
    ours, stock = list[float](), list[float]()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        box = stack.enter_context(space_box(folder, "--mic", "silence"))
        relay = stack.enter_context(serving("benchmarks.stock_port", "relay"))
        token = box.link("speaker")
        punctual()
        for round_ in range(ROUNDS):
            phase = round_ / ROUNDS
            ours.append(median_ms(box.url, token, phase))
            stock.append(median_ms(relay.url, "", phase))
    print(verdict.told("click in to click out, Space box", ours, "ms"))
    print(verdict.told("click in to click out, stock aiortc", stock, "ms"))
    print(verdict.compared("click to click, ours / stock aiortc", ours, stock, GOAL))


if __name__ == "__main__":
    main()
