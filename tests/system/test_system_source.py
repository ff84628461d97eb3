"""Where new versions come from: what is believed, and what is kept of what arrives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spacebox.system.release import is_newer, parse
from spacebox.system.source import Source
from spacebox.system.target import Interrupted, Unfit
from system.shop import CONTENT, Shop, listed, made_key, open_shop, yes


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path) as shop:
        yield shop


@pytest.mark.parametrize(
    ("found", "here", "newer"),
    [
        ("0.10.0", "0.9.3", True),
        ("0.9.3", "0.10.0", False),
        ("0.2", "0.2.0", False),
        ("0.2.0.1", "0.2.0", True),
        ("1.0", "1.0rc1", False),
        ("0.1.0", "", True),
    ],
)
def test_versions_are_compared_by_their_numbers(found: str, here: str, newer: bool) -> None:
    assert is_newer(found, here) is newer


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b'{"version": "0.2.0"}',
        listed("0.2.0; reboot"),
        listed(file="../../etc/passwd"),
        listed(file=".hidden"),
        listed().replace(b'"size": ', b'"size": -'),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(document)


def test_a_release_is_fetched_whole_and_only_once(shop: Shop, tmp_path: Path) -> None:
    shop.offer(listed())
    release = shop.source().latest()
    parts: list[float] = []
    file = shop.source().fetch(release.bundle, tmp_path / "to", lambda p: parts.append(p) or True)
    assert file.read_bytes() == CONTENT
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    (shop.folder / "new.raucb").unlink()
    assert shop.source().fetch(release.bundle, tmp_path / "to", yes) == file


def test_a_list_that_somebody_else_signed_is_not_believed(shop: Shop, tmp_path: Path) -> None:
    shop.offer(listed("9.9"))
    _, other = made_key(tmp_path / "other")
    with pytest.raises(Unfit, match="not signed by whom"):
        shop.source(other).latest()


def test_a_list_that_was_changed_on_the_way_is_not_believed(shop: Shop) -> None:
    shop.offer(listed("0.2.0"))
    signed = shop.folder / "latest-arm64.json.p7m"
    signed.write_bytes(signed.read_bytes().replace(b"0.2.0", b"0.9.0"))
    with pytest.raises(Unfit, match="not signed by whom"):
        shop.source().latest()


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"!", CONTENT[::-1]])
def test_a_file_that_is_not_the_promised_one_is_not_kept(
    content: bytes, shop: Shop, tmp_path: Path
) -> None:
    shop.offer(listed(), content)
    with pytest.raises(Unfit, match="did not arrive whole"):
        shop.source().fetch(shop.source().latest().bundle, tmp_path / "to", yes)
    assert list((tmp_path / "to").iterdir()) == []


def test_a_fetch_ends_when_somebody_goes_on_air(shop: Shop, tmp_path: Path) -> None:
    shop.offer(listed())
    with pytest.raises(Interrupted):
        shop.source().fetch(shop.source().latest().bundle, tmp_path / "to", lambda part: part < 0.5)


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match=r"http://127\.0\.0\.1:9/latest-arm64\.json\.p7m cannot be had"):
        Source("http://127.0.0.1:9", "arm64", tmp_path).latest()
