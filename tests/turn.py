"""Debian's coturn as the relay of guests who cannot reach a box themselves."""

from __future__ import annotations

import secrets
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from aioice.ice import get_host_addresses
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from box import eventually

_COOKIE = 0x2112A442
_BINDING = 0x0001
_CONFIGURATION = """
listening-ip={host}
listening-port={port}
relay-ip={host}
realm=box
no-dtls
no-cli
userdb={folder}/users
pidfile={folder}/pid
log-file=stdout
"""
_PASSWORD = "lt-cred-mech\nuser={user}:{secret}\n"
_SHARED = "use-auth-secret\nstatic-auth-secret={secret}\n"
_PLAIN = "no-tls\n"
_TLS = "tls-listening-port={tls}\ncert={certificate}\npkey={key}\n"


@dataclass(frozen=True)
class Turn:
    """A running server, on the machine's own address: coturn refuses loopback as a peer."""

    uri: str
    user: str
    """Empty where it takes the names that a box makes, by a secret they share."""
    secret: str
    certificate: Path | None = None
    """What it shows over TLS, signed by nobody but itself."""

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.uri.partition(":")[2].partition("?")[0].rsplit(":", 1)
        return host, int(port)

    @property
    def toml(self) -> str:
        """What a box's configuration says of it."""
        shared = f'turn_secret = "{self.secret}"\n'
        own = f'turn_username = "{self.user}"\nturn_credential = "{self.secret}"\n'
        return f'[network]\nturn = ["{self.uri}"]\n' + (own if self.user else shared)


@contextmanager
def turn(folder: Path, *, shared: bool = False, tls: bool = False) -> Iterator[Turn]:
    """Run a server with its files in *folder*; it is ended by its process id."""
    host = get_host_addresses(use_ipv4=True, use_ipv6=False)[0]
    port, user, secret = _free_port(host), "" if shared else "guest", secrets.token_hex(8)
    lines = [_CONFIGURATION.format(host=host, port=port, folder=folder)]
    lines.append((_SHARED if shared else _PASSWORD).format(user=user, secret=secret))
    uri, certificate = f"turn:{host}:{port}?transport=udp", None
    if tls:
        certificate, key, tls_port = *_signed(folder, host), _free_port(host, socket.SOCK_STREAM)
        uri = f"turns:{host}:{tls_port}?transport=tcp"
        lines.append(_TLS.format(tls=tls_port, certificate=certificate, key=key))
    else:
        lines.append(_PLAIN)
    file = folder / "turnserver.conf"
    file.write_text("".join(lines))
    with (folder / "turn.log").open("w") as log:
        process = subprocess.Popen(["turnserver", "-c", file], stdout=log, stderr=log)
    try:
        eventually(lambda: _answers(host, port))
        yield Turn(uri, user, secret, certificate)
    finally:
        process.terminate()
        process.wait()


def _signed(folder: Path, host: str) -> tuple[Path, Path]:
    """Return the files of a certificate for *host* and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "turn")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "turn.crt", folder / "turn.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def _free_port(host: str, kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as free:
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
