"""`spacebox press` and `spacebox screen`, against a running box."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from box import Box, eventually, running_box
from spacebox.cli import front
from spacebox.web import schemas


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("box")
    with running_box(folder, "--mic", "silence", "--speaker", "none") as box:
        yield box


def muted(box: Box) -> bool:
    return bool(box.space()["on_air"]["mic"] == "muted")


def test_a_tap_acts_and_a_hold_is_as_long_as_asked(box: Box) -> None:
    assert muted(box)
    assert box.cli("press", "mute") == ""
    eventually(lambda: not muted(box))
    before = time.monotonic()
    box.cli("press", "mute", "--hold", "0.5")
    assert time.monotonic() - before >= 0.5
    eventually(lambda: not muted(box))
    box.cli("press", "mute", "--times", "3")
    eventually(lambda: muted(box))


def test_the_glass_is_drawn_in_what_room_there_is(box: Box) -> None:
    wide = Box(box.url, box.guests, {**box.env, "COLUMNS": "128"}, box.process)
    narrow = Box(box.url, box.guests, {**box.env, "COLUMNS": "80"}, box.process)
    drawn = wide.cli("screen").splitlines()
    assert [len(line) for line in drawn] == [128] * 32
    assert {*"".join(drawn)} <= {*" ▀▄█"}
    assert "█" in drawn[2]
    drawn = narrow.cli("screen").splitlines()
    assert [len(line) for line in drawn] == [64] * 16


def test_the_glass_is_written_to_a_file(box: Box, tmp_path: Path) -> None:
    file = tmp_path / "glass.png"
    box.cli("screen", "--png", str(file), "--scale", "3")
    with Image.open(file) as picture:
        assert (picture.mode, picture.size, picture.format) == ("1", (384, 192), "PNG")
        assert picture.getextrema() == (0, 255)
        assert picture.resize((128, 64)).resize((384, 192)).tobytes() == picture.tobytes()


def test_a_file_that_cannot_be_written(box: Box, tmp_path: Path) -> None:
    said = box.cli("screen", "--png", str(tmp_path / "no" / "glass.png"), status=2)
    assert said == f"{tmp_path}/no/glass.png: no such file or directory\n"


@pytest.mark.parametrize("wish", ["--hold=0", "--hold=-1", "--hold=121", "--hold=nan", "--hold=x"])
def test_a_hold_that_cannot_be_meant(box: Box, wish: str) -> None:
    said = box.cli("press", "end", wish, status=2)
    assert "--hold: must be more than 0 and up to 120 seconds, not " in said


@pytest.mark.parametrize("wish", ["--times=0", "--times=-1", "--times=21", "--times=1.5"])
def test_taps_that_cannot_be_meant(box: Box, wish: str) -> None:
    said = box.cli("press", "end", wish, status=2)
    assert "--times: must be a whole number from 1 to 20, not " in said


def test_what_can_be_asked_is_what_the_box_takes() -> None:
    assert front.HOLD_MAX_S == schemas.HOLD_MAX_S
    assert (front.TAPS[0], front.TAPS[-1]) == (1, schemas.TAPS_MAX)
    assert front.BUTTONS == schemas.BUTTONS
