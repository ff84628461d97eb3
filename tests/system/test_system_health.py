from pathlib import Path

from spacebox.system.health import disk_faults, mistake


def _kept(folder: Path) -> Path:
    file = folder / "box-id"
    file.write_text("b0c5")
    return file


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path) -> None:
    assert list(disk_faults(_kept(tmp_path), 0)) == []
    [fault] = disk_faults(_kept(tmp_path), 10**9)
    assert str(tmp_path) in fault.detail
    assert "keep_free_mb" in fault.detail


def test_a_mistake_fits_the_glass_by_its_line_and_key() -> None:
    fault = mistake("/etc/spacebox/spacebox.toml:7: panel.bounce: no such setting")
    assert fault.do == "spacebox.toml:7: panel.bounce: no such setting"
    assert fault.detail.startswith("/etc/")


def test_a_card_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    [fault] = disk_faults(tmp_path / "gone" / "box-id", 0)
    assert fault.what == "The card fails"


def test_a_box_that_runs_without_its_data_says_so(tmp_path: Path) -> None:
    marker = tmp_path / "data-lost"
    assert list(disk_faults(_kept(tmp_path), 0, marker)) == []
    marker.touch()
    [fault] = disk_faults(_kept(tmp_path), 0, marker)
    assert "nothing new is kept" in fault.detail


def test_a_file_that_is_gone_is_told_as_the_card_that_fails(tmp_path: Path) -> None:
    [fault] = disk_faults(tmp_path / "box-id", 0)
    assert fault.what == "The card fails"
