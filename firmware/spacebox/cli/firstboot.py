"""``spacebox first-boot``: take in what the owner left on the card; systemd runs it."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from spacebox.cli.arguments import add_command
from spacebox.config.places import ON_CARD


def add_command_to(commands: Any) -> None:
    what = "take in what the owner left on the card (what systemd runs at the start)"
    command = add_command(commands, "first-boot", what)
    command.add_argument("--card", type=Path, metavar="DIR", help="default: /boot/firmware")
    command.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="default: /")
    command.set_defaults(action=take)


def take(args: Namespace) -> int:
    from spacebox.system.firstboot import CARD, first_boot, run_here

    root: Path = args.root
    try:
        mistakes = first_boot(args.card or CARD, root, run_here)
        told = root / ON_CARD.relative_to("/")
        told.parent.mkdir(parents=True, exist_ok=True)
        told.write_text("".join(f"{mistake}\n" for mistake in mistakes))
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    return 0
