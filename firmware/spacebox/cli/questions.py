"""What `spacebox setup` asks, in its order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from spacebox.config.schema import Config

ASOUND = Path("/proc/asound")
_CARD = re.compile(r"^ *(\d+) \[.*\]: .*? - (.+)$", re.M)

Value: TypeAlias = str | bool | int


@dataclass(frozen=True, slots=True)
class Choice:
    value: Value
    words: str


@dataclass(frozen=True, slots=True)
class Question:
    """One setting, and how to ask for it; free text where there is nothing to choose from."""

    key: str
    words: str
    choices: tuple[Choice, ...] = ()
    when: Callable[[Config], bool] = lambda _: True
    """Whether it is to be asked, by what was answered so far."""


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    questions: tuple[Question, ...]


def chapters(asound: Path = ASOUND) -> tuple[Chapter, ...]:
    """Return all there is to ask; *asound* is where Linux lists the sound cards."""
    return (_BOX, _SPACE, Chapter("Sound", (*_cards(asound), _ECHO)), _PANEL, _GUESTS, _UPDATES)


def _yes_no(yes: Value = True, no: Value = False) -> tuple[Choice, Choice]:
    return Choice(yes, "yes"), Choice(no, "no")


_BOX = Chapter(
    "The box",
    (
        Question("box.name", "Its name in your network; the page is at http://NAME.local"),
        Question("box.host", "Your own name, as guests see it"),
    ),
)
_SPACE = Chapter(
    "Your Spaces",
    (
        Question("space.title", "What they are called, unless you say otherwise"),
        Question(
            "space.access",
            "Who may come in",
            (
                Choice("open", "everybody who has the link"),
                Choice("pin", "who knows the four digits on the box's screen"),
                Choice("invite", "who has an invitation from you"),
            ),
        ),
        Question("space.stage_limit", "How many guests may be on stage at once, from 1 to 12"),
    ),
)
_ECHO = Question(
    "sound.echo_cancellation",
    "Shall the box take its speaker's echo out of your microphone? No, if you have headphones or "
    "a conference speaker that does so itself",
    _yes_no(),
)
_PANEL = Chapter(
    "The screen",
    (
        Question(
            "panel.screen.driver",
            "Its controller, as printed on it or in its description",
            (
                Choice("ssd1306", "SSD1306, as on most of 0.96 inch"),
                Choice("sh1106", "SH1106, as on most of 1.3 inch"),
                Choice("ssd1309", "SSD1309, as on most of 2.42 inch"),
            ),
        ),
        Question("panel.screen.rotate", "Is it mounted upside down?", _yes_no(180, 0)),
    ),
)
_GUESTS = Chapter(
    "Guests from outside your network",
    (
        Question(
            "network.tunnel",
            "How they come in",
            (
                Choice("", "not at all, or by a port that the router forwards"),
                Choice("cloudflared", "by cloudflared, which you install"),
                Choice("tailscale", "by tailscale, which you install and set up"),
                Choice("ssh", "by ssh to a server of yours"),
            ),
        ),
        Question(
            "network.tunnel_to",
            "Where ssh goes, as user@host",
            when=lambda config: config.network.tunnel == "ssh",
        ),
        Question(
            "box.public_url",
            "The page's address from outside, as https://…, if there is a lasting one",
            when=lambda config: config.network.tunnel in ("", "ssh"),
        ),
        Question(
            "network.public_address",
            "The router's own address, if it stays the same and forwards UDP port 50000",
            when=lambda config: not config.network.tunnel and config.network.media_port == 50000,
        ),
    ),
)
_UPDATES = Chapter(
    "New versions",
    (
        Question("update.source", "The address of the folder where they are, if you know one"),
        Question(
            "update.automatic",
            "Install them at night, while nobody is on air?",
            _yes_no(),
            when=lambda config: bool(config.update.source),
        ),
    ),
)


def _cards(asound: Path) -> Iterator[Question]:
    """Yield what to ask of the sound cards that are plugged in."""
    for key, words, way in (
        ("sound.microphone", "Which microphone", "capture"),
        ("sound.speaker", "Which speaker", "playback"),
    ):
        named = [Choice(f"card:{name}", name) for name in _names(asound, way)]
        if named:
            yield Question(key, words, (Choice("card", "the first one there is"), *named))


def _names(asound: Path, way: str) -> list[str]:
    """Return the names of the cards that can do *way*, in their order."""
    try:
        cards, streams = (asound / "cards").read_text(), (asound / "pcm").read_text()
    except OSError:  # a machine without sound
        return []
    able = {int(line[:2]) for line in streams.splitlines() if f": {way} " in line}
    return [name for number, name in _CARD.findall(cards) if int(number) in able]
