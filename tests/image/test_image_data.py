"""The data partition: a card that lost it, and one that is to forget."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from card import Card, flash
from conftest import Image
from reading import shows
from virtual_pi import VirtualPi, virtual_pi

LABEL = "Kept on the card"


@pytest.fixture
def other(
    image: Image, pi: VirtualPi, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VirtualPi]:
    """A box of its own, switched off; the one that others test is off meanwhile."""
    pi.cut()
    card = flash(image.path, tmp_path_factory.mktemp("card") / "card.img")
    with virtual_pi(image.arch, card) as found:
        yield found


def wipe(card: Card) -> None:
    """Let nothing of the data partition be readable, the copies of its superblock neither."""
    data = card.partition("data")
    with card.path.open("r+b") as file:
        file.seek(data.offset)
        file.write(b"\xff" * data.size)


def test_a_box_whose_data_is_gone_runs_and_says_so(other: VirtualPi) -> None:
    wipe(other.card)
    other.wake()
    told = json.loads(other.guest.check("spacebox", "status", "--json"))["faults"]
    assert any("nothing new is kept" in fault for fault in told)
    assert other.guest.check("findmnt", "-no", "FSTYPE", "/data").strip() == "tmpfs"
    assert other.guest.check("systemctl", "list-units", "--failed", "--plain", "--no-legend") == ""
    screen = other.screen
    other.wait_for(lambda: shows(screen.picture(), "The card fails"), "the glass says so", 60)


def test_a_reset_leaves_nothing_of_what_was_set(other: VirtualPi) -> None:
    other.wake()
    before = other.guest.check("cat", "/etc/machine-id")
    other.guest.check("spacebox", "config", "set", "box.host", LABEL)
    other.guest.check("touch", "/data/factory-reset")
    other.guest.check("sync")
    other.cut()
    other.wake()
    assert other.guest.check("cat", "/etc/machine-id") != before
    assert other.guest.check("spacebox", "config", "get", "box.host").strip() != LABEL
    assert other.guest.run("test", "-e", "/data/factory-reset").status != 0
