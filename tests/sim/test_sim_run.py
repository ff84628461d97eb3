"""`spacebox sim` as a person starts it: in a pipe, in a terminal, with a broken configuration."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from box import CLI, PATIENCE_S, running_box

SOUND = ("--mic", "tone", "--speaker", "none")


def test_in_a_pipe_it_prints_ready_and_then_plain_lines(tmp_path: Path) -> None:
    with running_box(tmp_path, *SOUND) as box:
        seat = box.join("Ana")
        box.call(
            "/api/commands", {"command": "RequestToSpeak", "reason": "radio"}, token=seat["token"]
        )
        box.process.send_signal(signal.SIGTERM)
        output, _ = box.process.communicate(timeout=10)
    assert box.guests.startswith(f"{box.url}/s/")
    lines = [line.split(maxsplit=2)[1:] for line in output.splitlines()]
    assert lines[0][0] == "Joined"
    assert lines[0][1] == 'participant="Ana" name="Ana" role="listener"'
    assert 'reason="radio"' in lines[1][1]
    assert [line[0] for line in lines] == ["Joined", "SpeakRequested", "SpaceEnded", "SpaceClosed"]
    assert box.process.returncode == 0


def test_it_goes_on_when_nobody_reads_what_it_prints(tmp_path: Path) -> None:
    with running_box(tmp_path, *SOUND) as box:
        # Far more than a pipe and our own queue hold.
        for number in range(3000):
            box.command_quickly("EditSpace", description=f"{number} {'x' * 1000}")
        assert box.space()["description"].startswith("2999 ")
        box.process.send_signal(signal.SIGTERM)
        assert box.process.wait(10) == 0


def test_it_goes_on_when_its_reader_has_left(tmp_path: Path) -> None:
    with running_box(tmp_path, *SOUND) as box:
        assert box.process.stdout is not None
        box.process.stdout.close()
        for number in range(10):
            box.command_quickly("EditSpace", description=str(number))
        assert box.space()["description"] == "9"
        box.process.send_signal(signal.SIGTERM)
        assert box.process.wait(10) == 0


def test_it_ends_by_itself_after_so_many_seconds(tmp_path: Path) -> None:
    with running_box(tmp_path, *SOUND, "--seconds", "0.2") as box:
        assert box.process.wait(10) == 0


@pytest.mark.parametrize(
    ("buttons", "hold_s", "words"),
    [
        (("end",), 6, "The box was powered off: END was held."),
        (
            ("mute", "approve", "end"),
            11,
            "The box forgot what it had made for itself, and would start anew now.",
        ),
    ],
)
def test_a_box_that_its_buttons_end_says_so(
    tmp_path: Path, buttons: tuple[str, ...], hold_s: int, words: str
) -> None:
    with running_box(tmp_path, *SOUND, start=None) as box, contextlib.ExitStack() as hands:
        for button in buttons:
            press = [CLI, "press", button, "--hold", str(hold_s)]
            hands.enter_context(subprocess.Popen(press, env=box.env, stderr=subprocess.DEVNULL))
        assert box.process.wait(PATIENCE_S) == 0
    assert (tmp_path / "box.log").read_text() == f"{words}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--mic", "trumpet"), "trumpet"),
        (("--mic", "file:nowhere.wav"), "nowhere.wav"),
        (("--config", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = _sim(tmp_path, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = _sim(tmp_path, *SOUND, "--port", port)
    assert done.returncode == 2
    assert f"port {port} of 127.0.0.1 is taken" in done.stderr


def test_a_broken_configuration_is_shown_and_the_box_starts(tmp_path: Path) -> None:
    config = tmp_path / "spacebox.toml"
    config.write_text('[box]\nhost = "Mira"\n[space]\nstage_limit = 99\n')
    with running_box(tmp_path, *SOUND, "--config", str(config)) as box:
        space = box.space()
        assert space["host"] == "Mira"
        assert space["stage"]["limit"] == 10
        assert any(
            "spacebox.toml:4" in fault and "stage_limit" in fault for fault in space["faults"]
        )


def test_two_boxes_cannot_share_a_control_socket(tmp_path: Path) -> None:
    with running_box(tmp_path, *SOUND) as box:
        done = _sim(tmp_path, *SOUND, "--port", "0", env=box.env)
        assert done.returncode == 2
        assert "another box is running here" in done.stderr
        assert box.space()["state"] == "live"


def _sim(
    folder: Path, *arguments: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CLI, "sim", "--state", str(folder), *arguments],
        env=env or {**os.environ, "SPACEBOX_RUNTIME": str(folder / "run")},
        capture_output=True,
        text=True,
        timeout=30,
    )
