"""Being a guest, as a host types it, between two running boxes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from box import Box, eventually, running_box


def box_of(folder: Path, host: str) -> tuple[Path, list[str]]:
    folder.mkdir()
    file = folder / "spacebox.toml"
    file.write_text(f'[box]\nhost = "{host}"\n')
    return folder, ["--config", str(file), "--mic", "silence", "--speaker", "none"]


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, Box]]:
    """Mira's box, and Tomás', which visits."""
    parent = tmp_path_factory.mktemp("boxes")
    folder, options = box_of(parent / "there", "Mira")
    ours, own_options = box_of(parent / "here", "Tomás")
    with (
        running_box(folder, *options, start=None) as there,
        running_box(ours, *own_options, start=None) as here,
    ):
        yield there, here


@pytest.fixture
def there(boxes: tuple[Box, Box]) -> Iterator[Box]:
    """A live Space."""
    boxes[0].cli("start", "--title", "Tea")
    yield boxes[0]
    if boxes[0].space()["state"] != "idle":
        boxes[0].cli("end", "--now")


@pytest.fixture
def here(boxes: tuple[Box, Box]) -> Iterator[Box]:
    yield boxes[1]
    boxes[1].cli("leave")


def guest_in(there: Box) -> list[str]:
    return [p["name"] for p in there.space()["participants"] if p["role"] != "host"]


def test_there_and_home_again(there: Box, here: Box) -> None:
    assert here.cli("leave") == "The box is at home.\n"
    said = here.cli("join", there.url).splitlines()
    assert said[0] == "The box is in: Tea"
    assert said[1] == "You listen. To ask to speak: spacebox do RequestToSpeak"
    assert guest_in(there) == ["Tomás"]
    assert json.loads(here.cli("status", "--json"))["guest"]["link"] == "there"

    assert "already" in here.cli("join", there.url, status=1)
    assert here.cli("start", status=1)
    assert here.cli("leave").startswith("Left ")
    assert guest_in(there) == []
    assert here.space()["guest"] is None


def test_status_says_what_the_box_is_there(there: Box, here: Box) -> None:
    here.cli("join", there.url)
    lines = here.cli("status").splitlines()
    assert lines[0].startswith("A GUEST  Tea  0:0")
    assert "Line       there" in lines
    assert "You        listening" in lines
    eventually(lambda: "Audience   1 listening" in here.cli("status"))

    here.cli("do", "RequestToSpeak")
    eventually(lambda: "You        waiting, number 1 in line" in here.cli("status"))
    there.cli("approve")
    eventually(lambda: "You        on stage, muted" in here.cli("status"))
    assert [p["name"] for p in here.space()["participants"]] == ["Mira", "Tomás"]
    here.cli("do", "SetMuted", "muted=false")
    eventually(lambda: "You        open, " in here.cli("status"))
    there.cli("mute", "Tomás")
    eventually(lambda: "You        on stage, muted" in here.cli("status"))


def test_the_end_there_is_told(there: Box, here: Box) -> None:
    here.cli("join", there.url)
    there.cli("end", "--now")
    eventually(lambda: here.space()["guest"] is None)
    assert here.space()["parting"]["heading"] == "The Space is over"
    lines = here.cli("status").splitlines()
    assert lines[0].startswith("OFF AIR")
    assert any(line.startswith("Was away   The Space is over. ") for line in lines)


def test_a_room_with_a_pin(there: Box, here: Box) -> None:
    there.cli("end", "--now")
    there.cli("start", "--title", "Tea", "--access", "pin")
    pin = there.space()["pin"]
    wrong = f"{(int(pin) + 1) % 10_000:04}"
    assert here.cli("join", there.url, status=1)
    assert here.cli("join", there.url, "--pin", wrong, status=1)
    assert guest_in(there) == []
    here.cli("join", there.url, "--pin", pin)
    assert guest_in(there) == ["Tomás"]


def test_an_invitation_takes_its_seat(there: Box, here: Box) -> None:
    link = json.loads(there.cli("link", "--role", "speaker", "--json"))["url"]
    said = here.cli("join", link).splitlines()
    assert said[1] == "You are muted. To speak: spacebox do SetMuted muted=false"
    seat = next(p for p in there.space()["participants"] if p["name"] == "Tomás")
    assert (seat["role"], seat["muted"]) == ("speaker", True)


def test_where_nobody_can_go(there: Box, here: Box) -> None:
    for target in ("ZZZZZ", "not a link", "ftp://127.0.0.1/", "http://127.0.0.1:9/s/ZZZZZ"):
        reason = here.cli("join", target, status=1)
        assert reason.strip()
        assert "Traceback" not in reason
    assert here.space()["guest"] is None
    there.cli("end", "--now")
    assert here.cli("join", there.url, status=1)


def test_without_a_box(tmp_path: Path, here: Box) -> None:
    nowhere = str(tmp_path / "control.sock")
    assert "No Space box is running" in here.cli("--socket", nowhere, "join", "ZZZZZ", status=3)
    assert "No Space box is running" in here.cli("--socket", nowhere, "leave", status=3)
