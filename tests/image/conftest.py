"""The image that is tested, and a virtual Pi that runs it: by `./tests/run --image ARCH`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from card import Card, flash
from virtual_pi import VirtualPi, virtual_pi

PASSWORD = "correct horse battery"
PRESEED = """config_version = "1.0"
[system]
hostname = "studio"
[user]
name = "ada"
[ssh]
enabled = true
authorized_keys = ["{key}"]
[wlan]
ssid = "Home"
password = "{password}"
country = "DE"
[locale]
timezone = "Europe/Berlin"
"""
SETTINGS = """[box]
host = "Mira"
[sound]
echo_cancellation = false
noise_suppression = false
[space]
title = "Bees in the city"
"""


@dataclass(frozen=True)
class Image:
    """What was built, and for which machine."""

    path: Path
    arch: str


@pytest.fixture(scope="session")
def image() -> Image:
    given = os.environ.get("SPACEBOX_IMAGE")
    if not given:
        pytest.skip("needs the image: ./tests/run --image amd64")
    return Image(Path(given), "arm64" if "arm64" in Path(given).name else "amd64")


@pytest.fixture(scope="session")
def rounds() -> int:
    """How often what is left to chance is tried."""
    return int(os.environ.get("SPACEBOX_ROUNDS", "1"))


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key of the owner's, to come in by ssh."""
    path = tmp_path_factory.mktemp("ssh") / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


def written(image: Image, path: Path, key: Path) -> Card:
    """Flash a card and leave on it what Raspberry Pi Imager and the owner would."""
    card = flash(image.path, path)
    public = key.with_suffix(".pub").read_text().strip()
    preseed = PRESEED.format(key=public, password=PASSWORD)
    card.write("bootconfig", "rpi-preseed.toml", preseed.encode())
    card.write("bootconfig", "spacebox.toml", SETTINGS.encode())
    return card


@pytest.fixture(scope="session")
def pi(image: Image, key: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualPi]:
    """A virtual Pi after its first boot. It is on unless a test has cut it off: `wake` it."""
    card = written(image, tmp_path_factory.mktemp("card") / "card.img", key)
    with virtual_pi(image.arch, card) as found:
        found.power_on()
        found.wait_for_page()
        yield found
