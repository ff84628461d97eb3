"""``spacebox welcome``: what is said at login, by ``systemd/motd``."""

from __future__ import annotations

import os
import socket
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any

from spacebox.cli.arguments import add_command
from spacebox.cli.control import Control
from spacebox.cli.failures import Failure
from spacebox.cli.render import Ink, heading, plain, table
from spacebox.config.load import read
from spacebox.config.places import CONFIG
from spacebox.config.schema import Box

PATIENCE_S = 2.0
_FAULTS_SHOWN = 3


def add_command_to(commands: Any, asking: Any) -> None:
    what = "how the box is, and what to do next (what is said at login)"
    command = add_command(commands, "welcome", what, parents=[asking])
    command.set_defaults(action=welcome)


def welcome(args: Namespace) -> int:
    """Say it. A box that does not answer is what is to be said then."""
    ink, box = Ink(sys.stdout, os.environ), _settings()
    name = box.name if box else socket.gethostname()
    print(f"\n{ink.bold(f'This is {name}, a Space box.')}")
    try:
        space = Control.find(args.socket, patience_s=PATIENCE_S).space()
    except Failure as failure:
        print(f"\n{failure}\n")
    else:
        print(f"\n{_told(space, box, ink)}\n")
    return 0


def _settings() -> Box | None:
    """Return how the box is called; None for who may not know."""
    try:
        content = CONFIG.read_bytes()
    except FileNotFoundError:
        content = b""
    except OSError:
        return None
    return read(content, str(CONFIG))[0].box


def _told(space: Mapping[str, Any], box: Box | None, ink: Ink) -> str:
    faults = [plain(fault) for fault in space["faults"]]
    rows = [
        ("State", heading(space, ink)),
        ("Page", space["link"]),
        *(("Fault", fault) for fault in faults[:_FAULTS_SHOWN]),
        *(("Next", step) for step in _next(space, box)),
    ]
    return "\n".join(table(rows))


def _next(space: Mapping[str, Any], box: Box | None) -> Iterator[str]:
    """Say what may be done now."""
    if box is not None and box.host == Box().host:
        yield "`sudo spacebox setup` asks for your name, and what else the box should know."
    if space["faults"]:
        yield "`spacebox doctor` says what to do about the fault."
    if space.get("guest") is None and space["state"] == "idle":
        yield "Hold MUTE for two seconds, or `spacebox start`: you are live, and muted."
    else:
        yield "`spacebox status` says who is here, `spacebox requests` who waits."
    yield "`spacebox --help` names the rest."
