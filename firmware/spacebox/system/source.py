"""Where new versions come from: a folder on a web server, whose list is signed."""

from __future__ import annotations

import hashlib
import os
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from tempfile import TemporaryDirectory

from spacebox.system.release import Asset, Release, parse
from spacebox.system.target import Interrupted, Told, Unfit, run

KEYRING = Path("/etc/rauc/keyring.pem")
"""Whose signatures this box believes; `image-build/rauc/keys` makes the first."""
PATIENCE_S = 20.0
LIST_BYTES = 100_000
PIECE_BYTES = 1 << 18
SPARE_BYTES = 50_000_000
"""Must stay free on the card."""


class Source:
    """The folder at *url*, for machines of *architecture* (``arm64``, ``amd64``)."""

    def __init__(self, url: str, architecture: str, keyring: Path = KEYRING) -> None:
        self._url = url.rstrip("/")
        self._list = f"latest-{architecture}.json.p7m"
        self._keyring = keyring

    def latest(self) -> Release:
        """Return the newest release there is. Raises Unfit."""
        with self._opened(self._list) as answer:
            signed = answer.read(LIST_BYTES)
        try:
            return parse(_verified(signed, self._keyring))
        except ValueError as error:
            raise Unfit(f"The list of versions cannot be read: {error}.") from error

    def fetch(self, asset: Asset, into: Path, told: Told) -> Path:
        """Return *asset* as a file in *into*. Raises Unfit, Interrupted where *told* said no."""
        into.mkdir(parents=True, exist_ok=True)
        whole, part = into / asset.file, into / f"{asset.file}.part"
        if whole.exists() and _digest(whole) == asset.sha256:
            return whole
        if shutil.disk_usage(into).free < asset.size + SPARE_BYTES:
            raise Unfit(f"The card is too full: the update needs {asset.size // 1_000_000} MB.")
        with self._opened(asset.file) as answer, part.open("wb") as file:
            done = 0
            while piece := answer.read(PIECE_BYTES):
                done += len(piece)
                if done > asset.size:
                    break
                file.write(piece)
                if not told(done / asset.size):
                    raise Interrupted
            file.flush()
            os.fsync(file.fileno())
        if done != asset.size or _digest(part) != asset.sha256:
            part.unlink()
            raise Unfit("The update did not arrive whole. Try again.")
        part.rename(whole)
        return whole

    @contextmanager
    def _opened(self, name: str) -> Iterator[HTTPResponse]:
        """Open a file of the folder; what goes wrong with it meanwhile is Unfit."""
        url = f"{self._url}/{name}"
        try:
            # `update.source` begins with http:// or https://, as the configuration holds.
            with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:  # noqa: S310
                yield answer
        except (OSError, HTTPException) as error:
            raise Unfit(f"{url} cannot be had: {error}.") from error


def _verified(signed: bytes, keyring: Path) -> bytes:
    """Return what is inside a signed document (CMS, DER). Raises Unfit."""
    with TemporaryDirectory(prefix="spacebox-update-") as folder:
        document, content = Path(folder, "signed"), Path(folder, "content")
        document.write_bytes(signed)
        try:
            run(
                *("openssl", "cms", "-verify", "-inform", "DER", "-in", str(document)),
                *("-CAfile", str(keyring), "-purpose", "any", "-out", str(content)),
            )
        except Unfit as error:
            raise Unfit("The list of versions is not signed by whom this box believes.") from error
        return content.read_bytes()


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
