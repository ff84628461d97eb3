"""What the box says, for people in a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

Row = Sequence[str]

_JOINERS = "\u200c\u200d"
_LAMP, _AMBER, _BOLD, _DIM, _GLASS = "31", "33", "1", "2", "97;40"


class Ink:
    """Colours, for terminals that want them: red for who is on air, amber for who waits."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        wanted = not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        self._on = wanted and stream.isatty()

    def lamp(self, text: str) -> str:
        return self._paint(text, _LAMP)

    def amber(self, text: str) -> str:
        return self._paint(text, _AMBER)

    def bold(self, text: str) -> str:
        return self._paint(text, _BOLD)

    def dim(self, text: str) -> str:
        return self._paint(text, _DIM)

    def glass(self, text: str) -> str:
        """Make what is lit bright, also where the terminal writes dark on light."""
        return self._paint(text, _GLASS)

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._on else text


def plain(text: str) -> str:
    """Drop what could steer a terminal or turn its writing direction round."""
    return "".join(c for c in text if c in _JOINERS or unicodedata.category(c)[0] != "C")


def width(text: str) -> int:
    """Return how many columns *text* takes: East Asian wide characters take two (UAX #11)."""
    return sum(_columns(c) for c in text)


def table(rows: Iterable[Row], right: frozenset[int] = frozenset()) -> list[str]:
    """Line up columns two spaces apart; those numbered in *right* end flush."""
    rows = list(rows)
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_cells(row, widths, right)).rstrip() for row in rows]


def clock(seconds: float) -> str:
    """Write a duration as 0:07, 12:31 or 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def status(space: Mapping[str, Any], ink: Ink) -> str:
    """Draw the host's snapshot."""
    stay = space.get("guest")
    lines = [heading(space, ink)]
    if stay is not None:
        lines += ["", *_stay(stay, ink), f"You        {_guest(space, ink)}"]
    elif space["state"] != "idle":
        lines += ["", _voice(space["on_air"], ink)]
    if space["state"] != "idle" and (stay is None or "see" in stay["abilities"]):
        lines += [*_stage(space), f"Audience   {space['listeners']} listening"]
    if space["requests"]:
        lines += [ink.amber(f"Waiting    {len(space['requests'])}")]
        lines += [f"  {line}" for line in _queue(space["requests"])]
    if parting := space.get("parting"):
        lines += [f"Was away   {plain(parting['heading'])}. {plain(parting['text'])}"]
    if reach := space.get("reachability"):
        lines += [f"Reach      {plain(reach).lower()}"]
    lines += [f"{ink.bold('Fault')}      {plain(fault)}" for fault in space.get("faults", ())]
    return "\n".join(lines)


def requests(waiting: Sequence[Mapping[str, Any]], ink: Ink) -> str:
    """Draw the queue, the first in line on top."""
    return "\n".join(_queue(waiting)) if waiting else ink.dim("Nobody is waiting.")


_WORDS = {"idle": "OFF AIR", "live": "ON AIR", "wrapping": "ON AIR, closing soon", "ended": "ENDED"}


def heading(space: Mapping[str, Any], ink: Ink) -> str:
    """Draw the line that says what goes on."""
    if space.get("guest") is not None:
        return _away(space, ink)
    state = space["state"]
    word = _WORDS[state]
    title = ink.bold(plain(space["title"]))
    parts = [ink.lamp(word) if state in ("live", "wrapping") else word]
    if title:
        parts.append(title)
    if state != "idle":
        parts.append(clock(space["elapsed_s"]))
    if space["recording"]:
        parts.append("REC")
    return "  ".join(parts)


def _away(space: Mapping[str, Any], ink: Ink) -> str:
    parts = ["A GUEST", ink.bold(plain(space["title"]))]
    if space["state"] != "idle":
        parts.append(clock(space["elapsed_s"]))
    return "  ".join(parts)


_LINKS = {"joining": "on the way", "there": "there", "lost": "lost"}


def _stay(stay: Mapping[str, Any], ink: Ink) -> list[str]:
    words = _LINKS[stay["link"]]
    if stay["again_s"] is not None:
        words += f", tried again in {stay['again_s']:.0f} s"
    if stay["trouble"]:
        words += f": {plain(stay['trouble'])}"
    line = words if stay["link"] == "there" else ink.amber(words)
    return [f"At         {plain(stay['where'])}", f"Line       {line}"]


def _guest(space: Mapping[str, Any], ink: Ink) -> str:
    """Say what one is in the room there."""
    you, stay = space.get("you"), space["guest"]
    if you is None:
        return "not in yet"
    if you["role"] != "listener":
        if stay["muted"]:
            return "on stage, muted"
        return _open(stay["heard"], ink)
    if you["invited"]:
        return ink.amber("invited to the stage")
    waiting = [request["participant"] for request in space["requests"]]
    if you["participant"] in waiting:
        return f"waiting, number {waiting.index(you['participant']) + 1} in line"
    return "listening"


def _voice(on_air: Mapping[str, Any], ink: Ink) -> str:
    match on_air["mic"]:
        case "open":
            words = _open(on_air["heard"], ink)
        case "lost":
            words = ink.amber("no microphone: is it plugged in?")
        case _:
            words = "muted"
    return f"You        {words}"


def _open(heard: bool, ink: Ink) -> str:
    return ink.lamp("open, and heard") if heard else ink.amber("open, but nobody receives you")


def _stage(space: Mapping[str, Any]) -> list[str]:
    on_stage = [p for p in space["participants"] if p["role"] != "listener"]
    speakers = sum(p["role"] == "speaker" for p in on_stage)
    queue = "" if space["stage"]["queue_open"] else ", the queue is closed"
    rows = [(plain(p["name"]), p["role"], _state(p), clock(p["talk_s"]), p["id"]) for p in on_stage]
    lines = [f"  {line}" for line in table(rows, frozenset({3}))]
    return [f"Stage      {speakers} of {space['stage']['limit']}{queue}", *lines]


def _state(person: Mapping[str, Any]) -> str:
    if not person["connected"]:
        return "away"
    if person["muted"]:
        return "muted"
    return "speaking" if person["speaking"] else "open"


def _queue(waiting: Sequence[Mapping[str, Any]]) -> list[str]:
    rows = [
        (
            str(place),
            plain(request["name"]),
            clock(request["waiting_s"]),
            request["participant"],
            plain(request["reason"]),
        )
        for place, request in enumerate(waiting, 1)
    ]
    return table(rows, frozenset({0, 2}))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _cells(row: Row, widths: Sequence[int], right: frozenset[int]) -> list[str]:
    cells = []
    for column, (cell, wide) in enumerate(zip(row, widths, strict=True)):
        gap = " " * (wide - width(cell))
        cells.append(gap + cell if column in right else cell + gap)
    return cells
