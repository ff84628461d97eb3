"""What owners are told to type is what there is."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from spacebox.cli.main import parser
from spacebox.config.load import read
from spacebox.config.schema import Config
from spacebox.system import preseed

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "hardware/owner.md", ROOT / "hardware/README.md"]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.M | re.S)


def commands() -> Iterator[tuple[str, str]]:
    """Yield each `spacebox` command of the pages, in blocks and in sentences."""
    for page in PAGES:
        text = page.read_text()
        lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
        for line in [*lines, *re.findall(r"`([^`\n]+)`", text)]:
            words = line.removeprefix("sudo ").partition("#")[0].strip()
            if re.match("spacebox [a-z]", words):
                yield page.name, words


@pytest.mark.parametrize("line", sorted({line for _, line in commands()}))
def test_a_command_that_is_told_can_be_typed(line: str) -> None:
    assert callable(parser().parse_args(shlex.split(line)[1:]).action)


def test_the_owner_s_page_tells_of_all_that_owners_need() -> None:
    told = {line for page, line in commands() if page == "owner.md"}
    needed = "setup|config set|update check|update install|update rollback|reset|doctor|status"
    for words in needed.split("|"):
        assert any(line.startswith(f"spacebox {words}") for line in told), words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_settings_that_are_shown_are_right(page: Path) -> None:
    for block in blocks(page, "toml"):
        if "[system]" not in block:
            config, mistakes = read(block, page.name)
            assert mistakes == ()
            assert config != Config()


def test_the_file_for_the_first_boot_is_right_but_for_the_key() -> None:
    (block,) = (b for b in blocks(ROOT / "hardware/owner.md", "toml") if "[system]" in b)
    wished, mistakes = preseed.read(
        block.replace("AAAA…", "A" * 68), preseed.NAME, available_timezones().__contains__
    )
    assert mistakes == ()
    assert (wished.hostname, wished.country, wished.timezone) == ("hall", "DE", "Europe/Berlin")
    assert wished.wlan is not None
    assert len(wished.authorized_keys) == 1
