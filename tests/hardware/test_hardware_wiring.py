"""The pages and the drawing say what the configuration's defaults say."""

import errno
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import header
import pytest
import wiring
from gpiozero.pins.mock import MockFactory

from spacebox.config.load import parse, settings
from spacebox.config.schema import Buttons, Config, Lights, Panel, Screen
from spacebox.panel.probe import screen_trouble

PANEL = Panel()
MODELS = {"a02082": "Pi 3", "c03112": "Pi 4", "c04170": "Pi 5"}


@pytest.mark.parametrize("revision", MODELS, ids=MODELS.get)
def test_the_header_is_that_of_the_boards(revision: str) -> None:
    factory = MockFactory(revision=revision)
    pins = factory.board_info.headers["J8"].pins
    names = {at: pin.name for at, pin in pins.items()}
    factory.close()
    ours = {at: header.means(at) for at in range(1, 41)}
    assert {at: re.sub(r"GPIO ", "GPIO", name) for at, name in ours.items()} == {
        at: {"3V3": "3.3 V", "5V": "5 V"}.get(name, name) for at, name in names.items()
    }


def test_the_page_is_as_the_defaults() -> None:
    page = header.PAGE.read_text()
    assert header.page(page, PANEL) == page


def test_the_drawing_is_as_the_defaults() -> None:
    assert wiring.drawing(PANEL).encode() == wiring.TARGET.read_bytes()


def test_a_moved_pin_moves_in_page_and_drawing() -> None:
    moved = replace(PANEL, buttons=Buttons(mute=26))
    assert "| button MUTE | one leg | 37 | GPIO 26 |" in header.page(header.PAGE.read_text(), moved)
    assert wiring.drawing(moved) != wiring.drawing(PANEL)


def test_the_drawing_shows_every_wire() -> None:
    root = ET.fromstring(wiring.TARGET.read_text())  # noqa: S314
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    for wire in header.wires(PANEL):
        assert header.means(wire.pin) in words
    assert words.count("I²S") == len(header.SOUND)


@pytest.mark.parametrize("rows", [header.wires(PANEL), header.spi(Screen())], ids=["i2c", "spi"])
def test_one_wire_per_pin_and_none_on_those_of_sound(rows: tuple[header.Wire, ...]) -> None:
    pins = [wire.pin for wire in rows]
    assert len(set(pins)) == len(pins)
    assert not {header.pin(bcm) for bcm in header.SOUND} & set(pins)
    for wire in rows:
        grounded = wire.terminal in ("GND", "other leg", "short leg")
        assert (header.means(wire.pin) == "GND") is grounded
        assert (header.means(wire.pin) == "3.3 V") is (wire.terminal == "VCC")
        assert (wire.setting == "") is (grounded or wire.terminal == "VCC")


def test_the_screen_on_spi_and_the_rest_fit_together() -> None:
    others = {wire.pin for wire in header.wires(PANEL) if wire.part != "screen"}
    assert not others & {wire.pin for wire in header.spi(PANEL.screen)}


def test_settings_of_the_page_exist() -> None:
    known = {key for key, _ in settings(Config())}
    named = set(re.findall(r"`(panel\.[a-z_.]+)`", header.PAGE.read_text()))
    assert {"panel.buttons.mute", "panel.lights.request", "panel.screen.dc"} <= named <= known


def test_lines_of_the_page_are_accepted() -> None:
    page = header.PAGE.read_text()
    for table, line in (
        ("panel.lights", "on_air = [23, 16, 26]"),
        ("panel.lights", "active_high = false"),
        ("panel.buttons", 'pull = "down"'),
        ("panel.buttons", "mute = 6"),
        ("panel.buttons", "end = 26"),
        ("panel.screen", 'port = "spi-0.0"'),
    ):
        assert f"`{line}`" in page
        parse(f"[{table}]\n{line}\n", "spacebox.toml")


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EREMOTEIO, errno.EACCES])
def test_the_builder_is_told_what_doctor_says(number: int) -> None:
    said = screen_trouble(PANEL.screen, OSError(number, "")).what
    assert f"| {said}" in (header.PAGE.parent / "README.md").read_text()


def test_the_pages_lead_to_what_is_there() -> None:
    for page in header.PAGE.parent.glob("*.md"):
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize(
    "panel",
    [
        replace(PANEL, buttons=Buttons(mute=25)),
        replace(PANEL, lights=Lights(request=26)),
        replace(PANEL, lights=Lights(on_air=(23, 16, 26))),
        replace(PANEL, screen=Screen(port="spi-0.0")),
    ],
    ids=["button opposite", "lamp opposite", "three pins", "spi"],
)
def test_what_cannot_be_drawn_is_refused(panel: Panel) -> None:
    with pytest.raises(ValueError, match=r"drawn|drawing"):
        wiring.drawing(panel)
