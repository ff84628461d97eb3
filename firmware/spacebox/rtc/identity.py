"""Who the box is to its peers: one certificate, and one TLS context for all handshakes."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

from spacebox.rtc.srtp import PROFILES

DATAGRAM_BYTES = 1200
"""No datagram of a handshake is larger; every path carries that (RFC 8261 §5, RFC 9000 §14)."""
_DTLS_1_2 = 0xFEFD
# RFC 8827 §6.5 demands the first; the two with SHA are for clients without any of the others, and
# the last ones for servers that we call and that have a key of the older kind.
_CIPHERS = (
    b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305"
    b":ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA"
    b":ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305"
)


class Identity:
    """A P-256 key with its certificate, which nobody signed but itself."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self.fingerprint = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        """The sha-256 of the certificate, as SDP writes it (RFC 8122 §5)."""
        self._context = _context(key, certificate)

    @classmethod
    def new(cls) -> Identity:
        """Make a key and sign for it; about 1 ms."""
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(key, self_signed(key))

    def connection(self) -> SSL.Connection:
        """Return a fresh end without a role, on memory instead of a socket."""
        ssl = SSL.Connection(self._context)
        ssl.set_ciphertext_mtu(DATAGRAM_BYTES)
        return ssl


def self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Return a certificate for *key* that is always valid.

    Peers look at its fingerprint alone (RFC 8827 §6.5), and a Pi boots in the past.
    """
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "spacebox")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
    )
    return builder.sign(key, hashes.SHA256())


def _context(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> SSL.Context:
    context = SSL.Context(SSL.DTLS_METHOD)
    context.set_min_proto_version(_DTLS_1_2)
    context.set_max_proto_version(_DTLS_1_2)
    context.set_options(SSL.OP_NO_QUERY_MTU | SSL.OP_NO_TICKET)
    # Nobody resumes here, and what the cache keeps it would keep for hours.
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    # Any certificate will do for OpenSSL: the handshake compares the fingerprint itself.
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    context.set_cipher_list(_CIPHERS)
    context.set_tlsext_use_srtp(b":".join(profile.name for profile in PROFILES))
    context.use_certificate(certificate)
    context.use_privatekey(key)
    return context
