"""Every story holds. REWRITE=1 writes into the files what happens now; read the difference."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from room.stories import play

STORIES = sorted((Path(__file__).parent / "stories").glob("*.story"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_story(path: Path) -> None:
    told = path.read_text(encoding="utf-8")
    happened = play(told)
    if os.environ.get("REWRITE"):
        path.write_text(happened, encoding="utf-8")
    else:
        assert happened == told


def test_a_story_that_lies_is_caught() -> None:
    told = "at 0  Mira: StartSpace\n    = live | stage: Mira(host open)\n"
    assert play(told) != told
    assert play(play(told)) == play(told)
