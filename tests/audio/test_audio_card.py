"""Real sound, both ways, through PortAudio, ALSA and PulseAudio.

PortAudio reads its environment when it starts, so the box is a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pulse import PATIENCE_S, Pulse, prepare, pulse, serve
from spacebox.mixer.frame import SAMPLE_RATE, Samples
from tones import amplitude, read_wav, tone, write_wav

HOST_HZ, GUEST_HZ, SECRET_HZ = 997, 440, 3000
MICROPHONE, SPEAKER = f"card:{Pulse.MICROPHONE}", f"card:{Pulse.SPEAKER}"
TESTS = Path(__file__).parent.parent


class Box:
    """The process of `card_box`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.usable = json.loads(self._line())
        self.log = ""

    def wait(self, condition: Callable[[dict[str, Any]], bool]) -> int:
        """Wait for a state; the media time of it in samples."""
        for _ in range(PATIENCE_S * 10):
            state = json.loads(self._line())
            if condition(state):
                return int(state["index"]) * 960
        raise AssertionError(f"waited in vain, last for {state}")

    def play(self, seconds: float) -> int:
        """Let media time pass."""
        start = self.wait(lambda _: True)
        return self.wait(lambda state: state["index"] * 960 >= start + seconds * SAMPLE_RATE)

    def say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def end(self) -> None:
        _, self.log = self._process.communicate(timeout=PATIENCE_S)
        assert self._process.returncode == 0, self.log

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def box(env: dict[str, str], *arguments: str) -> Iterator[Box]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-m", "audio.card_box", *arguments],
        cwd=TESTS, env=env, stdin=pipe, stdout=pipe, stderr=pipe, text=True,
    ) as process:  # fmt: skip
        try:
            yield Box(process)
        finally:
            process.kill()


def loudness(samples: Samples, hertz: float) -> float:
    """The amplitude that a tone usually has: one glitch of a busy machine does not matter."""
    pieces = np.array_split(samples, max(1, len(samples) // 9600))
    return float(np.median([amplitude(piece, hertz) for piece in pieces]))


def delivering(state: dict[str, Any]) -> bool:
    return state["level"] > -30 and not any(state["lost"])


def test_sound_goes_from_one_card_to_the_other_and_mute_holds(tmp_path: Path) -> None:
    played, programme, out = (tmp_path / name for name in ("in.wav", "programme.wav", "out.wav"))
    write_wav(played, tone(HOST_HZ, 60))
    with (
        pulse() as server,
        server.play(played),
        server.record(out),
        box(server.env, MICROPHONE, SPEAKER, str(programme)) as running,
    ):
        assert running.usable == [True, True]
        begin = running.wait(delivering)
        end = running.play(2)
        running.say("mute")
        muted = running.wait(lambda state: state["level"] == -100)
        after = running.play(1)
        running.wait(lambda state: state["hears"] == pytest.approx(-23, abs=0.5))
        running.say("unmute")
        opened = running.wait(delivering)
        last = running.play(1)
        running.wait(lambda state: state["silent"])
        running.end()
    assert "lost" not in running.log
    sound = read_wav(programme)
    for start, stop, loud in ((begin, end, 0.1), (muted, after, 0), (opened, last, 0.1)):
        part = sound[start + 2400 : stop - 2400]
        assert loudness(part, HOST_HZ) == pytest.approx(loud, abs=0.005)
        assert loudness(part, GUEST_HZ) == pytest.approx(0.1, abs=0.005)
    heard = np.trim_zeros(read_wav(out))
    assert len(heard) > 3 * SAMPLE_RATE
    assert loudness(heard, GUEST_HZ) == pytest.approx(0.1, abs=0.005)
    assert loudness(heard, HOST_HZ) < 0.0005  # nobody hears themselves


def test_what_sounds_while_muted_never_reaches_the_programme(tmp_path: Path) -> None:
    hum, secret, programme = (tmp_path / name for name in ("hum.wav", "secret.wav", "out.wav"))
    write_wav(hum, tone(HOST_HZ, 60, 0.01))
    write_wav(secret, tone(SECRET_HZ, 60, 0.7))
    with (
        pulse() as server,
        server.play(hum),
        box(server.env, MICROPHONE, "none", str(programme)) as running,
    ):
        running.wait(lambda state: state["hears"] > -50)
        for _ in range(5):
            running.say("mute")
            running.wait(lambda state: state["level"] == -100)
            with server.play(secret):
                running.wait(lambda state: state["hears"] > -10)
            running.wait(lambda state: state["hears"] < -35)
            running.say("unmute")
            running.wait(lambda state: state["level"] > -50)
            running.wait(lambda state: state["silent"])
        running.end()
    pieces = np.array_split(read_wav(programme), 500)
    assert max(amplitude(piece, SECRET_HZ) for piece in pieces) < 0.002


def test_a_card_that_comes_goes_and_comes_again(tmp_path: Path) -> None:
    played = tmp_path / "in.wav"
    write_wav(played, tone(HOST_HZ, 60))
    server = prepare(tmp_path)
    with box(server.env, MICROPHONE, SPEAKER, str(tmp_path / "programme.wav")) as running:
        assert running.usable == [False, False]
        for _ in range(2):
            running.wait(lambda state: all(state["lost"]) and state["level"] == -100)
            running.wait(lambda state: state["hears"] == -100)
            with serve(server), server.play(played):
                running.wait(delivering)
        running.wait(lambda state: all(state["lost"]))
        running.end()
    for name in ("microphone", "speaker"):
        assert f"the {name} is lost: there is no sound card" in running.log
        assert running.log.count(f"the {name} is lost") <= 6  # each cause once, not each try
        assert f"the {name} is lost: it stopped delivering" in running.log
        assert running.log.count(f"the {name} is back") == 2


def test_a_name_that_no_device_has_is_lost_and_the_other_plays_on(tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    with (
        pulse() as server,
        server.record(out),
        box(server.env, "card:elsewhere", SPEAKER, str(tmp_path / "p.wav")) as running,
    ):
        assert running.usable == [False, True]
        running.wait(lambda state: state["lost"] == [True, False])
        running.play(4)  # longer than it takes to look again
        running.end()
    assert running.log.count("there is no device called 'elsewhere'") == 1
    heard = np.trim_zeros(read_wav(out))
    assert loudness(heard, GUEST_HZ) == pytest.approx(0.1, abs=0.005)
