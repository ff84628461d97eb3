import pytest

from spacebox.rtc.candidates import HOST, pairable, priority, usable


@pytest.mark.parametrize(
    "address",
    [
        ("224.0.0.251", 5353),
        ("239.1.2.3", 40000),
        ("255.255.255.255", 40000),
        ("240.0.0.1", 40000),
        ("0.0.0.0", 40000),
        ("0.1.2.3", 40000),
        ("127.0.0.1", 40000),
        ("192.0.2.7", 53),
        ("192.0.2.7", 1023),
        ("192.0.2.7", 0),
        ("192.0.2.7", 65536),
        ("192.0.2.7", -1),
        ("::", 40000),
        ("::1", 40000),
        ("ff02::fb", 5353),
        ("::ffff:127.0.0.1", 40000),
        ("2002:7f00:1::", 40000),
        ("fc418a34.local", 40000),
        ("", 40000),
    ],
)
def test_nothing_is_sent_where_it_could_do_harm(address: tuple[str, int]) -> None:
    assert usable(address, loopback=False) is None


@pytest.mark.parametrize("host", ["192.168.1.7", "10.0.0.1", "198.51.100.1", "fe80::1", "fd00::2"])
def test_a_machine_may_be_asked(host: str) -> None:
    assert usable((host, 1024), loopback=False) == (host, 1024)


def test_an_address_has_one_spelling() -> None:
    assert usable(("2001:DB8:0::1", 40000), loopback=False) == ("2001:db8::1", 40000)


def test_this_machine_may_be_asked_in_a_test() -> None:
    assert usable(("127.0.0.1", 40000), loopback=True) == ("127.0.0.1", 40000)


@pytest.mark.parametrize(
    ("local", "remote", "together"),
    [
        ("192.0.2.1", "198.51.100.1", True),
        ("192.0.2.1", "2001:db8::1", False),
        ("2001:db8::1", "2001:db8::2", True),
        ("fe80::1", "2001:db8::2", False),
        ("fe80::1", "fe80::2", True),
        ("192.0.2.1", "127.0.0.1", False),
    ],
)
def test_only_addresses_of_one_kind_make_a_pair(local: str, remote: str, together: bool) -> None:
    assert pairable((local, 50000), (remote, 40000)) is together


def test_the_priority_is_the_standards() -> None:
    assert priority(HOST, 65535) == 2130706431
