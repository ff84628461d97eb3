"""Says whether words are on a picture of the glass: ``python -m browser.glass PNG WORDS``."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from spacebox.panel.typesetting import Face, typeset


def says(picture: Image.Image, words: str) -> bool:
    """Look for *words* in every face, light on dark or dark on light."""
    glass = picture.convert("1")
    return any(_holds(glass, typeset(words, face).image) for face in Face)


def _holds(glass: Image.Image, words: Image.Image) -> bool:
    words = words.crop(words.getbbox())
    wide, high = words.size
    for ink in (words.tobytes(), words.point(lambda lit: 0 if lit else 255).tobytes()):
        for top in range(glass.height - high + 1):
            for left in range(glass.width - wide + 1):
                if glass.crop((left, top, left + wide, top + high)).tobytes() == ink:
                    return True
    return False


if __name__ == "__main__":
    print("yes" if says(Image.open(Path(sys.argv[1])), sys.argv[2]) else "no")
