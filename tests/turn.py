"""Debian's coturn as the relay of guests who cannot reach a box themselves."""

from __future__ import annotations

import secrets
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aioice.ice import get_host_addresses

from box import eventually

_COOKIE = 0x2112A442
_BINDING = 0x0001
_CONFIGURATION = """
listening-ip={host}
listening-port={port}
relay-ip={host}
lt-cred-mech
user={user}:{secret}
realm=box
no-tls
no-dtls
no-cli
userdb={folder}/users
pidfile={folder}/pid
log-file=stdout
"""


@dataclass(frozen=True)
class Turn:
    """A running server, on the machine's own address: coturn refuses loopback as a peer."""

    uri: str
    user: str
    secret: str

    @property
    def toml(self) -> str:
        """What a box's configuration says of it."""
        return (
            f'[network]\nturn = ["{self.uri}"]\n'
            f'turn_username = "{self.user}"\nturn_credential = "{self.secret}"\n'
        )


@contextmanager
def turn(folder: Path) -> Iterator[Turn]:
    """Run a server with its files in *folder*; it is ended by its process id."""
    host = get_host_addresses(use_ipv4=True, use_ipv6=False)[0]
    port, user, secret = _free_port(host), "guest", secrets.token_hex(8)
    file = folder / "turnserver.conf"
    file.write_text(
        _CONFIGURATION.format(host=host, port=port, user=user, secret=secret, folder=folder)
    )
    with (folder / "turn.log").open("w") as log:
        process = subprocess.Popen(["turnserver", "-c", file], stdout=log, stderr=log)
    try:
        eventually(lambda: _answers(host, port))
        yield Turn(f"turn:{host}:{port}?transport=udp", user, secret)
    finally:
        process.terminate()
        process.wait()


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((host, 0))
        port: int = free.getsockname()[1]
        return port


def _answers(host: str, port: int) -> bool:
    """Ask for a binding (RFC 8489 §6.3.1)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(0.2)
        asker.connect((host, port))
        try:
            asker.send(struct.pack("!HHI12s", _BINDING, 0, _COOKIE, secrets.token_bytes(12)))
            return bool(asker.recv(1500))
        except (ConnectionRefusedError, TimeoutError):
            return False
