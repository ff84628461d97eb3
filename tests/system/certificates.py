"""What a browser sees of a server: a handshake in memory, and certificates of other makers."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from spacebox.ports.secure import Root

NOW = datetime.now(UTC)
"""OpenSSL's own clock, by which it judges."""


def trusting(root: Root | None) -> ssl.SSLContext:
    """Return a browser's context that trusts *root* and, without one, nobody's name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if root is None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    else:
        context.load_verify_locations(cadata=root.certificate)
    return context


def shown(server: ssl.SSLContext, browser: ssl.SSLContext, host: str) -> x509.Certificate:
    """Shake hands; return what *browser* was shown. Raises SSLCertVerificationError."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = browser.wrap_bio(down, up, server_hostname=host)
    ours = server.wrap_bio(up, down, server_side=True)
    waiting = [theirs, ours]
    while waiting:
        end = waiting.pop(0)
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            waiting.append(end)
    der = theirs.getpeercert(binary_form=True)
    assert der is not None
    return x509.load_der_x509_certificate(der)


def bring(
    folder: Path, *, ends: datetime, kind: str = "ec", key_file: str = "key.pem"
) -> x509.Certificate:
    """Put an owner's certificate and key into *folder*, as another program would make them."""
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else _rsa()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "radio.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=90))
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / key_file).write_bytes(secret)
    (folder / "chain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)
