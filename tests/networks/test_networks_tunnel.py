"""A tunnel by real ssh: from a box behind a router to its owner's server, where guests come in."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from box import CLI, PATIENCE_S, Box, eventually, running_box
from netns import BOX, street, within

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")

PAGE = f"http://{BOX}:8080"
SERVER = """
ListenAddress {address}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/id_ed25519.pub
PidFile none
PasswordAuthentication no
PermitRootLogin yes
StrictModes no
UsePAM no
GatewayPorts yes
"""
FETCH = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=5).read().decode())"


def test_guests_come_in_by_a_server_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "tunnel.toml"
    file.write_text(
        f'[box]\npublic_url = "{PAGE}"\n[network]\ntunnel = "ssh"\ntunnel_to = "root@{BOX}"\n'
    )
    quiet = ("--mic", "silence", "--speaker", "none", "--port", "8080")
    with street() as networks:
        at_home, elsewhere = within(networks.home(0).guest), within(networks.home(1).guest)
        with running_box(tmp_path, *quiet, start=None, within=at_home) as box:
            code = box.space()["link"].rpartition("/")[2]
            with beside(box, file, at_home, tmp_path):
                with server(networks.box, tmp_path):
                    eventually(lambda: code in fetched(elsewhere))
                assert code not in fetched(elsewhere)
                with server(networks.box, tmp_path):
                    eventually(lambda: code in fetched(elsewhere))
            assert code not in fetched(elsewhere)


@contextmanager
def server(namespace: str, folder: Path) -> Iterator[None]:
    """Run sshd until the end of the context, when all who are logged in are cut off."""
    Path("/run/sshd").mkdir(exist_ok=True)
    for key in ("host_key", "id_ed25519"):
        if not (folder / key).exists():
            words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)]
            subprocess.run(words, check=True)
    file = folder / "sshd_config"
    file.write_text(SERVER.format(address=BOX, folder=folder))
    command = [*within(namespace), "/usr/sbin/sshd", "-D", "-e", "-f", str(file)]
    with (folder / "sshd.log").open("a") as log:
        process = subprocess.Popen(command, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        print((folder / "sshd.log").read_text())
        # Each session is a process group of its own, in the same network.
        listed = subprocess.check_output(["ip", "netns", "pids", namespace], text=True)
        for pid in map(int, listed.split()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


@contextmanager
def beside(box: Box, file: Path, place: tuple[str, ...], keys: Path) -> Iterator[None]:
    """Run `spacebox tunnel` for a box."""
    command = [*place, CLI, "tunnel", "--config", str(file)]
    env = {**box.env, "STATE_DIRECTORY": str(keys)}
    with subprocess.Popen(command, env=env) as process:
        yield
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


def fetched(place: tuple[str, ...]) -> str:
    """Return what is at the page from there; empty where nothing is."""
    command = [*place, sys.executable, "-c", FETCH, f"{PAGE}/.well-known/spacebox"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout
