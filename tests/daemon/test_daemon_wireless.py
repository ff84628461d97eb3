"""What the box shows of its own Wi-Fi, and of the card."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Interface
from pathlib import Path

import pytest

from spacebox.daemon import settings
from spacebox.daemon.vicinity import Vicinity
from spacebox.daemon.wireless import Wireless
from spacebox.hub import Hub
from spacebox.panel.meaning import Action
from spacebox.panel.views import Notice, WifiSetup
from spacebox.ports.wifi import Credentials, Hotspot, Nearby
from spacebox.room.model import new_room
from spacebox.system.wifi import NoWifi
from spacebox.web.site import Site


class Air:
    """A radio that does what it is told."""

    own: Hotspot | None = None

    async def present(self) -> bool:
        return True

    async def known(self) -> bool:
        return False

    async def scan(self) -> tuple[Nearby, ...]:
        return ()

    async def open(self, hotspot: Hotspot) -> None:
        self.own = hotspot

    async def close(self) -> None:
        self.own = None

    async def join(self, network: Credentials) -> None:
        raise NoWifi(f"{network.name} is not in reach.")


@pytest.fixture
async def nowhere() -> Vicinity:
    """A machine in no network that it was told of yet."""
    site = Site(box_id="b0c5d6e7", name="attic")
    return Vicinity(Hub(new_room("Mira")), site, "", lambda _: None, announce=False)


@pytest.mark.parametrize(("port", "address"), [(80, "10.42.0.1/setup"), (81, "10.42.0.1:81/setup")])
async def test_the_button_opens_a_network_that_the_glass_shows(
    nowhere: Vicinity, port: int, address: str
) -> None:
    air, told = Air(), list[Notice]()
    wireless = Wireless(air, "b0c5d6e7", nowhere, told.append)
    ((_, endless),) = wireless.open(port)
    running = asyncio.create_task(endless)
    assert wireless.shown is None
    wireless.errands[Action.WIFI_SETUP]()
    while wireless.shown is None:
        await asyncio.sleep(0)
    assert air.own is not None
    assert wireless.shown == WifiSetup("BOX-B0C5", air.own.key, address)
    assert wireless.wifi is not None
    assert wireless.wifi.hotspot == air.own
    assert air.own.interface == IPv4Interface("10.42.0.1/24")
    wireless.wifi.join(Credentials("Küche", ""))
    while wireless.wifi.joining:
        await asyncio.sleep(0.01)
    assert [notice.text for notice in told] == ["Trying Küche…", "Küche is not in reach."]
    running.cancel()


async def test_a_box_whose_owner_sees_to_the_wifi_offers_nothing(nowhere: Vicinity) -> None:
    wireless = Wireless(None, "b0c5d6e7", nowhere, lambda _: None)
    assert (wireless.shown, wireless.wifi, wireless.faults) == (None, None, ())
    assert (dict(wireless.errands), [*wireless.open(80)]) == ({}, [])


def test_what_is_wrong_on_the_card_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The box's own copy of its settings has the same mistake at the same place."""
    config, card = tmp_path / "spacebox.toml", tmp_path / "card"
    monkeypatch.setattr(settings, "CONFIG", config)
    monkeypatch.setattr(settings, "ON_CARD", card)
    assert settings.read_config(None)[1] == ()
    config.write_text("[space]\nstage_limit = 99\n")
    (known,) = settings.read_config(None)[1]
    same = known.removeprefix(f"{tmp_path}/")
    other = "rpi-preseed.toml:9: wlan.password: must have 8 to 63 characters"
    card.write_text(f"{same}\n{other}\n")
    assert settings.read_config(None)[1] == (known, other)
