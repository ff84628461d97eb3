"""A card's partitions and files, and what a Raspberry Pi's firmware makes of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from card import Card, flash
from firmware_play import asked_for_tryboot, pick, settings, speaking_on

MEGABYTE = 2**20
AUTOBOOT = b"[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n"
NAMES = ("bootconfig", "boot_a", "boot_b")


@pytest.fixture
def card(tmp_path: Path) -> Card:
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(32 * MEGABYTE)
    table = "label: gpt\n" + "".join(f"size=8M, name={name}\n" for name in NAMES)
    subprocess.run(["sfdisk", "-q", image], input=table.encode(), check=True)
    found = flash(image, tmp_path / "card", 64 * MEGABYTE)
    for partition in found.partitions():
        where = f"{found.path}@@{partition.offset}"
        sectors = str(partition.size // 512)
        subprocess.run(["mformat", "-i", where, "-T", sectors, "::"], check=True)
    found.write("bootconfig", "autoboot.txt", AUTOBOOT)
    for slot in "ab":
        found.write(f"boot_{slot}", "vmlinuz", f"kernel {slot}".encode())
        found.write(f"boot_{slot}", "initrd.img", f"initrd {slot}".encode())
        root = f"root=PARTLABEL=system_{slot} console=serial0,115200 console=tty1 quiet\n"
        found.write(f"boot_{slot}", "cmdline.txt", root.encode())
    return found


def test_partitions_are_found_by_number_and_by_name(card: Card) -> None:
    assert [(found.number, found.name) for found in card.partitions()] == [
        (1, "bootconfig"), (2, "boot_a"), (3, "boot_b"),
    ]  # fmt: skip
    assert card.partition(3) == card.partition("boot_b")
    assert card.path.stat().st_size == 64 * MEGABYTE


def test_files_are_written_read_and_listed(card: Card) -> None:
    card.write("bootconfig", "spacebox.toml", b"[box]\n")
    card.write("bootconfig", "spacebox.toml", b"# secret\n")
    assert card.read(1, "spacebox.toml") == b"# secret\n"
    assert card.names(1) == ["autoboot.txt", "spacebox.toml"]
    assert b"# secret" in card.raw(1)
    with pytest.raises(FileNotFoundError, match="nothing"):
        card.read(1, "nothing.txt")


def test_the_firmware_boots_the_slot_of_autoboot(card: Card, tmp_path: Path) -> None:
    boot = pick(card, tmp_path, tryboot=False)
    assert boot.partition == 2
    assert boot.kernel.read_bytes() == b"kernel a"
    assert boot.initrd.read_bytes() == b"initrd a"
    heard = speaking_on(boot, "ttyAMA0").arguments
    assert heard == "root=PARTLABEL=system_a quiet console=ttyAMA0"


def test_tryboot_boots_the_other_slot(card: Card, tmp_path: Path) -> None:
    assert pick(card, tmp_path, tryboot=True).partition == 3
    card.write(1, "autoboot.txt", AUTOBOOT.replace(b"=3", b"=x").replace(b"=2", b"=3"))
    assert pick(card, tmp_path, tryboot=False).kernel.read_bytes() == b"kernel b"


def test_config_txt_names_what_is_booted(card: Card, tmp_path: Path) -> None:
    card.write("boot_a", "other", b"another kernel")
    card.write("boot_a", "config.txt", b"kernel=other # this\n[pi5]\nkernel=no\n")
    assert pick(card, tmp_path, tryboot=False).kernel.read_bytes() == b"another kernel"


def test_sections_of_other_boards_do_not_count() -> None:
    text = "a=1\n[pi4]\na=2\ninitramfs initrd.img followkernel\n[pi5]\na=3\n[all]\nb=4 # more\n"
    assert settings(text, ("all", "pi4")) == {"a": "2", "b": "4", "initramfs": "initrd.img"}
    assert settings(text, ("all",)) == {"a": "1", "b": "4"}


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (b"[1.2] reboot: Restarting system with command '0 tryboot'\r\n", True),
        (b"[1.2] reboot: Restarting system\r\n", False),
        (b"Restarting system with command '0 tryboot'\r\n[2.2] reboot: Restarting system\n", False),
        (b"", False),
    ],
)
def test_tryboot_is_asked_for_by_the_last_restart(said: bytes, asked: bool) -> None:
    assert asked_for_tryboot(said) is asked


def test_what_has_no_table_is_no_card(card: Card) -> None:
    with card.path.open("r+b") as file:
        file.seek(512)
        file.write(b"nothing!")
    with pytest.raises(AssertionError, match="no GPT"):
        card.partitions()
