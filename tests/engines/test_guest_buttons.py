"""An evening as a guest by the buttons of two boxes, and what each of them plays."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from box import Box, eventually, running_box
from spacebox.panel.press import FRESH_S
from tones import amplitude, read_wav

THERE_HZ, HERE_HZ = 600, 440
LATELY = 12_000


class Played:
    """What a box's speaker plays."""

    def __init__(self, folder: Path, hertz: int) -> None:
        folder.mkdir()
        self._file = folder / "speaker.wav"
        self.args = ("--mic", f"tone:{hertz}", "--speaker", f"file:{self._file}")

    def has(self, *loud: int, quiet: tuple[int, ...] = ()) -> bool:
        """Say whether the last quarter of a second has all of *loud* in it, and no *quiet*."""
        lately = read_wav(self._file)[-LATELY:]
        return (
            len(lately) == LATELY
            and all(amplitude(lately, hertz) > 0.03 for hertz in loud)
            and all(amplitude(lately, hertz) < 0.01 for hertz in quiet)
        )


def guest(box: Box) -> dict[str, Any]:
    """Return what a box says of where it is a guest."""
    told: dict[str, Any] | None = box.space()["guest"]
    assert told is not None
    return told


def press(box: Box, *button: str) -> None:
    """Press what is on the glass by now: what has just come up takes no press."""
    time.sleep(2 * FRESH_S)
    box.cli("press", *button)


def test_an_evening_by_buttons(tmp_path: Path) -> None:
    at_there, at_here = Played(tmp_path / "there", THERE_HZ), Played(tmp_path / "here", HERE_HZ)
    with (
        running_box(tmp_path / "there", *at_there.args) as there,
        running_box(tmp_path / "here", *at_here.args, start=None) as here,
    ):
        press(there, "mute")
        here.cli("join", there.guests)
        eventually(lambda: at_here.has(THERE_HZ, quiet=(HERE_HZ,)))
        press(here, "approve")
        (request,) = eventually(lambda: there.space()["requests"])
        press(there, "approve")
        eventually(lambda: here.space()["you"]["role"] == "speaker")
        assert guest(here)["muted"]
        press(here, "mute")
        eventually(lambda: at_there.has(HERE_HZ, quiet=(THERE_HZ,)))
        eventually(lambda: guest(here)["heard"] and not guest(here)["muted"])
        eventually(lambda: at_here.has(THERE_HZ, quiet=(HERE_HZ,)))
        there.command("Mute", participant=request["participant"])
        eventually(lambda: guest(here)["muted"])
        eventually(lambda: at_there.has(quiet=(HERE_HZ,)))
        press(here, "mute")
        eventually(lambda: at_there.has(HERE_HZ))
        press(here, "approve", "--hold", "1.5")
        eventually(lambda: here.space()["you"]["role"] == "listener")
        eventually(lambda: at_there.has(quiet=(HERE_HZ,)))
        press(here, "end", "--hold", "3.5")
        eventually(lambda: here.space()["guest"] is None)
        assert here.space()["state"] == "idle"
        assert [p["id"] for p in there.space()["participants"]] == ["host"]
        eventually(lambda: at_here.has(quiet=(THERE_HZ, HERE_HZ)))
