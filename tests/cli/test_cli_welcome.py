"""What is said at login, by the real file in the way that login runs it."""

import os
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from test_cli_control import answering, somebody_else

from box import CLI, PATIENCE_S, running_box
from spacebox.cli.main import main

MOTD = Path(__file__).parents[2] / "systemd/motd"
SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
IDLE = {
    "state": "idle",
    "title": "Tea",
    "recording": False,
    "faults": [],
    "link": "http://192.0.2.7/s/ABCDE",
}


def at_login(program: Path, runtime: Path) -> str:
    """Return what pam_motd shows: it has no environment, and what fails keeps the old text."""
    environment = [f"{name}={os.environ[name]}" for name in ("PYTHONPATH",) if name in os.environ]
    words = ["env", "-i", f"PATH={program}:{SYSTEM}", f"SPACEBOX_RUNTIME={runtime}", *environment]
    done = subprocess.run(
        [*words, "run-parts", "--lsbsysinit", str(MOTD)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a folder that holds the command line and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "spacebox").symlink_to(CLI)
    return folder


def test_a_login_shows_how_the_box_is(program: Path, tmp_path: Path) -> None:
    with running_box(tmp_path, "--mic", "silence", start=None) as box:
        runtime = Path(box.env["SPACEBOX_RUNTIME"])
        idle = at_login(program, runtime)
        assert idle.startswith("\nThis is space-box, a Space box.\n\nState  OFF AIR")
        assert f"\nPage   {box.space()['link']}\n" in idle
        assert "spacebox start" in idle
        assert "sudo spacebox setup" in idle
        assert "\x1b" not in idle
        box.cli("start", "--title", "Friday")
        live = at_login(program, runtime)
        assert "\nState  ON AIR  Friday  0:0" in live
        assert "spacebox requests" in live


def test_a_login_without_a_box(program: Path, tmp_path: Path) -> None:
    said = at_login(program, tmp_path / "nowhere")
    assert "No Space box is running here" in said


def test_a_login_while_the_box_hangs(program: Path, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "control.sock"))
        silent.listen()
        assert "The box does not answer within 2 s." in at_login(program, tmp_path)


def test_a_login_waits_for_no_program_that_hangs(tmp_path: Path) -> None:
    hanging = tmp_path / "spacebox"
    hanging.write_text(f"#!/bin/sh\nexec sleep {2 * PATIENCE_S}\n")
    hanging.chmod(0o755)
    assert at_login(tmp_path, tmp_path) == ""


def test_a_login_when_the_package_was_removed(tmp_path: Path) -> None:
    assert at_login(tmp_path, tmp_path) == ""


class Greeted:
    """What a box in some state greets with, by the command itself."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.settings = folder / "spacebox.toml"
        self._socket = folder / "control.sock"
        self._capsys = capsys

    def by(self, **space: object) -> list[str]:
        self._socket.unlink(missing_ok=True)
        with answering(self._socket, 200, {**IDLE, **space}):
            assert main(["welcome", "--socket", str(self._socket)]) == 0
        return self._capsys.readouterr().out.splitlines()

    def unanswered(self) -> list[str]:
        assert main(["welcome", "--socket", str(self._socket)]) == 0
        return self._capsys.readouterr().out.splitlines()


@pytest.fixture
def greeted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Greeted:
    made = Greeted(tmp_path, capsys)
    monkeypatch.setattr("spacebox.cli.welcome.CONFIG", made.settings)
    return made


def test_an_owner_is_greeted(greeted: Greeted) -> None:
    greeted.settings.write_text('box = {name = "hall", host = "Mira"}')
    assert greeted.by() == [
        "",
        "This is hall, a Space box.",
        "",
        "State  OFF AIR  Tea",
        "Page   http://192.0.2.7/s/ABCDE",
        "Next   Hold MUTE for two seconds, or `spacebox start`: you are live, and muted.",
        "Next   `spacebox --help` names the rest.",
        "",
    ]


def test_faults_are_told_but_not_all_of_many(greeted: Greeted) -> None:
    told = greeted.by(faults=["disk: full\x1b[2J", "sound: none", "screen: gone", "pins: taken"])
    assert [line for line in told if line.startswith("Fault")] == [
        "Fault  disk: full[2J",
        "Fault  sound: none",
        "Fault  screen: gone",
    ]
    assert any("spacebox doctor" in line for line in told)


def test_a_box_that_is_a_guest(greeted: Greeted) -> None:
    stay = {"where": "https://radio.example", "link": "there"}
    told = greeted.by(guest=stay, elapsed_s=5, state="live")
    assert "State  A GUEST  Tea  0:05" in told
    assert not any("spacebox start" in line for line in told)


def test_who_may_not_read_the_settings_is_greeted_too(
    greeted: Greeted, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "spacebox.toml")
        file.write_text('box.name = "hall"')
        file.chmod(0)
        monkeypatch.setattr("spacebox.cli.welcome.CONFIG", file)
        with somebody_else():
            told = greeted.unanswered()
    assert told[1] == f"This is {socket.gethostname()}, a Space box."


def test_broken_settings_keep_nobody_out(greeted: Greeted) -> None:
    greeted.settings.write_text("box = = 1")
    assert greeted.by()[1] == "This is space-box, a Space box."
