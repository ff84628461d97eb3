"""`spacebox tunnel` beside a running box, and a box that runs its tunnel itself."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from box import CLI, PATIENCE_S, Box, eventually, running_box
from spacebox.cli.main import main, parser

URL = "https://one-two.trycloudflare.com"
QUIET = ("--mic", "silence", "--speaker", "none")


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with a tunnel, and a stand-in for the program that makes it."""
    program = tmp_path / "bin" / "cloudflared"
    program.parent.mkdir()
    program.write_text(
        f"#!/bin/sh\necho $$ $* >>{tmp_path}/starts\necho '|  {URL}  |'\nexec sleep 1000\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    file = tmp_path / "spacebox.toml"
    file.write_text('[network]\ntunnel = "cloudflared"\n')
    return file


def starts(folder: Path) -> list[list[str]]:
    """Return the words of each start of the program, its process first."""
    return [line.split() for line in (folder / "starts").read_text().splitlines()]


def gone(pid: str) -> bool:
    return not Path(f"/proc/{pid}").exists()


@contextmanager
def beside(box: Box, file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `spacebox tunnel` for a box."""
    port = box.url.rpartition(":")[2]
    command = [CLI, "tunnel", "--config", str(file), "--port", port]
    with subprocess.Popen(command, env=box.env) as process:
        yield process
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


def test_the_box_goes_by_the_address_of_the_service_beside_it(
    tmp_path: Path, configured: Path
) -> None:
    with running_box(tmp_path, *QUIET, start=None) as box:
        with beside(box, configured):
            eventually(lambda: box.space()["link"].startswith(f"{URL}/s/"))
            ((pid, *words),) = starts(tmp_path)
            assert words == ["tunnel", "--no-autoupdate", "--url", box.url]
        assert gone(pid)
        assert box.space()["link"].startswith(box.url)


def test_a_box_that_comes_later_is_told_too(tmp_path: Path, configured: Path) -> None:
    with running_box(tmp_path, *QUIET, start=None) as box, beside(box, configured):
        eventually(lambda: box.space()["link"].startswith(URL))
        box.process.terminate()
        box.process.wait(PATIENCE_S)
        with running_box(tmp_path, *QUIET, start=None) as again:
            assert again.space()["link"].startswith(again.url)
            eventually(lambda: again.space()["link"].startswith(URL))


def test_a_simulated_box_runs_its_tunnel_itself(tmp_path: Path, configured: Path) -> None:
    config = ("--config", str(configured))
    with running_box(tmp_path, *QUIET, *config, start=None) as box:
        eventually(lambda: box.space()["link"].startswith(URL))
        ((pid, *_),) = starts(tmp_path)
        found = eventually(lambda: URL in box.space()["reach"]["detail"])
        assert found
        assert box.space()["reachability"] == "LAN ONLY"
        assert f"LAN ONLY: {URL} does not lead here" in box.cli("doctor")
    assert gone(pid)


@pytest.mark.parametrize("own", [True, False])
def test_a_program_that_will_not_end_is_killed(
    tmp_path: Path, configured: Path, *, own: bool
) -> None:
    program = tmp_path / "bin" / "cloudflared"
    stubborn = "trap '' TERM\nwhile :; do sleep 0.05; done"
    program.write_text(program.read_text().replace("exec sleep 1000", stubborn))
    config = ("--config", str(configured)) if own else ()
    with (
        running_box(tmp_path, *QUIET, *config, start=None) as box,
        contextlib.nullcontext() if own else beside(box, configured),
    ):
        eventually(lambda: box.space()["link"].startswith(URL))
    ((pid, *_),) = starts(tmp_path)
    assert gone(pid)


def test_a_program_that_is_missing_is_a_fault(
    tmp_path: Path, configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    config = ("--config", str(configured))
    with running_box(tmp_path, *QUIET, *config, start=None) as box:
        eventually(lambda: "network: cloudflared is not installed." in box.space()["faults"])


def test_a_box_without_a_server_for_ssh_runs_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "spacebox.toml"
    file.write_text('[network]\ntunnel = "ssh"\n')
    with running_box(tmp_path, *QUIET, "--config", str(file), start=None) as box:
        (fault,) = (fault for fault in box.space()["faults"] if fault.startswith("network: "))
        assert "network.tunnel_to must say where ssh goes" in fault


def test_nothing_to_do(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "spacebox.toml"
    file.write_text("")
    assert main(["tunnel", "--config", str(file)]) == 0
    assert capsys.readouterr().out == "network.tunnel is not set: there is nothing to do.\n"


def test_ssh_without_a_server(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "spacebox.toml"
    file.write_text('[network]\ntunnel = "ssh"\n')
    assert main(["tunnel", "--config", str(file)]) == 2
    assert "network.tunnel_to must say where ssh goes" in capsys.readouterr().err


def test_the_unit_starts_it() -> None:
    unit = Path(__file__).parents[2] / "systemd" / "spacebox-tunnel.service"
    (line,) = (line for line in unit.read_text().splitlines() if line.startswith("ExecStart="))
    program, *words = line.removeprefix("ExecStart=").split()
    assert Path(program).name == "spacebox"
    assert parser().parse_args(words).command == "tunnel"
