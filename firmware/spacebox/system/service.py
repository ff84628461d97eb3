"""What the service manager is told, where there is one (sd_notify(3))."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os

log = logging.getLogger(__name__)


def tell(state: str) -> None:
    """Send *state* (``READY=1``, ``STOPPING=1``); nothing where nobody started us as a service."""
    if not os.environ.get("NOTIFY_SOCKET") or not importlib.util.find_spec("systemd"):
        return
    from systemd.daemon import notify

    notify(state)


def fall(task: asyncio.Task[None]) -> None:
    """End the process when a task that never ends did: a box without it would only look well."""
    if not task.cancelled():
        log.critical("%s failed", task.get_name(), exc_info=task.exception())
        os._exit(os.EX_SOFTWARE)
