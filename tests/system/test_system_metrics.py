from spacebox.ports import Tick
from spacebox.system.metrics import Asked, Metrics


def test_ticks_are_counted_by_how_late_they_were() -> None:
    metrics = Metrics(Asked(lambda: {"webrtc": 3, "ogg": 1}, lambda: 5, lambda: 7))
    for index, lateness_s in enumerate((0.0001, 0.0001, 0.004)):
        metrics.count(Tick(index, b"", None, {}, {}, lateness_s))
    lines = metrics.render().decode().splitlines()
    assert "spacebox_ticks_total 3.0" in lines
    assert 'spacebox_tick_lateness_seconds_bucket{le="0.0002"} 2.0' in lines
    assert 'spacebox_tick_lateness_seconds_bucket{le="0.005"} 3.0' in lines
    assert 'spacebox_listeners{kind="webrtc"} 3.0' in lines
    assert 'spacebox_listeners{kind="ogg"} 1.0' in lines
    assert "spacebox_connections 5.0" in lines
    assert "spacebox_stream_skipped_pieces_total 7.0" in lines
