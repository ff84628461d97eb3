"""`spacebox setup`, answered at a real terminal."""

import codecs
import contextlib
import os
import pty
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_cli_control import somebody_else

from box import CLI, PATIENCE_S
from spacebox.cli.draft import Draft
from spacebox.cli.main import main
from spacebox.cli.questions import chapters
from spacebox.config.load import parse, settings
from spacebox.config.schema import Config

OWNED = """\
# The box in the hall.
[box]
host = "Ana"   # for now

[panel.buttons]
mute = 5
"""
CARDS = """\
 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones
                      bcm2835 Headphones
 1 [Device         ]: USB-Audio - USB PnP Sound Device
                      C-Media USB PnP Sound Device at usb-0000:01:00.0-1.3, full speed
"""
STREAMS = """\
00-00: bcm2835 Headphones : bcm2835 Headphones : playback 8
01-00: USB Audio : USB Audio : playback 1 : capture 1
"""


class Terminal:
    """A program at a terminal: what it shows is read, and answers are typed."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self._master = master
        self.process = process
        self.shown = ""
        self._decode = codecs.getincrementaldecoder("utf-8")().decode  # a piece ends anywhere
        self._read = 0

    def until(self, text: str) -> str:
        """Wait for *text* after what was waited for before; return what came up to it."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := self.shown.find(text, self._read)) < 0:
            ready, _, _ = select.select([self._master], [], [], deadline - time.monotonic())
            assert ready, f"{text!r} was never shown: {self.shown}"
            self._take()
        came, self._read = self.shown[self._read : found], found + len(text)
        return came

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def answer(self, question: str, answer: str = "") -> None:
        """Wait for a question and the brackets after it, and answer that."""
        self.until(question)
        self.until("] ")
        self.type(f"{answer}\n")

    def ended(self, again: str = "") -> int:
        """Read to the end, typing *again* where nothing comes; return the exit status."""
        deadline = time.monotonic() + PATIENCE_S
        with contextlib.suppress(OSError):  # Linux says so when nobody holds the other end
            while True:
                assert time.monotonic() < deadline, self.shown
                if select.select([self._master], [], [], 0.5)[0]:
                    self._take()
                elif again:
                    self.type(again)
        return self.process.wait(PATIENCE_S)

    def _take(self) -> None:
        came = os.read(self._master, 4096)
        self.shown += self._decode(came).replace("\r\n", "\n")


@contextlib.contextmanager
def terminal(*words: str) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    environ = {**os.environ, "TERM": "dumb", "COLUMNS": "80"}
    process = subprocess.Popen(
        [CLI, *words],
        env=environ,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        # Ctrl-C reaches who holds the terminal: a session of its own does.
        start_new_session=True,
        preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),
    )
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE_S)
        os.close(master)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "spacebox.toml"
    path.write_text(OWNED)
    return path


def test_what_is_answered_is_written_and_comments_stay(file: Path) -> None:
    file.chmod(0o640)
    with terminal("setup", "--config", str(file)) as owner:
        owner.answer("Its name in your network", "hall")
        owner.answer("Your own name", "Mira Ólafs")
        owner.answer("What they are called", "Tea time")
        owner.answer("Who may come in", "2")
        owner.answer("How many guests", "4")
        owner.answer("take its speaker's echo", "n")
        owner.answer("Its controller", "2")
        owner.answer("upside down", "yes")
        owner.answer("How they come in", "4")
        owner.answer("Where ssh goes", "me@server.example")
        owner.answer("address from outside")
        owner.answer("folder where they are")
        owner.until("This would be new:")
        assert file.read_text() == OWNED
        summary = owner.until("Write this")
        owner.until("] ")
        owner.type("\n")
        assert owner.ended() == 0
    assert '  box.host                 "Ana"        →  "Mira Ólafs"\n' in summary
    changed = file.read_text()
    assert changed.startswith('# The box in the hall.\n[box]\nhost = "Mira Ólafs"   # for now\n')
    new = dict(settings(parse(changed, "changed")))
    assert {key: value for key, value in new.items() if value != dict(settings(Config()))[key]} == {
        "box.name": "hall",
        "box.host": "Mira Ólafs",
        "panel.buttons.mute": 5,
        "panel.screen.driver": "sh1106",
        "panel.screen.rotate": 180,
        "sound.echo_cancellation": False,
        "space.title": "Tea time",
        "space.access": "pin",
        "space.stage_limit": 4,
        "network.tunnel": "ssh",
        "network.tunnel_to": "me@server.example",
    }
    assert file.stat().st_mode & 0o777 == 0o640
    said = " ".join(owner.shown.split())
    assert f"Saved to {file}." in said
    assert "`sudo systemctl restart spacebox`" in said
    assert "The restart is for box.name, box.host, panel.screen.driver," in said
    assert "space.title" not in said.partition("The restart is for")[2]


