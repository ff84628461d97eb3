"""Two of our own ends, over a network in memory with a clock of its own."""

import random
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from handshakes import DELAY_S, HERE, THERE, Fate, Network, ends, lossy
from hypothesis import given, settings
from hypothesis import strategies as st

from spacebox.rtc.dtls import (
    AGAIN_S,
    INPUT_BYTES,
    LAST_REPETITIONS,
    LEAST_WAIT_S,
    LONGEST_WAIT_S,
    REPETITIONS,
    Dtls,
    Role,
)
from spacebox.rtc.identity import DATAGRAM_BYTES, Identity, self_signed
from spacebox.rtc.records import cut
from spacebox.rtc.srtp import PROFILES

PLAIN_ALERT = bytes.fromhex("15fefd0000000000000009 0002 0228")


def test_both_ends_get_the_same_keys_after_two_round_trips() -> None:
    client, server = ends()
    network = Network(client, server)
    network.begin()
    network.run(until=10)
    assert client.keys is not None
    assert server.keys is not None
    assert client.keys.profile is server.keys.profile is PROFILES[0]
    assert client.keys.sending == server.keys.receiving
    assert client.keys.receiving == server.keys.sending
    assert client.keys.sending != client.keys.receiving
    assert network.now == pytest.approx(4 * DELAY_S)
    assert max(network.sizes) <= DATAGRAM_BYTES
    assert len(network.sizes) == 4  # each flight is packed into one


def test_a_server_may_have_an_rsa_key() -> None:
    key = rsa.generate_private_key(65_537, 2048)
    identity = Identity(key, self_signed(key))
    client = Dtls(HERE, Role.CLIENT, [identity.fingerprint])
    network = Network(client, Dtls(identity, Role.SERVER, [HERE.fingerprint]))
    network.begin()
    network.run(until=10)
    assert network.done


def test_a_handshake_under_loss_is_late_but_made() -> None:
    times = []
    for seed in range(100):
        client, server = ends()
        network = Network(client, server, lossy(seed, 0.3), lossy(-seed, 0.3))
        network.begin()
        network.run(until=15)
        assert network.done, seed
        times.append(network.now)
    times.sort()
    print(
        f"\n30 % loss, 20 ms: median {times[50]:.2f} s, p95 {times[95]:.2f}, worst {times[-1]:.2f}"
    )
    assert times[50] < 0.4
    assert times[95] < 1.5


def test_order_and_number_do_not_matter() -> None:
    for seed in range(20):
        network = Network(*ends(), shuffled(seed), shuffled(-seed))
        network.begin()
        network.run(until=15)
        assert network.done, seed


def shuffled(seed: int) -> Fate:
    """Cut datagrams into records, and let them come late, twice and in any order."""
    chance = random.Random(seed)
    held: list[bytes] = []

    def fate(datagram: bytes) -> list[bytes]:
        held.extend(record.data for record in cut(datagram) for _ in range(2))
        chance.shuffle(held)
        return [held.pop() for _ in range(chance.randrange(len(held)))]

    return fate


def test_a_flight_is_said_again_sooner_and_sooner_forgotten() -> None:
    client, _ = ends()
    hello = client.start(5.0)
    times = []
    while (due := client.next_at()) is not None:
        assert client.tick(due - 0.001) == []
        assert unnumbered(client.tick(due)) == unnumbered(hello)
        times.append(due - 5.0)
    waits = [later - earlier for earlier, later in zip([0.0, *times], times, strict=False)]
    assert waits[:5] == pytest.approx([AGAIN_S, 0.2, 0.4, LONGEST_WAIT_S, LONGEST_WAIT_S])
    assert len(times) == REPETITIONS
    assert client.tick(1000.0) == []


def unnumbered(datagrams: list[bytes]) -> list[bytes]:
    """Return the records without the numbers that plain ones get anew."""
    return [
        record.numbered(0).data if record.plain else record.data
        for datagram in datagrams
        for record in cut(datagram)
    ]


def test_a_server_waits_for_the_first_word() -> None:
    _, server = ends()
    assert server.start(0.0) == []
    assert server.next_at() is None


def finished() -> tuple[Network, list[bytes], list[bytes]]:
    """Run a handshake by hand: the network, the client's last flight and the server's."""
    client, server = ends()
    greeting = server.receive(client.start(0.0)[0], 0.0)
    [proof] = client.receive(greeting[0], 0.0)
    last = server.receive(proof, 0.0)
    return Network(client, server), [proof], last


def test_the_servers_last_flight_comes_again_for_a_while_and_when_asked_for() -> None:
    network, proof, last = finished()
    server, client = network.server, network.client
    assert server.keys is not None
    for _ in range(LAST_REPETITIONS):
        due = server.next_at()
        assert due is not None
        assert unnumbered(server.tick(due)) == unnumbered(last)
    assert server.next_at() is None
    again = server.receive(proof[0], due + LEAST_WAIT_S)
    assert unnumbered(again) == unnumbered(last)
    assert server.receive(proof[0], due + 1.5 * LEAST_WAIT_S) == []  # nobody makes us repeat often
    client.receive(last[0], due)
    assert client.keys is not None
    assert client.receive(last[0], due + 1.0) == []  # only servers have a last flight
    assert client.next_at() is None


