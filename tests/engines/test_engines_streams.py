"""The streams of a whole box: FFmpeg hears the tone, and is counted."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import av
import numpy as np
import pytest

from box import Box, eventually, running_box
from peers.guest import Guest
from spacebox.mixer.frame import SAMPLE_RATE, Samples
from tones import amplitude

HERTZ = 440


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with running_box(tmp_path, "--mic", f"tone:{HERTZ}", "--speaker", "none") as box:
        yield box


def hear(url: str, seconds: float) -> Samples:
    """Return what FFmpeg plays of a stream's first seconds."""
    sound: list[Samples] = []
    with av.open(url) as stream:
        for frame in stream.decode(audio=0):
            assert frame.sample_rate == SAMPLE_RATE
            sound.append(frame.to_ndarray().mean(axis=0))
            if sum(map(len, sound)) >= seconds * SAMPLE_RATE:
                break
    return np.concatenate(sound)


@pytest.mark.parametrize("kind", ["ogg", "mp3"])
def test_the_tone_is_heard_without_a_hole(box: Box, kind: str) -> None:
    box.command("SetMuted", muted=False)
    heard = hear(f"{box.url}/listen.{kind}", 7)[-5 * SAMPLE_RATE :]
    for tenth in heard.reshape(-1, SAMPLE_RATE // 10):
        assert 0.08 < amplitude(tenth, HERTZ) < 0.12


@pytest.mark.parametrize("kind", ["ogg", "mp3"])
def test_a_stream_is_a_listener_and_makes_the_box_heard(box: Box, kind: str) -> None:
    box.command("SetMuted", muted=False)
    assert box.space()["on_air"] == {"mic": "open", "heard": False}
    with urllib.request.urlopen(f"{box.url}/listen.{kind}") as stream:
        while not (space := box.space())["on_air"]["heard"]:
            stream.read(1000)
        assert space["listeners"] == 1
        assert f'spacebox_listeners{{kind="{kind}"}} 1.0' in metrics(box)
    eventually(lambda: not box.space()["on_air"]["heard"])
    assert box.space()["listeners"] == 0


def test_the_end_of_the_space_ends_the_stream(box: Box) -> None:
    with urllib.request.urlopen(f"{box.url}/listen.ogg") as stream:
        stream.read(1000)
        box.cli("end", "--now")
        assert stream.read().rpartition(b"OggS")[2][1] == 4
    refused = box.call("/listen.ogg")
    assert (refused.status, refused.body["error"]) == (409, "not_now")


async def test_a_seat_with_two_ways_of_listening_is_one_listener(box: Box) -> None:
    async with aiohttp.ClientSession() as session:
        ana = Guest(box.url, session)
        await ana.join("Ana")
        await ana.listen()
        headers = {"Authorization": f"Bearer {ana.token}"}
        async with session.get(f"{box.url}/listen.ogg", headers=headers) as stream:
            await stream.content.readexactly(2000)  # more than the first piece
            async with asyncio.timeout(30):
                while 'kind="webrtc"} 1.0' not in (told := await metrics_of(box, session)):
                    await stream.content.readany()
            assert 'kind="ogg"} 0.0' in told
            await ana.close()
            async with asyncio.timeout(40):
                while 'kind="ogg"} 1.0' not in (told := await metrics_of(box, session)):
                    await stream.content.readany()
            assert 'kind="webrtc"} 0.0' in told
            await ana_stays_connected(ana, stream)


async def ana_stays_connected(ana: Guest, stream: aiohttp.ClientResponse) -> None:
    """Check that who only has the stream is not away, 20 pieces long."""
    for _ in range(20):
        await stream.content.readany()
        people = (await ana.space())["participants"]
        assert [who["connected"] for who in people if who["name"] == "Ana"] == [True]


def metrics(box: Box) -> str:
    body: bytes = box.call("/metrics").body
    return body.decode()


async def metrics_of(box: Box, session: aiohttp.ClientSession) -> str:
    async with session.get(f"{box.url}/metrics") as response:
        return await response.text()
