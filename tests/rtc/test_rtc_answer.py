"""Answers, read back by aiortc and compared with the ones that it would have written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aioice import Candidate
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import MediaDescription, SessionDescription
from hypothesis import event, given, settings
from hypothesis import strategies as st

from spacebox.ports import Denied
from spacebox.rtc.answer import Asked, read, write
from spacebox.rtc.dtls import Role
from spacebox.rtc.ends import UPLINK_BPS, Local
from spacebox.rtc.gate import Way, admit

OFFERS = {
    "aiortc": (Path(__file__).with_name("offer.sdp").read_text(), Way.DOWN),
    "chromium_down": (Path(__file__).with_name("offers") / "chromium_down.sdp", Way.DOWN),
    "chromium_up": (Path(__file__).with_name("offers") / "chromium_up.sdp", Way.UP),
}
LOCAL = Local(
    ufrag="boxu",
    password="0123456789012345678901",
    candidates=(
        Candidate("1", 1, "udp", 2130706431, "192.0.2.7", 50000, "host"),
        Candidate("2", 1, "udp", 2130706175, "2001:db8::7", 50000, "host"),
    ),
    fingerprint=":".join(["AB"] * 32),
    ssrc=4_000_000_000,
    cname="somebody",
)


def offer(name: str) -> tuple[str, Way]:
    text, way = OFFERS[name]
    return (text if isinstance(text, str) else text.read_text()), way


def answered(text: str, way: Way) -> tuple[Asked, list[str], MediaDescription]:
    """Return the offer as it is understood, the answer's lines, and its audio by aiortc."""
    asked = read(text, way)
    sdp = write(asked, LOCAL)
    assert sdp.endswith("\r\n")
    return asked, sdp.splitlines(), SessionDescription.parse(sdp).media[0]


def test_an_offer_is_understood() -> None:
    asked = read(*offer("chromium_up"))
    assert (asked.remote.mid, asked.bundled, asked.remote.ufrag) == ("0", True, "qXz5")
    assert asked.remote.password == "rEtLxa2hnd3O/kTPQgVMXg+c"
    assert asked.remote.role is Role.SERVER
    assert (asked.remote.opus, asked.remote.red, asked.reduced_reports) == (111, 63, True)
    assert asked.remote.candidates == ()  # only names that are of no use
    [fingerprint] = asked.remote.fingerprints
    assert fingerprint.startswith("5F:76:ED:89")


def test_candidates_and_the_strongest_fingerprint_that_all_know_are_read() -> None:
    asked = read(*offer("aiortc"))
    assert [(each.host, each.port) for each in asked.remote.candidates] == [
        ("192.0.2.2", 56442),
        ("fd00::2", 46359),
    ]
    [fingerprint] = asked.remote.fingerprints
    assert fingerprint.startswith("A9:03:CA:74")
    assert (asked.remote.red, asked.reduced_reports) == (None, False)


