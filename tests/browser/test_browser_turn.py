"""Guests of a real browser whose network lets nothing through but a TURN server.

The box and that server share a secret; each guest's credentials are made for them and end.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from test_browser import HOST, on_a_box

from turn import turn


@pytest.mark.parametrize("tls", [False, True], ids=["udp", "tls"])
def test_through_a_turn_server_by_its_secret(tmp_path: Path, *, tls: bool) -> None:
    with turn(tmp_path, shared=True, tls=tls) as server:
        trust = {} if server.certificate is None else {"TURN_KEY": _key(server.certificate)}
        on_a_box("turn.test.mjs", "Slow radio at night", tmp_path, HOST + server.toml, trust)


def _key(certificate: Path) -> str:
    """Return the hash of its public key, as Chromium takes it."""
    public = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()