def test_a_wrong_answer_is_asked_for_again(file: Path) -> None:
    with terminal("setup", "--config", str(file)) as owner:
        owner.answer("Its name", "the hall")
        owner.until("That does not do: must be a name of letters, digits and hyphens")
        owner.answer("", "-")
        owner.until("That does not do: must be a name")
        owner.answer("", "hall")
        owner.answer("Your own name", "")
        owner.answer("What they are called", "")
        owner.answer("Who may come in", "everybody")
        owner.until('That does not do: must be a number from 1 to 3, not "everybody"')
        owner.answer("", "3")
        owner.answer("How many guests", "99")
        owner.until("That does not do: must be a whole number from 1 to 12, not 99")
        owner.answer("", "many")
        owner.until('That does not do: must be a whole number from 1 to 12, not "many"')
        owner.answer("", "12")
        owner.answer("echo", "perhaps")
        owner.until('That does not do: must be yes or no, not "perhaps"')
        owner.answer("", "YES")
        finish(owner)
        owner.until("Write this")
        owner.answer("", "no")
        assert owner.ended() == 0
    assert owner.shown.endswith("Nothing was changed.\n")
    assert file.read_text() == OWNED


def finish(owner: Terminal) -> None:
    """Keep the rest as it is."""
    for question in ("controller", "upside down", "How they come in", "from outside, as https"):
        owner.answer(question)
    owner.answer("router's own address")
    owner.answer("folder where they are")


def test_whoever_keeps_all_changes_nothing(file: Path) -> None:
    with terminal("setup", "--config", str(file)) as owner:
        for question in ("Its name", "Your own", "called", "Who may", "How many", "echo"):
            owner.answer(question)
        finish(owner)
        assert owner.ended() == 0
    assert owner.shown.endswith("Nothing is new. The file stays as it is.\n")
    assert file.read_text() == OWNED


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_one_may_leave_at_any_time(file: Path, key: str) -> None:
    with terminal("setup", "--config", str(file)) as owner:
        owner.answer("Its name", "hall")
        owner.until("Your own name")
        owner.until("[Ana] ")
        owner.type(key)
        # Between the brackets and the wait for a key, Python takes Ctrl-C with the next key only.
        assert owner.ended(again=key) == 130
    assert owner.shown.endswith("Nothing was changed.\n")
    assert file.read_text() == OWNED


def test_a_title_is_emptied(file: Path) -> None:
    file.write_text('[space]\ntitle = "Tea" # at five\n')
    with terminal("setup", "--config", str(file)) as owner:
        owner.answer("Its name")
        owner.answer("Your own")
        owner.answer("called", "-")
        for question in ("Who may", "How many", "echo"):
            owner.answer(question)
        finish(owner)
        owner.until("Write this")
        owner.answer("", "y")
        assert owner.ended() == 0
    assert file.read_text() == '[space]\ntitle = "" # at five\n'
    assert "`sudo systemctl reload spacebox`" in " ".join(owner.shown.split())
    assert "The restart is for" not in owner.shown


def test_mistakes_of_before_are_named_at_the_end(file: Path) -> None:
    file.write_text("[panel]\nbounce = 3\n")
    with terminal("setup", "--config", str(file)) as owner:
        owner.answer("Its name", "hall")
        for question in ("Your own", "called", "Who may", "How many", "echo"):
            owner.answer(question)
        finish(owner)
        owner.until("Write this")
        owner.answer("", "")
        assert owner.ended() == 0
    assert f"{file}:2: panel.bounce: no such setting" in owner.shown


def test_a_file_that_is_no_toml_is_left_alone(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("box = = 1")
    assert main(["setup", "--config", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"{file}:1: not TOML: ")


def test_who_may_not_write_is_told_before_the_questions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755 if os.geteuid() == 0 else 0o555)
        with somebody_else():
            assert main(["setup", "--config", f"{directory}/spacebox.toml"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.endswith("takes root to be changed: `sudo spacebox setup`.\n")


def test_sound_cards_are_offered_by_what_they_can(tmp_path: Path) -> None:
    (tmp_path / "cards").write_text(CARDS)
    (tmp_path / "pcm").write_text(STREAMS)
    offered = {
        question.key: [choice.value for choice in question.choices]
        for chapter in chapters(tmp_path)
        for question in chapter.questions
    }
    assert offered["sound.microphone"] == ["card", "card:USB PnP Sound Device"]
    assert offered["sound.speaker"] == [
        "card",
        "card:bcm2835 Headphones",
        "card:USB PnP Sound Device",
    ]
    (tmp_path / "pcm").unlink()
    bare = [question.key for chapter in chapters(tmp_path) for question in chapter.questions]
    assert "sound.microphone" not in bare


def test_every_choice_is_one_that_the_box_takes(tmp_path: Path) -> None:
    known = dict(settings(Config()))
    for chapter in chapters(tmp_path):
        for question in chapter.questions:
            assert question.key in known
            for choice in question.choices:
                draft = Draft(tmp_path / "spacebox.toml")
                draft.put(question.key, choice.value)
                assert dict(settings(draft.config))[question.key] == choice.value
