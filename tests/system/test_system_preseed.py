"""What Raspberry Pi Imager leaves on the card, and what people make of it."""

from __future__ import annotations

import configparser

import pytest

from spacebox.system.keyfile import keyfile
from spacebox.system.preseed import CUT, NAME, Preseed, Wlan, read

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM2vbW1vbm1vbm1vbm1vbm1vbm1vbm1vbm1vbm1v mira@desk"
WHOLE = f"""\
config_version = "1.1"

[system]
hostname = "attic"

[user]
name = "mira"
password = "$5$abc$def"
password_encrypted = true

[ssh]
enabled = true
password_authentication = false
authorized_keys = ["{KEY}"]

[wlan]
ssid = "Küche"
password = "a long one"
hidden = true
country = "DE"

[locale]
keymap = "de"
timezone = "Europe/Berlin"

[packages]
install = ["vim"]
"""


def is_zone(name: str) -> bool:
    return name in ("Europe/Berlin", "Asia/Tokyo")


def test_a_file_of_the_imager() -> None:
    wlan = Wlan("Küche".encode(), "wpa-psk", "a long one", hidden=True)
    wished = Preseed("attic", "mira", (KEY,), wlan, "DE", "Europe/Berlin")
    assert read(WHOLE, NAME, is_zone) == (wished, ())


def test_an_empty_file_wishes_nothing() -> None:
    assert read(b"", NAME, is_zone) == (Preseed(), ())


@pytest.mark.parametrize(
    ("table", "wlan"),
    [
        ('ssid = "Café"', Wlan("Café".encode())),
        ('ssid = "a"\nkey_mgmt = "owe"', Wlan(b"a", "owe")),
        ('ssid = "a"\nkey_mgmt = "sae"\npassword = "kurz"', Wlan(b"a", "sae", "kurz")),
        ('ssid = "a"\nssid_hex = "ff00"', Wlan(b"\xff\0")),
        (
            f'ssid = "a"\npassword_encrypted = true\npassword = "{"0f" * 32}"',
            Wlan(b"a", "wpa-psk", "0f" * 32),
        ),
        (f'ssid = "a"\npassword = "{CUT}"', None),
        ('country = "JP"', None),
    ],
)
def test_networks_of_all_kinds(table: str, wlan: Wlan | None) -> None:
    wished, mistakes = read(f"[wlan]\n{table}\n", NAME, is_zone)
    assert (wished.wlan, mistakes) == (wlan, ())


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("[system]\nhostname = 'my box'", "2: system.hostname: must be a name of letters"),
        ("[user]\nname = 'root'", "2: user.name: must be a name of small letters"),
        ("[user]\nname = 7", "2: user.name: must be a name of small letters"),
        ("[ssh]\nauthorized_keys = ['mykey']", "2: ssh.authorized_keys: must be public keys"),
        ("[ssh]\nauthorized_keys = 'ssh-rsa'", "2: ssh.authorized_keys: must be a list"),
        ("\n[ssh]\nenabled = true", "3: ssh.enabled: needs authorized_keys"),
        ("[wlan]\nssid = ''", "2: wlan.ssid: must be the name of a Wi-Fi network"),
        ("[wlan]\nssid_hex = 'zz'", "2: wlan.ssid_hex: must be the name of a Wi-Fi network in hex"),
        ("[wlan]\nssid = 'a'\npassword = 'short'", "3: wlan.password: must have 8 to 63"),
        ("[wlan]\nssid = 'a'\npassword = 12345678", "3: wlan.password: must be text in quotes"),
        ("[wlan]\nssid = 'a'\nkey_mgmt = 'sae'", "1: wlan: sae needs a password"),
        ("[wlan]\nssid = 'a'\nkey_mgmt = 'wep'", "3: wlan.key_mgmt: must be none, owe, wpa-psk"),
        (
            "[wlan]\nssid = 'a'\npassword = 'long enough'\nkey_mgmt = 'none'",
            "4: wlan.key_mgmt: an open network has no password",
        ),
        ("[wlan]\ncountry = 'Germany'", '2: wlan.country: must be a country such as "DE"'),
        ("[locale]\ntimezone = 'Berlin'", '2: locale.timezone: must be a zone such as "Europe/'),
        ("[locale]\ntimezone = ['Berlin']", "2: locale.timezone: must be a zone"),
        ("[locale]\ntimezone = '../etc/passwd'", "2: locale.timezone: must be a zone"),
        ("config_version = '2.0'\n[wlan]\nssid = 'a'", '1: config_version: must be "1", not "2.0"'),
        ("wlan = 'a'", '1: wlan: is a table, not "a"'),
        ("[wlan\nssid = 'a'", "1: not TOML: expected ']' at the end of a table declaration"),
    ],
)
def test_a_mistake_says_where_and_what(text: str, mistake: str) -> None:
    wished, mistakes = read(text, NAME, is_zone)
    (told,) = map(str, mistakes)
    assert told.startswith(f"{NAME}:{mistake}")
    assert wished == Preseed()


def test_a_wrong_password_is_not_said() -> None:
    _, mistakes = read("[wlan]\nssid = 'a'\npassword = 'geheim'", NAME, is_zone)
    assert "geheim" not in str(mistakes[0])


def test_what_is_right_holds_beside_what_is_wrong() -> None:
    wished, mistakes = read(WHOLE.replace('"DE"', '"Germany"'), NAME, is_zone)
    assert [mistake.key for mistake in mistakes] == ["wlan.country"]
    assert wished.wlan is not None
    assert (wished.hostname, wished.timezone) == ("attic", "Europe/Berlin")


def test_no_key_is_taken_of_ssh_that_is_off() -> None:
    text = f'[ssh]\nenabled = false\nauthorized_keys = ["{KEY}"]'
    assert read(text, NAME, is_zone) == (Preseed(), ())


def test_the_file_of_a_network() -> None:
    file = configparser.ConfigParser(interpolation=None)
    file.read_string(keyfile(Wlan(b"K 1", "sae", " a\\b;c", hidden=True)).decode())
    assert dict(file["wifi"]) == {"mode": "infrastructure", "ssid": "75;32;49;", "hidden": "true"}
    assert dict(file["wifi-security"]) == {"key-mgmt": "sae", "psk": r"\sa\\b;c"}
    assert "wifi-security" not in keyfile(Wlan(b"a")).decode()
    assert keyfile(Wlan(b"a")) == keyfile(Wlan(b"a")) != keyfile(Wlan(b"b"))
