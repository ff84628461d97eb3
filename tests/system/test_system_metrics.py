from spacebox.ports import Tick
from spacebox.system.metrics import Metrics


def test_ticks_are_counted_by_how_late_they_were() -> None:
    metrics = Metrics(listeners=lambda: 3, connections=lambda: 5)
    for index, lateness_s in enumerate((0.0001, 0.0001, 0.004)):
        metrics.count(Tick(index, b"", {}, {}, lateness_s))
    lines = metrics.render().decode().splitlines()
    assert "spacebox_ticks_total 3.0" in lines
    assert 'spacebox_tick_lateness_seconds_bucket{le="0.0002"} 2.0' in lines
    assert 'spacebox_tick_lateness_seconds_bucket{le="0.005"} 3.0' in lines
    assert "spacebox_listeners 3.0" in lines
    assert "spacebox_connections 5.0" in lines
