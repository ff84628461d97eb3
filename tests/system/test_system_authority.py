"""The box's own authority: made once, kept to itself, and good for this box alone."""

from __future__ import annotations

import ssl
import stat
from pathlib import Path

import pytest
from certificates import NOW, shown, trusting
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from spacebox.system.authority import Authority, hosts_of, pem
from spacebox.system.owned import server_context

HOSTS = ("space-box", "radio.example", "93.184.216.34")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "https" / "authority.pem"


@pytest.fixture
def authority(file: Path) -> Authority:
    return Authority.at(file, "space-box", HOSTS)


def test_it_is_made_once_and_for_the_boxs_eyes_only(file: Path, authority: Authority) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert Authority.at(file, "space-box", ["space-box"]).root == authority.root
    assert len(authority.root.fingerprint) == 64
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("damage", [b"", b"junk", None])
def test_one_that_is_damaged_is_made_anew(
    file: Path, authority: Authority, damage: bytes | None
) -> None:
    kept = file.read_bytes()
    file.write_bytes(kept[: len(kept) // 2] if damage is None else damage)
    assert Authority.at(file, "space-box", HOSTS).root != authority.root
    assert b"PRIVATE KEY" in file.read_bytes()


def test_a_key_of_another_certificate_is_not_taken(file: Path, authority: Authority) -> None:
    certificate = x509.load_der_x509_certificate(authority.root.certificate)
    file.write_bytes(pem(ec.generate_private_key(ec.SECP256R1()), certificate))
    assert Authority.at(file, "space-box", HOSTS).root != authority.root


def test_a_new_public_name_needs_another_authority(
    file: Path, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    assert caplog.messages == []
    other = Authority.at(file, "space-box", [*HOSTS, "talk.example"])
    assert other.root.fingerprint != authority.root.fingerprint
    assert other.root.name != authority.root.name
    assert other.permits("talk.example")
    assert "phones have to trust the box anew" in caplog.text


@pytest.mark.parametrize(
    ("host", "may"),
    [
        ("space-box.local", True),
        ("space-box-2.local", True),
        ("space-box", True),
        ("radio.example", True),
        ("93.184.216.34", True),
        ("192.168.178.20", True),
        ("fd00::2", True),
        ("radio.example.evil.example", False),
        ("evilradio.example", False),
        ("example", False),
        ("93.184.216.35", False),
        ("1.1.1.1", False),
        ("2606:4700::1111", False),
    ],
)
def test_a_stolen_key_signs_for_this_box_alone(authority: Authority, host: str, may: bool) -> None:
    assert authority.permits(host) is may
    server, key = server_context(), ec.generate_private_key(ec.SECP256R1())
    certificate = authority.sign(key.public_key(), [host], NOW)
    _load(server, pem(key, certificate))
    browser = trusting(authority.root)
    if may:
        assert shown(server, browser, host) == certificate
    else:
        with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
            shown(server, browser, host)


def test_it_is_for_servers_and_makes_no_further_authorities(authority: Authority) -> None:
    extensions = x509.load_der_x509_certificate(authority.root.certificate).extensions
    usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert extensions.get_extension_for_class(x509.NameConstraints).critical


def test_a_long_name_fits_its_list(tmp_path: Path) -> None:
    assert len(Authority.at(tmp_path / "a.pem", "n" * 63, ["n" * 63]).root.name) <= 64


def test_what_it_signs_is_for_these_hosts(authority: Authority, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.sign(key.public_key(), ["space-box.local", "192.0.2.7", "fd00::2"], NOW)
    assert hosts_of(certificate) == {"space-box.local", "192.0.2.7", "fd00::2"}
    assert authority.signed(certificate)
    assert not Authority.at(tmp_path / "other.pem", "space-box", HOSTS).signed(certificate)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _load(server: ssl.SSLContext, kept: bytes) -> None:
    Path("server.pem").write_bytes(kept)
    server.load_cert_chain("server.pem")
