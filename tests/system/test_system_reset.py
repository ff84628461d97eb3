"""Factory reset: what is erased, and what is not the box's to erase."""

from __future__ import annotations

from pathlib import Path

from spacebox.system.reset import ask, reset


def test_a_reset_of_the_image_is_left_to_the_next_start(tmp_path: Path) -> None:
    for folder in ("run/image", "data/var", "var/lib/spacebox"):
        (tmp_path / folder).mkdir(parents=True)
    ran: list[tuple[str, ...]] = []
    reset(tmp_path, lambda *words: ran.append(words))
    assert (tmp_path / "data/factory-reset").exists()
    assert ran == [("systemctl", "reboot")]


def test_a_reset_elsewhere_erases_what_is_the_box_s_own(tmp_path: Path) -> None:
    kept = tmp_path / "etc/NetworkManager/home.nmconnection"
    gone = [
        tmp_path / "etc/spacebox/spacebox.toml",
        tmp_path / "var/lib/spacebox/recordings/one.ogg",
        tmp_path / "var/lib/spacebox/box-id",
        tmp_path / "var/lib/spacebox-tunnel/id_ed25519",
    ]
    for file in (kept, *gone):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("mine")
    (tmp_path / "var/lib/spacebox/link").symlink_to(kept.parent)
    ran: list[tuple[str, ...]] = []
    reset(tmp_path, lambda *words: ran.append(words))
    assert [words[1] for words in ran] == ["stop", "start"]
    assert kept.exists()
    assert list((tmp_path / "var/lib/spacebox").iterdir()) == []
    assert list((tmp_path / "etc/spacebox").iterdir()) == []


def test_the_box_asks_for_its_reset_by_a_file(tmp_path: Path) -> None:
    ask(tmp_path)
    assert (tmp_path / "factory-reset").exists()