def test_a_goodbye_is_heard_as_a_hint() -> None:
    network, _, last = finished()
    client, server = network.client, network.server
    client.receive(last[0], 0.0)
    [farewell] = client.close()
    assert client.keys is None
    assert client.failure == "closed"
    assert client.close() == []
    assert client.start(1.0) == client.receive(last[0], 1.0) == client.tick(9.0) == []
    assert not server.alerted
    assert server.receive(farewell, 1.0) == []
    assert server.alerted
    assert server.keys is not None  # anybody may have written that


def test_who_ends_it_early_says_nothing_more() -> None:
    client, _ = ends()
    client.start(0.0)
    assert client.close() == []
    assert client.next_at() is None


@pytest.mark.parametrize("who", [Role.CLIENT, Role.SERVER])
def test_a_stranger_gets_no_keys(who: Role) -> None:
    wrong = Identity.new().fingerprint
    client = Dtls(HERE, Role.CLIENT, [wrong if who is Role.CLIENT else THERE.fingerprint])
    server = Dtls(THERE, Role.SERVER, [wrong if who is Role.SERVER else HERE.fingerprint])
    network = Network(client, server)
    network.begin()
    network.run(until=5)
    strict, other = (client, server) if who is Role.CLIENT else (server, client)
    assert strict.keys is None
    assert strict.failure == "the certificate is not the one that was announced"
    assert other.alerted  # it was told


def test_one_of_several_fingerprints_is_enough_in_either_case() -> None:
    client = Dtls(HERE, Role.CLIENT, ["AB:CD", THERE.fingerprint.lower()])
    network = Network(client, Dtls(THERE, Role.SERVER, [HERE.fingerprint]))
    network.begin()
    network.run(until=5)
    assert client.keys is not None


def test_a_large_certificate_is_cut_into_datagrams() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "large")])
    names = x509.SubjectAlternativeName([x509.DNSName(f"{n:03}.example") for n in range(250)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    large = Identity(key, certificate)
    client = Dtls(large, Role.CLIENT, [THERE.fingerprint])
    network = Network(
        client, Dtls(THERE, Role.SERVER, [large.fingerprint]), lossy(1, 0.3), lossy(2, 0.3)
    )
    network.begin()
    network.run(until=15)
    assert network.done
    assert len([size for size in network.sizes if size > 1000]) >= 3
    assert max(network.sizes) <= DATAGRAM_BYTES


def test_an_alert_that_anybody_could_write_ends_nothing() -> None:
    client, server = ends()
    hello = client.start(0.0)
    client.receive(PLAIN_ALERT, 0.0)
    assert client.alerted
    assert client.failure is None
    network = Network(client, server)
    network.carry(hello, server)
    network.run(until=5)
    assert network.done


def test_junk_before_the_first_word_ends_nothing() -> None:
    client, server = ends()
    for junk in spoilt(client.start(0.0)[0]):
        server.receive(junk, 0.0)
    assert server.failure is None
    network = Network(ends()[0], server)
    network.begin()
    network.run(until=5)
    assert network.done


def spoilt(datagram: bytes) -> list[bytes]:
    """Return a hello cut, lengthened, doubled and with its inside overwritten."""
    inside = b"\x0b" + datagram[14:]
    return [
        b"",
        datagram[:1],
        datagram[:13],
        datagram[:40],
        datagram[:11] + b"\xff\xff" + datagram[13:],
        datagram[:13] + inside,
        datagram[:13] + datagram[13:14] + b"\xff" * (len(datagram) - 14),
        datagram[:47] + b"\x00" * (len(datagram) - 47),
        datagram[:3] + b"\xff\xff" + datagram[5:],
        b"\x17" + datagram[1:],
    ]


def test_the_reason_of_a_failure_is_told() -> None:
    client, server = ends()
    [greeting] = server.receive(client.start(0.0)[0], 0.0)
    [alert] = client.receive(greeting[:13] + b"\x63" + greeting[14:], 0.0)
    assert alert[0] == 21
    assert client.failure == "the handshake failed: unexpected message"
    assert client.next_at() is None


def test_input_is_bounded() -> None:
    client, server = ends()
    hello = client.start(0.0)[0]
    server.receive(hello, 0.0)
    for number in range(INPUT_BYTES // len(hello) + 1):
        server.receive(hello[:5] + number.to_bytes(6) + hello[11:], 0.0)
    assert server.failure == "the handshake is too long"
    assert server.next_at() is None


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_nothing_raises_whatever_comes(data: st.DataObject) -> None:
    client, server = ends()
    places = st.integers(0, 1000)
    [hello] = client.start(0.0)
    flights = [hello, *ends()[1].receive(hello, 0.0)]
    for _ in range(data.draw(st.integers(1, 8))):
        datagram = bytearray(flights[data.draw(st.integers(0, 1))])
        for _ in range(data.draw(st.integers(0, 4))):
            # Signatures differ in length from run to run, so that no draw may depend on it.
            datagram[data.draw(places) % len(datagram)] = data.draw(st.integers(0, 255))
        junk = bytes(datagram[: data.draw(places)])
        junk += data.draw(st.binary(max_size=40))
        for end in (client, server):
            answers = end.receive(junk, 0.0)
            assert all(0 < len(answer) <= DATAGRAM_BYTES for answer in answers)
            assert end.keys is None
