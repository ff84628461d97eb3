"""Draws wiring.svg from the same wires as pinout.md.

Usage, from anywhere: python hardware/wiring.py
"""

from __future__ import annotations

from pathlib import Path

from header import HEADER, SOUND, Wire, means, pin, wires

from spacebox.config.schema import Panel

TARGET = Path(__file__).parent / "wiring.svg"
WIDTH, HEIGHT = 1200, 836
TOP, PITCH = 124, 33
"""The first row of the header, and from one row to the next."""
INNER_X, OUTER_X = 585, 615
STRIP = (484, 716)
PAPER, CARD, SUNK, LINE = "#F6EFE3", "#FFFAF1", "#EBE1D0", "#D8CBB6"
EDGE, INK, INK_2, GLASS, ON_GLASS = "#8A7864", "#2A201A", "#64554A", "#1B1613", "#F7E9D3"
COLOURS = {
    "VCC": "#B8321C",
    "SDA": "#3E7196",
    "SCL": "#6E7A2A",
    "GND": INK,
    "MUTE": "#93567A",
    "APPROVE": "#3A7B63",
    "END": "#6656A6",
    "on air": "#C9552B",
    "request": "#A87410",
}
LIT = {"on air": "#E5482D", "request": "#F0B23E"}
BUTTONS = {"MUTE": 104, "APPROVE": 226, "END": 348}
LAMPS = {"on air": 850, "request": 1010}
NOTES = {
    (60, 664): (
        "The buttons stand as on the box, left to right.",
        "They need no resistor: the Pi has its own.",
        "The order of the screen’s pins differs from module",
        "to module: go by the letters printed on it.",
    ),
    (776, 500): (
        "The screen gets 3.3 V: with 5 V on it, its",
        "data lines would harm the Pi.",
        "",
        "Each lamp has 330 Ω in series; the LED’s long",
        "leg faces the resistor.",
        "",
        "Dashed pins stay free for an I²S sound card.",
        "",
        "Any pin but power and ground can be moved in",
        "the configuration, under [panel].",
    ),
}


def drawing(panel: Panel) -> str:
    """Return the whole SVG. Raises ValueError where a wire would have to cross the header."""
    by_pin = {wire.pin: wire for wire in wires(panel)}
    ends = {name(wire): wire for wire in by_pin.values()}
    parts = [
        text(60, 62, "Space box: the wiring", "title"),
        board(),
        *(label(at, by_pin.get(at)) for at in range(1, len(HEADER) + 1)),
        *screen(ends),
        *buttons(ends),
        *lamps(ends),
        *notes(),
    ]
    return "\n".join([OPENING, *parts, "</svg>", ""])


def name(wire: Wire) -> str:
    """Return what the drawing calls *wire*: its button, its lamp, or its terminal."""
    kind, _, which = wire.part.partition(" ")
    return which.strip("*") if kind in ("button", "lamp") else f"{kind} {wire.terminal}"


def colour(wire: Wire) -> str:
    return COLOURS["GND"] if means(wire.pin) == "GND" else COLOURS[name(wire).split("screen ")[-1]]


