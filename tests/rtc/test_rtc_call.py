"""Calls: a transport that offers, towards one that answers and towards aiortc."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
from collections.abc import AsyncIterator, Callable
from typing import NoReturn
from weakref import WeakSet

import numpy as np
import pytest
from aioice.ice import get_host_addresses
from aiortc import RTCPeerConnection, RTCSessionDescription
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from studio import HERTZ, guest, studio, until

from peers.guest import Ear, Tone, amplitudes
from spacebox.audio.received import Received
from spacebox.mixer.frame import FRAME_S, Frame
from spacebox.ports import Denied
from spacebox.rtc import patience
from spacebox.rtc import socket as sockets
from spacebox.rtc.call import Call
from spacebox.rtc.gate import OFFER_BYTES
from spacebox.rtc.offer import MID
from spacebox.rtc.stun import outline, success
from spacebox.rtc.transport import Reach, Transport

FAR = "far"
THEIRS = 300
"""Hz, where ours are the studio's."""
CREDENTIALS = f"a=ice-ufrag:anew\r\na=ice-pwd:{'x' * 24}\r\n"


@pytest.fixture
async def box() -> AsyncIterator[Transport]:
    async with studio() as transport:
        yield transport


@pytest.fixture
async def host() -> AsyncIterator[Transport]:
    async with studio() as transport:
        yield transport


@pytest.fixture
async def client() -> AsyncIterator[RTCPeerConnection]:
    async with guest() as client:
        yield client


async def test_a_call_hears_what_a_box_plays(box: Transport, host: Transport) -> None:
    changes: list[bool] = []
    call = box.call(hears=Received, on_change=lambda: changes.append(call.connected))
    assert (call.pull(), call.connected, call.over) == (None, False, False)
    downlink = host.downlink(None, call.offer, lambda: None)
    call.accept(downlink.sdp)
    assert await heard(call.pull) == pytest.approx(0.1, rel=0.1)
    assert call.tally.sent > 0
    await until(lambda: downlink.reported_at > 0)  # it tells what arrives
    call.close()
    await until(lambda: downlink.peer.over)
    assert changes == [True, False]
    assert call.over


async def test_a_call_is_heard_by_a_box_and_knows_it(box: Transport, host: Transport) -> None:
    call = box.call(speaks=FAR, on_change=lambda: None)
    uplink = host.uplink(Received, call.offer, lambda: None)
    assert box.listeners == set()
    call.accept(uplink.sdp)
    assert await heard(uplink.pull) == pytest.approx(0.1, rel=0.1)
    assert box.listeners == {FAR}
    assert call.pull() is None
    await until(lambda: call.reported_at > 0)
    uplink.peer.close()
    await until(lambda: call.over)
    assert box.listeners == set()


async def test_both_ways_at_once_from_one_box_to_another(box: Transport, host: Transport) -> None:
    """Both connections have the same address there; so they need two here."""
    hearing = box.call(hears=Received, on_change=lambda: None)
    speaking = box.call(speaks=FAR, on_change=lambda: None)
    downlink = host.downlink(None, hearing.offer, lambda: None)
    uplink = host.uplink(Received, speaking.offer, lambda: None)
    hearing.accept(downlink.sdp)
    speaking.accept(uplink.sdp)
    levels = await asyncio.gather(heard(hearing.pull), heard(uplink.pull))
    assert levels == pytest.approx([0.1, 0.1], rel=0.1)
    assert f" {box.port} typ host" in hearing.offer
    assert f" {box.port} typ host" not in speaking.offer
    again = box.call(speaks=FAR, on_change=lambda: None)
    assert ports(again.offer) == ports(speaking.offer)
    for call in (hearing, speaking, again):
        call.close()
    await until(lambda: downlink.peer.over and uplink.peer.over)


async def test_by_the_time_one_speaks_that_port_is_known_from_outside() -> None:
    outside, receive = ("203.0.113.9", 40_000), asyncio.get_running_loop().sock_recvfrom
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((get_host_addresses(use_ipv4=True, use_ipv6=False)[0], 0))
        server.setblocking(False)
        where, port = server.getsockname()
        async with studio("", f"stun:{where}:{port}") as box, asyncio.timeout(20):
            hearing = box.call(hears=Received, on_change=lambda: None)
            first = ports(hearing.offer)
            asker = ("", 0)
            while str(asker[1]) in {"0", *first}:
                asked, asker = await receive(server, 1500)
            message = outline(asked)
            assert message is not None
            server.sendto(success(message.transaction, outside, ""), asker)
            await until(lambda: len(box.seen) > 0)
            speaking = box.call(speaks=FAR, on_change=lambda: None)
    told = f" {outside[0]} {outside[1]} typ srflx raddr {asker[0]} rport {asker[1]}"
    assert told in speaking.offer
    assert outside[0] not in hearing.offer


