"""What the harness asks of the guest is done there; what cannot be is told."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import agent
import pytest
from guest import Gone, Guest, guest


@contextmanager
def booted(path: Path) -> Iterator[socket.socket]:
    """An agent at the end of the line, as one boot of the guest."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))
        thread = threading.Thread(target=agent.serve, args=(line.fileno(),))
        thread.start()
        try:
            yield line
        finally:
            line.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Guest]:
    with guest(tmp_path / "agent") as found, booted(tmp_path / "agent"):
        found.wait_for_boot(patience_s=30)
        yield found


def test_programs_run_with_what_they_are_given(inside: Guest) -> None:
    done = inside.run("sh", "-c", "cat; echo no >&2; exit 3", given="Zoë".encode())
    assert (done.status, done.out, done.err) == (3, "Zoë", "no\n")
    assert len(inside.run_for_bytes("head", "-c", "300000", "/dev/zero")) == 300_000
    with pytest.raises(AssertionError, match="false"):
        inside.check("false")


def test_files_are_written_and_read(inside: Guest, tmp_path: Path) -> None:
    inside.write(f"{tmp_path}/file", b"\x00\xff")
    assert inside.read(f"{tmp_path}/file") == b"\x00\xff"


def test_what_fails_there_fails_here(inside: Guest, tmp_path: Path) -> None:
    for ask in (lambda: inside.read(f"{tmp_path}/none"), lambda: inside.run("no-such-program")):
        with pytest.raises(OSError, match="No such file"):
            ask()


def test_questions_do_not_wait_for_one_another(inside: Guest, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    inside.check("mkfifo", str(gate))
    slow = threading.Thread(target=inside.check, args=("cat", str(gate)))
    slow.start()
    inside.check("sh", "-c", f"echo > {gate}")
    slow.join(30)
    assert not slow.is_alive()


def test_boots_are_counted_and_what_is_off_answers_nothing(tmp_path: Path) -> None:
    with guest(tmp_path / "agent") as found:
        for count in (1, 2):
            with booted(tmp_path / "agent"):
                found.wait_for_boot(count, patience_s=30)
                assert found.check("echo", "here") == "here\n"
        assert found.boots == 2
        found.wait_until_gone(patience_s=30)
        with pytest.raises(Gone, match="off"):
            found.check("true")
        with pytest.raises(Gone, match="boot 3"):
            found.wait_for_boot(3, patience_s=0.01)


def test_a_machine_that_goes_off_answers_no_more(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    with guest(tmp_path / "agent") as found, booted(tmp_path / "agent") as line:
        found.wait_for_boot(patience_s=30)
        cut = threading.Timer(0.1, line.shutdown, (socket.SHUT_RDWR,))
        cut.start()
        with pytest.raises(Gone, match="no answer"):
            found.run("cat", str(gate))
        cut.join()
        gate.write_text("")
