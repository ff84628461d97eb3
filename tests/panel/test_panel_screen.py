"""Each screen against its golden picture; ``REWRITE=1`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from panel.samples import SAMPLES
from spacebox.panel.screen import draw

GOLDEN = Path(__file__).parent / "golden"
REWRITE = os.environ.get("REWRITE") == "1"


@pytest.mark.parametrize("name", SAMPLES)
def test_looks_as_it_did(name: str) -> None:
    picture = draw(SAMPLES[name])
    file = GOLDEN / f"{name}.png"
    if REWRITE:
        picture.save(file, optimize=True)
    with Image.open(file) as golden:
        assert (picture.mode, picture.size) == (golden.mode, golden.size) == ("1", (128, 64))
        assert picture.tobytes() == golden.tobytes()
