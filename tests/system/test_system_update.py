"""Updates: what is found, fetched, installed, tried, kept and gone back from."""

from __future__ import annotations

import hashlib
import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from spacebox.system.packages import Apt, Packages
from spacebox.system.release import is_newer, parse
from spacebox.system.reset import ask, reset
from spacebox.system.slots import Rauc
from spacebox.system.slots import parse as parse_slots
from spacebox.system.source import Source
from spacebox.system.target import Interrupted, Kind, Told, Unfit
from spacebox.system.trial import LIMIT_S, STEADY_S, Trial, Verdict
from spacebox.system.update import Finding, Record, Step, Update, target_here

HASH = hashlib.sha256(b"").hexdigest()
CONTENT = bytes(range(256)) * 4000


def yes(_part: float) -> bool:
    return True


# What is found


def listed(version: str = "0.2.0", *, content: bytes = CONTENT, file: str = "new.raucb") -> bytes:
    asset = {"file": file, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return json.dumps({"version": version, "bundle": asset, "package": asset}).encode()


@pytest.mark.parametrize(
    ("found", "here", "newer"),
    [
        ("0.10.0", "0.9.3", True),
        ("0.9.3", "0.10.0", False),
        ("0.2", "0.2.0", False),
        ("0.2.0.1", "0.2.0", True),
        ("1.0", "1.0rc1", False),
        ("0.1.0", "", True),
    ],
)
def test_versions_are_compared_by_their_numbers(found: str, here: str, newer: bool) -> None:
    assert is_newer(found, here) is newer


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b'{"version": "0.2.0"}',
        listed("0.2.0; reboot"),
        listed(file="../../etc/passwd"),
        listed(file=".hidden"),
        listed().replace(b'"size": ', b'"size": -'),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(document)


# From where


@dataclass
class Shop:
    """A folder on a web server, with the key that its lists are signed by."""

    url: str
    folder: Path
    key: Path
    certificate: Path

    def offer(self, document: bytes, content: bytes = CONTENT) -> None:
        (self.folder / "new.raucb").write_bytes(content)
        plain = self.folder / "plain"
        plain.write_bytes(document)
        subprocess.run(
            [
                *("openssl", "cms", "-sign", "-binary", "-nodetach", "-outform", "DER"),
                *("-in", plain, "-signer", self.certificate, "-inkey", self.key),
                *("-out", self.folder / "latest-arm64.json.p7m"),
            ],
            check=True,
        )

    def source(self, keyring: Path | None = None) -> Source:
        return Source(self.url, "arm64", keyring or self.certificate)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def made_key(folder: Path) -> tuple[Path, Path]:
    script = Path(__file__).parents[2] / "image-build/rauc/keys"
    env = {"SPACEBOX_SIGNING": str(folder), "PATH": "/usr/bin:/bin"}
    subprocess.run([script], env=env, check=True, capture_output=True)
    return folder / "key.pem", folder / "certificate.pem"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    folder = tmp_path / "shop"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    key, certificate = made_key(tmp_path / "signing")
    yield Shop(f"http://127.0.0.1:{server.server_port}", folder, key, certificate)
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_release_is_fetched_whole_and_only_once(shop: Shop, tmp_path: Path) -> None:
    shop.offer(listed())
    release = shop.source().latest()
    parts: list[float] = []
    file = shop.source().fetch(release.bundle, tmp_path / "to", lambda p: parts.append(p) or True)
    assert file.read_bytes() == CONTENT
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    (shop.folder / "new.raucb").unlink()
    assert shop.source().fetch(release.bundle, tmp_path / "to", yes) == file


def test_a_list_that_somebody_else_signed_is_not_believed(shop: Shop, tmp_path: Path) -> None:
    shop.offer(listed("9.9"))
    _, other = made_key(tmp_path / "other")
    with pytest.raises(Unfit, match="not signed by whom"):
        shop.source(other).latest()


def test_a_list_that_was_changed_on_the_way_is_not_believed(shop: Shop) -> None:
    shop.offer(listed("0.2.0"))
    signed = shop.folder / "latest-arm64.json.p7m"
    signed.write_bytes(signed.read_bytes().replace(b"0.2.0", b"0.9.0"))
    with pytest.raises(Unfit, match="not signed by whom"):
        shop.source().latest()


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT + b"!", CONTENT[::-1]])
def test_a_file_that_is_not_the_promised_one_is_not_kept(
    content: bytes, shop: Shop, tmp_path: Path
) -> None:
    shop.offer(listed(), content)
    with pytest.raises(Unfit, match="did not arrive whole"):
        shop.source().fetch(shop.source().latest().bundle, tmp_path / "to", yes)
    assert list((tmp_path / "to").iterdir()) == []


