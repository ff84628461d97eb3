"""What of a configuration that is read again counts on a box that runs."""

from __future__ import annotations

from dataclasses import replace

from spacebox.config.load import parse, parse_or_default
from spacebox.config.load import settings as every
from spacebox.config.schema import Config
from spacebox.daemon.settings import Settings

AT_ONCE = {"panel.chime_joins", "storage.keep_free_mb"}


def test_spaces_to_come_and_a_little_more_need_no_restart() -> None:
    settings = Settings(Config(), ())
    changed = """
        [box]
        name = "kitchen"
        [space]
        title = "Slow radio"
        [panel]
        chime_joins = true
        [panel.lights]
        request = 6
        [network]
        http_port = 8000
        [storage]
        keep_free_mb = 100
    """
    settings.read(parse(changed, ""), ())
    assert settings.waiting == ("box.name", "panel.lights.request", "network.http_port")
    assert settings.config.space.title == "Slow radio"
    given = dict(every(settings.config))
    assert {key for key, value in every(Config()) if given[key] != value} == {
        *AT_ONCE,
        "space.title",
    }


def test_what_waits_is_told_until_it_is_taken_back() -> None:
    settings = Settings(Config(), ())
    settings.read(replace(Config(), box=replace(Config().box, name="kitchen")), ())
    (fault,) = settings.faults
    assert "box.name" in fault.detail
    assert "sudo systemctl restart spacebox" in fault.detail
    settings.read(Config(), ())
    assert settings.faults == ()


def test_mistakes_are_those_of_the_file_as_it_is_now() -> None:
    settings = Settings(*parse_or_default("[box]\nnane = 1", "spacebox.toml"))
    assert [fault.detail for fault in settings.faults] == [
        "spacebox.toml:2: box.nane: no such setting; did you mean name?"
    ]
    settings.read(*parse_or_default("", "spacebox.toml"))
    assert settings.faults == ()
