"""`systemctl reload`: the configuration is read again, and what has changed is told."""

from __future__ import annotations

import asyncio
import logging

from spacebox.daemon.box import Box
from spacebox.daemon.settings import read_config
from spacebox.system.service import tell

log = logging.getLogger(__name__)


async def reread(file: str | None, box: Box, told: asyncio.Event) -> None:
    """Read *file* again for *box* whenever that is *told*, without end."""
    while True:
        await told.wait()
        told.clear()
        tell("RELOADING=1")
        said = await _reread(file, box)
        log.info("%s", said)
        tell(f"READY=1\nSTATUS={said}")


async def _reread(file: str | None, box: Box) -> str:
    """Do so; say in a sentence what came of it."""
    try:
        config, mistakes = await asyncio.to_thread(read_config, file)
    except OSError as error:
        return f"The settings cannot be read: {error.strerror}. Those of before still count."
    for mistake in mistakes:
        log.error("%s", mistake)
    waiting = box.reload(config, mistakes)
    if waiting:
        return f"The settings were read again; a restart is needed for {', '.join(waiting)}."
    return "The settings were read again."
