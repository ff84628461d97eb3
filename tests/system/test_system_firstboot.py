"""The first boot, with a folder as the card and one as the system."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_system_preseed import KEY, WHOLE

from spacebox.cli.main import main
from spacebox.config.load import Mistake
from spacebox.system import card as cards
from spacebox.system.firstboot import first_boot, run_here
from spacebox.system.preseed import CUT, NAME

WIFI = "etc/NetworkManager/system-connections/spacebox.nmconnection"
TURN = '[network]\nturn = ["turn:turn.example"]\nturn_secret = "only ours"\n'


class PowerCut(Exception):
    pass


@dataclass(frozen=True)
class Machine:
    card: Path
    root: Path

    def boot(self) -> list[str]:
        """Boot; return the mistakes on the card."""
        return [str(mistake) for mistake in self._boot(lambda _: None)]

    def boot_whole(self) -> None:
        """Boot with the system's own programs."""
        self._boot(run_here)

    def _boot(self, run: object) -> tuple[Mistake, ...]:
        return first_boot(self.card, self.root, run)  # type: ignore[arg-type]

    def put(self, name: str, text: str) -> None:
        (self.card / name).write_text(text)

    def on_card(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.card.iterdir()}

    def text(self, path: str) -> str:
        return (self.root / path).read_text()

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in found}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path / "card", tmp_path / "root")
    machine.card.mkdir()
    (machine.root / "etc").mkdir(parents=True)
    return machine


def test_what_the_imager_left_becomes_the_systems(machine: Machine) -> None:
    machine.put(NAME, WHOLE)
    assert machine.boot() == []
    assert machine.on_card() == {}
    assert machine.text("etc/hostname") == "attic\n"
    assert machine.text("etc/spacebox/spacebox.toml") == '[box]\nname = "attic"\n'
    assert "psk=a long one" in machine.text(WIFI)
    assert (machine.root / WIFI).stat().st_mode & 0o777 == 0o600
    assert machine.text("etc/ssh/authorized_keys.d/mira") == f"{KEY}\n"
    assert "m mira sudo" in machine.text("etc/sysusers.d/spacebox-owner.conf")
    zone = machine.root / "etc/localtime"
    assert str(zone.readlink()) == "/usr/share/zoneinfo/Europe/Berlin"
    assert (machine.root / "etc/systemd/system/multi-user.target.wants/ssh.service").is_symlink()
    assert not any(b"$5$abc$def" in content for content in machine.files().values())


def test_the_system_makes_of_it_what_it_does(machine: Machine) -> None:
    """Whom systemd creates has no password; sudo and sshd understand what they find."""
    machine.put(NAME, WHOLE)
    machine.boot_whole()
    (mira,) = (x for x in machine.text("etc/passwd").splitlines() if x.startswith("mira:"))
    assert mira == "mira:x:1000:1000:Owner of the box:/home/mira:/bin/bash"
    assert any(x.startswith("mira:!") for x in machine.text("etc/shadow").splitlines())
    assert (machine.root / "home/mira").is_dir()
    key = machine.root / "etc/ssh/ssh_host_ed25519_key"
    assert key.stat().st_mode & 0o777 == 0o600
    public = key.with_suffix(".pub").read_text()
    derived = subprocess.run(("ssh-keygen", "-y", "-f", key), capture_output=True, text=True)
    assert derived.stdout.split()[:2] == public.split()[:2]
    machine.boot_whole()
    assert key.with_suffix(".pub").read_text() == public, "the machine stays who it is"


def test_two_machines_have_keys_of_their_own(tmp_path: Path) -> None:
    keys = set()
    for name in "ab":
        machine = Machine(tmp_path / name / "card", tmp_path / name)
        machine.card.mkdir(parents=True)
        machine.boot_whole()
        keys.add(machine.text("etc/ssh/ssh_host_ed25519_key.pub"))
    assert len(keys) == 2


def test_without_a_key_nobody_comes_in(machine: Machine) -> None:
    machine.put(NAME, WHOLE.replace(f'["{KEY}"]', "[]"))
    machine.boot()
    assert not (machine.root / "etc/systemd").exists()
    assert not (machine.root / "etc/sudoers.d").exists()


def test_an_empty_card_changes_nothing(machine: Machine) -> None:
    machine.boot()
    assert machine.files() == {"etc/spacebox/card.json": b"{}"}


def test_settings_without_a_mistake_move_to_the_box(machine: Machine) -> None:
    machine.put(cards.SETTINGS, f'# mine\n[box]\nname = "studio"\n\n{TURN}')
    assert machine.boot() == []
    assert machine.on_card() == {}
    assert machine.text("etc/hostname") == "studio\n"
    settings = machine.root / "etc/spacebox/spacebox.toml"
    assert settings.read_text() == f'# mine\n[box]\nname = "studio"\n\n{TURN}'
    assert settings.stat().st_mode & 0o777 == 0o640


