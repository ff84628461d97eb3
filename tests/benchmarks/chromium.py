"""What a real browser makes of it: how long it holds sound back with 60 others around, and how
much it has to invent where packets get lost.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

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
ROUNDS, SETTLE_S, SPAN_S = 3, 3.0, 5.0
HELD_GOAL_MS = 35.0
LOSSES = {0.1: 0.01, 0.2: 0.045}
"""What share may be invented at which loss."""
PACKETS = 1000
PATIENCE_S = 60.0
SAID_S = 7


def held_ms(box: Box) -> float:
    """Return how long the jitter buffer keeps a sample, in a browser that just came."""
    with chromium(box.url) as guest:
        guest.listen(box)
        time.sleep(SETTLE_S)
        before = inbound(guest)
        time.sleep(SPAN_S)
        after = inbound(guest)
    delay, count = (
        after[name] - before[name] for name in ("jitterBufferDelay", "jitterBufferEmittedCount")
    )
    return float(delay / count * 1000)


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
    return guest.statistics("inbound-rtp")


def main() -> None:
    held = list[float]()
    shares: dict[float, list[float]] = {loss: [] for loss in LOSSES}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write_wav(folder / "said.wav", speech(SAID_S))
        box = stack.enter_context(space_box(folder, "--mic", f"file:{folder / 'said.wav'}"))
        box.command("SetMuted", muted=False)
        with hearing(served(box)) as ears:
            ears.grow(OTHERS)
            held += [held_ms(box) for _ in range(ROUNDS)]
        for round_ in range(ROUNDS):
            for loss, each in shares.items():
                each.append(invented(box, loss, seed=round_))
    print(verdict.within(f"Chromium's jitter buffer, {OTHERS} others", held, "ms", HELD_GOAL_MS))
    for loss, goal in LOSSES.items():
        what = f"concealed in Chromium, {loss:.0%} loss"
        print(verdict.within(what, [100 * each for each in shares[loss]], "%", 100 * goal))


if __name__ == "__main__":
    main()