async def test_one_call_carries_both_ways(box: Transport, client: RTCPeerConnection) -> None:
    ear, listening = Ear(), list[asyncio.Task[None]]()
    client.on("track", lambda track: listening.append(asyncio.create_task(ear.listen(track))))
    call = box.call(hears=Received, speaks=FAR, on_change=lambda: None)
    await answer(client, call, Tone(THEIRS))
    assert await heard(call.pull, THEIRS) == pytest.approx(0.1, rel=0.1)
    await until(lambda: len(ear.pts) >= 60)
    assert ear.levels([HERTZ], since=20).min() > 0.08
    await until(lambda: call.reported_at > 0)
    call.close()
    await until(lambda: all(task.done() for task in listening))


async def test_somebody_who_hangs_up_ends_it(box: Transport, client: RTCPeerConnection) -> None:
    call = box.call(hears=Received, on_change=lambda: None)
    await answer(client, call, Tone(THEIRS))
    await client.close()
    await until(lambda: call.over)
    assert not call.connected


async def test_a_call_begins_anew_while_sound_goes_on(box: Transport, host: Transport) -> None:
    call = box.call(hears=Received, on_change=lambda: None)
    downlink = host.downlink(None, call.offer, lambda: None)
    call.accept(downlink.sdp)
    await until(lambda: call.connected and downlink.peer.connected)
    before = downlink.peer.session
    restarted = downlink.peer.patch("*", call.restart())
    assert restarted is not None
    call.restarted(restarted.fragment)
    await until(lambda: host._demux._by_ufrag.keys() == {downlink.peer.session})
    await until(lambda: len(box._demux._by_ufrag) == 1)  # the old one is retired here too
    assert downlink.peer.session != before
    assert await heard(call.pull) == pytest.approx(0.1, rel=0.1)
    with pytest.raises(Denied, match="ice-pwd"):
        call.restarted("a=ice-ufrag:more\r\n")
    call.close()
    call.restarted(CREDENTIALS)
    assert not any(vars(box._demux).values())