def test_a_mistake_in_settings_stays_to_be_mended_and_the_secret_does_not(
    machine: Machine,
) -> None:
    machine.put(cards.SETTINGS, f'[space]\nstage_limit = 99\ntitle = "Night"\n{TURN}')
    (mistake,) = machine.boot()
    assert mistake.startswith("spacebox.toml:2: space.stage_limit: must be")
    left = machine.on_card()[cards.SETTINGS]
    assert "only ours" not in left
    assert CUT in left
    assert "only ours" in machine.text("etc/spacebox/spacebox.toml")

    machine.put(cards.SETTINGS, left.replace("99", "9"))
    assert machine.boot() == []
    assert machine.on_card() == {}
    settings = machine.text("etc/spacebox/spacebox.toml")
    assert "stage_limit = 9\n" in settings
    assert 'turn_secret = "only ours"' in settings


def test_what_was_left_there_is_not_taken_again(machine: Machine) -> None:
    """Changes that were made on the box since would be lost."""
    machine.put(cards.SETTINGS, "[space]\nstage_limit = 99\n")
    machine.put(NAME, WHOLE.replace('"DE"', '"Germany"'))
    assert len(machine.boot()) == 2
    settings = machine.root / "etc/spacebox/spacebox.toml"
    settings.write_text('[space]\ntitle = "By hand"\n')
    (machine.root / WIFI).write_text("by hand")
    assert len(machine.boot()) == 2, "told again, for it is still wrong"
    assert settings.read_text() == '[space]\ntitle = "By hand"\n'
    assert machine.text(WIFI) == "by hand"


def test_a_mended_file_keeps_the_network_whose_password_was_cut_out(machine: Machine) -> None:
    machine.put(NAME, WHOLE.replace('"DE"', '"Germany"'))
    machine.boot()
    left = machine.on_card()[NAME]
    assert "a long one" not in left
    assert "$5$abc$def" not in left
    machine.put(NAME, left.replace('"Germany"', '"DE"'))
    assert machine.boot() == []
    assert machine.on_card() == {}
    assert "psk=a long one" in machine.text(WIFI)
    assert "DE" in machine.text("etc/modprobe.d/spacebox-country.conf")


def test_a_wrong_password_stays_to_be_mended(machine: Machine) -> None:
    machine.put(NAME, "[wlan]\nssid = 'a'\npassword = 'short'\n")
    assert len(machine.boot()) == 1
    assert machine.on_card() == {NAME: "[wlan]\nssid = 'a'\npassword = 'short'\n"}
    assert not (machine.root / WIFI).exists()


def test_what_is_no_toml_stays_and_the_old_settings_hold(machine: Machine) -> None:
    machine.put(cards.SETTINGS, "[space]\ntitle = 'a'\n")
    machine.boot()
    machine.put(cards.SETTINGS, "[space\n")
    (mistake,) = machine.boot()
    assert mistake.startswith("spacebox.toml:1: not TOML")
    assert machine.on_card() == {cards.SETTINGS: "[space\n"}
    assert machine.text("etc/spacebox/spacebox.toml") == "[space]\ntitle = 'a'\n"


def test_the_secrets_blocks_are_overwritten(machine: Machine) -> None:
    """Who still holds the file open sees what stays in its blocks when its name is gone."""
    for text in (WHOLE, WHOLE.replace('"DE"', '"Germany"')):
        machine.put(NAME, text)
        with (machine.card / NAME).open("rb") as before:
            machine.boot()
            assert before.read().strip() == b""


@pytest.mark.parametrize("at", range(4))
def test_a_power_cut_loses_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Cut off before the card is touched, or while it is: the next boot ends it."""
    machine.put(NAME, WHOLE)
    machine.put(cards.SETTINGS, TURN)
    whole, left = cards.leave, [at]

    def leave(card: Path, found: cards.Found) -> None:
        if left[0] == 0:
            raise PowerCut
        if left[0] == 1:  # overwritten, and not removed
            (card / found.name).write_bytes(b"\n" * len(found.content))
            raise PowerCut
        left[0] -= 2
        whole(card, found)

    monkeypatch.setattr(cards, "leave", leave)
    with pytest.raises(PowerCut):
        machine.boot()
    monkeypatch.undo()
    assert machine.boot() == []
    assert machine.on_card() == {}
    assert "psk=a long one" in machine.text(WIFI)
    assert machine.text("etc/spacebox/spacebox.toml") == f'{TURN}\n[box]\nname = "attic"\n'


def test_the_command_leaves_the_mistakes_for_the_box(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.put(cards.SETTINGS, "[space]\nstage_limit = 99\n")
    where = ("--card", str(machine.card), "--root", str(machine.root))
    assert main(["first-boot", *where]) == 0
    (mistake,) = machine.text("run/spacebox-card").splitlines()
    assert mistake.startswith("spacebox.toml:2: space.stage_limit: must be")
    assert mistake in capsys.readouterr().err


def test_a_program_that_fails_is_told_of(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    def run(words: Sequence[str]) -> None:
        run_here(("false", *words))

    first_boot(machine.card, machine.root, run)
    assert "systemd-sysusers" in caplog.text
