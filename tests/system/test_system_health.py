from pathlib import Path

from spacebox.system.health import disk_faults


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path) -> None:
    assert list(disk_faults(tmp_path, 0)) == []
    [fault] = disk_faults(tmp_path, 10**9)
    assert str(tmp_path) in fault
    assert "keep_free_mb" in fault
