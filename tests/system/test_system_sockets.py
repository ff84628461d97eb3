"""Sockets that a service manager opened, as a process that it starts finds them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import ExitStack

import pytest

from spacebox.system.sockets import Handed, handed_over

_TAKE = """
import json
from spacebox.system.sockets import handed_over
taken = handed_over()
doors = {"http": taken.http, "https": taken.https}
ports = {name: [door.getsockname()[1] for door in found] for name, found in doors.items()}
print(json.dumps(ports))
for found in doors.values():
    for door in found:
        door.close()
"""


def _taken(names: str, ports: int, pid: str = "$$") -> tuple[list[int], dict[str, list[int]]]:
    """Return the ports that were opened, and what a process took of them by name."""
    with ExitStack() as closing:
        doors = [closing.enter_context(socket.create_server(("", 0))) for _ in range(ports)]
        numbers = [door.fileno() for door in doors]
        moves = " ".join(f"{3 + place}<&{number}" for place, number in enumerate(numbers))
        told = f"LISTEN_PID={pid} LISTEN_FDS={ports} LISTEN_FDNAMES={names}"
        script = f'export {told}; exec "$@" {moves}'
        command = ["bash", "-c", script, "manager", sys.executable, "-c", _TAKE]
        done = subprocess.run(command, pass_fds=numbers, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return [door.getsockname()[1] for door in doors], json.loads(done.stdout)


def test_each_door_is_known_by_its_name() -> None:
    (secure, plain, more), taken = _taken("https:http:https", 3)
    assert taken == {"http": [plain], "https": [secure, more]}


def test_doors_of_another_process_are_not_ours() -> None:
    _, taken = _taken("http", 1, pid="1")
    assert taken == {"http": [], "https": []}


def test_nothing_is_taken_where_nothing_was_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LISTEN_FDS", raising=False)
    assert handed_over() == Handed()
