"""Why a command could not be done; each kind has its exit status."""

from __future__ import annotations


class Failure(Exception):
    """Ends the command; the message goes to stderr and says what to do next."""

    status: int


class Refusal(Failure):
    """The box said no."""

    status = 1


class WrongUsage(Failure):
    """What was asked cannot be meant."""

    status = 2


class Unreachable(Failure):
    """No daemon answers here."""

    status = 3
