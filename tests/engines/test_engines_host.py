"""The whole box from outside: who hears whom, over real connections."""

from __future__ import annotations

import json
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from box import Box, eventually, running_box
from peers.guest import RATE, WINDOW, amplitudes

TESTS = Path(__file__).parent.parent
BOX_HZ = 440
HEARD = 0.05
"""A tone is sent with an amplitude of 0.1."""
SILENT = 0.003
MEDIA_S = 60.0


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    speaker = tmp_path / "speaker.wav"
    with running_box(tmp_path, "--mic", f"tone:{BOX_HZ}", "--speaker", f"file:{speaker}") as box:
        yield box


def test_everybody_hears_everybody_else_and_no_slot_is_missing(box: Box) -> None:
    tones = [600, 900, 1300]
    box.command("SetMuted", muted=False)
    crowd = subprocess.Popen(
        [sys.executable, "-m", "peers.crowd", box.url, str(MEDIA_S), "10", *map(str, tones)],
        cwd=TESTS,
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in tones:
        eventually(lambda: box.space()["requests"])
        box.cli("approve")
    output, _ = crowd.communicate(timeout=MEDIA_S * 4)
    assert crowd.returncode == 0
    heard = json.loads(output)
    assert heard["tones"] == [BOX_HZ, *tones]
    assert len(heard["ears"]) == 13
    for ear in heard["ears"]:
        assert ear["slots"] == MEDIA_S * 50
        assert ear["missing"] == 0
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


def _certificate(folder: Path) -> dict[str, str]:
    """Make what FFmpeg's WHIP client of PyAV 18 wants for its DTLS."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "guest")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(1)
    start = x509.datetime.datetime(2020, 1, 1)
    builder = builder.not_valid_before(start).not_valid_after(start.replace(year=2049))
    certificate = builder.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return {"cert_file": str(folder / "cert.pem"), "key_file": str(folder / "key.pem")}


def _play_by_whip(url: str, token: str, hertz: int, seconds: float, folder: Path) -> None:
    """Send a tone by FFmpeg's WHIP client, paced as its muxer wants it."""
    options = {"authorization": token, **_certificate(folder)}
    with av.open(f"{url}/whip", "w", format="whip", options=options) as output:
        stream = output.add_stream("libopus", rate=RATE, layout="stereo")
        times = np.arange(960)
        for slot in range(int(seconds * 50)):
            samples = 3277 * np.sin(2 * np.pi * hertz * (times + slot * 960) / RATE)
            interleaved = np.repeat(samples.astype(np.int16), 2)[np.newaxis]
            frame = av.AudioFrame.from_ndarray(interleaved, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = RATE, slot * 960
            output.mux(stream.encode(frame))
