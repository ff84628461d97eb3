"""Commands as a host types them, against a running box."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from box import Box, running_box


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("box")
    with running_box(folder, "--mic", "silence", "--speaker", "none", start=None) as box:
        yield box


@pytest.fixture
def box(running: Box) -> Iterator[Box]:
    """A live Space without anybody."""
    running.cli("start", "--title", "Tea")
    yield running
    if running.space()["state"] != "idle":
        running.cli("end", "--now")


def person(box: Box, id_: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [p for p in box.space()["participants"] if p["id"] == id_]
    return found[0]


def asks(box: Box, name: str, reason: str = "") -> str:
    """Let somebody join and ask to speak; return their id."""
    joined = box.join(name)
    request = {"command": "RequestToSpeak", "reason": reason}
    assert box.call("/api/commands", request, token=joined["token"]).status == 200
    participant: str = joined["participant"]
    return participant


def on_stage(box: Box, name: str) -> str:
    participant = asks(box, name)
    box.cli("approve", participant)
    return participant


def test_start_says_what_is_live(running: Box) -> None:
    line = ["--title", "Tea", "--topic", "a", "--topic", "b", "--access", "pin", "--no-record"]
    said = running.cli("start", *line).splitlines()
    space = running.space()
    assert (space["state"], space["title"], space["topics"]) == ("live", "Tea", ["a", "b"])
    assert said[:2] == ["Live: Tea", f"The PIN is {space['pin']}."]
    assert space["on_air"]["mic"] == "muted"
    assert running.cli("start", status=1)
    assert running.cli("end", "--now") == "Ended.\n"
    assert running.cli("end", status=1)


def test_end_can_be_taken_back(box: Box) -> None:
    assert box.cli("end") == "Ended. For 10 seconds `spacebox start` goes on with it.\n"
    ended = box.space()
    assert ended["state"] == "ended"
    assert box.cli("start").splitlines()[0] == "The Space goes on, as it was."
    assert (box.space()["state"], box.space()["id"]) == ("live", ended["id"])


def test_status_shows_who_is_here(box: Box) -> None:
    asks(box, "Ana", "The valve")
    shown = box.cli("status")
    assert shown.startswith("ON AIR  Tea  0:0")
    assert "  1  Ana  0:0" in shown
    assert "The valve" in box.cli("requests")
    waiting = json.loads(box.cli("requests", "--json"))
    assert waiting[0].keys() == {"participant", "name", "reason", "waiting_s"}
    assert (waiting[0]["name"], waiting[0]["reason"]) == ("Ana", "The valve")


def test_approve_takes_the_first_in_line(box: Box) -> None:
    ana, bob = asks(box, "Ana"), asks(box, "Bob")
    assert box.cli("approve") == "Let in Ana.\n"
    assert (person(box, ana)["role"], person(box, bob)["role"]) == ("speaker", "listener")


def test_approve_by_name_and_by_id(box: Box) -> None:
    ana, bob, cem = (asks(box, name) for name in ("Ana", "Bob", "Cem"))
    assert box.cli("approve", "cem") == "Let in Cem.\n"
    assert box.cli("approve", bob) == "Let in Bob.\n"
    assert [r["participant"] for r in box.space()["requests"]] == [ana]
    assert person(box, cem)["role"] == "speaker"


def test_a_name_that_fits_two_changes_nothing(box: Box) -> None:
    first, second = asks(box, "Ana"), asks(box, "Ana")
    refused = box.cli("approve", "Ana", status=1)
    assert first in refused
    assert second in refused
    assert len(box.space()["requests"]) == 2


def test_defer_and_decline(box: Box) -> None:
    ana, bob = asks(box, "Ana"), asks(box, "Bob")
    assert box.cli("defer") == "Later: Ana.\n"
    assert [r["participant"] for r in box.space()["requests"]] == [bob, ana]
    assert box.cli("decline", "Ana") == "Not this time: Ana.\n"
    assert [r["participant"] for r in box.space()["requests"]] == [bob]


@pytest.mark.parametrize("command", ["approve", "decline", "defer"])
def test_nobody_is_waiting(box: Box, command: str) -> None:
    assert box.cli(command, status=1) == "Nobody is waiting.\n"
    assert box.cli("requests") == "Nobody is waiting.\n"
    assert json.loads(box.cli("requests", "--json")) == []


def test_looking_after_the_stage(box: Box) -> None:
    ana = on_stage(box, "Ana")
    assert box.cli("cohost", "Ana") == "Ana is a co-host now.\n"
    assert person(box, ana)["role"] == "cohost"
    assert box.cli("mute", "Ana") == "Nothing to do: it is so already.\n"
    assert box.cli("audience", "Ana") == "Moved Ana to the audience.\n"
    assert person(box, ana)["role"] == "listener"
    assert box.cli("invite", "Ana") == "Invited Ana to the stage.\n"
    assert box.cli("mute", "Zoë", status=1).startswith("Nobody fits Zoë.")


def test_mute(box: Box) -> None:
    joined = box.join("Ana")
    box.call("/api/commands", {"command": "RequestToSpeak"}, token=joined["token"])
    box.cli("approve")
    unmute = {"command": "SetMuted", "muted": False}
    assert box.call("/api/commands", unmute, token=joined["token"]).status == 200
    assert box.cli("mute", "Ana") == "Muted Ana. Only they can unmute themselves.\n"
    assert person(box, joined["participant"])["muted"]


def test_remove_and_ban(box: Box) -> None:
    ana, bob = box.join("Ana"), box.join("Bob")
    assert box.cli("remove", "Ana") == "Removed Ana.\n"
    assert box.cli("remove", "Bob", "--ban") == "Removed Bob.\n"
    again = box.call("/api/join", {"name": "Bob"}, token=bob["token"])
    assert (again.status, again.body["error"]) == (403, "banned")
    assert box.call("/api/join", {"name": "Ana"}, token=ana["token"]).status == 201


def test_do_sends_any_command(box: Box) -> None:
    done = json.loads(box.cli("do", "SetMuted", "muted=false"))
    assert [event["event"] for event in done["events"]] == ["MuteChanged"]
    assert box.space()["on_air"]["mic"] == "open"
    assert box.cli("do", "Dance", status=1).startswith("No such command")
    assert box.cli("do", "Approve", "participant=nobody", status=1)


def test_links_open_the_stage(box: Box) -> None:
    link = json.loads(box.cli("link", "--role", "speaker", "--json"))
    assert link.keys() == {"url", "token"}
    assert link["url"].startswith("http")
    joined = box.call("/api/join", {"name": "Ana", "invite": link["token"]})
    assert (joined.status, joined.body["role"]) == (201, "speaker")
    assert box.cli("link").startswith("http")


def test_doctor_finds_the_box_well(running: Box, tmp_path: Path) -> None:
    file = tmp_path / "spacebox.toml"
    file.write_text("[sound]\nmicrophone = 'silence'\nspeaker = 'none'\n")
    checks = json.loads(running.cli("doctor", "--json", "--config", str(file)))["checks"]
    assert [check["detail"] for check in checks if check["name"] == "box"] == ["runs and is well"]
