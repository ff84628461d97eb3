"""The certificate that the box signs for itself: when it stays, and when it is another one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from certificates import NOW

from spacebox.system.authority import WRITTEN, Authority, hosts_of, read
from spacebox.system.leaf import renew

HOME = ("space-box.local", "192.168.1.2")
LONGEST = timedelta(days=825)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.at(tmp_path / "authority.pem", "space-box", ["space-box"])


@pytest.fixture
def file(tmp_path: Path, authority: Authority) -> Path:
    file = tmp_path / "box.pem"
    assert renew(file, authority, HOME, NOW)
    return file


def test_it_is_good_now_and_not_longer_than_phones_take(file: Path) -> None:
    certificate = read(file)[1]
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    assert begins < NOW < ends
    assert ends - begins < LONGEST
    assert hosts_of(certificate) == set(HOME)


@pytest.mark.parametrize("days", [0, 1, 500])
def test_it_stays_while_it_is_good(file: Path, authority: Authority, days: int) -> None:
    kept = file.read_bytes()
    assert not renew(file, authority, HOME, NOW + timedelta(days=days))
    assert file.read_bytes() == kept


def test_it_is_renewed_well_before_it_ends(file: Path, authority: Authority) -> None:
    ends = read(file)[1].not_valid_after_utc
    assert renew(file, authority, HOME, ends - timedelta(days=190))
    assert read(file)[1].not_valid_after_utc - ends > timedelta(days=365)


def test_a_new_address_is_in_it_and_one_that_went_does_no_harm(
    file: Path, authority: Authority
) -> None:
    assert renew(file, authority, [*HOME, "10.0.0.7"], NOW)
    assert hosts_of(read(file)[1]) == {*HOME, "10.0.0.7"}
    assert not renew(file, authority, ["10.0.0.7"], NOW)
    assert renew(file, authority, ["10.0.0.8"], NOW)
    assert hosts_of(read(file)[1]) == {"10.0.0.8"}


def test_what_may_not_be_signed_for_is_left_out(file: Path, authority: Authority) -> None:
    assert not renew(file, authority, [*HOME, "bank.example", "1.1.1.1"], NOW)


@pytest.mark.parametrize("year", [1970, 2025])
def test_a_box_that_boots_in_the_past_shows_what_is_good(
    tmp_path: Path, authority: Authority, year: int
) -> None:
    file = tmp_path / "past.pem"
    assert renew(file, authority, HOME, datetime(year, 1, 1, tzinfo=UTC))
    certificate = read(file)[1]
    assert certificate.not_valid_before_utc < WRITTEN
    assert certificate.not_valid_after_utc > WRITTEN + timedelta(days=365)
    assert not renew(file, authority, HOME, NOW), "once the clock is right it stays"


def test_one_signed_by_a_clock_in_the_future_is_not_kept(
    tmp_path: Path, authority: Authority
) -> None:
    file = tmp_path / "future.pem"
    renew(file, authority, HOME, NOW + timedelta(days=10))
    assert renew(file, authority, HOME, NOW - timedelta(days=15))
    assert read(file)[1].not_valid_before_utc < NOW


@pytest.mark.parametrize("damage", [b"", b"junk"])
def test_a_damaged_one_is_signed_anew(file: Path, authority: Authority, damage: bytes) -> None:
    file.write_bytes(damage)
    assert renew(file, authority, HOME, NOW)


def test_one_of_an_earlier_authority_is_signed_anew(file: Path, tmp_path: Path) -> None:
    other = Authority.at(tmp_path / "other.pem", "space-box", ["space-box"])
    assert renew(file, other, HOME, NOW)
    assert other.signed(read(file)[1])
