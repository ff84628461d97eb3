"""A web server that new versions are had from, and the key that its lists are signed by."""

from __future__ import annotations

import hashlib
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from spacebox.system.source import Source

CONTENT = bytes(range(256)) * 4000


def yes(_part: float) -> bool:
    return True


def listed(version: str = "0.2.0", *, content: bytes = CONTENT, file: str = "new.raucb") -> bytes:
    asset = {"file": file, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return json.dumps({"version": version, "bundle": asset, "package": asset}).encode()


@dataclass
class Shop:
    """A folder on a web server, with the key that its lists are signed by."""

    url: str
    folder: Path
    key: Path
    certificate: Path

    def offer(self, document: bytes, content: bytes = CONTENT) -> None:
        (self.folder / "new.raucb").write_bytes(content)
        plain = self.folder / "plain"
        plain.write_bytes(document)
        subprocess.run(
            [
                *("openssl", "cms", "-sign", "-binary", "-nodetach", "-outform", "DER"),
                *("-in", plain, "-signer", self.certificate, "-inkey", self.key),
                *("-out", self.folder / "latest-arm64.json.p7m"),
            ],
            check=True,
        )

    def source(self, keyring: Path | None = None) -> Source:
        return Source(self.url, "arm64", keyring or self.certificate)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def made_key(folder: Path) -> tuple[Path, Path]:
    script = Path(__file__).parents[2] / "image-build/rauc/keys"
    env = {"SPACEBOX_SIGNING": str(folder), "PATH": "/usr/bin:/bin"}
    subprocess.run([script], env=env, check=True, capture_output=True)
    return folder / "key.pem", folder / "certificate.pem"


@contextmanager
def open_shop(tmp_path: Path) -> Iterator[Shop]:
    folder = tmp_path / "shop"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    key, certificate = made_key(tmp_path / "signing")
    yield Shop(f"http://127.0.0.1:{server.server_port}", folder, key, certificate)
    server.shutdown()
    thread.join()
    server.server_close()
