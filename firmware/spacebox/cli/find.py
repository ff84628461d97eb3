"""`spacebox find`: which boxes are on this network. Needs no box on this machine."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from spacebox.cli.arguments import add_command, seconds
from spacebox.cli.failures import Refusal
from spacebox.cli.render import Ink, plain, table

if TYPE_CHECKING:
    from spacebox.ports.elsewhere import Neighbour

ENOUGH_S = 3.0
WORDS = {"idle": "off air", "live": "ON AIR", "wrapping": "ON AIR, closing soon", "ended": "ended"}


def add_commands(commands: Any) -> None:
    find = add_command(commands, "find", "list the boxes on this network")
    find.add_argument("--json", action="store_true", help="print one JSON document")
    find.add_argument(
        "--seconds",
        type=seconds,
        default=ENOUGH_S,
        metavar="N",
        help=f"how long to listen for them (default: {ENOUGH_S:.0f}; some answer after 2 only)",
    )
    find.set_defaults(action=run)


def run(args: Namespace) -> int:
    boxes = _look(args.seconds)
    if args.json:
        listed = [dataclasses.asdict(box) for box in boxes]
        print(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        print(drawn(boxes, Ink(sys.stdout, os.environ)))
    return 0


def drawn(boxes: Sequence[Neighbour], ink: Ink) -> str:
    """Draw a list of boxes, with what to open for each."""
    if not boxes:
        return "No box is announced on this network."
    lines = table([(plain(b.name), WORDS[b.state], b.code, b.url, plain(b.title)) for b in boxes])
    on_air = [box.state in ("live", "wrapping") for box in boxes]
    return "\n".join(
        ink.bold(line) if live else line for line, live in zip(lines, on_air, strict=True)
    )


def _look(seconds: float) -> tuple[Neighbour, ...]:
    # Only here: everything else that the command line does is quicker without.
    import asyncio

    from spacebox.system.neighbours import look_around
    from spacebox.system.network import survey

    network = survey()
    if not network.interfaces:
        raise Refusal("This machine is on no network. Connect it, then try again.")
    try:
        return asyncio.run(look_around(network, seconds))
    except OSError as error:
        raise Refusal(f"Nobody on this network can be asked: {error.strerror}.") from None
