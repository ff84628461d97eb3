"""A certificate that the owner brought along, read again whenever its files change."""

from __future__ import annotations

import ssl
from datetime import datetime
from pathlib import Path

from cryptography import x509


class Unusable(Exception):
    """Why files cannot be shown as a certificate, in a sentence without its end."""


def server_context() -> ssl.SSLContext:
    """Return a context for HTTP/1.1 over TLS, without a certificate yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


class Owned:
    """The owner's own files (PEM): a certificate with those that vouch for it, and its key.

    Both may be the same file. What was good is kept while its successor is not: they may just be
    changing, one after the other.
    """

    def __init__(self, chain: Path, key: Path) -> None:
        self._chain = chain
        self._key = key
        self._stamp: object = None
        self._context: ssl.SSLContext | None = None
        self._ends: datetime | None = None

    def look(self, now: datetime) -> tuple[ssl.SSLContext | None, str]:
        """Return what can be shown, and what is wrong with the files. May block."""
        trouble = self._read()
        if self._ends is not None and self._ends <= now:
            return None, trouble or f"{self._chain} was good until {self._ends:%-d %B %Y}"
        return self._context, trouble

    def _read(self) -> str:
        """Read the files if they are others than last time; say what is wrong with them."""
        try:
            stamp = tuple(_stamp(path) for path in (self._chain, self._key))
            if stamp != self._stamp:
                ends, context = _end(self._chain), _loaded(self._chain, self._key)
                self._stamp, self._ends, self._context = stamp, ends, context
        except Unusable as unusable:
            return str(unusable)
        return ""


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        stat = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _end(chain: Path) -> datetime:
    """Return when the first certificate of *chain* ends."""
    try:
        return x509.load_pem_x509_certificates(chain.read_bytes())[0].not_valid_after_utc
    except OSError as error:
        raise _unreadable(chain, error) from error
    except ValueError as error:
        raise Unusable(f"{chain} holds no certificate (PEM)") from error


def _loaded(chain: Path, key: Path) -> ssl.SSLContext:
    context = server_context()
    try:
        # Without a passphrase OpenSSL would ask for one at the terminal.
        context.load_cert_chain(chain, key, password="")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise Unusable(f"{chain} and {key} do not belong together") from error
        raise Unusable(f"{key} holds no key (PEM) without a passphrase") from error
    except OSError as error:
        raise _unreadable(key, error) from error
    return context


def _unreadable(path: Path, error: OSError) -> Unusable:
    return Unusable(f"{path} cannot be read: {(error.strerror or str(error)).lower()}")
