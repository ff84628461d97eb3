"""The certificate that the box signs for itself, signed anew whenever it has to be."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from spacebox.system.authority import (
    AFTER,
    BROKEN,
    WRITTEN,
    Authority,
    hosts_of,
    pem,
    read,
    write_secret,
)

EARLY = timedelta(days=200)
"""It is renewed so long before it ends: the box may be off for months."""


def renew(file: Path, authority: Authority, hosts: Iterable[str], now: datetime) -> bool:
    """See to it that *file* holds a good key and certificate for *hosts*; say whether it is new.

    What the authority may not sign for is left out. Names that are gone do no harm: a certificate
    is kept as long as it can be, since a browser may know it by itself. Raises OSError.
    """
    now = max(now, WRITTEN)
    wanted = frozenset(host for host in hosts if authority.permits(host))
    with contextlib.suppress(FileNotFoundError, *BROKEN):
        if _still_good(read(file)[1], authority, wanted, now):
            return False
    key = ec.generate_private_key(ec.SECP256R1())
    write_secret(file, pem(key, authority.sign(key.public_key(), wanted, now)))
    return True


def _still_good(
    certificate: x509.Certificate, authority: Authority, wanted: frozenset[str], now: datetime
) -> bool:
    ends, begins = certificate.not_valid_after_utc, certificate.not_valid_before_utc
    return (
        # One that is good for longer was signed by a clock far in the future.
        begins <= now < ends - EARLY <= now + AFTER
        and wanted <= hosts_of(certificate)
        and authority.signed(certificate)
    )
