"""Debian's Janus with rooms of its AudioBridge, as somebody runs it who has no box."""

from __future__ import annotations

import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aioice.ice import get_host_addresses
from cryptography.hazmat.primitives.asymmetric import ec

from box import eventually
from spacebox.system.authority import Authority, pem

ROOM, LOCKED, WATCHED = 1234, 1235, 1236
"""An open room; one with a pin; one that tells who talks."""
KEPT = ("libjanus_audiobridge.so", "libjanus_websockets.so")
_CORE = """
general: {{
    configs_folder = "{folder}"
    plugins_folder = "{libraries}/plugins"
    transports_folder = "{libraries}/transports"
    debug_level = 4
    debug_colors = false
    session_timeout = {session_timeout_s}
}}
nat: {{ ice_ignore_list = "vmnet", full_trickle = {trickles} }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
"""
_PLAIN = """
general: {{ json = "compact", ws = true, ws_port = {port}, ws_ip = "{host}", wss = false }}
"""
_SECURE = """
general: {{ json = "compact", ws = false, wss = true, wss_port = {port}, wss_ip = "{host}" }}
certificates: {{ cert_pem = "{certificate}", cert_key = "{key}" }}
"""
_BRIDGE = """
general: {{ string_ids = false }}
room-{ROOM}: {{ description = "Open house", secret = "{secret}", sampling_rate = 48000 }}
room-{LOCKED}: {{ description = "Back room", pin = "{pin}", sampling_rate = 48000 }}
room-{WATCHED}: {{ description = "Round table", sampling_rate = 48000, audiolevel_event = true,
    audio_active_packets = 10, audio_level_average = 60 }}
"""


@dataclass(frozen=True)
class Janus:
    """A running server, on the machine's own address: it has no candidates on the loopback."""

    authority: str
    """Host and port of its WebSocket API."""
    pin: str
    """Of the room `LOCKED`."""
    secret: str
    """Of whoever may mute and throw out in the room `ROOM`."""
    scheme: str = "ws"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}/"

    def target(self, room: int | str, pin: str = "") -> str:
        """What `spacebox join` takes to go there."""
        return f"janus+{self.url}?room={room}" + (f"&pin={pin}" if pin else "")


@contextmanager
def running_janus(
    folder: Path,
    *,
    port: int = 0,
    trickles: bool = False,
    session_timeout_s: int = 60,
    authority: Authority | None = None,
) -> Iterator[Janus]:
    """Run a server with its files in *folder*; it is ended by its process id.

    One that *trickles* sends its candidates apart from its answer. With an *authority*, it is on
    TLS by a certificate of that.
    """
    host = get_host_addresses(use_ipv4=True, use_ipv6=False)[0]
    port, pin, secret = port or _free_port(host), secrets.token_hex(4), secrets.token_hex(8)
    libraries = next(Path("/usr/lib").glob("*/janus"))
    texts = {
        "janus": _CORE.format(
            folder=folder,
            libraries=libraries,
            session_timeout_s=session_timeout_s,
            trickles=str(trickles).lower(),
            plugins=_unwanted(libraries / "plugins"),
            transports=_unwanted(libraries / "transports"),
        ),
        "janus.transport.websockets": _doors(folder, host, port, authority),
        "janus.plugin.audiobridge": _BRIDGE.format(
            ROOM=ROOM, LOCKED=LOCKED, WATCHED=WATCHED, pin=pin, secret=secret
        ),
    }
    for name, text in texts.items():
        (folder / f"{name}.jcfg").write_text(text)
    with (folder / "janus.log").open("a") as log:
        command = ["janus", "--configs-folder", str(folder)]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: _answers(host, port))
        yield Janus(f"{host}:{port}", pin, secret, "wss" if authority else "ws")
    finally:
        process.terminate()
        process.wait()


def _doors(folder: Path, host: str, port: int, authority: Authority | None) -> str:
    if authority is None:
        return _PLAIN.format(host=host, port=port)
    key = ec.generate_private_key(ec.SECP256R1())
    shown = pem(key, authority.sign(key.public_key(), [host], datetime.now(UTC)))
    file = folder / "server.pem"
    file.write_bytes(shown)
    return _SECURE.format(host=host, port=port, certificate=file, key=file)


def _unwanted(folder: Path) -> str:
    return ",".join(sorted({each.name for each in folder.glob("*.so")} - set(KEPT)))


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port)).close()
    except ConnectionRefusedError:
        return False
    return True
