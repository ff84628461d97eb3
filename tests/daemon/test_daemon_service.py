"""`spacebox run` in the hands of a service manager: its doors, its watchdog, its end."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from box import CLI, PATIENCE_S, eventually

UNIT = Path(__file__).parents[2] / "systemd" / "spacebox.service"


@dataclass(frozen=True)
class Service:
    """A box whose service manager is the test."""

    process: subprocess.Popen[bytes]
    manager: socket.socket
    folder: Path
    env: dict[str, str]
    ports: dict[str, int]
    """Of the sockets that it was given."""

    def hear(self) -> bytes:
        """Return what the box tells its manager next."""
        return self.manager.recv(300)

    def hear_until(self, said: bytes) -> None:
        """Wait until it tells just that."""
        while self.hear() != said:
            pass

    def log(self) -> str:
        """Return what it wrote so far; its manager does not stop listening meanwhile."""
        while select.select([self.manager], [], [], 0)[0]:
            self.hear()
        return (self.folder / "log").read_text()

    def cli(self, *words: str) -> str:
        """Run the command line; return what it says."""
        return subprocess.run(
            [CLI, *words], env=self.env, check=True, capture_output=True, text=True
        ).stdout


@contextmanager
def service(folder: Path, settings: str = "", *, sockets: bool = False) -> Iterator[Service]:
    """Start the box as systemd would, with 80 and 443 for whom *sockets* are there; it is ready."""
    (folder / "spacebox.toml").write_text(_configuration(folder, settings))
    env = {
        **os.environ,
        "NOTIFY_SOCKET": str(folder / "notify"),
        "SPACEBOX_RUNTIME": str(folder / "run"),
        "WATCHDOG_USEC": "400000",
    }
    with ExitStack() as closing:
        manager = closing.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        manager.bind(str(folder / "notify"))
        manager.settimeout(PATIENCE_S)
        doors = [closing.enter_context(_door()) for _ in range(2 if sockets else 0)]
        log = closing.enter_context((folder / "log").open("wb"))
        process = subprocess.Popen(
            _command(folder, doors), pass_fds=[d.fileno() for d in doors], env=env, stderr=log
        )
        closing.callback(_end, process)
        ports = dict(zip(("http", "https"), (d.getsockname()[1] for d in doors), strict=False))
        started = Service(process, manager, folder, env, ports)
        assert started.hear() == b"READY=1", started.log()
        yield started


def _door() -> socket.socket:
    """Return a socket as systemd opens it: one for both families of addresses."""
    return socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True)


def _command(folder: Path, doors: list[socket.socket]) -> list[str]:
    moves = " ".join(f"{3 + place}<&{door.fileno()}" for place, door in enumerate(doors))
    told = f"export LISTEN_PID=$$ LISTEN_FDS={len(doors)} LISTEN_FDNAMES=http:https; "
    script = f'{told if doors else ""}exec "$@" {moves}'
    run = [CLI, "run", "--config", str(folder / "spacebox.toml")]
    return ["bash", "-c", script, "manager", *run]


def _configuration(folder: Path, settings: str) -> str:
    return (
        f"[network]\nhttp_port = {_free()}\nhttps_port = {_free()}\n"
        f'[storage]\npath = "{folder / "state"}"\n'
        f'[sound]\nmicrophone = "tone"\nspeaker = "none"\n{settings}'
    )


def _free() -> int:
    with socket.create_server(("", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    finally:
        process.kill()
        process.wait()


def _healthy(url: str) -> bool:
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(f"{url}/healthz", context=unchecked) as answer:
        return bool(json.load(answer)["ok"])


def test_sockets_that_were_handed_over_are_the_only_doors(tmp_path: Path) -> None:
    with service(tmp_path, sockets=True) as box:
        for host in ("127.0.0.1", "[::1]"):
            assert _healthy(f"http://{host}:{box.ports['http']}")
            assert _healthy(f"https://{host}:{box.ports['https']}")
        status = json.loads(box.cli("status", "--json"))
        assert status["secure_url"].endswith(f":{box.ports['https']}")
        assert _listening(box.process.pid) == set(box.ports.values())


def _listening(pid: int) -> set[int]:
    """Return the TCP ports on which a process listens."""
    said = subprocess.run(["ss", "-Hltnp"], check=True, capture_output=True, text=True).stdout
    lines = [line for line in said.splitlines() if f"pid={pid}," in line]
    return {int(re.split(r"\s+", line)[3].rpartition(":")[2]) for line in lines}


def test_a_disk_that_does_not_answer_is_for_the_watchdog_to_see(tmp_path: Path) -> None:
    with service(tmp_path) as box:
        box.hear_until(b"WATCHDOG=1")
        kept = tmp_path / "state" / "box-id"
        kept.rename(aside := tmp_path / "aside")
        os.mkfifo(kept)  # whoever reads it waits, as for a card that hangs
        eventually(lambda: "no sign of life: the disk" in box.log())
        hung = os.open(kept, os.O_WRONLY)
        box.log()
        aside.rename(kept)
        os.close(hung)
        box.hear_until(b"WATCHDOG=1")


def test_the_end_is_told_to_listeners_and_soon_over(tmp_path: Path) -> None:
    with service(tmp_path, sockets=True) as box:
        url = f"http://127.0.0.1:{box.ports['http']}"
        box.cli("start", "--title", "Slow radio")
        with (
            urllib.request.urlopen(f"{url}/api/events") as events,
            urllib.request.urlopen(f"{url}/listen.ogg") as sound,
        ):
            assert sound.read(4) == b"OggS"
            box.process.terminate()
            box.hear_until(b"STOPPING=1")
            assert box.process.wait(_patience_of_systemd_s()) == 0
            told = events.read().decode()
            assert sound.read()
    assert '"event":"SpaceEnded"' in told


def _patience_of_systemd_s() -> float:
    found = re.search(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)
    assert found
    seconds = int(found[1])
    assert seconds <= 5
    return seconds


def test_settings_that_are_read_again_count_or_are_said_to_wait(tmp_path: Path) -> None:
    with service(tmp_path, '[space]\ntitle = "Before"\n') as box:
        file = tmp_path / "spacebox.toml"
        file.write_text(file.read_text().replace("Before", "Slow radio") + '[box]\nname = "den"\n')
        said = _reloaded(box)
        assert said == b"The settings were read again; a restart is needed for box.name."
        status = json.loads(box.cli("status", "--json"))
        assert status["title"] == "Slow radio"
        assert [fault for fault in status["faults"] if "box.name" in fault]
        file.write_text("[box")
        _reloaded(box)
        assert any("not TOML" in f for f in json.loads(box.cli("status", "--json"))["faults"])
        file.unlink()
        assert b"cannot be read: No such file" in _reloaded(box)
        assert box.process.poll() is None


def _reloaded(box: Service) -> bytes:
    """Reload as systemctl does; return what it then says of the box."""
    box.process.send_signal(signal.SIGHUP)
    box.hear_until(b"RELOADING=1")
    while not (said := box.hear()).startswith(b"READY=1"):
        pass
    return said.partition(b"STATUS=")[2]
