from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spacebox.config.load import ConfigError, parse, parse_or_default, settings
from spacebox.config.schema import Buttons, Config, Lights, Network, Panel, Screen, Space

EVERYTHING = """\
[box]
name = "radio"
host = "Mira"
public_url = "https://radio.example/box/"

[panel.buttons]
mute = 5
approve = 6
end = 13
pull = "down"
[panel.lights]
on_air = [16, 19, 20]
request = 26
active_high = false
[panel.screen]
driver = "sh1106"
port = "spi-0.1"
address = 0x3D
dc = 12
reset = 21
rotate = 180
contrast = 80
[panel]
speak_requests = true
chime_joins = true

[sound]
microphone = "card:USB Audio"
speaker = "none"
echo_cancellation = false
noise_suppression = false

[space]
title = "Friday night"
topics = ["radio", "tea"]
description = "What we built.\\nAnd what broke."
rules = "Be kind."
access = "pin"
stage_limit = 3
record = true
starts_at = 2026-11-20T19:00:00Z

[network]
http_port = 80
https_port = 443
media_port = 40000
public_address = "2001:DB8::7"
listeners = 600
weak_uplink = true
stun = ["stun:stun.example:3478"]
turn = ["turn:turn.example:3478?transport=udp"]
turn_username = "box"
turn_credential = "secret"
turn_secret = "another"
certificate = "/etc/spacebox/chain.pem"
certificate_key = "/etc/spacebox/key.pem"
tunnel = "ssh"
tunnel_to = "box@radio.example"
announce = false

[storage]
path = "/data"
keep_free_mb = 0

[audience]
engine = "box"

[update]
source = "https://radio.example/updates"
automatic = false
"""


def test_nothing_gives_the_defaults() -> None:
    assert parse("", "spacebox.toml") == Config()
    assert Config().panel.buttons == Buttons(mute=17, approve=27, end=22)


def test_every_setting_can_be_set() -> None:
    config = parse(EVERYTHING, "spacebox.toml")
    changed = {key for key, value in settings(config) if (key, value) not in settings(Config())}
    assert {key for key, _ in settings(Config())} - changed == {"audience.engine"}
    assert config.space.topics == ("radio", "tea")
    assert config.space.starts_at == datetime(2026, 11, 20, 19, tzinfo=UTC)
    assert config.panel.screen == Screen("sh1106", "spi-0.1", 0x3D, 12, 21, 180, 80)
    assert config.panel.lights == Lights((16, 19, 20), 26, active_high=False)
    assert config.box.public_url == "https://radio.example/box"


def test_defaults_pass_their_own_checks() -> None:
    """A setting whose default were refused could never be written down."""
    text = "".join(
        f"{key} = {list(value) if isinstance(value, tuple) else _toml(value)}\n"
        for key, value in settings(Config())
        if value is not None
    )
    assert parse(text, "spacebox.toml") == Config()


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


MISTAKES = [
    block.split("\n-> ")
    for block in Path(__file__).with_name("mistakes.txt").read_text().strip().split("\n\n")[1:]
]


@pytest.mark.parametrize(("text", "mistake"), MISTAKES, ids=[said for _, said in MISTAKES])
def test_names_file_line_and_key(text: str, mistake: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "spacebox.toml")
    assert str(caught.value) == f"spacebox.toml:{mistake}"


def test_tells_all_mistakes_at_once_from_top_to_bottom() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("[network]\nhttp_prt = 1\n[box]\nhost = 2\nname = ''\n[space]\ntitle = 1\n", "x.toml")
    found = [(m.line, m.key) for m in caught.value.mistakes]
    assert found == [(2, "network.http_prt"), (4, "box.host"), (5, "box.name"), (7, "space.title")]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("a = 1\nb = = 2\n", "x.toml:2: not TOML: invalid value"),
        ("a = 1\na = 2\n", "x.toml:2: not TOML: cannot overwrite a value"),
        ("a = 1\nb = [2,\n3\n", "x.toml:3: not TOML: unclosed array"),
        ("[a", "x.toml:1: not TOML: expected ']' at the end of a table declaration"),
        (b"a = 1\nb = '\xff'\n", "x.toml:2: must be written in UTF-8"),
    ],
)
def test_names_the_line_of_what_is_no_toml(text: str | bytes, mistake: str) -> None:
    config, mistakes = parse_or_default(text, "x.toml")
    assert (config, mistakes) == (Config(), (mistake,))


def test_an_editor_may_leave_a_byte_order_mark() -> None:
    assert parse(b"\xef\xbb\xbf[box]\r\nhost = 'Mira'\r\n", "x.toml").box.host == "Mira"


def test_a_broken_setting_keeps_its_default_and_the_others_hold() -> None:
    text = "[space]\ntitle = 'Tea'\nstage_limit = 99\n[box]\nhots = 'Mira'\n"
    config, mistakes = parse_or_default(text, "x.toml")
    assert config == replace(Config(), space=Space(title="Tea"))
    assert [mistake.split(":")[1] for mistake in mistakes] == ["3", "5"]


def test_clashing_pins_leave_the_whole_panel_at_its_defaults() -> None:
    text = "panel.buttons = { mute = 5, approve = 5 }\npanel.screen = {rotate = 180, dc = 6}\n"
    config, mistakes = parse_or_default(text, "x.toml")
    assert config.panel == Panel(screen=Screen(rotate=180))
    assert mistakes == (
        "x.toml:1: panel.buttons.mute: pin 5 is taken by panel.buttons.approve",
        "x.toml:1: panel.buttons.approve: pin 5 is taken by panel.buttons.mute",
    )


def test_the_pins_of_a_bus_are_taken_only_where_it_is_used() -> None:
    assert parse("panel.lights.request = 25\npanel.buttons.mute = 8", "x.toml")
    _, mistakes = parse_or_default(
        "panel.lights.request = 25\npanel.buttons.mute = 8\npanel.screen.port = 'spi-0.0'", "x"
    )
    assert mistakes == (
        "x:1: panel.lights.request: pin 25 is taken by panel.screen.dc",
        "x:2: panel.buttons.mute: pin 8 is taken by panel.screen.port",
        "x:3: panel.screen.port: pin 8 is taken by panel.buttons.mute",
    )


def test_clashing_ports_leave_both_at_their_defaults() -> None:
    config, _ = parse_or_default("network = { http_port = 5, https_port = 5 }", "x.toml")
    assert config.network == Network()


def test_buttons_may_swap_their_pins() -> None:
    config = parse("panel.buttons = { mute = 27, approve = 17 }", "x.toml")
    assert config.panel.buttons == Buttons(mute=27, approve=17)
