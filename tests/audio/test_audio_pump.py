from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pulse import until
from spacebox.audio.pump import Pump
from spacebox.audio.sources import Tone
from spacebox.mixer.frame import Frame
from spacebox.ports import Tick
from tones import amplitude
from wires import Loose

TESTS = Path(__file__).parent.parent


class Ear:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def push(self, frame: Frame) -> None:
        self.frames.append(frame)


class Clock:
    """Jumps by the given seconds each time it is asked, in the end by 20 ms for ever."""

    def __init__(self, *jumps: float) -> None:
        self._jumps = itertools.chain(jumps, itertools.repeat(0.02))
        self._now = 0.0

    def __call__(self) -> float:
        self._now += next(self._jumps)
        return self._now


def run(pump: Pump, enough: Callable[[], bool]) -> None:
    pump.start()
    try:
        until(enough)
    finally:
        pump.stop()


def test_the_media_clock_has_no_hole() -> None:
    ticks: list[Tick] = []
    run(Pump(ticks.append, Loose()), lambda: len(ticks) >= 50)
    assert [tick.index for tick in ticks] == list(range(len(ticks)))
    assert all(tick.lateness_s >= 0 for tick in ticks)


def test_slots_are_played_in_a_thread_of_their_own_by_name() -> None:
    names: set[str] = set()
    ticks: list[Tick] = []

    def deliver(tick: Tick) -> None:
        names.add(threading.current_thread().name)
        ticks.append(tick)

    run(Pump(deliver, Loose()), lambda: len(ticks) >= 2)
    assert names == {"media"}


def test_a_short_stall_is_made_up_and_a_long_one_skipped() -> None:
    ticks: list[Tick] = []
    # Asked for the start, then for the wait and for what is due, then once for each lateness.
    clock = Clock(0, 0, 0.3, *[0] * 17, 0, 100)
    run(Pump(ticks.append, Loose(), clock=clock), lambda: len(ticks) >= 40)
    indices = [tick.index for tick in ticks]
    assert indices[:16] == list(range(16))
    assert indices[16] >= 5000
    assert indices[16:] == sorted(set(indices[16:]))


def test_each_tick_receives_then_sends_then_is_handed_on() -> None:
    wire = Loose()
    run(Pump(wire.log.append, wire), lambda: len(wire.log) >= 30)
    assert len(wire.log) % 3 == 0
    for asked, sent, delivered in zip(wire.log[::3], wire.log[1::3], wire.log[2::3], strict=True):
        assert asked is None
        assert sent is not None
        assert sent is delivered


def test_a_line_that_loses_packets_gets_a_robust_encoding() -> None:
    ticks: list[Tick] = []
    wire = Loose()
    pump = Pump(ticks.append, wire)
    pump.start()
    try:
        until(lambda: len(ticks) >= 3)
        assert ticks[-1].robust is None
        wire.lossy = True
        until(lambda: ticks[-1].robust is not None)
        wire.lossy = False
        until(lambda: ticks[-1].robust is None)
    finally:
        pump.stop()


def test_seats_may_come_mute_and_go_while_it_runs() -> None:
    ticks: list[Tick] = []
    ear = Ear()
    pump = Pump(ticks.append, Loose())
    pump.seat("ada", Tone(1000), muted=False)
    pump.hear("bo", ear)
    pump.start()
    try:
        until(lambda: len(ear.frames) > 3)
        assert amplitude(ear.frames[3], 1000) == pytest.approx(0.1, rel=0.01)
        pump.mute("ada", True)
        until(lambda: not ear.frames[-1].any())
        assert ticks[-1].voices["ada"].level_db == -100
        pump.mute("ada", False)
        until(lambda: amplitude(ear.frames[-1], 1000) > 0.09)
        pump.unseat("ada")
        until(lambda: not ear.frames[-1].any())
        assert "ada" not in ticks[-1].voices
        pump.mute("ada", False)
        pump.unseat("ada")
        count = len(ticks)
        until(lambda: len(ticks) > count + 2)
        assert "ada" not in ticks[-1].voices
    finally:
        pump.stop()


def test_stop_ends_the_thread_and_may_come_before_start() -> None:
    ticks: list[Tick] = []
    before = threading.active_count()
    pump = Pump(ticks.append, Loose())
    pump.start()
    assert threading.active_count() == before + 1
    pump.stop()
    assert threading.active_count() == before
    Pump(ticks.append, Loose()).stop()


def test_a_bug_in_the_media_thread_brings_the_process_down() -> None:
    script = """if True:
        import time
        from spacebox.audio.pump import Pump
        from wires import Loose

        class Broken:
            def pull(self):
                raise ZeroDivisionError("broken on purpose")

        pump = Pump(lambda tick: None, Loose())
        pump.seat("ada", Broken(), muted=False)
        pump.start()
        time.sleep(60)
    """
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=TESTS, capture_output=True, timeout=50
    )
    assert done.returncode == 70
    assert b"broken on purpose" in done.stderr
