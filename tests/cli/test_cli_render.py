import io
import re
from typing import Any

import pytest

from spacebox.cli.render import Ink, clock, plain, requests, status, table, width


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


PAPER = Ink(io.StringIO(), {})
SCREEN = Ink(Terminal(), {})

LIVE: dict[str, Any] = {
    "state": "live",
    "title": "Friday night radio",
    "elapsed_s": 2530.4,
    "recording": True,
    "stage": {"limit": 10, "queue_open": True},
    "listeners": 27,
    "on_air": {"mic": "open", "heard": True},
    "participants": [
        {
            "id": "host",
            "name": "Mira",
            "role": "host",
            "muted": False,
            "speaking": True,
            "connected": True,
            "talk_s": 754.2,
        },
        {
            "id": "a1",
            "name": "李小龍",
            "role": "speaker",
            "muted": True,
            "speaking": False,
            "connected": True,
            "talk_s": 7,
        },
        {
            "id": "b2",
            "name": "Ana",
            "role": "listener",
            "muted": True,
            "speaking": False,
            "connected": True,
            "talk_s": 0,
        },
    ],
    "requests": [{"participant": "b2", "name": "Ana", "reason": "The valve", "waiting_s": 42.0}],
    "reachability": "UNKNOWN",
    "faults": ["sound: the microphone is lost"],
}


def test_draws_a_live_space() -> None:
    assert status(LIVE, PAPER).splitlines() == [
        "ON AIR  Friday night radio  42:10  REC",
        "",
        "You        open, and heard",
        "Stage      1 of 10",
        "  Mira    host     speaking  12:34  host",
        "  李小龍  speaker  muted      0:07  a1",
        "Audience   27 listening",
        "Waiting    1",
        "  1  Ana  0:42  b2  The valve",
        "Reach      unknown",
        "Fault      sound: the microphone is lost",
    ]


def test_draws_an_idle_box() -> None:
    idle = {**LIVE, "state": "idle", "title": "", "recording": False, "requests": [], "faults": []}
    assert status(idle, PAPER).splitlines() == ["OFF AIR", "Reach      unknown"]


@pytest.mark.parametrize(
    ("mic", "heard", "words"),
    [
        ("open", False, "open, but nobody receives you"),
        ("muted", True, "muted"),
        ("lost", False, "no microphone: is it plugged in?"),
    ],
)
def test_says_how_the_host_is_heard(mic: str, heard: bool, words: str) -> None:
    space = {**LIVE, "on_air": {"mic": mic, "heard": heard}}
    assert f"You        {words}" in status(space, PAPER).splitlines()


def test_says_that_somebody_is_away_and_the_queue_closed() -> None:
    away = [{**LIVE["participants"][1], "connected": False}]
    space = {**LIVE, "participants": away, "stage": {"limit": 1, "queue_open": False}}
    lines = status(space, PAPER).splitlines()
    assert lines[3:5] == [
        "Stage      1 of 1, the queue is closed",
        "  李小龍  speaker  away  0:07  a1",
    ]


def test_an_empty_queue_is_a_sentence() -> None:
    assert requests([], PAPER) == "Nobody is waiting."


def test_colours_are_for_terminals_that_want_them() -> None:
    assert "\x1b[31mON AIR\x1b[0m" in status(LIVE, SCREEN)
    for ink in (PAPER, Ink(Terminal(), {"NO_COLOR": "1"}), Ink(Terminal(), {"TERM": "dumb"})):
        assert "\x1b" not in status(LIVE, ink)
    assert re.sub(r"\x1b\[\d+m", "", status(LIVE, SCREEN)) == status(LIVE, PAPER)


def test_what_guests_write_cannot_steer_the_terminal() -> None:
    asked = {**LIVE["requests"][0], "name": "A\x1b[2Jna\u202e", "reason": "a\nb\x07"}
    assert requests([asked], SCREEN) == "1  A[2Jna  0:42  b2  ab"
    assert plain("👩\u200d💻") == "👩\u200d💻"


@pytest.mark.parametrize(
    ("text", "columns"),
    [("Ana", 3), ("李小龍", 6), ("e\u0301", 1), ("ﾊﾛｰ", 3), ("שלום", 4), ("", 0)],
)
def test_knows_how_wide_a_name_is(text: str, columns: int) -> None:
    assert width(text) == columns


def test_lines_up_columns() -> None:
    assert table([("a", "1", "x"), ("李", "22", "")], frozenset({1})) == ["a    1  x", "李  22"]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59.9, "0:59"), (754, "12:34"), (3723, "1:02:03")]
)
def test_writes_durations(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
