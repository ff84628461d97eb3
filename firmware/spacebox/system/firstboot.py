"""The first boot: what the owner left on the card becomes the system's own.

`steps` says what to write, `first_boot` does it. Cut off at any point, it is done again.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias, assert_never

import tomlkit

from spacebox.config import load
from spacebox.config.load import ConfigError, Mistake, parsed
from spacebox.system import card as cards
from spacebox.system.keyfile import keyfile
from spacebox.system.preseed import Preseed

CARD: Final = Path("/boot/firmware")
OWNER: Final = "pi"
"""Who logs in where the owner gave a key and no name."""

_SETTINGS: Final = "etc/spacebox/spacebox.toml"
_SEEN: Final = "etc/spacebox/card.json"
_WIFI: Final = "etc/NetworkManager/system-connections/spacebox.nmconnection"
_ZONES: Final = Path("/usr/share/zoneinfo")
_HOST_KEY: Final = "etc/ssh/ssh_host_ed25519_key"
_SSHD: Final = "etc/systemd/system/multi-user.target.wants/ssh.service"
_AUTHORIZED: Final = "AuthorizedKeysFile /etc/ssh/authorized_keys.d/%u .ssh/authorized_keys\n"
_PATIENCE_S: Final = 30.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class File:
    """A file to be, its path below the system's root."""

    path: str
    content: bytes
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Link:
    path: str
    target: str


Step: TypeAlias = File | Link
Run: TypeAlias = Callable[[Sequence[str]], None]
"""Runs a program of the system; tells of its failure, and goes on."""


def steps(wished: Preseed, name: str) -> Iterator[Step]:
    """Say what to write for what is *wished*; *name* is the machine's, empty to leave it."""
    if name:
        yield File("etc/hostname", f"{name}\n".encode())
    if wished.timezone:
        yield Link("etc/localtime", str(_ZONES / wished.timezone))
    if wished.wlan:
        yield File(_WIFI, keyfile(wished.wlan), 0o600)
    if wished.country:
        options = f"options cfg80211 ieee80211_regdom={wished.country}\n"
        yield File("etc/modprobe.d/spacebox-country.conf", options.encode())
    if wished.authorized_keys:
        yield from _account(wished.user or OWNER, wished.authorized_keys)


def _account(user: str, keys: tuple[str, ...]) -> Iterator[Step]:
    """Let *user* in by ssh, and be the machine's master: no account has a password."""
    groups = "".join(f"m {user} {group}\n" for group in ("sudo", "spacebox"))
    account = f'u {user} 1000 "Owner of the box" /home/{user} /bin/bash\n{groups}'
    yield File("etc/sysusers.d/spacebox-owner.conf", account.encode())
    home = f"d /home/{user} 0700 {user} {user}\n"
    yield File("etc/tmpfiles.d/spacebox-owner.conf", home.encode())
    yield File(
        "etc/sudoers.d/spacebox-owner", f"{user} ALL=(ALL:ALL) NOPASSWD: ALL\n".encode(), 0o440
    )
    where = f"HostKey /{_HOST_KEY}\n{_AUTHORIZED}"
    yield File("etc/ssh/sshd_config.d/spacebox-owner.conf", where.encode())
    yield File(f"etc/ssh/authorized_keys.d/{user}", "".join(f"{key}\n" for key in keys).encode())
    yield Link(_SSHD, "/usr/lib/systemd/system/ssh.service")


def first_boot(card: Path, root: Path, run: Run) -> tuple[Mistake, ...]:
    """Take what is on *card* into the system at *root*; return the mistakes in it.

    Raises OSError where either cannot be read or written.
    """
    seen = _seen(root)
    current = _content(root / _SETTINGS)
    wished, wish_file = cards.wishes(card, seen, lambda zone: (_ZONES / zone).is_file())
    settings, settings_file = cards.settings(card, seen, current)
    settings = _with_name(settings, wished.hostname)
    found = [file for file in (wish_file, settings_file) if file is not None]
    for step in steps(wished, wished.hostname or _name(settings)):
        _do(step, root)
    if settings != current:
        _do(File(_SETTINGS, settings, 0o640), root)
    # Cut off from here on, nothing is taken twice: what depends on the other file would be lost.
    _remember(root, {file.name: [*map(cards.digest, (file.content, file.left))] for file in found})
    for file in found:
        cards.leave(card, file)
    _remember(root, {file.name: [cards.digest(file.left)] for file in found if file.left})
    _settle(root, run)
    if wished.country and root == Path("/"):
        run(("iw", "reg", "set", wished.country))  # the next starts know it by the file
    return tuple(mistake for file in found for mistake in file.mistakes)


def run_here(words: Sequence[str]) -> None:
    """Run a program of this system; say so if it fails."""
    try:
        subprocess.run(words, check=True, timeout=_PATIENCE_S)  # noqa: S603 our own words
    except (OSError, subprocess.SubprocessError) as error:
        log.error("%s", error)


def _settle(root: Path, run: Run) -> None:
    """Make of the files what the system makes of them: accounts, homes, keys of the host."""
    run(("systemd-sysusers", f"--root={root}"))
    where = ("--prefix=/etc/spacebox", "--prefix=/home")
    run(("systemd-tmpfiles", f"--root={root}", "--create", *where))
    if not (root / _HOST_KEY).exists():
        _make_host_key(root / _HOST_KEY, run)
    if root == Path("/"):
        run(("hostname", "--file", "/etc/hostname"))
        if (root / _SSHD).is_symlink():
            run(("systemctl", "--no-block", "start", "ssh.service"))


def _make_host_key(key: Path, run: Run) -> None:
    """Make the key that the machine is known by, whole or not at all."""
    key.parent.mkdir(parents=True, exist_ok=True)
    new, public = key.with_suffix(".new"), key.with_suffix(".pub")
    new.unlink(missing_ok=True)
    run(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(new)))
    if new.exists():
        new.with_suffix(".new.pub").replace(public)
        new.replace(key)


def _with_name(settings: bytes, hostname: str) -> bytes:
    """Return *settings* in which the box is called *hostname*, unless they say how."""
    try:
        text, tables = parsed(settings, _SETTINGS)
    except ConfigError:
        return settings
    if not hostname or "name" in tables.get("box", {}):
        return settings
    document: Any = tomlkit.parse(text)
    document.setdefault("box", tomlkit.table())["name"] = hostname
    return tomlkit.dumps(document).encode()


def _name(settings: bytes) -> str:
    """Return how the box is called in *settings*; empty where they do not say."""
    try:
        _, tables = parsed(settings, _SETTINGS)
    except ConfigError:
        return ""
    config, _ = load.read(settings, _SETTINGS)
    return config.box.name if "name" in tables.get("box", {}) else ""


def _do(step: Step, root: Path) -> None:
    path = root / step.path
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    match step:
        case File(content=content, mode=mode):
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                os.fchmod(file.fileno(), mode)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        case Link(target=target):
            new.symlink_to(target)
        case _:
            assert_never(step)
    new.replace(path)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _remember(root: Path, seen: cards.Seen) -> None:
    _do(File(_SEEN, json.dumps(seen).encode(), 0o600), root)


def _seen(root: Path) -> cards.Seen:
    try:
        seen = json.loads(_content(root / _SEEN) or b"{}")
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}
