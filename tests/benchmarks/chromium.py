"""What a real browser makes of it: how long it holds sound back with 60 others around, and how
much it has to invent where packets get lost.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

import losses
from benchmarks import verdict
from benchmarks.cost import hearing
from benchmarks.space import served, space_box
from box import Box, eventually
from browser.chromium import Chromium, chromium
from channels import speech
from relay import Relay
from tones import write_wav

OTHERS = 60
ROUNDS, SETTLE_S, SPAN_S = 3, 10.0, 8.0
"""A browser that has just started has other things to do, and waits longer for a while."""
HELD_GOAL_MS = 35.0
LOSSES = {0.1: 0.01, 0.2: 0.045}
"""What share may be invented at which loss."""
PACKETS = 1000
PATIENCE_S = 60.0
SAID_S = 7


def held_ms(box: Box) -> list[float]:
    """Return how long the jitter buffer keeps a sample, span by span."""
    with chromium(box.url) as guest:
        guest.listen(box)
        time.sleep(SETTLE_S)
        told = [inbound(guest)]
        for _ in range(ROUNDS):
            time.sleep(SPAN_S)
            told.append(inbound(guest))
    delays = [each["jitterBufferDelay"] for each in told]
    counts = [each["jitterBufferEmittedCount"] for each in told]
    return [
        float(delay / count) * 1000
        for delay, count in zip(np.diff(delays), np.diff(counts), strict=True)
    ]


def invented(box: Box, loss: float, seed: int) -> float:
    """Return the share of concealed sound, once the box has heard of the *loss*."""
    with Relay() as relay, chromium(box.url) as guest:
        guest.listen(box, relay)
        relay.down.losses = losses.independent(loss, seed)
        eventually(lambda: inbound(guest).get("fecPacketsReceived"), PATIENCE_S)
        until, before = relay.down.seen + PACKETS, inbound(guest)
        eventually(lambda: relay.down.seen >= until, PATIENCE_S)
        after = inbound(guest)
    concealed, played = (
        after[name] - before[name] for name in ("concealedSamples", "totalSamplesReceived")
    )
    return float(concealed / played)


def inbound(guest: Chromium) -> dict[str, Any]:
    return guest.heard()[0]


def main() -> None:
    shares: dict[float, list[float]] = {loss: [] for loss in LOSSES}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_wav(folder / "said.wav", speech(SAID_S))
        box = stack.enter_context(space_box(folder, "--mic", f"file:{folder / 'said.wav'}"))
        box.command("SetMuted", muted=False)
        with hearing(served(box)) as ears:
            ears.grow(OTHERS)
            held = held_ms(box)
        for round_ in range(ROUNDS):
            for loss, each in shares.items():
                each.append(invented(box, loss, seed=round_))
    print(verdict.within(f"Chromium's jitter buffer, {OTHERS} others", held, "ms", HELD_GOAL_MS))
    for loss, goal in LOSSES.items():
        what = f"concealed in Chromium, {loss:.0%} loss"
        print(verdict.within(what, [100 * each for each in shares[loss]], "%", 100 * goal))


if __name__ == "__main__":
    main()
