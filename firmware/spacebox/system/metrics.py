"""The box's figures for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from spacebox.ports import Tick

LATENESS_S = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)


class Metrics:
    """Counts ticks by itself and asks for the rest when it is read."""

    def __init__(self, listeners: Callable[[], float], connections: Callable[[], float]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._ticks = Counter(
            "spacebox_ticks", "20 ms slots of the media clock", registry=self._registry
        )
        self._lateness = Histogram(
            "spacebox_tick_lateness_seconds",
            "How late a tick began",
            buckets=LATENESS_S,
            registry=self._registry,
        )
        self._gauge("spacebox_listeners", "People who receive now and are off stage", listeners)
        self._gauge("spacebox_connections", "WebRTC connections, both ways", connections)

    def _gauge(self, name: str, about: str, value: Callable[[], float]) -> None:
        Gauge(name, about, registry=self._registry).set_function(value)

    def count(self, tick: Tick) -> None:
        self._ticks.inc()
        self._lateness.observe(tick.lateness_s)

    def render(self) -> bytes:
        """Return the text that Prometheus reads."""
        return generate_latest(self._registry)