def row_y(wire: Wire, *, inner: bool) -> int:
    if wire.pin % 2 != inner:
        raise ValueError(f"{wire.part} on pin {wire.pin}: the drawing has it on the other row")
    return TOP + PITCH * ((wire.pin - 1) // 2)


# ---- the Pi -------------------------------------------------------------------------------


def board() -> str:
    left, right = STRIP
    bottom = TOP + 19 * PITCH
    middle = (left + right) // 2
    return "\n".join(
        (
            rect(left, 84, right - left, bottom - 84 + 40, 18, SUNK, LINE),
            rect(569, TOP - 17, 62, bottom - TOP + 34, 8, GLASS),
            text(middle, 72, "↑ this end: SD card", "small mid"),
            text(middle, bottom + 62, "↓ this end: USB", "small mid"),
        )
    )


def label(at: int, wire: Wire | None) -> str:
    """Draw one pin, and beside it what it is."""
    inner = at % 2 == 1
    x, y = INNER_X if inner else OUTER_X, TOP + PITCH * ((at - 1) // 2)
    middle = 525 if inner else 675
    sound = at in map(pin, SOUND)
    tone = colour(wire) if wire else "#6B5D50"
    pad = f'<circle cx="{x}" cy="{y}" r="10.5" fill="{tone}" stroke="#6B5D50"/>'
    if at == 1:
        pad = rect(x - 11, y - 11, 22, 22, 3, tone)
    number = text(x, y + 4, str(at), "num" if wire else "num idle")
    if wire:
        bridge = f'<path d="M{middle} {y}H{x}" stroke="{tone}" class="wire"/>'
        pill = rect(middle - 35, y - 12, 70, 24, 12, tone)
        return bridge + pill + text(middle, y + 5, means(at), "pill") + pad + number
    if sound:
        box = rect(middle - 35, y - 12, 70, 24, 12, PAPER, EDGE, "dash")
        return box + text(middle, y + 5, "I²S", "free") + pad + number
    return text(middle, y + 4.5, means(at), "idle-name") + pad + number


# ---- the parts ----------------------------------------------------------------------------


def screen(ends: dict[str, Wire]) -> list[str]:
    """The module, its four pins at the height of the header's first rows."""
    parts = [
        rect(60, 92, 300, 168, 12, "#24384A"),
        *(
            f'<circle cx="{x}" cy="{y}" r="6" fill="{PAPER}"/>'
            for x in (76, 344)
            for y in (108, 244)
        ),
        rect(88, 112, 196, 128, 4, GLASS),
        rect(104, 130, 62, 19, 3, ON_GLASS),
        text(135, 144.5, "ON AIR", "lcd dark mid"),
        text(176, 144.5, "0:42:10", "lcd"),
        text(104, 180, "Slow radio", "lcd big"),
        f'<path d="M104 210h112" stroke="{ON_GLASS}" class="level"/>',
        text(268, 214, "5/10", "lcd end"),
    ]
    for place, terminal in enumerate(("VCC", "SDA", "SCL", "GND")):
        wire = ends[f"screen {terminal}"]
        y, to = TOP + PITCH * place, row_y(wire, inner=True)
        jog = f"H440V{to}" if y != to else ""
        parts += [
            run(f"M346 {y}{jog}H490", wire),
            f'<circle cx="346" cy="{y}" r="6" fill="#E8C766"/>',
            text(332, y + 5, terminal, "silk"),
        ]
    return parts


def buttons(ends: dict[str, Wire]) -> list[str]:
    ground = ends["all other leg"]
    bus, to = 606, row_y(ground, inner=True)
    parts = [run(f"M{BUTTONS['MUTE']} 540V{bus}H440V{to}H490", ground)]
    parts += [run(f"M{x} 540V{bus}", ground) for x in list(BUTTONS.values())[1:]]
    parts += [dot(x, bus, INK) for x in list(BUTTONS.values())[1:]]
    for words, x in BUTTONS.items():
        wire = ends[words]
        parts += [
            run(f"M{x} 470V{row_y(wire, inner=True)}H490", wire),
            rect(x - 42, 456, 84, 96, 12, "#E3D3B4", INK, "line"),
            f'<circle cx="{x}" cy="494" r="27" fill="{CARD}" class="line" stroke="{INK}"/>',
            f'<circle cx="{x}" cy="494" r="19" fill="none" stroke="{LINE}" stroke-width="2"/>',
            text(x, 543, words, "name mid"),
        ]
    return parts


def lamps(ends: dict[str, Wire]) -> list[str]:
    ground = ends["both short leg"]
    bus, last = 120, LAMPS["request"]
    y = row_y(ground, inner=False)
    parts = [run(f"M710 {y}H764V{bus}H{last}V160", ground)]
    parts += [run(f"M{LAMPS['on air']} {bus}V160", ground), dot(LAMPS["on air"], bus, INK)]
    for words, x in LAMPS.items():
        wire = ends[words]
        parts += [
            run(f"M710 {row_y(wire, inner=False)}H{x}V200", wire),
            f'<circle cx="{x}" cy="190" r="46" fill="{LIT[words]}" opacity=".16"/>',
            f'<circle cx="{x}" cy="190" r="29" fill="{LIT[words]}" class="line" stroke="{INK}"/>',
            f'<path d="M{x - 15} 181a17 17 0 0 1 11-9" class="shine"/>',
            text(x + 56, 186, words, "name"),
            text(x + 56, 205, "LED", "small"),
            text(x + 14, 152, "short leg", "small"),
            text(x + 14, 244, "long leg", "small"),
            *resistor(x, 262),
        ]
    return parts


def resistor(x: int, y: int) -> list[str]:
    bands = (("#E08A2E", 10), ("#E08A2E", 21), ("#7A4A22", 32), ("#C9A24A", 46))
    return [
        rect(x - 11, y, 22, 60, 9, "#E9D3A8", INK, "line"),
        *(rect(x - 11, y + at, 22, 5, 0, tone) for tone, at in bands),
        text(x + 24, y + 35, "330 Ω", "name"),
    ]


def notes() -> list[str]:
    return [
        text(x, y + 24 * at, line, "note")
        for (x, y), lines in NOTES.items()
        for at, line in enumerate(lines)
    ]


# ---- strokes ------------------------------------------------------------------------------


def run(path: str, wire: Wire) -> str:
    return f'<path d="{path}" stroke="{colour(wire)}" class="wire"/>'


def dot(x: int, y: int, fill: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="6.5" fill="{fill}"/>'


def rect(
    x: float, y: float, w: float, h: float, r: float, fill: str, stroke: str = "", kind: str = ""
) -> str:
    line = f' stroke="{stroke}"' if stroke else ""
    known = f' class="{kind}"' if kind else ""
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}"{line}{known}/>'


def text(x: float, y: float, words: str, kind: str) -> str:
    return f'<text x="{x}" y="{y}" class="{kind}">{words}</text>'


STYLE = f"""
text {{ font: 15px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; fill: {INK} }}
.title {{ font: 600 30px ui-serif, "Iowan Old Style", Georgia, "Noto Serif", serif }}
.name {{ font-weight: 700 }}
.note {{ font-size: 15.5px; fill: {INK_2} }}
.small {{ font-size: 13px; fill: {INK_2} }}
.mid, .num, .pill, .free, .idle-name {{ text-anchor: middle }}
.end, .silk {{ text-anchor: end }}
.num {{ font: 700 11.5px ui-monospace, "DejaVu Sans Mono", monospace; fill: #FFF7EE }}
.idle {{ font-weight: 400; fill: #D8CBB6 }}
.pill {{ font-size: 13.5px; font-weight: 700; fill: #FFF7EE }}
.free {{ font-size: 13px; font-weight: 600; fill: {INK_2} }}
.idle-name {{ font-size: 12.5px; fill: {EDGE} }}
.silk {{ font: 700 13px ui-monospace, "DejaVu Sans Mono", monospace; fill: {ON_GLASS} }}
.lcd {{ font: 700 13px ui-monospace, "DejaVu Sans Mono", monospace; fill: {ON_GLASS} }}
.big {{ font-size: 21px }}
.dark {{ fill: {GLASS} }}
.wire {{ fill: none; stroke-width: 5; stroke-linejoin: round; stroke-linecap: round }}
.level {{ stroke-width: 9; stroke-dasharray: 5 3 }}
.line {{ stroke-width: 2.5 }}
.dash {{ stroke-width: 1.5; stroke-dasharray: 4 3 }}
.shine {{ fill: none; stroke: #FFF7EE; stroke-width: 4; stroke-linecap: round; opacity: .75 }}
"""
OPENING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    "\n<title>The panel's wires from the Raspberry Pi's header to screen, buttons and lamps</title>"
    f"\n<style>{STYLE}</style>\n{rect(0, 0, WIDTH, HEIGHT, 24, PAPER)}"
)


if __name__ == "__main__":
    TARGET.write_text(drawing(Panel()))
