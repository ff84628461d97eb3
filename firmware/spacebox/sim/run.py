"""`spacebox sim`: the daemon on any machine, with a box to look at and to press."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from gpiozero.pins.mock import MockFactory, MockPWMPin

from spacebox.config.schema import Config
from spacebox.daemon.box import Box
from spacebox.daemon.place import Place, Skin
from spacebox.daemon.run import runtime_directory, sentence, stop_signal
from spacebox.daemon.settings import read_config
from spacebox.panel.glass import MemoryGlass
from spacebox.panel.unit import Hardware
from spacebox.room.commands import StartSpace
from spacebox.room.events import Refused
from spacebox.room.model import HOST
from spacebox.sim import terminal
from spacebox.sim.drawing import Likeness
from spacebox.sim.fingers import SimFingers
from spacebox.sim.job import while_in_front
from spacebox.sim.status import state, told

_HERE = ("http://127.", "http://localhost:", "http://[::1]:")
"""Where the box may be pressed from a page."""
_OFF = "The box was powered off: END was held."
_ERASED = "The box forgot what it had made for itself, and would start anew now."


def main(args: Namespace) -> int:
    """Run a simulated box until it is told to stop. Return the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        config, mistakes = read_config(args.config)
        for mistake in mistakes:
            print(f"{mistake} (going on with the default)", file=sys.stderr)
        if last_words := asyncio.run(_run(config, mistakes, _place(args, config), args)):
            print(last_words, file=sys.stderr)
    except (OSError, ValueError) as error:
        print(f"spacebox sim: {sentence(error)}", file=sys.stderr)
        return 2
    return 0


def _place(args: Namespace, config: Config) -> Place:
    return Place(
        listen=args.listen,
        port=config.network.http_port if args.port is None else args.port,
        secure_port=config.network.https_port,
        spare_port=True,
        state=args.state or _state_directory(),
        runtime=runtime_directory(),
        microphone=args.mic or _if_there("input", config.sound.microphone, "tone"),
        speaker=args.speaker or _if_there("output", config.sound.speaker, "none"),
        tunnels=True,
    )


def _state_directory() -> Path:
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "spacebox"


def _if_there(kind: str, spec: str, otherwise: str) -> str:
    """Return *spec*, or *otherwise* where it names a card that this machine does not have."""
    if spec.partition(":")[0] != "card":
        return spec
    try:
        from spacebox.audio.portaudio import usable
    except OSError:  # no libportaudio2
        return otherwise
    there = usable("input" if kind == "input" else "output", spec.partition(":")[2] or None)
    return spec if there else otherwise


async def _run(config: Config, mistakes: tuple[str, ...], place: Place, args: Namespace) -> str:
    """Run the box until it ends; say why, where its own buttons ended it."""
    stopping, last_words = stop_signal(), ""

    def end(words: str = "") -> None:
        nonlocal last_words
        last_words = words
        stopping.set()

    if args.seconds is not None:
        asyncio.get_running_loop().call_later(args.seconds, stopping.set)
    skin, fingers = _skin(config, end)
    box = Box(config, mistakes, place, skin)
    try:
        page = f"http://{_host(place.listen)}:{await box.start()}"
        if args.start is not None:
            _go_live(box, args.start, record=args.record)
        sys.stdout.write(f"READY {page}\nGuests open {box.join_link}\n")
        sys.stdout.flush()  # one write for both lines: some read the first and leave
        with _shown(box, fingers, page, end):
            await stopping.wait()
            box.end_space()
    finally:
        await box.stop()
    return last_words


def _skin(config: Config, end: Callable[[str], None]) -> tuple[Skin, SimFingers]:
    """Return a front without hardware, and what presses it."""
    factory = MockFactory(pin_class=MockPWMPin)
    fingers = SimFingers(config.panel.buttons, factory)
    hardware = Hardware(lambda: factory, lambda _pins: MemoryGlass(), fingers.clock)

    async def off() -> str:
        end(_OFF)
        return ""

    return Skin(hardware, off=off, again=lambda: end(_ERASED), fingers=fingers), fingers


@contextlib.contextmanager
def _shown(box: Box, fingers: SimFingers, page: str, end: Callable[[], None]) -> Iterator[None]:
    """Show on stdout what happens: the box itself in a terminal, plain lines in a pipe."""
    if not sys.stdout.isatty():
        with told(box.hub):
            yield
        return
    click = f"The same to click: {page}/panel · " if page.startswith(_HERE) else ""
    words = (f"Guests open {box.join_link}", f"{click}q ends")
    front, hub = box.unit.panel, box.hub

    def look() -> Likeness:
        return Likeness(front.picture, front.lamps, fingers.down(), state(hub.room), words)

    @contextlib.contextmanager
    def at_terminal() -> Iterator[None]:
        with terminal.shown(look), terminal.pressed(fingers, end):
            yield

    with while_in_front(sys.stdout.fileno(), at_terminal):
        yield


def _go_live(box: Box, title: str, *, record: bool) -> None:
    if box.goes_on:
        print("The box was cut off from a Space: it goes on, and you are muted.", file=sys.stderr)
        return
    decision = box.hub.submit(StartSpace(HOST, title=title, record=record or None))
    if isinstance(decision, Refused):
        raise ValueError(decision.reason)
    if record:
        print("This version does not record yet: the Space is live without.", file=sys.stderr)


def _host(listen: str) -> str:
    """Return an address that a browser on this machine can open."""
    if listen in ("", "0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{listen}]" if ":" in listen else listen
