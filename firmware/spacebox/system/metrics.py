"""The box's figures for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from spacebox.ports import Tick

LATENESS_S = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)


@dataclass(frozen=True, slots=True)
class Asked:
    """Figures that somebody else keeps."""

    listeners: Callable[[], Mapping[str, int]]
    """By how they listen."""
    connections: Callable[[], int]
    skipped: Callable[[], int]


class Metrics:
    """Counts ticks by itself and asks for the rest when it is read."""

    def __init__(self, asked: Asked) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_Asking(asked))
        self._ticks = Counter(
            "spacebox_ticks", "20 ms slots of the media clock", registry=self._registry
        )
        self._lateness = Histogram(
            "spacebox_tick_lateness_seconds",
            "How late a tick began",
            buckets=LATENESS_S,
            registry=self._registry,
        )

    def count(self, tick: Tick) -> None:
        self._ticks.inc()
        self._lateness.observe(tick.lateness_s)

    def render(self) -> bytes:
        """Return the text that Prometheus reads."""
        return generate_latest(self._registry)


class _Asking(Collector):
    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def collect(self) -> Iterator[Metric]:
        listeners = GaugeMetricFamily(
            "spacebox_listeners", "People who receive now and are off stage", labels=["kind"]
        )
        for kind, count in self._asked.listeners().items():
            listeners.add_metric([kind], count)
        yield listeners
        yield GaugeMetricFamily(
            "spacebox_connections", "WebRTC connections, both ways", self._asked.connections()
        )
        yield CounterMetricFamily(
            "spacebox_stream_skipped_pieces",
            "Half seconds that slow HTTP listeners missed",
            self._asked.skipped(),
        )
