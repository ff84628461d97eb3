"""A real decoder reads the codes off the glass."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from panel.contact_sheet import GOLDEN

BORDER, SCALE = 8, 5


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("code", "HTTPS://BOX.EXAMPLE.ORG/S/K7QX"),
        ("code-lan", "HTTP://192.168.178.41:8080/S/K7QXM"),
        ("code-ipv6", "HTTP://[2001:DB8:85A3::8A2E:370:7334]:8080/S/K7QXM"),
        ("code-long", "HTTPS://RADIO-NACHTSCHICHT.KULTURHAUS-WESTEND.EXAMPLE/S/K7QXM"),
        (
            "code-path",
            "https://kulturhaus-westend.example/programm/live/radio-nachtschicht/s/K7QXM",
        ),
        ("wifi", "WIFI:S:SPACEBOX;T:WPA;P:K7QX4821;;"),
    ],
)
def test_a_telephone_reads_the_code(name: str, says: str, tmp_path: Path) -> None:
    with Image.open(GOLDEN / f"{name}.png") as glass:
        seen = ImageOps.expand(glass.convert("L").crop((0, 0, 64, 64)), BORDER)
    photo = tmp_path / "photo.png"
    ImageOps.scale(seen, SCALE, Image.Resampling.NEAREST).save(photo)
    read = subprocess.run(["zbarimg", "--quiet", "--raw", photo], capture_output=True, text=True)
    assert read.stdout.strip() == says