async def test_a_restart_offers_the_addresses_of_now(
    box: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = box.call(hears=Received, on_change=lambda: None)
    monkeypatch.setattr(sockets, "_own_hosts", lambda **_: ("127.0.0.2",))
    box._socket.refresh()
    fragment = call.restart()
    [told] = [line for line in fragment.splitlines() if "candidate:" in line]
    assert f" 127.0.0.2 {box.port} typ host" in told
    assert f"a=mid:{MID}" in fragment
    assert fragment != call.restart()


async def test_who_answers_and_never_comes_is_given_up(
    box: Transport, host: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "CONNECT_S", 0.2)
    over = asyncio.Event()
    call = box.call(hears=Received, on_change=over.set)
    downlink = host.downlink(None, call.offer, lambda: None)
    downlink.peer.close()
    call.accept(downlink.sdp)
    await asyncio.wait_for(over.wait(), 10)
    assert call.over


async def test_a_call_that_was_closed_takes_no_answer(box: Transport, host: Transport) -> None:
    call = box.call(speaks=FAR, on_change=lambda: None)
    downlink = host.uplink(Received, call.offer, lambda: None)
    call.close()
    with pytest.raises(Denied, match="over"):
        call.accept(downlink.sdp)
    downlink.peer.close()
    assert not any(vars(box._demux).values())


async def test_without_a_network_there_is_nothing_to_offer(
    box: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "_own_hosts", lambda **_: ())
    box._socket.refresh()
    with pytest.raises(Denied, match="no network") as denied:
        box.call(hears=Received, on_change=lambda: None)
    assert denied.value.code == "unreachable"


async def test_without_a_port_there_is_nothing_to_offer(
    box: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(_hosts: tuple[str, ...], _port: int) -> NoReturn:
        raise OSError(errno.EADDRINUSE, "taken")

    monkeypatch.setattr(sockets, "_opened", taken)
    with pytest.raises(Denied, match="no port"):
        box.call(speaks=FAR, on_change=lambda: None)


async def test_nothing_is_left_of_calls(box: Transport, host: Transport) -> None:
    """One after another, from the same port to the same one: what comes late is of no matter."""
    tasks, left = asyncio.all_tasks(), WeakSet[Call]()
    for hung_up_by_us in (True, False, False):
        await come_and_go(box, host, left, hung_up_by_us=hung_up_by_us)
    gc.collect()
    assert list(left) == []
    assert asyncio.all_tasks() == tasks
    assert not any(vars(box._demux).values())
    assert not box._fanout._outlets


async def come_and_go(
    box: Transport, host: Transport, left: WeakSet[Call], *, hung_up_by_us: bool
) -> None:
    call = box.call(hears=Received, on_change=lambda: None)
    left.add(call)
    downlink = host.downlink(None, call.offer, lambda: None)
    call.accept(downlink.sdp)
    await until(lambda: call.connected and downlink.peer.connected)
    (call.close if hung_up_by_us else downlink.peer.close)()
    await until(lambda: call.over and downlink.peer.over)


# Answers, which are a stranger's


@pytest.mark.parametrize(
    ("instead", "of", "why"),
    [
        ("m=video 9 ", "m=audio ", "audio section alone"),
        ("a=sendrecv-not", "a=fingerprint:sha-256 ", "fingerprint"),
        ("a=recvonly", "a=sendonly", "direction"),
        ("a=setup-not", "a=setup:", "a=setup"),
        ("a=rtpmap:111 pcmu/8000", "a=rtpmap:111 opus/48000/2", "no Opus"),
        ("112", "111", "otherwise than the offer"),
        (f"a=x:{'y' * OFFER_BYTES}\r\na=mid", "a=mid", "larger"),
        ("a=x:1\r\n" * 200 + "a=mid", "a=mid", "lines"),
        ("hello", "v=0", "not an SDP answer"),
    ],
)
async def test_an_answer_that_is_none_is_denied(
    box: Transport, host: Transport, instead: str, of: str, why: str
) -> None:
    call = box.call(hears=Received, on_change=lambda: None)
    downlink = host.downlink(None, call.offer, lambda: None)
    assert of in downlink.sdp
    with pytest.raises(Denied, match=why) as denied:
        call.accept(downlink.sdp.replace(of, instead))
    assert denied.value.code == "malformed"
    call.accept(downlink.sdp)  # nothing was begun by it
    call.close()
    downlink.peer.close()


async def test_of_many_candidates_the_first_are_tried(box: Transport, host: Transport) -> None:
    call = box.call(hears=Received, on_change=lambda: None)
    downlink = host.downlink(None, call.offer, lambda: None)
    line = "a=candidate:1 1 udp 1 192.0.2.{} 5000 typ host\r\n"
    many = "".join(line.format(n) for n in range(100, 200))
    call.accept(downlink.sdp + many)
    await until(lambda: call.connected)
    call.close()
    downlink.peer.close()


async def test_an_answer_that_declines_is_denied(box: Transport, host: Transport) -> None:
    call = box.call(hears=Received, on_change=lambda: None)
    downlink = host.downlink(None, call.offer, lambda: None)
    port = next(line for line in downlink.sdp.splitlines() if line.startswith("m=")).split()[1]
    with pytest.raises(Denied, match="declines"):
        call.accept(downlink.sdp.replace(f"m=audio {port} ", "m=audio 0 "))
    downlink.peer.close()


def test_a_spoilt_answer_is_taken_or_denied_and_nothing_else() -> None:
    """Whatever a host answers, the box goes on, and nothing of it is left."""

    @given(data=st.data())
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def spoil(data: st.DataObject) -> None:
        asyncio.run(answered_with(data))

    async def answered_with(data: st.DataObject) -> None:
        box, host = (Transport(Reach(0)) for _ in range(2))
        call = box.call(hears=Received, speaks=FAR, on_change=lambda: None)
        lines = host.uplink(Received, call.offer, lambda: None).sdp.splitlines()
        lines = [line.replace("recvonly", "sendrecv") for line in lines]
        for _ in range(data.draw(st.integers(0, 3))):
            at = data.draw(st.integers(0, len(lines) - 1))
            spoilt = st.text(max_size=40) | st.sampled_from([*lines, lines[at][:-3], "a=ice-lite"])
            lines[at] = data.draw(spoilt)
        try:
            call.accept("\r\n".join(lines) + "\r\n")
            event("taken")
        except Denied:
            event("denied")
        call.close()
        assert not any(vars(box._demux).values())
        for transport in (box, host):
            transport.close()
        await asyncio.sleep(0)

    spoil()


# What the tests do


async def answer(client: RTCPeerConnection, call: Call, tone: Tone) -> None:
    """Have aiortc answer *call*, and wait until sound can pass."""
    client.addTrack(tone)
    await client.setRemoteDescription(RTCSessionDescription(call.offer, "offer"))
    await client.setLocalDescription(await client.createAnswer())
    call.accept(client.localDescription.sdp)
    await until(lambda: call.connected)


async def heard(pull: Callable[[], Frame | None], hertz: int = HERTZ) -> float:
    """Return how loud a tone is in what is pulled in real time."""
    frames: list[Frame] = []
    async with asyncio.timeout(20):
        while len(frames) < 50:
            if (frame := pull()) is not None:
                frames.append(frame)
            await asyncio.sleep(FRAME_S)
    window = np.concatenate(frames[-10:])[np.newaxis]
    return float(amplitudes(window, [hertz])[0, 0])


def ports(sdp: str) -> set[str]:
    """Return the ports of the candidates in *sdp*."""
    return {line.split()[5] for line in sdp.splitlines() if line.startswith("a=candidate:")}
