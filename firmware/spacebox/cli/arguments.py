"""Arguments of the command line: from words to values, and in our words what is wrong with them."""

from __future__ import annotations

from argparse import Action, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from typing import Any


def add_command(commands: Any, name: str, what: str, **options: Any) -> ArgumentParser:
    """Add one command, with the same sentence in the list and in its own help."""
    end = "" if what.endswith("?") else "."
    description = f"{what[0].upper()}{what[1:]}{end}"
    added: ArgumentParser = commands.add_parser(name, help=what, description=description, **options)
    return added


class ShowVersion(Action):
    """Print the version and end. It is looked up only then: that takes longer than all the rest."""

    def __call__(self, parser: ArgumentParser, *_: Namespace | object) -> None:
        from importlib.metadata import version

        print("spacebox", version("spacebox"))
        parser.exit()


def checked(check: Callable[[str], object]) -> Callable[[str], object]:
    """Let argparse say in our words what is wrong with an argument."""

    def convert(text: str) -> object:
        try:
            return check(text)
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from None

    return convert


def port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"must be a port number from 0 to 65535, not {text!r}")
    return int(text)


def seconds(text: str) -> float:
    given = float(text)
    if not 0 < given < float("inf"):
        raise ArgumentTypeError(f"must be a number of seconds, not {text!r}")
    return given
