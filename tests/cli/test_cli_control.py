import contextlib
import json
import os
import socket
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from spacebox.cli.control import Control
from spacebox.cli.failures import Refusal, Unreachable
from spacebox.cli.main import main
from spacebox.config.places import runtime_directories


class Server(socketserver.UnixStreamServer):
    """An HTTP server that gives one and the same answer, and remembers what it was asked."""

    def __init__(self, path: Path, status: int, body: bytes) -> None:
        super().__init__(str(path), Handler)
        self.status = status
        self.body = body
        self.asked: list[tuple[str, str, bytes]] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, body))
        if not self.server.status:
            return
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def answering(path: Path, status: int, body: object) -> Iterator[Server]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with Server(path, status, content) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control.sock"


def test_a_command_goes_out_as_json_and_its_events_come_back(path: Path) -> None:
    with answering(path, 200, {"events": [{"event": "MuteChanged"}]}) as server:
        events = Control.find(path).command("Mute", {"participant": "a1"})
    assert events == [{"event": "MuteChanged"}]
    (method, url, body) = server.asked[0]
    assert (method, url) == ("POST", "/api/commands")
    assert json.loads(body) == {"command": "Mute", "participant": "a1"}


def test_a_refusal_carries_its_reason(path: Path) -> None:
    with (
        answering(path, 409, {"error": "not_now", "reason": "no Space is live"}),
        pytest.raises(Refusal, match=r"^No Space is live\.$"),
    ):
        Control.find(path).command("EndSpace", {})


@pytest.mark.parametrize("body", [b"<h1>oops", b"", b"[]"])
def test_an_answer_without_a_reason_is_a_refusal_too(path: Path, body: bytes) -> None:
    with answering(path, 500, body), pytest.raises(Refusal, match="answered 500 to GET /api/space"):
        Control.find(path).space()


@pytest.mark.parametrize(
    ("status", "body", "reasons"),
    [
        (200, {"ok": True, "reasons": []}, []),
        (503, {"ok": False, "reasons": ["disk: full"]}, ["disk: full"]),
        (500, b"", ["the box answered 500"]),
    ],
)
def test_health(path: Path, status: int, body: object, reasons: list[str]) -> None:
    with answering(path, status, body):
        assert Control.find(path).health() == reasons


def test_nobody_listens(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--socket", str(path), "status"]) == 3
    assert capsys.readouterr().err == (
        f"No Space box is running here (looked at {path}). "
        "Start one with `spacebox sim` or `systemctl start spacebox`.\n"
    )


def test_a_path_too_long_for_a_socket_is_no_box(path: Path) -> None:
    with pytest.raises(Unreachable, match="No Space box is running here"):
        Control.find(path.with_name("x" * 200)).space()


def test_a_box_that_hangs_up(path: Path) -> None:
    with answering(path, 0, b""), pytest.raises(Unreachable, match="hung up"):
        Control.find(path).space()


def test_a_box_that_does_not_answer(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen()
        with pytest.raises(Unreachable, match="does not answer"):
            Control.find(path, patience_s=0.05).space()


def test_a_dead_socket_is_passed_over(tmp_path: Path) -> None:
    dead, alive = tmp_path / "dead.sock", tmp_path / "alive.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(dead))
    with answering(alive, 200, {"state": "idle"}):
        assert Control((tmp_path / "missing.sock", dead, alive)).space() == {"state": "idle"}


@contextlib.contextmanager
def somebody_else() -> Iterator[None]:
    """Lose root's rights, for which no file is locked."""
    if me := os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)


def test_a_socket_of_others() -> None:
    with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as other:
        Path(directory).chmod(0o755)
        path = Path(directory) / "control.sock"
        other.bind(str(path))
        path.chmod(0)
        with (
            somebody_else(),
            pytest.raises(Unreachable, match="Join the group spacebox, or use sudo"),
        ):
            Control.find(path).space()


@pytest.mark.parametrize(
    ("environ", "places"),
    [
        ({}, ["/run/spacebox"]),
        ({"XDG_RUNTIME_DIR": "/run/user/1"}, ["/run/spacebox", "/run/user/1/spacebox"]),
        ({"XDG_RUNTIME_DIR": "/run/user/1", "SPACEBOX_RUNTIME": "/box"}, ["/box"]),
    ],
)
def test_where_the_socket_is_looked_for(environ: dict[str, str], places: list[str]) -> None:
    assert [str(place) for place in runtime_directories(environ)] == places
