"""A shell's job (POSIX.1-2017, general terminal interface, 11.1): Ctrl-Z stops it, `fg` goes on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack


def in_front(terminal: int) -> bool:
    """Say whether *terminal* is ours: a job in the background is stopped if it sets it up."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:  # no terminal controls us
        return True


@contextlib.contextmanager
def while_in_front(
    terminal: int, enter: Callable[[], AbstractContextManager[None]]
) -> Iterator[None]:
    """Be in what *enter* gives meanwhile, but not while stopped or in the background."""
    loop = asyncio.get_running_loop()
    entered: list[ExitStack] = []

    def go_on() -> None:
        if not entered and in_front(terminal):
            stack = ExitStack()
            stack.enter_context(enter())
            entered.append(stack)

    def leave() -> None:
        while entered:
            entered.pop().close()

    def stop() -> None:
        leave()
        loop.remove_signal_handler(signal.SIGTSTP)
        signal.raise_signal(signal.SIGTSTP)  # and here we are told to go on
        loop.add_signal_handler(signal.SIGTSTP, stop)
        go_on()

    loop.add_signal_handler(signal.SIGTSTP, stop)
    loop.add_signal_handler(signal.SIGCONT, go_on)
    try:
        go_on()
        yield
    finally:
        loop.remove_signal_handler(signal.SIGCONT)
        loop.remove_signal_handler(signal.SIGTSTP)
        leave()
