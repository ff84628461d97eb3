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
from spacebox.mixer.frame import FRAME_SAMPLES, Samples
from tones import amplitude, read_wav

HERTZ, SENT_AMPLITUDE = 700, 0.1
PACKETS = 1000
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
    relay.up.steady_s = 1.0
    async with aiohttp.ClientSession() as session, asyncio.timeout(90):
        guest = Guest(box.url, session, relay)
        guest.token = box.link("speaker")
        await guest.speak(HERTZ)
        while amplitude(read_wav(recording)[-TENTH:], HERTZ) < SENT_AMPLITUDE / 2:
            await asyncio.sleep(0.05)
        begin = len(read_wav(recording))
        relay.up.losses = losses.independent(0.3)
        until = relay.up.seen + PACKETS
        while relay.up.seen < until:
            await asyncio.sleep(0.05)
        heard = read_wav(recording)[begin:]
        await guest.close()
    return heard
