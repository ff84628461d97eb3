"""`spacebox update`, and `spacebox reset`: new versions, and back to how the box was when new."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import time
from argparse import Namespace
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacebox.cli.arguments import add_command
from spacebox.cli.control import Control
from spacebox.cli.failures import Failure, Refusal, Unreachable, WrongUsage

if TYPE_CHECKING:
    from spacebox.system.source import Source
    from spacebox.system.trial import Trial
    from spacebox.system.update import Finding, Update

LOOK_S = 2.0
"""How often a new version is looked at while it is tried."""
TELL_S = 1.0
"""How often the box is told how far it is, and asked whether it may be."""
ARCHITECTURES = {"aarch64": "arm64", "x86_64": "amd64"}
_TICKS = re.compile(rb"^spacebox_ticks_total (\S+)$", re.M)
_LIVE = "Somebody is on air. The update waits until the Space is over."
_NO_SOURCE = (
    "Nobody said where new versions are. Set update.source to their folder's address, or name a "
    "file: `spacebox update install FILE`."
)


def add_commands(commands: Any, asking: Any, reading: Any) -> None:
    update = add_command(commands, "update", "bring the box to a new version, or back")
    verbs = update.add_subparsers(title="commands", metavar="COMMAND", dest="verb")
    verbs.required = True
    check = add_command(verbs, "check", "is there a new version?", parents=[reading])
    check.set_defaults(action=_check)
    install = add_command(verbs, "install", "install the newest version", parents=[asking])
    install.add_argument("file", nargs="?", type=Path, metavar="FILE", help="or what is in there")
    install.add_argument(
        "--automatic",
        action="store_true",
        help="only where update.automatic is on, and nothing twice that failed",
    )
    install.set_defaults(action=_install)
    back = add_command(verbs, "rollback", "go back to the version before", parents=[asking])
    back.set_defaults(action=_rollback)
    confirm = add_command(verbs, "confirm", "keep a new version if it works", parents=[asking])
    confirm.set_defaults(action=_confirm)
    for verb in (check, install):
        verb.add_argument("--config", type=Path, metavar="FILE")
    reset = add_command(commands, "reset", "erase settings, keys, recordings and Wi-Fi")
    reset.add_argument("--yes", action="store_true", help="without asking")
    reset.set_defaults(action=_reset)


def _check(args: Namespace) -> int:
    update, source = _update(args), _source(args)
    if source is None:
        raise WrongUsage(_NO_SOURCE)
    finding = _done(lambda: update.look(source))
    if args.json:
        print(json.dumps(asdict(finding)))
    else:
        print(_told(finding))
    return 0


def _told(finding: Finding) -> str:
    if not finding.newer:
        return f"This is the newest version ({finding.here})."
    if finding.failed:
        return (
            f"Version {finding.newest} was tried and did not work; the box went back to "
            f"{finding.here}. `spacebox update install` tries it once more."
        )
    return f"There is version {finding.newest}; this is {finding.here}. `spacebox update install`"


def _install(args: Namespace) -> int:
    update, source = _as_root(args), _source(args)
    if args.automatic and (source is None or not _automatic(args)):
        return 0
    if args.file is not None:
        print(f"Version {_done(lambda: update.install_file(args.file))} is installed.")
    elif source is None:
        raise WrongUsage(_NO_SOURCE)
    else:
        finding = _done(lambda: update.install_newest(source, again=not args.automatic))
        tried = finding.newer and not (args.automatic and finding.failed)
        print(f"Version {finding.newest} is installed." if tried else _told(finding))
    return 0


def _rollback(args: Namespace) -> int:
    print(f"Going back to {_done(_as_root(args).turn_back)}.")
    return 0


def _confirm(args: Namespace) -> int:
    """Watch a version that is on trial. A status that is not 0 has the service manager restart."""
    from spacebox.system.trial import Trial, Verdict

    update, control = _as_root(args), Control.find(args.socket)
    if not _done(lambda: update.on_trial):
        print("Nothing is on trial.")
        return 0
    if _judged(Trial(time.monotonic()), control) is Verdict.GOOD:
        _done(update.keep)
        print("The new version works, and stays.")
        return 0
    raise Refusal("The new version does not work. The box goes back to the one before.")


def _judged(trial: Trial, control: Control) -> object:
    from spacebox.system.trial import Verdict

    while (verdict := trial.look(time.monotonic(), _ticks(control))) is Verdict.WAIT:
        time.sleep(LOOK_S)
    return verdict


def _ticks(control: Control) -> int | None:
    """Return what the box's media clock has counted, None while the box does not answer."""
    try:
        control.space()
        found = _TICKS.search(control.fetch("/metrics"))
    except Failure:
        return None
    return int(float(found[1])) if found else None


def _reset(args: Namespace) -> int:
    from spacebox.system.reset import reset
    from spacebox.system.target import Unfit, run

    if not args.yes and not _sure():
        print("Nothing is erased.")
        return 0
    try:
        reset(Path("/"), run)
    except (OSError, Unfit) as error:
        raise Refusal(f"Not erased: {error}. It takes root.") from None
    return 0


def _sure() -> bool:
    print("Erase this box: settings, keys, recordings? (yes/no) ", end="", flush=True)
    return sys.stdin.readline().strip() == "yes"


def _as_root(args: Namespace) -> Update:
    if os.geteuid() != 0:
        raise Refusal(f"That takes root: `sudo spacebox update {args.verb}`.")
    return _update(args)


def _update(args: Namespace) -> Update:
    from spacebox.system.update import Update, target_here

    told = _Told(Control.find(args.socket))
    return Update(target_here(), version("spacebox"), told.show)


def _source(args: Namespace) -> Source | None:
    from spacebox.cli.configure import load
    from spacebox.system.source import Source

    url = load(args.config).update.source
    machine = platform.machine()
    return Source(url, ARCHITECTURES.get(machine, machine)) if url else None


def _automatic(args: Namespace) -> bool:
    from spacebox.cli.configure import load

    return load(args.config).update.automatic


def _done(work: Any) -> Any:
    """Do *work*; what keeps it from being done is the box's refusal."""
    from spacebox.system.target import Interrupted, Unfit

    try:
        return work()
    except Interrupted:
        raise Refusal(_LIVE) from None
    except (Unfit, OSError) as unfit:
        raise Refusal(str(unfit)) from None


class _Told:
    """Tells the box, for its glass, and hears whether all may go on; the terminal is told too."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._doing = ""
        self._told_at = 0.0

    def show(self, version: str, doing: str, part: float | None) -> bool:
        if doing == self._doing and time.monotonic() - self._told_at < TELL_S:
            return True
        self._doing, self._told_at = doing, time.monotonic()
        print(doing if part is None else f"{doing} {part:.0%}", file=sys.stderr)
        try:
            told = {"version": version, "doing": doing, "part": part}
            self._control.ask("PUT", "/api/update", told)
        except Refusal:
            return False
        except Unreachable:
            return True  # where no box runs, nobody is on air
        return True
