"""A client that sends neither FEC nor RED, through a network that loses what it sends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import numpy as np

import losses
from box import Box, running_box
from hearing import longest_silence_s, silent
from peers.guest import Guest
from relay import Relay
from spacebox.mixer.frame import FRAME_S, FRAME_SAMPLES, Samples
from tones import amplitude, read_wav

HERTZ, SENT_AMPLITUDE = 700, 0.1
PACKETS = 750
STEADY_S = 1.0
"""A busy machine may send its packets later by so much, and none the worse."""
TENTH = 5 * FRAME_SAMPLES


def test_concealment_alone_keeps_a_voice_sounding(tmp_path: Path) -> None:
    recording = tmp_path / "speaker.wav"
    sound = ("--mic", "silence", "--speaker", f"file:{recording}")
    with running_box(tmp_path, *sound) as box, Relay() as relay:
        heard = asyncio.run(heard_at_a_third_lost(box, relay, recording))
    sounding = 1 - np.mean(silent(heard))
    print(f"{sounding:.2%} sounding, at most {longest_silence_s(heard) * 1000:.0f} ms of silence")
    assert len(heard) >= 0.99 * PACKETS * FRAME_SAMPLES
    assert sounding >= 0.99


async def heard_at_a_third_lost(box: Box, relay: Relay, recording: Path) -> Samples:
    relay.up.steady_s = STEADY_S
    async with aiohttp.ClientSession() as session, asyncio.timeout(200):
        guest = Guest(box.url, session, relay)
        guest.token = box.link("speaker")
        await guest.speak(HERTZ)
        while amplitude(read_wav(recording)[-TENTH:], HERTZ) < SENT_AMPLITUDE / 2:
            await asyncio.sleep(0.05)
        calm = False
        while not calm:
            begin, first = len(read_wav(recording)), relay.up.seen
            relay.up.losses = losses.independent(0.3)
            while relay.up.seen < first + PACKETS:
                await asyncio.sleep(0.05)
            calm = relay.up.unrest_s(first) < FRAME_S
        heard = read_wav(recording)[begin:]
        await guest.close()
    return heard
