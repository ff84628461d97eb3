"""A simulated box in a process of its own, as a test and a person see it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

CLI = str(Path(sys.executable).with_name("spacebox"))
PATIENCE_S = 30.0

T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True)
class Box:
    """A running `spacebox sim`."""

    url: str
    guests: str
    """What its guests open."""
    env: dict[str, str]
    process: subprocess.Popen[str]

    def cli(self, *args: str, status: int = 0) -> str:
        """Run the command line; return its output after checking its exit status."""
        done = subprocess.run(
            [CLI, *args], env=self.env, capture_output=True, text=True, timeout=PATIENCE_S
        )
        assert done.returncode == status, (args, done.returncode, done.stdout, done.stderr)
        return done.stdout if status == 0 else done.stderr

    def command(self, name: str, **fields: object) -> str:
        """Send a command as the host."""
        values = (f"{key}={json.dumps(value)}" for key, value in fields.items())
        return self.cli("do", name, *values)

    def command_quickly(self, name: str, **fields: object) -> None:
        """Send a command as the host, without the start of a process for it."""
        connection = http.client.HTTPConnection("localhost", timeout=PATIENCE_S)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(f"{self.env['SPACEBOX_RUNTIME']}/control.sock")
        with contextlib.closing(connection):
            connection.request("POST", "/api/commands", _encode({"command": name, **fields}))
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()

    def link(self, role: str) -> str:
        """Return the token of an invitation."""
        token: str = json.loads(self.cli("link", "--role", role, "--json"))["token"]
        return token

    def space(self) -> dict[str, Any]:
        """Return the snapshot as the host sees it."""
        snapshot: dict[str, Any] = json.loads(self.cli("status", "--json"))
        return snapshot

    def call(
        self,
        path: str,
        data: object = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        method: str | None = None,
    ) -> Reply:
        """Speak HTTP: a str or bytes is sent as it is, anything else as JSON."""
        body = data if data is None or isinstance(data, bytes) else _encode(data)
        request = urllib.request.Request(self.url + path, data=body, method=method)
        if data is not None and not isinstance(data, str | bytes):
            request.add_header("Content-Type", "application/json")
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return _reply(answer)
        except urllib.error.HTTPError as error:
            with error:
                return _reply(error)

    def join(self, name: str | None = None, **fields: object) -> dict[str, Any]:
        """Join by HTTP; return participant, token and role."""
        named = {} if name is None else {"name": name}
        reply = self.call("/api/join", {**named, **fields})
        assert reply.status == 201, reply
        joined: dict[str, Any] = reply.body
        return joined


def _encode(data: object) -> bytes:
    return data.encode() if isinstance(data, str) else json.dumps(data).encode()


def _reply(answer: Any) -> Reply:
    raw = answer.read()
    is_json = "json" in answer.headers.get("Content-Type", "")
    return Reply(answer.status, json.loads(raw) if is_json else raw, dict(answer.headers))


@contextmanager
def running_box(
    folder: Path,
    *args: str,
    env: dict[str, str] | None = None,
    start: str | None = "Slow radio",
    within: Sequence[str] = (),
) -> Iterator[Box]:
    """Run a box with its state in *folder*, live if *start* is a title.

    *within* are the words before its command, such as those that name a network.
    """
    runtime = folder / "run"
    environ = {**os.environ, **(env or {}), "SPACEBOX_RUNTIME": str(runtime)}
    command = [*within, CLI, "sim", "--port", "0", "--state", str(folder / "state"), *args]
    if start is not None:
        command += ["--start", start]
    with (folder / "box.log").open("w") as log:
        process = subprocess.Popen(
            command, env=environ, stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.stdout is not None
    try:
        ready = process.stdout.readline().split()
        assert ready[:1] == ["READY"], (folder / "box.log").read_text()
        guests = process.stdout.readline().split()[-1]
        yield Box(ready[1], guests, environ, process)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
        process.stdout.close()
        print((folder / "box.log").read_text())


def eventually(check: Callable[[], T], patience_s: float = PATIENCE_S) -> T:
    """Return what *check* gives once it is true; fail when that takes too long."""
    deadline = time.monotonic() + patience_s
    while not (result := check()):
        assert time.monotonic() < deadline, f"never happened: {check}"
        time.sleep(0.05)
    return result
