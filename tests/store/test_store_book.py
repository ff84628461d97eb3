"""A file of lines that is cut off anywhere."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from box import eventually
from spacebox.store.book import BookFile


@contextmanager
def opened(path: Path) -> Iterator[BookFile]:
    book = BookFile(path)
    try:
        yield book
    finally:
        book.close()


def lines(path: Path) -> tuple[object, ...]:
    with opened(path) as book:
        return book.read()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "space.jsonl"


def test_what_was_written_is_there_the_next_time(path: Path) -> None:
    with opened(path) as book:
        assert book.read() == ()
        for number in range(1000):
            book.append({"n": number, "name": "Tomás 👏"})
    assert lines(path) == tuple({"n": n, "name": "Tomás 👏"} for n in range(1000))
    with opened(path) as book:
        book.append({"n": 1000})
    assert len(lines(path)) == 1001
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_book_begun_anew_has_nothing_else_in_it(path: Path) -> None:
    with opened(path) as book:
        book.append({"n": 1})
        book.begin(({"n": 2}, {"n": 3}))
        book.append({"n": 4})
    assert lines(path) == ({"n": 2}, {"n": 3}, {"n": 4})
    with opened(path) as book:
        book.begin()
    assert lines(path) == ()


@pytest.mark.parametrize(
    "tail", [b'{"n": 3', b"\n", b"[3]\n", b'{"n": 3}', b"\xff\xfe\n", b"\0" * 4096]
)
def test_a_broken_end_is_cut_off(path: Path, tail: bytes) -> None:
    path.write_bytes(b'{"n": 1}\n{"n": 2}\n' + tail)
    with opened(path) as book:
        assert book.read() == ({"n": 1}, {"n": 2})
        book.append({"n": 4})
    assert lines(path) == ({"n": 1}, {"n": 2}, {"n": 4})


def test_every_cut_leaves_whole_lines(path: Path) -> None:
    whole = b"".join(b'{"n":%d}\n' % n for n in range(20))
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        assert lines(path) == tuple({"n": n} for n in range(whole[:end].count(b"\n")))


def test_a_line_is_in_the_file_at_once(path: Path) -> None:
    with opened(path) as book:
        book.append({"n": 1})
        eventually(lambda: path.exists() and path.read_bytes() == b'{"n":1}\n')


def test_a_card_that_takes_nothing_is_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    with caplog.at_level(logging.ERROR), opened(folder / "space.jsonl") as book:
        folder.rename(tmp_path / "elsewhere")
        book.append({"n": 1})
        book.append({"n": 2})
        eventually(lambda: bool(caplog.records))
        (tmp_path / "elsewhere").rename(folder)
        book.append({"n": 3})
    assert len(caplog.records) == 1
    assert lines(folder / "space.jsonl")[-1] == {"n": 3}


def test_what_is_no_file_is_an_error(path: Path) -> None:
    path.mkdir()
    with pytest.raises(OSError, match=os.strerror(21)):
        BookFile(path)