def test_a_fetch_ends_when_somebody_goes_on_air(shop: Shop, tmp_path: Path) -> None:
    shop.offer(listed())
    with pytest.raises(Interrupted):
        shop.source().fetch(shop.source().latest().bundle, tmp_path / "to", lambda part: part < 0.5)


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match=r"http://127\.0\.0\.1:9/latest-arm64\.json\.p7m cannot be had"):
        Source("http://127.0.0.1:9", "arm64", tmp_path).latest()


# The way of a version


@dataclass
class Board:
    """A target in memory that starts anew when it is told to."""

    kind: Kind = "bundle"
    on_trial: bool = False
    installed: list[bytes] = field(default_factory=list)
    starts: int = 0

    def version(self, file: Path) -> str:
        return file.stem

    def install(self, file: Path, told: Told) -> None:
        if not told(0.5):
            raise Interrupted
        self.installed.append(file.read_bytes())

    def begin(self) -> None:
        self.starts += 1
        self.on_trial = True

    def keep(self) -> None:
        self.on_trial = False

    def turn_back(self) -> str:
        return "0.1.0"


@dataclass
class Room:
    """Says how long an update may go on: until *live_at* steps were told."""

    live_at: float = float("inf")
    told: list[tuple[str, str]] = field(default_factory=list)

    def show(self, version: str, doing: str, _part: float | None) -> bool:
        self.told.append((version, doing))
        return len(self.told) <= self.live_at


@pytest.fixture
def board() -> Board:
    return Board()


def updating(board: Board, tmp_path: Path, room: Room | None = None, here: str = "0.1.0") -> Update:
    return Update(board, here, (room or Room()).show, tmp_path / "state")


def test_a_newer_version_is_installed_tried_and_kept(
    shop: Shop, board: Board, tmp_path: Path
) -> None:
    shop.offer(listed())
    room = Room()
    update = updating(board, tmp_path, room)
    assert update.look(shop.source()) == Finding("0.1.0", "0.2.0", newer=True, failed=False)
    update.install_newest(shop.source(), again=False)
    assert (board.installed, board.starts) == ([CONTENT], 1)
    assert list(dict.fromkeys(doing for _, doing in room.told)) == [
        "downloading",
        "installing",
        "starting anew",
    ]
    assert list((tmp_path / "state/downloads").iterdir()) == []
    after = updating(board, tmp_path, here="0.2.0")
    assert after.record == Record("0.2.0", Step.TRIED)
    after.keep()
    assert after.record == Record("0.2.0", Step.KEPT)
    assert not after.install_newest(shop.source(), again=True).newer
    assert board.starts == 1


def test_a_version_that_did_not_hold_is_not_tried_again_by_itself(
    shop: Shop, board: Board, tmp_path: Path
) -> None:
    shop.offer(listed())
    updating(board, tmp_path).install_newest(shop.source(), again=False)
    board.on_trial = False  # it crashed, and a plain start took the old one
    update = updating(board, tmp_path)
    assert update.record == Record("0.2.0", Step.FAILED)
    assert update.install_newest(shop.source(), again=False).failed
    assert board.starts == 1
    update.install_newest(shop.source(), again=True)
    assert board.starts == 2
    shop.offer(listed("0.3.0"))
    board.on_trial = False
    assert not update.install_newest(shop.source(), again=False).failed
    assert board.starts == 3


def test_nothing_is_done_at_any_step_once_a_space_is_live(
    shop: Shop, board: Board, tmp_path: Path
) -> None:
    shop.offer(listed())
    whole = Room()
    updating(Board(), tmp_path / "whole", whole).install_newest(shop.source(), again=False)
    for step in range(len(whole.told)):
        here = tmp_path / str(step)
        update = updating(board, here, Room(live_at=step))
        with pytest.raises(Interrupted):
            update.install_newest(shop.source(), again=False)
        assert board.starts == 0
        updating(board, here).install_newest(shop.source(), again=False)
        assert board.starts == 1
        board.starts, board.on_trial = 0, False


