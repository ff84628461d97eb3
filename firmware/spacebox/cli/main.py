"""The command line: what there is to say, and who does it.

Only what every command needs is imported here, so that ``spacebox status`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import (
    SUPPRESS,
    ArgumentParser,
    BooleanOptionalAction,
    Namespace,
    RawDescriptionHelpFormatter,
)
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from spacebox.cli import find, firstboot, front, moderate, render, update, visit, welcome
from spacebox.cli.arguments import ShowVersion, add_command, checked, port, seconds
from spacebox.cli.control import Control
from spacebox.cli.failures import Failure
from spacebox.config import checks
from spacebox.config.load import ConfigError

Action = Callable[[Namespace], int]

_EXITS = """\
exit status: 0 done, 1 refused by the box, 2 wrong usage or configuration,
3 no box reachable"""


_LINKS = (
    "It holds until the Space is over. A listener's is for many, a speaker's and a co-host's for "
    "one person, a host's for one use."
)
_LISTEN = "of the page (default: 127.0.0.1, this machine only; 0.0.0.0 lets the network in)"


def entry() -> None:
    sys.exit(main(sys.argv[1:]))


def main(argv: Sequence[str]) -> int:
    """Do what *argv* asks; return the exit status."""
    args = parser().parse_args(argv)
    action: Action = args.action
    try:
        status = action(args)
        sys.stdout.flush()
        return status
    except Failure as failure:
        print(failure, file=sys.stderr)
        return failure.status
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output left; nothing more is to be flushed to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def parser() -> ArgumentParser:
    top = ArgumentParser(
        "spacebox",
        description="Host live audio rooms from a small box.",
        epilog=_EXITS,
        formatter_class=RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=ShowVersion, nargs=0, help="show the version and exit")
    top.add_argument("--socket", type=Path, metavar="PATH", help="the box's control socket")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    commands.required = True
    asking = ArgumentParser(add_help=False)
    asking.add_argument("--socket", type=Path, metavar="PATH", default=SUPPRESS, help=SUPPRESS)
    reading = ArgumentParser(add_help=False, parents=[asking])
    reading.add_argument("--json", action="store_true", help="print one JSON document")
    _add_box(commands, asking)
    _add_space(commands, asking, reading)
    _add_people(commands, asking, reading)
    _add_front(commands, asking)
    visit.add_commands(commands, asking)
    find.add_commands(commands)
    update.add_commands(commands, asking, reading)
    firstboot.add_command_to(commands)
    welcome.add_command_to(commands, asking)
    _add_configuration(commands, reading)
    return top


def _add_box(commands: Any, asking: ArgumentParser) -> None:
    run = add_command(commands, "run", "run the box on a Raspberry Pi (what systemd starts)")
    run.add_argument("--config", type=Path, metavar="FILE")
    run.set_defaults(action=_run)
    what = "bring guests in by the program in network.tunnel"
    tunnel = add_command(commands, "tunnel", what, parents=[asking])
    tunnel.add_argument("--config", type=Path, metavar="FILE")
    tunnel.add_argument("--port", type=port, metavar="N", help="of the page, if not as configured")
    tunnel.set_defaults(action=_tunnel)
    sim = add_command(commands, "sim", "run the box without a Raspberry Pi")
    sim.add_argument("--config", type=Path, metavar="FILE")
    sim.add_argument(
        "--port", type=port, metavar="N", help="of the page (default: 8080; 0 picks a free one)"
    )
    sim.add_argument("--listen", default="127.0.0.1", metavar="ADDRESS", help=_LISTEN)
    sim.add_argument("--state", type=Path, metavar="DIR", help="keep recordings and keys there")
    sim.add_argument(
        "--mic",
        type=checked(checks.microphone),
        metavar="WHAT",
        help="card, card:NAME, tone, tone:HZ, file:PATH or silence",
    )
    sim.add_argument(
        "--speaker",
        type=checked(checks.speaker),
        metavar="WHERE",
        help="card, card:NAME, file:PATH or none",
    )
    sim.add_argument("--start", metavar="TITLE", help="go live at once, muted")
    sim.add_argument("--record", action="store_true", help="record that Space")
    sim.add_argument("--seconds", type=seconds, metavar="N", help="end after so long")
    sim.set_defaults(action=_sim)


def _add_space(commands: Any, asking: ArgumentParser, reading: ArgumentParser) -> None:
    status = add_command(commands, "status", "who is here, and is all well?", parents=[reading])
    status.set_defaults(action=_status)
    start = add_command(commands, "start", "open the Space", parents=[asking])
    start.add_argument("--title", metavar="T")
    start.add_argument("--topic", action="append", metavar="T", help="up to three times")
    start.add_argument("--record", action=BooleanOptionalAction, default=None)
    start.add_argument("--access", choices=("open", "pin", "invite"))
    start.set_defaults(action=moderate.start)
    end = add_command(commands, "end", "end the Space", parents=[asking])
    end.add_argument("--now", action="store_true", help="without wrapping up, without grace")
    end.set_defaults(action=moderate.end)
    link = add_command(commands, "link", "print an invitation link", parents=[reading])
    link.epilog = _LINKS
    roles = ("listener", "speaker", "cohost", "host")
    link.add_argument("--role", choices=roles, default="listener")
    link.set_defaults(action=_link)
    do = add_command(commands, "do", "send any command to the room", parents=[asking])
    do.add_argument("name", metavar="COMMAND", help="such as SetMuted")
    do.add_argument("fields", nargs="*", type=checked(moderate.field), metavar="KEY=VALUE")
    do.set_defaults(action=moderate.do)


def _add_people(commands: Any, asking: ArgumentParser, reading: ArgumentParser) -> None:
    queue = add_command(commands, "requests", "who waits to speak", parents=[reading])
    queue.set_defaults(action=_requests)
    for name, what in (
        ("approve", "let somebody in who waits"),
        ("decline", "say no to somebody who waits"),
        ("defer", "put somebody at the end of the line"),
    ):
        command = add_command(commands, name, what, parents=[asking])
        command.add_argument("who", nargs="?", metavar="NAME|ID", help="else the first in line")
        command.set_defaults(action=moderate.queue)
    for name, what in (
        ("invite", "ask somebody to come up"),
        ("mute", "mute somebody"),
        ("remove", "show somebody out"),
        ("cohost", "make somebody a co-host"),
        ("audience", "move somebody to the audience"),
    ):
        command = add_command(commands, name, what, parents=[asking])
        command.add_argument("who", metavar="NAME|ID")
        command.set_defaults(action=moderate.people)
        if name == "remove":
            command.add_argument("--ban", action="store_true", help="and not in again")


def _add_front(commands: Any, asking: ArgumentParser) -> None:
    press = add_command(commands, "press", "press a button of the simulated box", parents=[asking])
    press.add_argument("button", choices=front.BUTTONS)
    press.add_argument(
        "--hold", type=checked(front.hold), metavar="SECONDS", help="instead of a tap"
    )
    press.add_argument(
        "--times", type=checked(front.taps), default=1, metavar="N", help="2 is a double tap"
    )
    press.set_defaults(action=front.press)
    screen = add_command(commands, "screen", "show what is on the box's glass", parents=[asking])
    screen.add_argument("--png", type=Path, metavar="FILE", help="write it there")
    screen.add_argument(
        "--scale", type=checked(front.scale), default=1, metavar="N", help="pixels for each"
    )
    screen.set_defaults(action=front.screen)


def _add_configuration(commands: Any, reading: ArgumentParser) -> None:
    doctor = add_command(commands, "doctor", "check what a Space needs", parents=[reading])
    doctor.add_argument("--config", type=Path, metavar="FILE")
    doctor.set_defaults(action=_doctor)
    setup = add_command(commands, "setup", "be asked what the box should know, and write it down")
    setup.add_argument("--config", type=Path, metavar="FILE")
    setup.set_defaults(action=_setup)
    config = add_command(commands, "config", "look at the configuration and change it")
    verbs = config.add_subparsers(title="commands", metavar="COMMAND", dest="verb")
    verbs.required = True
    check = add_command(verbs, "check", "name each mistake by its line", parents=[reading])
    check.add_argument("file", nargs="?", type=Path, metavar="FILE")
    check.set_defaults(action=_configure)
    for name, what in (
        ("show", "print all settings"),
        ("get", "print one setting"),
        ("set", "change one setting"),
        ("path", "print where the file is"),
    ):
        verb = add_command(verbs, name, what, parents=[reading] if name != "set" else [])
        verb.add_argument("--config", type=Path, metavar="FILE")
        verb.set_defaults(action=_configure)
        if name in ("get", "set"):
            verb.add_argument("key", metavar="KEY", help="such as panel.buttons.mute")
        if name == "set":
            verb.add_argument("value", metavar="VALUE")


def _run(args: Namespace) -> int:
    from spacebox.daemon.run import main as run

    return run(args)


def _tunnel(args: Namespace) -> int:
    from spacebox.cli.tunnel import tunnel

    return tunnel(args)


def _sim(args: Namespace) -> int:
    from spacebox.sim.run import main as run

    return run(args)


def _doctor(args: Namespace) -> int:
    from spacebox.cli.doctor import doctor

    return doctor(args)


def _setup(args: Namespace) -> int:
    from spacebox.cli.setup import setup

    return setup(args)


def _configure(args: Namespace) -> int:
    from spacebox.cli import configure

    verbs: dict[str, Action] = {
        "check": configure.check,
        "show": configure.show,
        "get": configure.get,
        "set": configure.put,
        "path": configure.path,
    }
    return verbs[args.verb](args)


def _status(args: Namespace) -> int:
    space = Control.find(args.socket).space()
    ink = render.Ink(sys.stdout, os.environ)
    print(_json(space) if args.json else render.status(space, ink))
    return 0


def _requests(args: Namespace) -> int:
    waiting = Control.find(args.socket).space()["requests"]
    ink = render.Ink(sys.stdout, os.environ)
    print(_json(waiting) if args.json else render.requests(waiting, ink))
    return 0


def _link(args: Namespace) -> int:
    link = Control.find(args.socket).link(args.role)
    print(_json(link) if args.json else link["url"])
    return 0


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
