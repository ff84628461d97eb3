"""The whole box from outside: who hears whom, over real connections."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from aiortc import RTCRtpSender
from aiortc.stats import RTCOutboundRtpStreamStats
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from box import Box, eventually, running_box
from peers.guest import RATE, WINDOW, Guest, amplitudes

TESTS = Path(__file__).parent.parent
BOX_HZ = 440
HEARD = 0.05
"""A tone is sent with an amplitude of 0.1."""
SILENT = 0.003
MEDIA_S = 60.0
TOOL_HZ, INTRUDER_HZ = 700, 1100
SDP = {"Content-Type": "application/sdp"}
OFFER = (TESTS / "rtc" / "offer.sdp").read_text().replace("\n", "\r\n")
UDP_CANDIDATE = "a=candidate:1 1 udp 2130706431 192.0.2.7 50000 typ host\r\n"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    speaker = tmp_path / "speaker.wav"
    with running_box(tmp_path, "--mic", f"tone:{BOX_HZ}", "--speaker", f"file:{speaker}") as box:
        yield box


@pytest.fixture(scope="module")
def shared_box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("box")
    with running_box(folder, "--mic", "silence", "--speaker", "none") as box:
        yield box


def test_everybody_hears_everybody_else_and_no_slot_is_missing(box: Box) -> None:
    tones = [600, 900, 1300]
    box.command("SetMuted", muted=False)
    with _running("peers.crowd", box.url, MEDIA_S, 10, *tones) as crowd:
        for _ in tones:
            eventually(lambda: box.space()["requests"])
            box.cli("approve")
        output, _ = crowd.communicate(timeout=MEDIA_S * 4)
        assert crowd.returncode == 0
    heard = json.loads(output)
    assert heard["tones"] == [BOX_HZ, *tones]
    assert len(heard["ears"]) == 13
    assert {ear["slots"] for ear in heard["ears"]} == {MEDIA_S * 50}
    assert [ear["missing"] for ear in heard["ears"]] == [0] * 13
    for ear in heard["ears"]:
        levels = np.array(ear["levels"])
        for hertz, level in zip(heard["tones"], levels.T, strict=True):
            if hertz == ear["speaks"]:
                assert level.max() < SILENT, f"{hertz} Hz hears itself"
            else:
                assert np.mean(level > HEARD) > 0.99, f"{ear['speaks']} misses {hertz} Hz"
    others = amplitudes(np.array([_speaker_windows(box)[-20]]), [BOX_HZ, *tones])
    assert others[0, 0] < SILENT, "the box hears itself"


def _speaker_windows(box: Box) -> np.ndarray:
    """Return what the box's speaker played, in windows of 100 ms."""
    with wave.open(str(Path(box.env["SPACEBOX_RUNTIME"]).with_name("speaker.wav"))) as file:
        assert file.getframerate() == RATE
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
    return samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)


def test_ffmpegs_whip_client_takes_the_stage_with_a_speakers_link(box: Box, tmp_path: Path) -> None:
    token = box.link("speaker")
    _make_certificate(tmp_path)
    with _running("peers.whip", f"{box.url}/whip", token, TOOL_HZ, tmp_path):
        _hear_the_tool(box, token)


def _hear_the_tool(box: Box, token: str) -> None:
    on_air = eventually(lambda: _speaking(box))
    assert on_air["role"] == "speaker"
    assert on_air["muted"] is False
    eventually(lambda: _plays(box, TOOL_HZ))
    box.command("Mute", participant=on_air["id"])
    eventually(lambda: not _plays(box, TOOL_HZ))
    # Only the one with the token opens what the host muted.
    assert box.call("/api/commands", {"command": "SetMuted", "muted": False}).status == 403
    unmute = {"command": "SetMuted", "muted": False}
    assert box.call("/api/commands", unmute, token=token).status == 200
    eventually(lambda: _plays(box, TOOL_HZ))


def test_who_was_not_let_up_is_heard_by_nobody(box: Box) -> None:
    seat = box.join("Ana")
    refused = box.call("/whip", OFFER, token=seat["token"], headers=SDP)
    assert (refused.status, refused.body["error"]) == (403, "forbidden")
    assert box.call("/whip", OFFER, headers=SDP).status == 403
    assert box.call("/whip", OFFER, token="made up", headers=SDP).status == 403
    heard = asyncio.run(_send_on_a_downlink(box.url, seat["token"]))
    assert heard.max() < SILENT
    assert not _plays(box, INTRUDER_HZ, last_s=3.0)
    assert box.space()["stats"]["spoke"] == 0


async def _send_on_a_downlink(url: str, token: str) -> np.ndarray:
    """Send where nobody asked for it; return what another guest heard of it meanwhile."""
    async with aiohttp.ClientSession() as session:
        guest, other = Guest(url, session), Guest(url, session)
        guest.token = token
        await other.listen()
        sender = await guest.intrude(INTRUDER_HZ)
        async with asyncio.timeout(30):
            while await _packets_sent(sender) < 100:
                await asyncio.sleep(0.05)
        await asyncio.gather(guest.close(), other.close())
        return other.ear.levels([INTRUDER_HZ])


async def _packets_sent(sender: RTCRtpSender) -> int:
    reports = (await sender.getStats()).values()
    sent = (r.packetsSent for r in reports if isinstance(r, RTCOutboundRtpStreamStats))
    return sum(sent)


@pytest.mark.parametrize(
    ("offer", "content_type", "status"),
    [
        ("", "application/sdp", 400),
        ("hello", "application/sdp", 400),
        ("v=0\r\n" + "a=x:y\r\n" * 10_000, "application/sdp", 413),
        (OFFER.replace("sha-256", "md5"), "application/sdp", 400),
        (OFFER.replace("m=audio", "m=video"), "application/sdp", 400),
        (OFFER + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n", "application/sdp", 400),
        (OFFER + UDP_CANDIDATE * 11, "application/sdp", 400),
        (OFFER.replace("opus/48000/2", "opus/x/y"), "application/sdp", 400),
        (OFFER.replace("a=recvonly", "a=sendonly"), "application/sdp", 400),
        (OFFER, "text/plain", 415),
    ],
)
def test_a_bad_offer_is_refused_with_a_reason(
    shared_box: Box, offer: str, content_type: str, status: int
) -> None:
    before = shared_box.space()
    reply = shared_box.call("/whep", offer, headers={"Content-Type": content_type})
    assert reply.status == status
    assert reply.body["error"] == ("too_large" if status == 413 else "malformed")
    assert reply.body["reason"]
    after = shared_box.space()
    assert {**after, "elapsed_s": 0} == {**before, "elapsed_s": 0}


def _speaking(box: Box) -> dict[str, Any] | None:
    people = (who for who in box.space()["participants"] if who["id"] != "host")
    return next((who for who in people if who["speaking"]), None)


def _plays(box: Box, hertz: int, last_s: float = 0.5) -> bool:
    """Say whether the box's speaker lately played *hertz*."""
    lately = _speaker_windows(box)[-round(last_s * RATE / WINDOW) :]
    return bool(amplitudes(lately, [hertz]).max() > HEARD / 2)


def _make_certificate(folder: Path) -> None:
    """Make what FFmpeg's WHIP client of PyAV 18 wants for its DTLS."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tool")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    end = start.replace(year=2049)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, end)
    certificate = builder.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextmanager
def _running(module: str, *args: object) -> Iterator[subprocess.Popen[str]]:
    """Run a peer, and end it with the context."""
    command = [sys.executable, "-m", module, *map(str, args)]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
