"""Where the figures of `/metrics` come from."""

from __future__ import annotations

from dataclasses import asdict

from spacebox.engines.host import Host
from spacebox.rtc.transport import Transport
from spacebox.system.metrics import Asked, Metrics


def metrics(host: Host, transport: Transport) -> Metrics:
    """Return the figures of a box, which count its ticks from now on."""
    return Metrics(
        Asked(
            host.listening,
            lambda: len(host.lines),
            lambda: host.streams.skipped,
            lambda: host.loss,
            host.lines.speaking,
            lambda: asdict(transport.counts),
        )
    )
