"""A certificate authority of the box's own, made once: what people may trust on their phones.

It can sign for this box and the addresses of private networks and for nothing else (RFC 5280
§4.2.1.10), so that a stolen card is no key to the web of those who trust it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from spacebox.ports.secure import Root

WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
"""It is later than this, whatever a clock says: a Pi boots in the past."""
BEFORE = timedelta(days=20)
AFTER = timedelta(days=800)
"""Together less than the 825 days that Apple's systems take."""
_SINCE, _UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
_NAME_LENGTH = 40

_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        # Private and link-local (RFC 1918, 6598, 3927, 4193, 4291), and for examples (RFC 6890).
        *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("::1/128", "fc00::/7", "fe80::/10", "2001:db8::/32"),
    )
)

_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
    *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)
BROKEN = (ValueError, TypeError, LookupError, UnsupportedAlgorithm, x509.ExtensionNotFound)
"""How a file of ours that is damaged fails to be read."""

log = logging.getLogger(__name__)


class Authority:
    """A P-256 key and the certificate that it signed for itself."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self._key = key
        self._certificate = certificate
        named = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        self.root = Root(str(named), certificate.public_bytes(serialization.Encoding.DER))

    @classmethod
    def at(cls, file: Path, name: str, hosts: Iterable[str]) -> Authority:
        """Return the authority of the box *name* that *file* keeps.

        It is made anew where there is none, or none that may sign for all of *hosts*: names, those
        below them included, or addresses. Raises OSError where it cannot be kept.
        """
        wanted = tuple(sorted(hosts))
        with contextlib.suppress(FileNotFoundError, *BROKEN):
            known = cls(*read(file))
            if all(known.permits(host) for host in wanted):
                return known
        if file.exists():
            log.warning("%s is of no use any more: phones have to trust the box anew", file)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _root_certificate(key, name, wanted)
        write_secret(file, pem(key, certificate))
        return cls(key, certificate)

    def permits(self, host: str) -> bool:
        """Say whether it may sign for *host*."""
        permitted = self._certificate.extensions.get_extension_for_class(x509.NameConstraints)
        return any(_within(host, tree) for tree in permitted.value.permitted_subtrees or ())

    def signed(self, certificate: x509.Certificate) -> bool:
        """Say whether it has signed *certificate*."""
        try:
            certificate.verify_directly_issued_by(self._certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True

    def sign(
        self, key: ec.EllipticCurvePublicKey, hosts: Iterable[str], now: datetime
    ) -> x509.Certificate:
        """Return a certificate for a server that goes by *hosts*, good from *now* on."""
        names = [_general(host) for host in sorted(hosts)]
        builder = (
            _builder("Space box", key)
            .issuer_name(self._certificate.subject)
            .not_valid_before(now - BEFORE)
            .not_valid_after(now + AFTER)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage("digital_signature"), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )
        return builder.sign(self._key, hashes.SHA256())


def hosts_of(certificate: x509.Certificate) -> frozenset[str]:
    """Return the names and addresses that a server's *certificate* is for."""
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = found.get_values_for_type(x509.IPAddress)
    return frozenset((*found.get_values_for_type(x509.DNSName), *map(str, addresses)))


def pem(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    """Return a key and its certificate in one piece, so that one file never has half of it."""
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM)


def write_secret(file: Path, secret: bytes) -> None:
    """Put *secret* where only the box reads it, whole or not at all. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(secret)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)


def read(file: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """Return what `pem` made *file* of. Raises OSError or one of `BROKEN`."""
    kept = file.read_bytes()
    key = serialization.load_pem_private_key(kept, None)
    certificate = x509.load_pem_x509_certificate(kept)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the key is of another kind")
    if key.public_key() != certificate.public_key():
        raise ValueError("key and certificate do not belong together")
    return key, certificate


def _root_certificate(
    key: ec.EllipticCurvePrivateKey, name: str, hosts: Iterable[str]
) -> x509.Certificate:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # The digits tell it from an earlier one of this box in a phone's list.
    called = f"Space box {name[:_NAME_LENGTH]} {identifier.digest[:2].hex().upper()}"
    builder = _builder(called, key.public_key())
    builder = (
        builder.issuer_name(_name(called))
        .not_valid_before(_SINCE)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(_constraints(hosts), critical=True)
    )
    return builder.sign(key, hashes.SHA256())


def _builder(name: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in allowed for usage in _USAGES})


def _constraints(hosts: Iterable[str]) -> x509.NameConstraints:
    networks = [x509.IPAddress(network) for network in _NETWORKS]
    local = x509.DNSName("local")
    named = [_constraint(host) for host in hosts if not _within(host, local)]
    permitted = [local, *named, *networks]
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None)


def _constraint(host: str) -> x509.GeneralName:
    """Return *host* as a subtree of names, where an address is a network of one."""
    address = address_of(host)
    return x509.DNSName(host) if address is None else x509.IPAddress(ipaddress.ip_network(address))


def _general(host: str) -> x509.GeneralName:
    address = address_of(host)
    return x509.DNSName(host) if address is None else x509.IPAddress(address)


def _within(host: str, tree: x509.GeneralName) -> bool:
    address = address_of(host)
    match tree:
        case x509.DNSName(value=domain):
            return address is None and (host == domain or host.endswith(f".{domain}"))
        case x509.IPAddress(value=ipaddress.IPv4Network() | ipaddress.IPv6Network() as network):
            return address is not None and address in network
        case _:
            return False


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return *host* as an address, None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
