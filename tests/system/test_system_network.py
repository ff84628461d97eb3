"""Where this machine is; that it moves is tested in networks of its own (tests/networks)."""

from __future__ import annotations

from ipaddress import ip_interface

import pytest

from spacebox.system.network import Network, NetworkWatch, survey

FOUR, OTHER, SIX = map(ip_interface, ("192.0.2.7/24", "198.51.100.7/24", "2001:db8::7/64"))
HERE = Network((FOUR, OTHER, SIX))


def test_the_first_address_is_the_one_to_be_met_at() -> None:
    assert HERE.best == "192.0.2.7"
    assert HERE.addresses == ("192.0.2.7", "198.51.100.7", "2001:db8::7")
    assert Network().best == ""


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("192.0.2.1", True),
        ("198.51.100.255", True),
        ("203.0.113.1", False),
        ("2001:db8::1", True),
        ("2001:db8:0:1::1", False),
        ("127.0.0.1", False),
    ],
)
def test_which_addresses_are_on_its_networks(address: str, *, reached: bool) -> None:
    assert HERE.reaches(address) is reached


@pytest.mark.parametrize(
    ("listen", "heard"),
    [
        ("", (FOUR, OTHER, SIX)),
        ("::", (FOUR, OTHER, SIX)),
        ("0.0.0.0", (FOUR, OTHER)),
        ("198.51.100.7", (OTHER,)),
        ("127.0.0.1", ()),
        ("localhost", ()),
    ],
)
def test_who_listens_somewhere_is_heard_there(listen: str, heard: tuple[object, ...]) -> None:
    assert HERE.heard_at(listen).interfaces == heard


async def test_this_machine_is_never_only_with_itself() -> None:
    watch = NetworkWatch(lambda _: None)
    try:
        assert watch.network == survey()
    finally:
        watch.close()
    assert not any(interface.ip.is_loopback for interface in watch.network.interfaces)
