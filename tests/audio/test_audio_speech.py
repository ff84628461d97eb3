"""Real speech, by espeak-ng as Debian has it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from pulse import until
from spacebox.audio import speech
from spacebox.audio.speech import LONGEST_S, LONGEST_TEXT, Speech
from spacebox.mixer.frame import SAMPLE_RATE, Samples

SH, SLEEP = shutil.which("sh"), shutil.which("sleep")
SENTENCE = "Ana wants to speak: about the garden."


@contextmanager
def speaking() -> Iterator[tuple[Speech, list[Samples]]]:
    said: list[Samples] = []
    with closing(Speech(said.append, list)) as voice:
        yield voice, said


def spoken(text: str) -> Samples:
    with speaking() as (voice, said):
        voice.say(text)
        until(lambda: said)
    return said[0]


def put_in_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch, script: str | None = None
) -> None:
    """Let espeak-ng be a shell script, or nothing."""
    if script is not None:
        program = folder / "espeak-ng"
        program.write_text(f"#!{SH}\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_a_sentence_is_said_softly_and_as_long_as_it_is() -> None:
    samples = spoken(SENTENCE)
    assert samples.dtype == np.float32
    assert 1 < len(samples) / SAMPLE_RATE < 5
    assert np.abs(samples).max() == pytest.approx(0.2, abs=0.01)
    # Where a voice has its sound, and not an octave off as at a wrong rate.
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.arange(len(spectrum)) * SAMPLE_RATE / len(samples)
    assert spectrum[(hertz > 80) & (hertz < 5000)].sum() > 0.9 * spectrum.sum()
    assert spectrum[hertz > 11_500].sum() < 0.001 * spectrum.sum()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("--version", "version"),
        ("-w /tmp/x", "w /tmp/x"),
        ("[[h@'loU]]", "((h@'loU))"),
        ("\x01300Shello", "300Shello"),
        ("hel\x00lo", "hello"),
    ],
)
def test_nothing_in_a_text_is_a_command(text: str, same: str) -> None:
    assert len(spoken(text)) == pytest.approx(len(spoken(same)), rel=0.1)


def test_a_long_text_is_cut() -> None:
    long = spoken("word " * 20_000)
    assert len(long) == len(spoken(("word " * 20_000)[:LONGEST_TEXT]))
    assert len(long) <= LONGEST_S * SAMPLE_RATE


def test_without_espeak_the_box_says_once_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put_in_its_place(tmp_path, monkeypatch)
    with speaking() as (voice, said):
        voice.say(SENTENCE)
        until(lambda: "apt-get install espeak-ng" in caplog.text)
        put_in_its_place(tmp_path, monkeypatch, "exit 3")
        voice.say(SENTENCE)
        until(lambda: "status 3" in caplog.text)
        voice.say(SENTENCE)
    assert not said
    assert len(caplog.records) == 2


@pytest.mark.parametrize("script", ["exit 3", "echo no sound at all"])
def test_an_espeak_that_fails_is_logged(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put_in_its_place(tmp_path, monkeypatch, script)
    with speaking() as (voice, said):
        voice.say(SENTENCE)
        until(lambda: "espeak-ng cannot say who wants to speak" in caplog.text)
    assert not said


def test_an_espeak_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put_in_its_place(tmp_path, monkeypatch, f"exec {SLEEP} 600")
    monkeypatch.setattr(speech, "PATIENCE_S", 0.05)
    with speaking() as (voice, said):
        voice.say(SENTENCE)
        until(lambda: "it hangs" in caplog.text)
    assert not said


def test_closing_ends_what_is_being_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = tmp_path / "begun"
    put_in_its_place(tmp_path, monkeypatch, f": > {begun}; exec {SLEEP} 600")
    with speaking() as (voice, said):
        voice.say(SENTENCE)
        voice.say(SENTENCE)
        until(begun.exists)
    assert not said
