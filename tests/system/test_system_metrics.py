"""The text that Prometheus reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from spacebox.ports import Tally, Tick
from spacebox.system.metrics import Asked, Metrics

ASKED = Asked(
    listeners=lambda: {"webrtc": 3, "ogg": 1},
    connections=lambda: 5,
    skipped=lambda: 7,
    loss=lambda: 0.25,
    voices=dict,
    network=lambda: {"forged": 2, "send_errors": 0},
)


@dataclass
class Speaker:
    tally: Tally = field(default_factory=Tally)
    lost: float = 0.125
    jitter_s: float = 0.003
    delay_s: float = 0.06


def lines(metrics: Metrics) -> list[str]:
    return metrics.render().decode().splitlines()


def test_ticks_are_counted_by_how_late_they_were() -> None:
    metrics = Metrics(ASKED)
    for index, lateness_s in enumerate((0.0001, 0.0001, 0.004)):
        metrics.count(Tick(index, b"", None, {}, {}, lateness_s))
    told = lines(metrics)
    assert "spacebox_ticks_total 3.0" in told
    assert 'spacebox_tick_lateness_seconds_bucket{le="0.0002"} 2.0' in told
    assert 'spacebox_tick_lateness_seconds_bucket{le="0.005"} 3.0' in told


@pytest.mark.parametrize(
    "line",
    [
        'spacebox_listeners{kind="webrtc"} 3.0',
        'spacebox_listeners{kind="ogg"} 1.0',
        "spacebox_connections 5.0",
        "spacebox_stream_skipped_pieces_total 7.0",
        "spacebox_listeners_lost_ratio 0.25",
        'spacebox_network_total{what="forged"} 2.0',
        'spacebox_network_total{what="send_errors"} 0.0',
    ],
)
def test_what_others_count_is_asked(line: str) -> None:
    assert line in lines(Metrics(ASKED))


def test_nobody_knows_what_listeners_miss_before_one_has_told() -> None:
    unknown = replace(ASKED, loss=lambda: None)
    assert "spacebox_listeners_lost_ratio NaN" in lines(Metrics(unknown))


def test_each_speaker_is_measured_while_there() -> None:
    heard = Tally(sent=48_000, repaired=24_000, concealed=8_000)
    voices = {"ana": Speaker(heard), "kofi": Speaker()}
    metrics = Metrics(replace(ASKED, voices=lambda: voices))
    told = lines(metrics)
    assert 'spacebox_speaker_lost_ratio{participant="ana"} 0.125' in told
    assert 'spacebox_speaker_jitter_seconds{participant="ana"} 0.003' in told
    assert 'spacebox_speaker_delay_seconds{participant="ana"} 0.06' in told
    assert 'spacebox_speaker_concealed_ratio{participant="ana"} 0.1' in told
    assert 'spacebox_speaker_concealed_ratio{participant="kofi"} 0.0' in told
    assert 'spacebox_speaker_sound_seconds_total{made="sent",participant="ana"} 1.0' in told
    assert 'spacebox_speaker_sound_seconds_total{made="repaired",participant="ana"} 0.5' in told
    del voices["ana"]
    assert not [line for line in lines(metrics) if "ana" in line]
