"""Downlink and Uplink against aiortc as the other side, over the machine's own interface."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from aiortc import RTCPeerConnection
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from studio import HERTZ, answered, guest, offer_of, studio, until

from peers.guest import Ear, Tone, amplitudes
from spacebox.audio.received import Received
from spacebox.mixer.frame import FRAME_SAMPLES
from spacebox.ports import Denied
from spacebox.rtc import patience
from spacebox.rtc import socket as sockets
from spacebox.rtc import transport as transports
from spacebox.rtc.transport import Reach, Transport

CANDIDATE = "a=candidate:1 1 udp 2130706431 192.0.2.77 50000 typ host"
OFFER = Path(__file__).with_name("offer.sdp").read_text()


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    async with studio() as transport:
        yield transport


@pytest.fixture
async def client() -> AsyncIterator[RTCPeerConnection]:
    async with guest() as client:
        yield client


async def test_the_programme_reaches_the_listener_slot_by_slot(
    transport: Transport, client: RTCPeerConnection
) -> None:
    ear = Ear()
    listening: list[asyncio.Task[None]] = []
    client.on("track", lambda track: listening.append(asyncio.create_task(ear.listen(track))))
    client.addTransceiver("audio", direction="recvonly")
    changes: list[bool] = []
    downlink = transport.downlink(
        None, await offer_of(client), lambda: changes.append(downlink.peer.connected)
    )
    await answered(client, downlink)
    await until(lambda: len(ear.pts) >= 60)
    assert ear.missing_slots() == 0
    assert ear.levels([HERTZ], since=20).min() > 0.08
    downlink.peer.close()
    await until(lambda: all(task.done() for task in listening))
    assert changes == [True, False]
    assert transport.counts.joins == 1


async def test_receiver_reports_tell_that_sound_arrives(
    transport: Transport, client: RTCPeerConnection
) -> None:
    client.addTransceiver("audio", direction="recvonly")
    downlink = transport.downlink(None, await offer_of(client), lambda: None)
    assert downlink.reported_at == float("-inf")
    assert downlink.lost is None
    await answered(client, downlink)
    await until(lambda: downlink.round_trip_s is not None)
    assert downlink.lost == 0.0
    assert 0 <= downlink.round_trip_s < 0.2
    reported_at = downlink.reported_at
    assert asyncio.get_running_loop().time() - 10 < reported_at
    await client.close()
    # Nobody reports any more, so the last report stays where it was.
    await until(lambda: downlink.peer.over)
    assert downlink.reported_at >= reported_at


async def test_a_guests_tone_becomes_frames(
    transport: Transport, client: RTCPeerConnection
) -> None:
    client.addTransceiver(Tone(HERTZ), direction="sendonly")
    uplink = transport.uplink(Received, await offer_of(client), lambda: None)
    await answered(client, uplink)
    frames: list[np.ndarray] = []
    async with asyncio.timeout(20):
        while len(frames) < 50:
            if (frame := uplink.pull()) is not None:
                assert frame.shape == (FRAME_SAMPLES,)
                frames.append(frame)
            await asyncio.sleep(0.02)
    window = np.concatenate(frames[-10:])[np.newaxis]
    assert amplitudes(window, [HERTZ])[0, 0] == pytest.approx(0.1, rel=0.1)
    assert uplink.tally.sent > 40 * FRAME_SAMPLES
    await client.close()
    await until(lambda: uplink.peer.over)


async def test_who_never_connects_is_let_go(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "CONNECT_S", 0.2)
    over = asyncio.Event()
    downlink = transport.downlink(None, OFFER, over.set)
    await asyncio.wait_for(over.wait(), 10)
    assert downlink.peer.over


async def test_a_peer_has_no_socket_thread_or_task_of_its_own(transport: Transport) -> None:
    before = len(list(Path("/proc/self/fd").iterdir())), asyncio.all_tasks()
    links = [transport.downlink(None, OFFER, lambda: None) for _ in range(20)]
    assert (len(list(Path("/proc/self/fd").iterdir())), asyncio.all_tasks()) == before
    for link in links:
        link.peer.close()
        link.peer.close()
        assert link.peer.over


async def test_ice_begins_anew_while_sound_goes_on(
    transport: Transport, client: RTCPeerConnection
) -> None:
    client.addTransceiver("audio", direction="recvonly")
    downlink = transport.downlink(None, await offer_of(client), lambda: None)
    await answered(client, downlink)
    peer = downlink.peer
    before = peer.session
    assert peer.patch(before, f"{CANDIDATE}\r\n") is None
    assert peer.session == before
    restarted = peer.patch("*", f"a=ice-ufrag:anew\r\na=ice-pwd:{'x' * 24}\r\n{CANDIDATE}\r\n")
    assert restarted is not None
    assert restarted.session == peer.session != before
    assert f"a=ice-ufrag:{peer.session}\r\n" in restarted.fragment
    assert "a=candidate:" in restarted.fragment
    with pytest.raises(Denied, match="not the present one"):
        peer.patch(before, f"{CANDIDATE}\r\n")
    with pytest.raises(Denied, match="ice-pwd"):
        peer.patch("*", "a=ice-ufrag:more\r\n")
    # The client knows nothing of it, and is still heard by the old name.
    reported_at = downlink.reported_at
    await until(lambda: downlink.reported_at > reported_at)
    assert peer.connected


async def test_a_restart_tells_the_addresses_that_the_box_has_now(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    downlink = transport.downlink(None, OFFER, lambda: None)
    monkeypatch.setattr(transports, "REFRESH_S", 0.0)
    monkeypatch.setattr(sockets, "_own_hosts", lambda **_: ("127.0.0.2",))
    await until(lambda: transport._socket.addresses == (("127.0.0.2", transport.port),))
    restarted = downlink.peer.patch("*", f"a=ice-ufrag:anew\r\na=ice-pwd:{'x' * 24}\r\n")
    assert restarted is not None
    [told] = [line for line in restarted.fragment.splitlines() if "candidate:" in line]
    assert f" 127.0.0.2 {transport.port} typ host" in told
    downlink.peer.close()


async def test_a_port_that_is_taken_is_told(
    transport: Transport, caplog: pytest.LogCaptureFixture
) -> None:
    other = Transport(Reach(transport.port))
    other.close()
    assert f"UDP port {transport.port} is taken" in caplog.text


async def test_the_address_of_a_router_is_told_beside_our_own(client: RTCPeerConnection) -> None:
    async with studio("203.0.113.5") as transport:
        client.addTransceiver("audio", direction="recvonly")
        downlink = transport.downlink(None, await offer_of(client), lambda: None)
        [told] = [line for line in downlink.sdp.splitlines() if "203.0.113.5" in line]
        assert f" 203.0.113.5 {transport.port} typ srflx raddr " in told
        downlink.peer.close()


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_a_spoilt_offer_is_answered_or_denied_and_nothing_else(data: st.DataObject) -> None:
    lines = OFFER.splitlines()
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
    async with studio() as transport:
        try:
            downlink = transport.downlink(None, offer, lambda: None)
        except Denied as denied:
            return denied.code
        assert downlink.sdp.startswith("v=0")
        downlink.peer.close()
        return "answered"
