"""Another card of the same image: nobody has a key to it, and what was left on it is half wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from card import flash
from conftest import Image
from reading import shows
from virtual_pi import VirtualPi, virtual_pi

WIFI = b'[wlan]\nssid = "Home"\npassword = "short"\n'
SETTINGS = b'[box]\nhost = "Mira"\n[sound]\nmicrofone = "card"\n'
OURS = (
    "cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub; "
    "find /var/lib/spacebox -name authority.pem -exec cat {} +"
)


@pytest.fixture(scope="module")
def other(
    image: Image, pi: VirtualPi, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VirtualPi]:
    pi.wake()
    card = flash(image.path, tmp_path_factory.mktemp("card") / "card.img")
    card.write("bootconfig", "rpi-preseed.toml", WIFI)
    card.write("bootconfig", "spacebox.toml", SETTINGS)
    with virtual_pi(image.arch, card) as found:
        found.wake()
        yield found


def test_mistakes_on_the_card_are_told_with_line_and_key(other: VirtualPi) -> None:
    told = "\n".join(json.loads(other.guest.check("spacebox", "status", "--json"))["faults"])
    assert re.search(r"rpi-preseed\.toml:3: wlan\.password: must have 8 to 63", told)
    assert re.search(r"spacebox\.toml:4: sound\.microfone", told)
    glass = other.screen
    other.wait_for(lambda: shows(glass.picture(), "Check settings"), "the glass says so", 60)


def test_what_is_right_beside_them_counts(other: VirtualPi) -> None:
    assert other.guest.check("spacebox", "config", "get", "box.host").strip() == "Mira"


def test_nobody_comes_in_where_no_key_was_given(other: VirtualPi) -> None:
    assert other.guest.run("systemctl", "is-active", "ssh.service").out.strip() == "inactive"


def test_two_cards_of_one_image_are_two_boxes(pi: VirtualPi, other: VirtualPi) -> None:
    ours, theirs = (each.guest.check("sh", "-c", OURS) for each in (pi, other))
    assert ours.count("BEGIN") == theirs.count("BEGIN") >= 1
    assert not set(ours.splitlines()) & {
        line for line in theirs.splitlines() if not line.startswith("-----")
    }
