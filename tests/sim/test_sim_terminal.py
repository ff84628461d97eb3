"""The simulated box in a terminal: looked at, pressed by keys, and gone without a trace."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from box import CLI, eventually
from sim.console import Console, console

SOUND = ("--mic", "tone", "--speaker", "none")


class Sim:
    """`spacebox sim` in a terminal."""

    def __init__(self, console: Console, env: dict[str, str]) -> None:
        self.console = console
        self._env = env

    def space(self) -> Any:
        done = subprocess.run([CLI, "status", "--json"], env=self._env, stdout=subprocess.PIPE)
        return json.loads(done.stdout or "{}")

    def mic(self) -> str:
        return str(self.space()["on_air"]["mic"])


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[Sim]:
    env = {**os.environ, "SPACEBOX_RUNTIME": str(tmp_path), "TERM": "xterm"}
    command = [CLI, "sim", "--port", "0", "--state", str(tmp_path), *SOUND]
    with console(command, env) as shown:
        eventually(lambda: shown.sees("m MUTE"))
        yield Sim(shown, env)


def test_it_shows_the_box_and_where_guests_go(sim: Sim) -> None:
    assert "READY http://127.0.0.1:" in sim.console.said
    eventually(lambda: sim.console.sees("○ ON AIR    ○ REQUEST"))
    picture = sim.console.picture
    assert picture[1] == "╭" + "─" * 64 + "╮"
    assert any(set(line) - set("│⠀") for line in picture[2:18])
    assert picture[19].split() == ["m", "MUTE", "a", "APPROVE", "e", "END"]
    assert "Guests open http://127.0.0.1:" in picture[21]
    assert "/panel · q ends" in picture[22]


def test_keys_press_and_held_keys_hold(sim: Sim) -> None:
    assert sim.space()["state"] == "idle"
    with sim.console.holding("m"):
        eventually(lambda: sim.space()["state"] == "live")
    assert sim.mic() == "muted"
    eventually(lambda: not sim.console.pushed())
    sim.console.type("m")
    eventually(lambda: sim.mic() == "open")
    sim.console.type("\x1b[A\x1bOA")  # arrows, with the letter of APPROVE in them
    sim.console.type("M")
    eventually(lambda: sim.mic() == "muted")


@pytest.mark.parametrize("key", ["q", "\x03"])
def test_it_leaves_the_terminal_as_it_was(sim: Sim, key: str, tmp_path: Path) -> None:
    with console(["cat"], dict(os.environ)) as fresh:
        untouched = fresh.modes()
    assert sim.console.modes() != untouched
    sim.console.type(key)
    assert sim.console.ended() == 0
    assert sim.console.said.endswith("\x1b[?25h\x1b[?1049l")
    assert sim.console.modes() == untouched
    assert not (tmp_path / "control.sock").exists()


SCRIPT = """
import logging, sys, time
from gpiozero.pins.mock import MockFactory
from spacebox.config.schema import Buttons
from spacebox.ports import Lamps
from spacebox.sim.fingers import SimFingers
from spacebox.sim.terminal import shown

class Front:
    lamps = Lamps(0.0, 0.0)
    frame = 0
    @property
    def picture(self):
        self.frame += 1
        return bytes([self.frame % 256] * 1024)

logging.basicConfig(format="%(levelname)s %(message)s")
with shown(Front(), SimFingers(Buttons(), MockFactory()), ("Guests",)):
    logging.warning("the microphone\\nis lost")
    {meanwhile}
"""


@contextlib.contextmanager
def script(meanwhile: str, size: tuple[int, int] = (80, 24)) -> Iterator[Console]:
    command = [sys.executable, "-c", SCRIPT.format(meanwhile=meanwhile)]
    with console(command, dict(os.environ), size) as shown:
        yield shown


def test_the_log_waits_until_the_terminal_is_free() -> None:
    with script("sys.stdin.readline()") as shown:
        eventually(lambda: shown.sees("WARNING the microphone"))
        assert not shown.sees("is lost")
        shown.type("\n")
        assert shown.ended() == 0
        _, _, after = shown.said.partition("\x1b[?1049l")
        assert after == "WARNING the microphone\r\nis lost\r\n"


def test_it_fits_itself_to_the_terminal() -> None:
    with script("sys.stdin.readline()") as shown:
        eventually(lambda: shown.sees("╭─{64}╮"))
        shown.resize(132, 43)
        eventually(lambda: shown.sees("╭─{128}╮"))
        assert "\x1b[2J\x1b[H" in shown.said


def test_a_terminal_that_takes_nothing_holds_nothing_up() -> None:
    # Far more pictures than a terminal that nobody reads can hold.
    with script("time.sleep(1)", (132, 43)) as shown:
        assert shown.process.wait(15) == 0
