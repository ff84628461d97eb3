import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from spacebox.cli.main import main, parser
from spacebox.cli.moderate import field

# fmt: off
COMMANDS = [
    "run", "sim", "status", "start", "end", "requests", "approve", "decline", "defer", "invite",
    "mute", "remove", "cohost", "audience", "do", "link", "press", "screen",
    "config", "doctor", "join", "leave", "find", "tunnel", "first-boot", "update",
    "reset", "setup", "welcome",
]
# fmt: on


def test_help_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    listed = [
        line.split()[0]
        for line in capsys.readouterr().out.splitlines()
        if line[:4] == "    " and line[4] != " "  # those with more go on what is said of one
    ]
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize("command", [*COMMANDS, "config check", "config set"])
def test_each_command_tells_about_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: spacebox {command} ")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "dance",
        "mute",
        "config",
        "config get",
        "start --access maybe",
        "link --role king",
        "do SetMuted muted",
        "press",
        "press reset",
        "press mute --hold 0",
        "press mute --times twice",
        "screen --scale 0",
        "screen --scale 2.5",
        "sim --port 65536",
        "sim --mic tone:5",
        "sim --speaker tone",
        "sim --seconds 0",
        "sim --seconds nan",
        "sim --seconds soon",
    ],
)
def test_wrong_usage_is_status_2(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    assert ended.value.code == 2
    assert "usage: spacebox" in capsys.readouterr().err


def test_sim_passes_on_what_it_was_told() -> None:
    line = "sim --config a.toml --port 0 --listen :: --state s --mic tone:880 --speaker file:o.wav"
    args = parser().parse_args([*line.split(), "--start", "Tea", "--record", "--seconds", "2.5"])
    assert (args.config, args.port, args.listen) == (Path("a.toml"), 0, "::")
    assert (args.state, args.mic, args.speaker) == (Path("s"), "tone:880", "file:o.wav")
    assert (args.start, args.record, args.seconds) == ("Tea", True, 2.5)


def test_sim_leaves_open_what_it_was_not_told() -> None:
    args = parser().parse_args(["sim"])
    left = (args.config, args.port, args.state, args.mic, args.speaker, args.start, args.seconds)
    assert set(left) == {None}
    assert (args.listen, args.record) == ("127.0.0.1", False)


@pytest.mark.parametrize("line", ["--socket x status", "status --socket x"])
def test_the_socket_is_named_before_or_after_the_command(line: str) -> None:
    assert parser().parse_args(line.split()).socket == Path("x")


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("muted=false", ("muted", False)),
        ("limit=3", ("limit", 3)),
        ('topics=["a"]', ("topics", ["a"])),
        ("reason=I was = there", ("reason", "I was = there")),
        ("title=", ("title", "")),
        ("note=NaNo", ("note", "NaNo")),
    ],
)
def test_values_of_do_are_json_or_text(text: str, pair: tuple[str, object]) -> None:
    assert field(text) == pair


def test_asking_the_box_loads_nothing_heavy(tmp_path: Path) -> None:
    """`spacebox status` is typed often, and a Pi is slow."""
    script = (
        "import sys; from spacebox.cli.main import main;"
        f"assert main(['--socket', {str(tmp_path / 'none.sock')!r}, 'status']) == 3;"
        "heavy = {'numpy', 'aiohttp', 'asyncio', 'av', 'tomlkit', 'PIL'} & set(sys.modules);"
        "sys.exit(f'loads {heavy}' if heavy else 0)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr


def test_a_reader_who_leaves_is_no_failure() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [Path(sys.executable).with_name("spacebox"), "config", "show"]
    result = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (result.returncode, result.stderr) == (0, b"")


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"spacebox {version('spacebox')}\n"
