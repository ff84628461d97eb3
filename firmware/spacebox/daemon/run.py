"""`spacebox run`: the box as a service."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import shutil
import signal
import sys
from argparse import Namespace
from pathlib import Path

from spacebox.config.places import runtime_directories
from spacebox.config.schema import Config
from spacebox.daemon.box import Box
from spacebox.daemon.place import Place, Skin
from spacebox.daemon.reread import reread
from spacebox.daemon.settings import read_config
from spacebox.panel.glass import open_glass
from spacebox.panel.pins import pin_factory
from spacebox.panel.unit import Hardware
from spacebox.system.nmcli import Nmcli
from spacebox.system.power import power_off
from spacebox.system.reset import ask
from spacebox.system.service import fall, tell
from spacebox.system.sockets import handed_over
from spacebox.system.watchdog import fed

log = logging.getLogger(__name__)


def stop_signal() -> asyncio.Event:
    """Return what is set when the process is asked to end."""
    return _told_by(signal.SIGTERM, signal.SIGINT)


def _told_by(*numbers: signal.Signals) -> asyncio.Event:
    told = asyncio.Event()
    for number in numbers:
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told


def main(args: Namespace) -> int:
    """Run the box as a service until it is told to stop. Return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        config, mistakes = read_config(args.config)
        for mistake in mistakes:
            log.error("%s", mistake)
        asyncio.run(_serve(args.config, config, mistakes))
    except (OSError, ValueError) as error:
        print(f"spacebox: {sentence(error)}", file=sys.stderr)
        return 2
    return 0


def sentence(error: OSError | ValueError) -> str:
    """Say what kept the box from starting."""
    match error:
        case OSError(filename=str(path), strerror=str(reason)):
            return f"{path}: {reason.lower()}"
        case OSError(strerror=str(reason)):
            return reason
        case _:
            return str(error)


def runtime_directory() -> Path:
    """Return where the control socket goes, made if need be. Raises OSError."""
    *others, last = runtime_directories(os.environ)
    for directory in others:
        with contextlib.suppress(OSError):
            directory.mkdir(parents=True, exist_ok=True)
            if os.access(directory, os.W_OK):
                return directory
    last.mkdir(parents=True, exist_ok=True)
    return last


async def _serve(file: str | None, config: Config, mistakes: tuple[str, ...]) -> None:
    place = Place(
        listen="",
        port=config.network.http_port,
        secure_port=config.network.https_port,
        state=Path(config.storage.path),
        runtime=runtime_directory(),
        microphone=config.sound.microphone,
        speaker=config.sound.speaker,
        handed=handed_over(),
    )
    stopping, hangup = stop_signal(), _told_by(signal.SIGHUP)
    hardware = Hardware(pin_factory, lambda pins: open_glass(config.panel.screen, pins))
    off = functools.partial(asyncio.to_thread, power_off)
    radio = Nmcli() if shutil.which("nmcli") else None
    skin = Skin(hardware, off, lambda: ask(place.runtime), radio=radio)
    box = Box(config, mistakes, place, skin)
    try:
        await box.start()
        rereading = asyncio.create_task(reread(file, box, hangup), name="the settings")
        rereading.add_done_callback(fall)
        tell("READY=1")
        with fed(box.parts):
            await stopping.wait()
        tell("STOPPING=1")
    finally:
        await box.stop()
