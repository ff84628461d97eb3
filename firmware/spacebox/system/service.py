"""What the service manager is told, where there is one (sd_notify(3))."""

from __future__ import annotations

import importlib.util
import os


def tell(state: str) -> None:
    """Send *state* (``READY=1``, ``STOPPING=1``); nothing where nobody started us as a service."""
    if not os.environ.get("NOTIFY_SOCKET") or not importlib.util.find_spec("systemd"):
        return
    from systemd.daemon import notify

    notify(state)