def test_what_is_installed_already_only_waits_for_its_start(
    shop: Shop, board: Board, tmp_path: Path
) -> None:
    shop.offer(listed())
    whole = Room()
    updating(Board(), tmp_path / "whole", whole).install_newest(shop.source(), again=False)
    with pytest.raises(Interrupted):
        updating(board, tmp_path, Room(live_at=len(whole.told) - 1)).install_newest(
            shop.source(), again=False
        )
    assert updating(board, tmp_path).record == Record("0.2.0", Step.INSTALLED)
    room = Room()
    updating(board, tmp_path, room).install_newest(shop.source(), again=False)
    assert room.told == [("0.2.0", "starting anew")]
    assert len(board.installed) == 1


def test_a_file_of_the_owners_is_installed_and_gone_back_from(board: Board, tmp_path: Path) -> None:
    file = tmp_path / "0.0.9.raucb"
    file.write_bytes(b"older")
    update = updating(board, tmp_path)
    assert update.install_file(file) == "0.0.9"
    assert file.exists()
    assert update.turn_back() == "0.1.0"
    assert board.starts == 2


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": "0.2.0", "step": "?"}'])
def test_a_record_that_cannot_be_read_is_none(content: str, board: Board, tmp_path: Path) -> None:
    update = updating(board, tmp_path)
    (tmp_path / "state").mkdir()
    (tmp_path / "state/record.json").write_text(content)
    assert update.record is None


# The try


def test_a_version_stays_after_a_minute_in_which_the_clock_ran() -> None:
    trial = Trial(0.0)
    said = [trial.look(t, t * 50) for t in range(0, 62, 2)]
    assert said == [Verdict.WAIT] * 30 + [Verdict.GOOD]


def test_a_minute_begins_anew_after_each_standstill() -> None:
    trial = Trial(0.0)
    for t in range(0, 50, 2):
        assert trial.look(t, t * 50) is Verdict.WAIT
    assert trial.look(50, None) is Verdict.WAIT  # no answer
    for t in range(52, 112, 2):
        assert trial.look(t, t * 50) is Verdict.WAIT
    assert trial.look(112, 52 * 50) is Verdict.WAIT  # it answers, and its clock stands
    assert trial.look(114, 0) is Verdict.WAIT  # another process, which counts from the start
    assert trial.look(114 + STEADY_S, round(STEADY_S * 50)) is Verdict.GOOD


@pytest.mark.parametrize("ticks", [None, 0, 7])
def test_a_version_that_never_works_goes_in_time(ticks: int | None) -> None:
    trial = Trial(10.0)
    assert trial.look(10.0, ticks) is Verdict.WAIT
    assert trial.look(10.0 + LIMIT_S, ticks) is Verdict.BAD


# Two slots, as RAUC 1.13 tells of them


def status(**more: object) -> str:
    def slot(letter: str, state: str, **said: object) -> dict[str, object]:
        return {"class": "system", "bootname": letter, "state": state, **said}

    boot = {"class": "boot", "bootname": None, "parent": "system.0", "state": "inactive"}
    told = {
        "compatible": "spacebox-arm64",
        "booted": "A",
        "boot_primary": "system.0",
        "slots": [
            {"boot.0": boot},
            {"system.0": slot("A", "booted", boot_status="good", slot_status={})},
            {"system.1": slot("B", "inactive", boot_status="good", slot_status={})},
        ],
    }
    return json.dumps({**told, **more})


def test_a_flashed_card_has_nothing_to_go_back_to() -> None:
    slots = parse_slots(status())
    assert (slots.runs.name, slots.other.name) == ("A", "B")
    assert not slots.can_go_back


def test_an_updated_one_goes_back_unless_the_other_slot_is_bad() -> None:
    said = json.loads(status())
    said["slots"][1]["system.0"]["slot_status"] = {"bundle": {"version": "0.2.0"}}
    assert parse_slots(json.dumps(said)).can_go_back
    said["slots"][2]["system.1"]["boot_status"] = "bad"
    assert not parse_slots(json.dumps(said)).can_go_back


