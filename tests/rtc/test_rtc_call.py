"""Calls: a transport that offers, towards one that answers and towards aiortc."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest
from studio import HERTZ, studio, until

from peers.guest import amplitudes
from spacebox.audio.received import Received
from spacebox.mixer.frame import FRAME_S, Frame
from spacebox.rtc.transport import Transport

FAR = "far"


@pytest.fixture
async def box() -> AsyncIterator[Transport]:
    async with studio() as transport:
        yield transport


@pytest.fixture
async def host() -> AsyncIterator[Transport]:
    async with studio() as transport:
        yield transport


async def test_a_call_hears_what_a_box_plays(box: Transport, host: Transport) -> None:
    changes: list[bool] = []
    call = box.call(hears=Received, on_change=lambda: changes.append(call.connected))
    downlink = host.downlink(None, call.offer, lambda: None)
    call.accept(downlink.sdp)
    assert await heard(call.pull) == pytest.approx(0.1, rel=0.1)
    assert call.tally.concealed == 0
    await until(lambda: downlink.reported_at > 0)  # and it says so
    call.close()
    await until(lambda: downlink.peer.over)
    assert changes == [True, False]
    assert call.over


async def test_a_call_is_heard_by_a_box_and_knows_it(box: Transport, host: Transport) -> None:
    call = box.call(speaks=FAR, on_change=lambda: None)
    uplink = host.uplink(Received, call.offer, lambda: None)
    call.accept(uplink.sdp)
    assert await heard(uplink.pull) == pytest.approx(0.1, rel=0.1)
    assert box.listeners == {FAR}
    await until(lambda: call.reported_at > 0)
    uplink.peer.close()
    await until(lambda: call.over)
    assert box.listeners == set()


async def heard(pull: Callable[[], Frame | None]) -> float:
    """Return how loud the studio's tone is in what is pulled at real time."""
    frames: list[Frame] = []
    async with asyncio.timeout(20):
        while len(frames) < 50:
            if (frame := pull()) is not None:
                frames.append(frame)
            await asyncio.sleep(FRAME_S)
    window = np.concatenate(frames[-10:])[np.newaxis]
    return float(amplitudes(window, [HERTZ])[0, 0])
