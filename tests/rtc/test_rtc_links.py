"""Downlink and Uplink against aiortc as the other side, over the machine's own interface."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from peers.guest import Ear, Tone, amplitudes
from spacebox.audio.opus import Encoder
from spacebox.mixer.frame import FRAME_SAMPLES, SAMPLE_RATE
from spacebox.ports import Denied
from spacebox.rtc import peer as peer_module
from spacebox.rtc.downlink import Downlink, packet
from spacebox.rtc.uplink import Uplink

HERTZ = 500


@pytest.fixture
async def client() -> AsyncIterator[RTCPeerConnection]:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    yield connection
    await connection.close()


async def offer_of(client: RTCPeerConnection) -> str:
    await client.setLocalDescription(await client.createOffer())
    return client.localDescription.sdp


async def until(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not check():
            await asyncio.sleep(0.02)


async def test_shared_packets_reach_the_listener_slot_by_slot(client: RTCPeerConnection) -> None:
    ear = Ear()
    listening: list[asyncio.Task[None]] = []
    client.on("track", lambda track: listening.append(asyncio.create_task(ear.listen(track))))
    client.addTransceiver("audio", direction="recvonly")
    changes: list[bool] = []
    downlink = Downlink(lambda: changes.append(downlink.peer.connected))
    answer = await downlink.answer(await offer_of(client))
    await client.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await until(lambda: downlink.peer.connected)
    encoder = Encoder()
    times = np.arange(FRAME_SAMPLES) / SAMPLE_RATE
    tone = (0.1 * np.sin(2 * np.pi * HERTZ * times)).astype(np.float32)
    for index in range(100):
        downlink.send(packet(encoder.encode(tone), index))
        await asyncio.sleep(0.02)
    await until(lambda: len(ear.pts) >= 60)
    assert ear.missing_slots() == 0
    assert ear.levels([HERTZ], since=20).min() > 0.08
    await downlink.peer.close()
    await until(lambda: all(task.done() for task in listening))
    assert changes == [True, False]
    encoder.close()


async def test_receiver_reports_tell_that_sound_arrives(client: RTCPeerConnection) -> None:
    client.addTransceiver("audio", direction="recvonly")
    downlink = Downlink(lambda: None)
    assert downlink.peer.over is False
    answer = await downlink.answer(await offer_of(client))
    await downlink.look(100.0)
    assert downlink.reported_at == float("-inf")
    assert downlink.lost is None
    await client.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await until(lambda: downlink.peer.connected)
    async with asyncio.timeout(20):
        index = 0
        while downlink.reported_at != 100.0:
            downlink.send(packet(b"\xf8\xff\xfe", index))
            index += 1
            await asyncio.sleep(0.02)
            await downlink.look(100.0)
    await client.close()
    # Nothing advances any more, so the last report stays where it was.
    await downlink.look(200.0)
    assert downlink.reported_at == 100.0
    assert downlink.lost == 0.0
    await downlink.peer.close()


async def test_a_guests_tone_becomes_frames(client: RTCPeerConnection) -> None:
    client.addTransceiver(Tone(HERTZ), direction="sendonly")
    uplink = Uplink(lambda: None)
    answer = await uplink.answer(await offer_of(client))
    await client.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    frames: list[np.ndarray] = []
    async with asyncio.timeout(20):
        while len(frames) < 50:
            if (frame := uplink.pull()) is not None:
                assert frame.shape == (FRAME_SAMPLES,)
                frames.append(frame)
            await asyncio.sleep(0.005)
    window = np.concatenate(frames[-10:])[np.newaxis]
    assert amplitudes(window, [HERTZ])[0, 0] == pytest.approx(0.1, rel=0.1)
    await uplink.peer.close()


async def test_who_never_connects_is_let_go(
    client: RTCPeerConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_module, "CONNECT_S", 0.2)
    client.addTransceiver("audio", direction="recvonly")
    over = asyncio.Event()
    downlink = Downlink(over.set)
    await downlink.answer(await offer_of(client))
    await asyncio.wait_for(over.wait(), 10)
    assert downlink.peer.over
    await downlink.peer.close()


async def test_an_uplink_that_never_connects_leaves_no_task(client: RTCPeerConnection) -> None:
    client.addTransceiver(Tone(HERTZ), direction="sendonly")
    uplink = Uplink(lambda: None)
    before = asyncio.all_tasks()
    await uplink.answer(await offer_of(client))
    assert asyncio.all_tasks() != before
    await uplink.peer.close()
    await until(lambda: asyncio.all_tasks() <= before)


async def test_what_is_closed_while_it_answers_leaves_no_socket() -> None:
    offer = Path(__file__).with_name("offer.sdp").read_text()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for turns in range(20):  # of the event loop, until it is closed
        downlink = Downlink(lambda: None)
        answering = asyncio.create_task(downlink.answer(offer))
        for _ in range(turns):
            await asyncio.sleep(0)
        await downlink.peer.close()
        with contextlib.suppress(Denied):
            await answering
    await until(lambda: len(list(Path("/proc/self/fd").iterdir())) <= before)


async def test_an_end_that_hangs_is_bounded(
    client: RTCPeerConnection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    really_close = RTCPeerConnection.close

    async def hang(connection: RTCPeerConnection) -> None:
        await asyncio.shield(asyncio.ensure_future(really_close(connection)))
        await asyncio.Event().wait()

    monkeypatch.setattr(peer_module, "CLOSE_S", 0.1)
    monkeypatch.setattr(RTCPeerConnection, "close", hang)
    client.addTransceiver("audio", direction="recvonly")
    downlink = Downlink(lambda: None)
    await downlink.answer(await offer_of(client))
    await asyncio.wait_for(downlink.peer.close(), 10)
    assert "did not close" in caplog.text
    monkeypatch.undo()


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_a_spoilt_offer_is_answered_or_denied_and_nothing_else(data: st.DataObject) -> None:
    lines = (Path(__file__).with_name("offer.sdp")).read_text().splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.integers(0, len(lines) - 1))
        kind = data.draw(st.sampled_from(["drop", "double", "cut", "scramble", "number"]))
        line = lines[where]
        lines[where : where + 1] = {
            "drop": [],
            "double": [line, line],
            "cut": [line[: data.draw(st.integers(0, len(line)))]],
            "scramble": [line[:2] + data.draw(st.text(max_size=30))],
            "number": [line.replace("1", str(2**70))],
        }[kind]
    outcome = asyncio.run(_answer("\r\n".join(lines)))
    assert outcome in ("answered", "malformed")
    event(outcome)


async def _answer(offer: str) -> str:
    downlink = Downlink(lambda: None)
    try:
        assert (await downlink.answer(offer)).startswith("v=0")
    except Denied as denied:
        return denied.code
    finally:
        await downlink.peer.close()
    return "answered"