@pytest.mark.parametrize("broken", [status(slots=[]), status(slots=None), "{}"])
def test_a_status_without_slots_is_no_status(broken: str) -> None:
    with pytest.raises(ValueError, match="which slot runs"):
        parse_slots(broken)


# One slot: the package is replaced


@pytest.fixture
def deb(tmp_path: Path) -> Path:
    """A package as small as can be, of version 0.2.0."""
    return made_deb(tmp_path, "0.2.0")


def made_deb(tmp_path: Path, version: str, program: str = "opt/spacebox/bin/spacebox") -> Path:
    tree = tmp_path / f"tree-{version}"
    (tree / "DEBIAN").mkdir(parents=True)
    said = f"Package: spacebox\nVersion: {version}\nArchitecture: all\nMaintainer: Space box\n"
    (tree / "DEBIAN/control").write_text(f"{said}Description: a test\n")
    (tree / program).parent.mkdir(parents=True)
    (tree / program).write_text(version)
    file = tmp_path / f"{version}.deb"
    subprocess.run(["dpkg-deb", "--build", tree, file], check=True, capture_output=True)
    return file


def test_a_package_is_tried_kept_and_gone_back_from(tmp_path: Path, deb: Path) -> None:
    folder = tmp_path / "package"
    packages = Packages(folder)
    assert packages.version(deb) == "0.2.0"
    packages.install(deb, yes)
    assert (folder / "next/opt/spacebox/bin/spacebox").read_text() == "0.2.0"
    assert not packages.on_trial
    start(folder)
    assert packages.on_trial
    packages.keep()
    assert (folder / "current/opt/spacebox/bin/spacebox").read_text() == "0.2.0"
    packages.install(made_deb(tmp_path, "0.3.0"), yes)
    start(folder)
    packages.keep()
    assert packages.turn_back() == "0.2.0"
    start(folder)
    packages.keep()
    with pytest.raises(Unfit, match="is what runs"):
        packages.install(deb, yes)


def test_the_first_package_goes_back_to_what_the_card_came_with(tmp_path: Path, deb: Path) -> None:
    packages = Packages(tmp_path / "package")
    with pytest.raises(Unfit, match="nothing to go back to"):
        packages.turn_back()
    packages.install(deb, yes)
    start(tmp_path / "package")
    packages.keep()
    assert packages.turn_back() == "the version that the card came with"


def test_a_package_that_was_not_kept_is_gone_at_the_next_start(tmp_path: Path, deb: Path) -> None:
    packages = Packages(tmp_path / "package")
    packages.install(deb, yes)
    start(tmp_path / "package")
    start(tmp_path / "package")
    assert not packages.on_trial
    assert not (tmp_path / "package/current").exists()


def test_a_package_of_something_else_is_refused(tmp_path: Path) -> None:
    other = made_deb(tmp_path, "1.0", "usr/bin/other")
    with pytest.raises(Unfit, match="holds no Space box"):
        Packages(tmp_path / "package").install(other, yes)


def start(folder: Path) -> None:
    """Do what the image's initramfs does with the links, by its own lines."""
    script = Path(__file__).parents[2] / "image-build/rauc/package.sh"
    run = f'. "{script}"; choose_package "{folder}"'
    subprocess.run(["sh", "-eu", "-c", run], check=True)


# Which of them


@pytest.mark.parametrize(
    ("model", "target"),
    [
        ("Raspberry Pi 5 Model B Rev 1.0\0", Rauc),
        ("Raspberry Pi 4 Model B Rev 1.4\0", Rauc),
        ("Raspberry Pi 3 Model B Plus Rev 1.3\0", Packages),
        ("Raspberry Pi Zero 2 W Rev 1.0\0", Packages),
        (None, Rauc),
    ],
)
def test_the_board_says_what_is_updated(model: str | None, target: type, tmp_path: Path) -> None:
    file = tmp_path / "model"
    if model is not None:
        file.write_text(model)
    assert isinstance(target_here(tmp_path, file), target)
    assert isinstance(target_here(tmp_path / "no image", file), Apt)


# Factory reset


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
