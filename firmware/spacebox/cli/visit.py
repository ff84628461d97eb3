"""Being a guest elsewhere: going there, and coming home."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

from spacebox.cli.arguments import add_command
from spacebox.cli.control import Control
from spacebox.cli.render import plain

_TAKES_S = 60.0
"""Names to look up, a page to ask, two connections to open; each has its own deadline there."""
_WHERE = (
    "URL is the link of another box, its code on this network, whep+https://… to hear or "
    "whip+https://… to speak (or both), or janus+wss://HOST/…?room=ROOM."
)


def add_commands(commands: Any, asking: ArgumentParser) -> None:
    """Add ``join`` and ``leave``."""
    joining = add_command(commands, "join", "be a guest in a room elsewhere", parents=[asking])
    joining.epilog = _WHERE
    joining.add_argument("target", nargs="+", metavar="URL", help="a link, or a code")
    joining.add_argument("--pin", default="", metavar="PIN", help="where the room wants one")
    joining.set_defaults(action=join)
    leaving = add_command(commands, "leave", "leave the room elsewhere", parents=[asking])
    leaving.set_defaults(action=leave)


def join(args: Namespace) -> int:
    """Go there; return once the box is there."""
    wish = {"target": " ".join(args.target), "pin": args.pin}
    space = Control.find(args.socket).ask("POST", "/api/visit", wish, _TAKES_S)
    print(f"The box is in: {plain(space['title'])}")
    print(_next(space))
    return 0


def leave(args: Namespace) -> int:
    control = Control.find(args.socket)
    stay = control.space()["guest"]
    if stay is None:
        print("The box is at home.")
        return 0
    control.ask("DELETE", "/api/visit")
    print(f"Left {plain(stay['where'])}.")
    return 0


def _next(space: Mapping[str, Any]) -> str:
    if space.get("you", {}).get("role", "listener") != "listener":
        return "You are muted. To speak: spacebox do SetMuted muted=false"
    if "ask" in space["guest"]["abilities"]:
        return "You listen. To ask to speak: spacebox do RequestToSpeak"
    return "You listen."
