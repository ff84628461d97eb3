"""The way of a version: installed, tried, kept or gone back from; nothing of it on air."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from spacebox.system.packages import Apt, Packages
from spacebox.system.slots import Rauc
from spacebox.system.target import Interrupted, Kind, Told
from spacebox.system.trial import LIMIT_S, STEADY_S, Trial, Verdict
from spacebox.system.update import Finding, Record, Step, Update, target_here
from system.shop import CONTENT, Shop, listed, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path) as shop:
        yield shop


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
