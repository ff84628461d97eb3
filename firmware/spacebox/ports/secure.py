"""The box on https: the certificate that it shows, and whom one trusts to believe it."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Root:
    """The certificate of an authority that no browser knows by itself."""

    name: str
    """As phones list it."""
    certificate: bytes
    """DER."""

    @property
    def fingerprint(self) -> str:
        """Its SHA-256: 64 hex digits, which phones show too."""
        return hashlib.sha256(self.certificate).hexdigest().upper()


class Secure(Protocol):
    """What the box shows on https, now."""

    @property
    def context(self) -> ssl.SSLContext:
        """For a server; always the same, also when the certificate is another one."""

    @property
    def root(self) -> Root | None:
        """Whom people have to trust first; None where the owner's own certificate is shown."""
