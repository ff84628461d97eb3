"""The box's figures for Prometheus."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from spacebox.mixer.frame import SAMPLE_RATE
from spacebox.ports import Tally, Tick

LATENESS_S = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)


class Voice(Protocol):
    """The sound of one speaker, as it arrives."""

    @property
    def tally(self) -> Tally: ...
    @property
    def lost(self) -> float:
        """The share of packets that did not come, lately."""

    @property
    def jitter_s(self) -> float: ...
    @property
    def delay_s(self) -> float:
        """How long a packet that came fast waits, at present."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Figures that somebody else keeps."""

    listeners: Callable[[], Mapping[str, int]]
    """By how they listen."""
    connections: Callable[[], int]
    skipped: Callable[[], int]
    """Pieces that slow HTTP listeners missed."""
    loss: Callable[[], float | None]
    """The share of packets that live listeners missed lately, on average."""
    voices: Callable[[], Mapping[str, Voice]]
    """By participant."""
    network: Callable[[], Mapping[str, int]]
    """What the media socket counted, by name."""


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
        asked = self._asked
        yield _gauge(
            "listeners", "People who receive now and are off stage", "kind", asked.listeners()
        )
        yield GaugeMetricFamily(
            "spacebox_connections", "WebRTC connections, both ways", asked.connections()
        )
        yield CounterMetricFamily(
            "spacebox_stream_skipped_pieces",
            "Half seconds that slow HTTP listeners missed",
            asked.skipped(),
        )
        loss = asked.loss()
        yield GaugeMetricFamily(
            "spacebox_listeners_lost_ratio",
            "Packets that live listeners missed lately, on average",
            math.nan if loss is None else loss,
        )
        yield from _of_voices(asked.voices())
        counts = CounterMetricFamily(
            "spacebox_network", "What the media socket saw", labels=["what"]
        )
        for what, count in asked.network().items():
            counts.add_metric([what], count)
        yield counts


def _of_voices(voices: Mapping[str, Voice]) -> Iterator[Metric]:
    yield _gauge(
        "speaker_lost_ratio",
        "A speaker's packets that did not come, lately",
        "participant",
        {who: voice.lost for who, voice in voices.items()},
    )
    yield _gauge(
        "speaker_jitter_seconds",
        "How unevenly a speaker's packets come (RFC 3550 6.4.1)",
        "participant",
        {who: voice.jitter_s for who, voice in voices.items()},
    )
    yield _gauge(
        "speaker_delay_seconds",
        "How long a speaker's packet waits for slower ones",
        "participant",
        {who: voice.delay_s for who, voice in voices.items()},
    )
    yield _gauge(
        "speaker_concealed_ratio",
        "The share of a speaker's sound that had to be invented",
        "participant",
        {who: _share(voice.tally.concealed, voice.tally) for who, voice in voices.items()},
    )
    sound = CounterMetricFamily(
        "spacebox_speaker_sound_seconds",
        "What a speaker's sound was made of",
        labels=["participant", "made"],
    )
    for who, voice in voices.items():
        for made in ("sent", "repaired", "concealed"):
            sound.add_metric([who, made], getattr(voice.tally, made) / SAMPLE_RATE)
    yield sound


def _share(part: int, tally: Tally) -> float:
    whole = tally.sent + tally.repaired + tally.concealed
    return part / whole if whole else 0.0


def _gauge(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    gauge = GaugeMetricFamily(f"spacebox_{name}", what, labels=[label])
    for key, value in values.items():
        gauge.add_metric([key], value)
    return gauge
