"""What a browser is shown: the owner's certificate while it is good, else the box's own."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from certificates import NOW, bring, shown, trusting

from spacebox.system.authority import Authority
from spacebox.system.certificate import Certificate
from spacebox.system.owned import Owned

HOME = ("space-box.local", "192.168.1.2")
SOON = NOW + timedelta(days=10)
PAST = NOW - timedelta(days=1)
ANY = trusting(None)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.at(tmp_path / "authority.pem", "space-box", ["space-box"])


@pytest.fixture
def owners(tmp_path: Path) -> Path:
    folder = tmp_path / "owner"
    folder.mkdir()
    return folder


@pytest.fixture
def theirs(authority: Authority, tmp_path: Path, owners: Path) -> Certificate:
    owned = Owned(owners / "chain.pem", owners / "key.pem")
    return Certificate(authority, tmp_path / "box.pem", owned)


@pytest.fixture
def ours(authority: Authority, tmp_path: Path) -> Certificate:
    return Certificate(authority, tmp_path / "box.pem", None)


@pytest.mark.parametrize("host", HOME)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_who_trusts_the_authority_believes_the_box(
    ours: Certificate, host: str, version: ssl.TLSVersion
) -> None:
    ours.look(HOME, NOW)
    browser = trusting(ours.root)
    browser.maximum_version = browser.minimum_version = version
    assert shown(ours.context, browser, host)
    assert ours.faults == ()


def test_nobody_else_does(ours: Certificate) -> None:
    ours.look(HOME, NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        shown(ours.context, ssl.create_default_context(), HOME[0])


def test_a_new_address_is_shown_without_another_start(ours: Certificate) -> None:
    ours.look(HOME, NOW)
    browser = trusting(ours.root)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shown(ours.context, browser, "10.0.0.7")
    ours.look((*HOME, "10.0.0.7"), NOW)
    assert shown(ours.context, browser, "10.0.0.7")


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_the_owners_certificate_comes_first(theirs: Certificate, owners: Path, kind: str) -> None:
    brought = bring(owners, ends=SOON, kind=kind)
    theirs.look(HOME, NOW)
    assert shown(theirs.context, ANY, "radio.example") == brought
    assert theirs.root is None
    assert theirs.faults == ()


@pytest.mark.parametrize("kinds", [("ec", "rsa"), ("rsa", "ec")])
def test_it_is_shown_anew_when_its_files_change(
    theirs: Certificate, owners: Path, kinds: tuple[str, str]
) -> None:
    for kind in kinds:
        brought = bring(owners, ends=SOON, kind=kind)
        theirs.look(HOME, NOW)
        assert shown(theirs.context, ANY, "radio.example") == brought


def test_one_file_may_hold_both(authority: Authority, tmp_path: Path, owners: Path) -> None:
    brought = bring(owners, ends=SOON)
    both = owners / "both.pem"
    both.write_bytes((owners / "key.pem").read_bytes() + (owners / "chain.pem").read_bytes())
    certificate = Certificate(authority, tmp_path / "box.pem", Owned(both, both))
    certificate.look(HOME, NOW)
    assert shown(certificate.context, ANY, "radio.example") == brought


def _no_files(owners: Path) -> None:
    """Nothing is there."""


def _no_certificate(owners: Path) -> None:
    bring(owners, ends=SOON)
    (owners / "chain.pem").write_text("hello")


def _no_key(owners: Path) -> None:
    bring(owners, ends=SOON)
    (owners / "key.pem").write_text("hello")


def _other_key(owners: Path) -> None:
    bring(owners, ends=SOON)
    bring(owners, ends=SOON, key_file="other.pem")


def _ended(owners: Path) -> None:
    bring(owners, ends=PAST)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (_no_files, "chain.pem cannot be read: no such file or directory"),
        (_no_certificate, "chain.pem holds no certificate"),
        (_no_key, "key.pem holds no key"),
        (_other_key, "do not belong together"),
        (_ended, f"chain.pem was good until {PAST:%-d %B %Y}"),
    ],
)
def test_wrong_files_are_told_and_the_box_shows_its_own(
    theirs: Certificate, owners: Path, wrong: object, said: str
) -> None:
    assert callable(wrong)
    wrong(owners)
    theirs.look(HOME, NOW)
    assert shown(theirs.context, trusting(theirs.root), HOME[0])
    (fault,) = theirs.faults
    assert said in fault.detail
    assert fault.detail.endswith("until then the box shows one of its own")
    brought = bring(owners, ends=SOON)
    theirs.look(HOME, NOW)
    assert shown(theirs.context, ANY, HOME[0]) == brought
    assert theirs.faults == ()


def test_a_good_one_is_kept_while_its_successor_is_wrong(theirs: Certificate, owners: Path) -> None:
    brought = bring(owners, ends=SOON)
    theirs.look(HOME, NOW)
    _no_key(owners)
    theirs.look(HOME, NOW)
    assert shown(theirs.context, ANY, HOME[0]) == brought
    assert theirs.faults[0].detail.endswith("shows the one that it read before")


def test_a_good_one_that_ends_is_replaced(theirs: Certificate, owners: Path) -> None:
    bring(owners, ends=SOON)
    theirs.look(HOME, NOW)
    theirs.look(HOME, SOON)
    assert shown(theirs.context, trusting(theirs.root), HOME[0])
    assert f"was good until {SOON:%-d %B %Y}" in theirs.faults[0].detail
