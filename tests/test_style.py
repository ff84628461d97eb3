"""The tools that read the code instead of running it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "firmware/spacebox").rglob("*.py"))
LONGEST_FUNCTION = 40
LONGEST_FILE = 300


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_is_content(command: str) -> None:
    tool, *arguments = command.split()
    result = subprocess.run(
        [Path(sys.executable).with_name(tool), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def functions(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{file.name}:{node.lineno}: {node.name}", node.end_lineno - node.lineno + 1


def test_functions_are_short() -> None:
    assert SOURCES
    long = {
        name: lines
        for file in SOURCES
        for name, lines in functions(file)
        if lines > LONGEST_FUNCTION
    }
    assert not long


def test_files_are_short() -> None:
    lengths = {file.name: len(file.read_text().splitlines()) for file in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "base", "core", "manager"])
def test_no_module_is_called(word: str) -> None:
    assert [file for file in SOURCES if word in (file.stem, *file.parent.parts[-1:])] == []