async def theirs(text: str, way: Way) -> MediaDescription:
    """Return what aiortc would have answered, as it was done before."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    await connection.setRemoteDescription(RTCSessionDescription(admit(text, way)[1], "offer"))
    connection.getTransceivers()[0].direction = "sendonly" if way is Way.DOWN else "recvonly"
    sdp = (await connection.createAnswer()).sdp
    await connection.close()
    return SessionDescription.parse(sdp).media[0]


@pytest.mark.parametrize("name", OFFERS)
async def test_it_agrees_with_what_aiortc_answers(name: str) -> None:
    text, way = offer(name)
    _, lines, ours = answered(text, way)
    before = await theirs(text, way)
    for what in ("kind", "profile", "direction", "rtcp_mux"):
        assert getattr(ours, what) == getattr(before, what), what
    assert ours.rtp.muxId == before.rtp.muxId
    here, there = (
        next(each.payloadType for each in media.rtp.codecs if each.name == "opus")
        for media in (ours, before)
    )
    assert here == there
    assert ours.rtp.headerExtensions == []
    assert "a=group:BUNDLE 0" in lines
    # aiortc prefers to be the client; both know both.
    assert (ours.dtls.role, before.dtls.role) == ("server", "client")


@pytest.mark.parametrize("name", OFFERS)
def test_it_says_who_and_where_the_box_is(name: str) -> None:
    _, lines, media = answered(*offer(name))
    assert (media.ice.usernameFragment, media.ice.password) == ("boxu", LOCAL.password)
    assert [(each.ip, each.port, each.priority) for each in media.ice_candidates] == [
        (each.host, each.port, each.priority) for each in LOCAL.candidates
    ]
    assert media.ice_candidates_complete
    assert (media.host, media.port) == ("192.0.2.7", 50000)
    assert [(each.algorithm, each.value) for each in media.dtls.fingerprints] == [
        ("sha-256", LOCAL.fingerprint)
    ]
    assert "a=ice-lite" not in lines


def test_a_listener_gets_opus_and_knows_the_stream() -> None:
    asked, lines, media = answered(*offer("chromium_down"))
    assert media.direction == "sendonly"
    assert media.fmt == [asked.remote.opus, asked.remote.red]
    assert [(each.ssrc, each.cname) for each in media.ssrc] == [(LOCAL.ssrc, "somebody")]
    assert {"a=ptime:20", "a=rtcp-rsize", "a=setup:passive"} <= set(lines)


def test_a_speaker_is_asked_for_mono_with_redundancy() -> None:
    asked, _, media = answered(*offer("chromium_up"))
    assert media.direction == "recvonly"
    assert media.fmt == [asked.remote.red, asked.remote.opus]  # the first is what it sends
    assert media.ssrc == []
    opus, red = media.rtp.codecs
    assert opus.parameters == {
        "minptime": 10,
        "stereo": 0,
        "maxaveragebitrate": str(UPLINK_BPS),
        "useinbandfec": 1,
    }
    assert red.parameters == {"111/111": None}


def test_nothing_is_answered_that_was_not_offered() -> None:
    text = offer("chromium_down")[0]
    for gone in ("a=rtcp-rsize\n", "a=group:BUNDLE 0\n", "a=fmtp:63 111/111\n", "a=mid:0\n"):
        text = text.replace(gone, "")
    asked, lines, media = answered(text, Way.DOWN)
    assert media.fmt == [asked.remote.opus]
    assert not [line for line in lines if line.startswith(("a=rtcp-rsize", "a=group", "a=mid"))]


def test_red_around_something_else_is_left_alone() -> None:
    text = offer("chromium_down")[0].replace("a=fmtp:63 111/111", "a=fmtp:63 111/0")
    assert read(text, Way.DOWN).remote.red is None


def test_pictures_are_declined_in_their_place() -> None:
    text = offer("chromium_up")[0].replace("BUNDLE 0", "BUNDLE 1 0")
    head, sound = text.split("m=audio", 1)
    video = "m=video 9 UDP/TLS/RTP/SAVPF 96\nc=IN IP4 0.0.0.0\na=mid:1\na=sendonly\n"
    asked = read(head + video + "m=audio" + sound, Way.UP)
    declined, audio = SessionDescription.parse(write(asked, LOCAL)).media
    assert (declined.kind, declined.port, declined.direction) == ("video", 0, "inactive")
    assert (audio.kind, audio.rtp.muxId, audio.direction) == ("audio", "0", "recvonly")


@pytest.mark.parametrize(
    ("theirs_is", "ours_is"),
    [("actpass", Role.SERVER), ("active", Role.SERVER), ("passive", Role.CLIENT)],
)
def test_they_connect_unless_they_insist_on_waiting(theirs_is: str, ours_is: Role) -> None:
    text = offer("chromium_up")[0].replace("a=setup:actpass", f"a=setup:{theirs_is}")
    asked, lines, _ = answered(text, Way.UP)
    assert asked.remote.role is ours_is
    assert f"a=setup:{ours_is.value}" in lines


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a=setup:actpass", ""),
        ("a=setup:actpass", "a=setup:holdconn"),
        ("a=rtcp-mux\n", ""),
        ("opus/48000/2", "opus/48000/1"),
        ("a=rtpmap:111 ", "a=rtpmap:112 "),  # not among the formats of the section
        ("111", "300"),
        ("111", "72"),
        ("111", "66"),  # looks like RTCP on the same port
        ("m=audio 9", "m=audio x"),
        ("a=ice-options:trickle", "a=candidate:1 1 udp 1 192.0.2.2"),
    ],
)
def test_what_cannot_be_answered_is_denied(old: str, new: str) -> None:
    with pytest.raises(Denied) as denied:
        read(offer("chromium_up")[0].replace(old, new), Way.UP)
    assert denied.value.code == "malformed"


def test_a_box_without_an_address_says_so() -> None:
    asked = read(*offer("aiortc"))
    bare = Local("boxu", LOCAL.password, (), LOCAL.fingerprint, 1, "x")
    media = SessionDescription.parse(write(asked, bare)).media[0]
    assert (media.host, media.port, media.ice_candidates) == ("0.0.0.0", 9, [])


@pytest.fixture
async def client() -> AsyncIterator[RTCPeerConnection]:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    yield connection
    await connection.close()


@pytest.mark.parametrize("way", Way)
async def test_aiortc_takes_the_answer_to_its_own_offer(
    client: RTCPeerConnection, way: Way
) -> None:
    direction = "recvonly" if way is Way.DOWN else "sendonly"
    client.addTransceiver("audio", direction=direction)
    await client.setLocalDescription(await client.createOffer())
    asked = read(client.localDescription.sdp, way)
    bare = Local("boxu", LOCAL.password, (), LOCAL.fingerprint, 1, "x")
    await client.setRemoteDescription(RTCSessionDescription(write(asked, bare), "answer"))
    assert client.signalingState == "stable"
    assert client.getTransceivers()[0].currentDirection == direction


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_spoilt_offer_is_answered_or_denied_and_nothing_else(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(OFFERS)))
    text, way = offer(name)
    lines = text.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.integers(0, len(lines) - 1))
        line = lines[where]
        spoil = data.draw(st.sampled_from(["drop", "double", "cut", "scramble", "number"]))
        lines[where : where + 1] = {
            "drop": [],
            "double": [line, line],
            "cut": [line[: data.draw(st.integers(0, len(line)))]],
            "scramble": [line[:2] + data.draw(st.text(max_size=30))],
            "number": [line.replace("1", str(2**70))],
        }[spoil]
    try:
        asked = read("\n".join(lines), way)
    except Denied as denied:
        event(denied.code)
        return
    event("answered")
    assert 0 <= asked.remote.opus < 128
    assert write(asked, LOCAL).startswith("v=0\r\n")
