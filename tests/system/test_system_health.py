from pathlib import Path

from spacebox.system.health import disk_faults, mistake


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path) -> None:
    assert list(disk_faults(tmp_path, 0)) == []
    [fault] = disk_faults(tmp_path, 10**9)
    assert str(tmp_path) in fault.detail
    assert "keep_free_mb" in fault.detail


def test_a_mistake_fits_the_glass_by_its_line_and_key() -> None:
    fault = mistake("/etc/spacebox/spacebox.toml:7: panel.bounce: no such setting")
    assert fault.do == "spacebox.toml:7: panel.bounce: no such setting"
    assert fault.detail.startswith("/etc/")


def test_a_card_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    [fault] = disk_faults(tmp_path / "gone", 0)
    assert fault.what == "The card fails"
