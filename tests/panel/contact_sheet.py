"""Puts all golden pictures on one sheet, to be looked at.

Usage, from tests/: python -m panel.contact_sheet
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from panel.samples import SAMPLES
from spacebox.panel.typesetting import Face, typeset

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SHEET = HERE / "contact-sheet.png"
COLUMNS, SCALE, MARGIN, LABEL = 5, 3, 24, 44
INK, GLASS, GROUND, PALE = (247, 233, 211), (14, 11, 9), (40, 33, 28), (200, 185, 165)


def enlarged(picture: Image.Image, scale: int = SCALE) -> Image.Image:
    """Return a glass in its colours, each pixel a square with a dark rim, as on the real one."""
    glass = Image.new("RGB", picture.size, GLASS)
    glass.paste(INK, mask=picture)
    return glass.resize((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)


def sheet() -> Image.Image:
    """Return the sheet of what is in the golden folder."""
    wide, high = 128 * SCALE + MARGIN, 64 * SCALE + LABEL
    rows = -(-len(SAMPLES) // COLUMNS)
    paper = Image.new("RGB", (COLUMNS * wide + MARGIN, rows * high + MARGIN), GROUND)
    pen = ImageDraw.Draw(paper)
    for place, name in enumerate(SAMPLES):
        x, y = MARGIN + place % COLUMNS * wide, MARGIN + place // COLUMNS * high
        with Image.open(GOLDEN / f"{name}.png") as picture:
            paper.paste(enlarged(picture), (x, y))
        label = typeset(name, Face.SMALL).image
        pen.bitmap((x, y + 64 * SCALE + 4), label.resize((label.width * 2, label.height * 2)), PALE)
    return paper


def main() -> None:
    sheet().save(SHEET, optimize=True)
    print(f"{SHEET}: {len(SAMPLES)} pictures")


if __name__ == "__main__":
    main()
