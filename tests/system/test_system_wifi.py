"""Into a Wi-Fi network without a keyboard, with a radio that is a model of one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from spacebox.ports.wifi import Credentials, Hotspot, Nearby
from spacebox.system import wifi
from spacebox.system.wifi import ALONE_S, LOST_S, OPEN_S, NoWifi, WifiSetup

HOME = Credentials("Küche", "a long one")


@dataclass
class Air:
    """A radio, and what is on the air around it."""

    around: dict[str, str] = field(default_factory=lambda: {HOME.name: HOME.key})
    saved: set[str] = field(default_factory=set)
    fitted: bool = True
    broken: bool = False
    own: Hotspot | None = None
    joined: str = ""
    cable: bool = False
    now: float = 0.0
    told: list[str] = field(default_factory=list)
    asleep: int = 0
    """So many looks around see nothing."""

    async def present(self) -> bool:
        return self.fitted

    async def known(self) -> bool:
        return bool(self.saved)

    async def scan(self) -> tuple[Nearby, ...]:
        assert self.own is None, "one cannot look around while one is to be seen"
        self.asleep -= 1
        if self.asleep >= 0:
            return ()
        return tuple(Nearby(name, 70, bool(key)) for name, key in self.around.items())

    async def open(self, hotspot: Hotspot) -> None:
        if self.broken:
            raise NoWifi("The radio is broken.")
        self.own, self.joined = hotspot, ""

    async def close(self) -> None:
        self.own = None
        self.joined = next(iter(self.saved & self.around.keys()), "")

    async def join(self, network: Credentials) -> None:
        assert self.own is None, "one radio does one thing"
        if self.around.get(network.name) != network.key:
            raise NoWifi(f"{network.name} did not take this key.")
        self.saved.add(network.name)
        self.joined = network.name

    def connected(self) -> bool:
        return bool(self.cable or self.joined or self.own)

    def setup(self) -> WifiSetup:
        return WifiSetup(self, "SPACEBOX", self.connected, self.told.append, lambda: self.now)


async def pass_time(air: Air, setup: WifiSetup, seconds: float) -> None:
    for _ in range(int(seconds / wifi.LOOK_S)):
        air.now += wifi.LOOK_S
        await setup.look()


async def test_a_new_box_opens_a_network_of_its_own() -> None:
    air = Air(asleep=2)
    setup = air.setup()
    await pass_time(air, setup, ALONE_S - wifi.LOOK_S)
    assert setup.hotspot is None, "a cable may get its address by then"
    await pass_time(air, setup, 2 * wifi.LOOK_S)
    assert setup.hotspot == air.own
    assert setup.hotspot is not None
    assert (setup.hotspot.name, len(setup.hotspot.key)) == ("SPACEBOX", 8)
    assert setup.nearby == (Nearby("Küche", 70, True),)
    await pass_time(air, setup, 2 * OPEN_S)
    assert air.own, "it has nowhere else to go"


async def test_each_network_of_its_own_has_another_key() -> None:
    keys = set()
    for _ in range(2):
        air = Air()
        await pass_time(air, air.setup(), ALONE_S + wifi.LOOK_S)
        assert air.own
        keys.add(air.own.key)
    assert len(keys) == 2


@pytest.mark.parametrize("air", [Air(cable=True), Air(fitted=False), Air(joined="Küche")])
async def test_a_box_that_has_a_network_or_no_radio_opens_none(air: Air) -> None:
    setup = air.setup()
    await pass_time(air, setup, 2 * LOST_S)
    assert (air.own, setup.faults, air.told) == (None, (), [])


async def test_a_network_that_is_known_and_gone_is_a_fault_and_opens_nothing() -> None:
    """A router that starts anew must not open every box in the house."""
    air = Air(saved={"Attic"})
    setup = air.setup()
    await pass_time(air, setup, LOST_S - wifi.LOOK_S)
    assert setup.faults == ()
    await pass_time(air, setup, 2 * wifi.LOOK_S)
    (fault,) = setup.faults
    assert (fault.what, fault.do) == ("No Wi-Fi", "Hold APPROVE 5 s.")
    assert air.own is None
    air.joined = "Attic"
    await setup.look()
    assert setup.faults == ()


async def test_the_button_opens_it_and_it_closes_by_itself() -> None:
    air = Air(saved={"Küche"}, joined="Küche")
    setup = air.setup()
    setup.ask()
    await setup.look()
    assert air.own
    await pass_time(air, setup, OPEN_S - wifi.LOOK_S)
    assert setup.hotspot
    await pass_time(air, setup, 2 * wifi.LOOK_S)
    assert (setup.hotspot, air.joined) == (None, "Küche")


async def test_who_joins_chooses_the_network() -> None:
    air = Air()
    setup = air.setup()
    await pass_time(air, setup, ALONE_S + wifi.LOOK_S)
    setup.join(HOME)
    assert setup.joining == "Küche"
    await setup.look()
    assert (air.joined, setup.hotspot, setup.joining, setup.trouble) == ("Küche", None, "", "")
    assert air.told == ["Trying Küche…", "The box is in Küche."]


async def test_a_wrong_key_opens_the_own_network_again_and_says_so() -> None:
    air = Air()
    setup = air.setup()
    await pass_time(air, setup, ALONE_S + wifi.LOOK_S)
    setup.join(Credentials("Küche", "a wrong one"))
    await setup.look()
    assert (air.joined, setup.joining) == ("", "")
    assert setup.trouble == "Küche did not take this key."
    assert air.told[-1] == setup.trouble
    assert setup.hotspot == air.own is not None
    setup.join(HOME)
    assert setup.trouble == ""
    await setup.look()
    assert air.joined == "Küche"


async def test_a_radio_that_fails_is_told_of_and_tried_again() -> None:
    air = Air(broken=True)
    setup = air.setup()
    await pass_time(air, setup, ALONE_S + wifi.LOOK_S)
    await pass_time(air, setup, ALONE_S / 2)
    assert (setup.hotspot, air.told) == (None, ["The radio is broken."])
    air.broken = False
    await pass_time(air, setup, ALONE_S)
    assert setup.hotspot


async def test_without_a_radio_the_button_says_so() -> None:
    air = Air(fitted=False)
    setup = air.setup()
    setup.ask()
    await setup.look()
    assert air.told == ["This machine has no Wi-Fi."]


async def test_it_follows_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wifi, "GRACE_S", 0.0)
    air = Air(own=Hotspot("SPACEBOX", "long forgotten", wifi.ADDRESS))
    setup = air.setup()
    running = asyncio.create_task(setup.run())
    while air.own:
        await asyncio.sleep(0)
    setup.ask()
    while setup.hotspot is None:
        await asyncio.sleep(0)
    setup.join(HOME)
    while not air.joined:
        await asyncio.sleep(0)
    running.cancel()
    assert (await asyncio.gather(running, return_exceptions=True))[0] is not None
