"""The simulated box in a terminal: looked at, pressed by keys, and gone without a trace."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from box import CLI, eventually
from sim.console import Console, console

SOUND = ("--mic", "tone", "--speaker", "none")
GIVEN_BACK = re.escape("\x1b[?25h\x1b[?1049l")


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


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "SPACEBOX_RUNTIME": str(folder), "TERM": "xterm"}


def command(folder: Path) -> list[str]:
    return [CLI, "sim", "--port", "0", "--state", str(folder), *SOUND]


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[Sim]:
    env = environment(tmp_path)
    with console(command(tmp_path), env) as shown:
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


def test_in_a_window_that_is_too_small_it_tells_in_words_and_keys_work(sim: Sim) -> None:
    sim.console.resize(50, 12)
    eventually(lambda: sim.console.sees(r"○ off air +○ REQUEST\n +m MUTE +a APPROVE +e END"))
    told = "the box needs 66 × 22\ncharacters.\nGuests open http://127.0.0.1:"
    eventually(lambda: sim.console.sees(told))
    with sim.console.holding("m"):
        eventually(lambda: sim.console.sees(" MUTED"))
    eventually(lambda: not sim.console.pushed())
    sim.console.type("m")
    eventually(lambda: sim.console.sees("ON AIR|UNHEARD"))
    sim.console.resize(66, 22)
    eventually(lambda: sim.console.sees("╭─{64}╮"))


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


def test_stopped_it_gives_the_terminal_back_and_takes_it_again(tmp_path: Path) -> None:
    env = {**environment(tmp_path), "PS1": "ready> "}
    with console(["sh", "-i"], env) as shell:
        sim = Sim(shell, env)
        eventually(lambda: shell.heard("ready> "))
        untouched = shell.modes()
        shell.type(f"{shlex.join(command(tmp_path))}\n")
        for _ in range(2):
            eventually(lambda: shell.sees("m MUTE"))
            shell.type("m")
            eventually(shell.pushed)
            shell.type("\x1a")
            eventually(lambda: shell.heard(f"{GIVEN_BACK}.*ready> "))
            assert shell.modes() == untouched
            shell.said = ""
            shell.type("fg\n")
        eventually(lambda: shell.sees("m MUTE"))
        shell.type("\x1a")
        eventually(lambda: shell.heard(f"{GIVEN_BACK}.*ready> "))
        shell.said = ""
        shell.type("bg\n")
        eventually(sim.space)
        shell.read()
        assert "\x1b" not in shell.said, "it draws nothing while it is in the background"
        shell.type("fg\n")
        eventually(lambda: shell.sees("m MUTE"))
        shell.type("q")
        eventually(lambda: shell.heard(f"{GIVEN_BACK}.*ready> "))
        assert shell.modes() == untouched


def test_a_box_that_is_switched_off_says_so_when_the_terminal_is_back(sim: Sim) -> None:
    with sim.console.holding("e"):
        assert sim.console.ended() == 0
    assert sim.console.heard(f"{GIVEN_BACK}.*The box was powered off: END was held.\r\n")


@pytest.mark.parametrize("key", ["q", "\x03"])
def test_it_leaves_the_terminal_as_it_was(sim: Sim, key: str, tmp_path: Path) -> None:
    with console(["cat"], dict(os.environ)) as fresh:
        untouched = fresh.modes()
    assert sim.console.modes() != untouched
    sim.console.type(key)
    assert sim.console.ended() == 0
    assert sim.console.heard(f"{GIVEN_BACK}$")
    assert sim.console.modes() == untouched
    assert not (tmp_path / "control.sock").exists()


SCRIPT = """
import itertools, logging, sys, time
from spacebox.ports import Lamps
from spacebox.sim.drawing import Likeness
from spacebox.sim.terminal import shown

frames = itertools.count()

def look():
    picture = bytes([next(frames) % 256] * 1024)
    return Likeness(picture, Lamps(0.0, 0.0), frozenset(), "off air", ("Guests",))

logging.basicConfig(format="%(levelname)s %(message)s")
with shown(look):
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
