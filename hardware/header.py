"""What is wired where, and the tables of pinout.md.

Usage, from anywhere: python hardware/header.py
Writes the tables anew, from the defaults of the configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spacebox.config.schema import Panel, Screen

PAGE = Path(__file__).parent / "pinout.md"
INNER = "3.3 V", 2, 3, 4, "GND", 17, 27, 22, "3.3 V", 10, 9, 11, "GND", 0, 5, 6, 13, 19, 26, "GND"
OUTER = (
    "5 V",
    "5 V",
    "GND",
    14,
    15,
    18,
    "GND",
    23,
    24,
    "GND",
    25,
    8,
    7,
    1,
    "GND",
    12,
    "GND",
    16,
    20,
    21,
)
HEADER = tuple(name for row in zip(INNER, OUTER, strict=True) for name in row)
"""The 40 pins in their order, by voltage or BCM number."""
SOUND = {18: "bit clock", 19: "frame clock", 20: "sound in", 21: "sound out"}
"""What an I²S sound card takes, by BCM number; no default may."""
SCREEN_V, SCREEN_GND, BUTTONS_GND, LAMPS_GND = 1, 9, 25, 6


@dataclass(frozen=True, slots=True)
class Wire:
    """From a `terminal` of a `part` to a `pin` of the header; `setting` names what moves it."""

    part: str
    terminal: str
    pin: int
    setting: str = ""


def wires(panel: Panel) -> tuple[Wire, ...]:
    """Return the wires of a panel whose screen is on an I²C bus and whose lamps are single."""
    if panel.screen.port != "i2c-1" or not isinstance(panel.lights.on_air, int):
        raise ValueError("only a screen on i2c-1 and a lamp on one pin are drawn")
    return (*_screen(), *_buttons(panel), *_lamps(panel, panel.lights.on_air))


def _screen() -> Iterator[Wire]:
    yield Wire("screen", "VCC", SCREEN_V)
    yield Wire("screen", "SDA", pin(2), "panel.screen.port")
    yield Wire("screen", "SCL", pin(3), "panel.screen.port")
    yield Wire("screen", "GND", SCREEN_GND)


def _buttons(panel: Panel) -> Iterator[Wire]:
    for name in ("mute", "approve", "end"):
        at = pin(getattr(panel.buttons, name))
        yield Wire(f"button {name.upper()}", "one leg", at, f"panel.buttons.{name}")
    yield Wire("all buttons", "other leg", BUTTONS_GND)


def _lamps(panel: Panel, on_air: int) -> Iterator[Wire]:
    yield Wire("lamp *on air*", "330 Ω, long leg", pin(on_air), "panel.lights.on_air")
    at = pin(panel.lights.request)
    yield Wire("lamp *request*", "330 Ω, long leg", at, "panel.lights.request")
    yield Wire("both lamps", "short leg", LAMPS_GND)


def spi(screen: Screen) -> tuple[Wire, ...]:
    """Return the wires of a screen on SPI 0 instead."""
    return (
        Wire("screen", "VCC", 17),
        Wire("screen", "GND", SCREEN_GND),
        Wire("screen", "D0, CLK or SCL", pin(11), "panel.screen.port"),
        Wire("screen", "D1, DIN or SDA", pin(10), "panel.screen.port"),
        Wire("screen", "CS", pin(8), "panel.screen.port"),
        Wire("screen", "DC", pin(screen.dc), "panel.screen.dc"),
        Wire("screen", "RES or RST", pin(screen.reset), "panel.screen.reset"),
    )


def pin(bcm: int) -> int:
    """Return where on the header, counting from 1, GPIO *bcm* is."""
    return HEADER.index(bcm) + 1


def means(at: int) -> str:
    """Say what *at*, a pin of the header, is."""
    name = HEADER[at - 1]
    return f"GPIO {name}" if isinstance(name, int) else str(name)


def table(rows: tuple[Wire, ...]) -> str:
    """Write wires as Markdown."""
    lines = ["| part | its wire | header pin | is | setting |", "|---|---|---|---|---|"]
    for row in rows:
        setting = f"`{row.setting}`" if row.setting else ""
        lines.append(f"| {row.part} | {row.terminal} | {row.pin} | {means(row.pin)} | {setting} |")
    return "\n".join(lines)


def plan(rows: tuple[Wire, ...]) -> str:
    """Draw the header as Markdown, as it lies with pin 1 at the upper left."""
    used = {row.pin: f"**{row.part}**, {row.terminal}" for row in rows}
    sound = {pin(bcm): f"free for I²S: {what}" for bcm, what in SOUND.items()}
    lines = ["| | is | pin | pin | is | |", "|---|---|---|---|---|---|"]
    for left in range(1, 41, 2):
        notes = [used.get(at) or sound.get(at, "") for at in (left, left + 1)]
        lines.append(
            f"| {notes[0]} | {means(left)} | {left} | {left + 1} | {means(left + 1)} | {notes[1]} |"
        )
    return "\n".join(lines)


def page(text: str, panel: Panel) -> str:
    """Return pinout.md with its tables written for *panel*."""
    tables = {
        "wires": table(wires(panel)),
        "header": plan(wires(panel)),
        "spi": table(spi(Screen(port="spi-0.0", dc=panel.screen.dc, reset=panel.screen.reset))),
    }
    for name, written in tables.items():
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("<!-- / -->")
        text = f"{before}<!-- {name} -->\n{written}\n{end}{after}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(), Panel()))
