import pylibsrtp
import pytest

from spacebox.rtc.srtp import (
    DATAGRAM_BYTES,
    PROFILES,
    SSRCS,
    Keys,
    Opener,
    Profile,
    RtcpSealer,
    RtpSealer,
    is_rtcp,
)

CLIENT_SENDS = Keys.split(PROFILES[0], bytes(range(56)), client=True)
SERVER = Keys.split(PROFILES[0], bytes(range(56)), client=False)


def packet(sequence: int, ssrc: int = 1) -> bytes:
    return bytes([0x80, 111]) + sequence.to_bytes(2) + bytes(4) + ssrc.to_bytes(4) + b"sound"


def report(ssrc: int) -> bytes:
    return bytes([0x80, 201, 0, 1]) + ssrc.to_bytes(4)


def test_keys_are_cut_as_the_standard_says() -> None:
    profile = Profile(b"", 0, key=3, salt=2)
    assert profile.exported == 10
    both = [Keys.split(profile, b"CCCSSSccss", client=client) for client in (True, False)]
    assert (both[0].sending, both[0].receiving) == (b"CCCcc", b"SSSss")
    assert (both[1].sending, both[1].receiving) == (b"SSSss", b"CCCcc")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name.decode())
def test_what_is_sealed_is_opened_once(profile: Profile) -> None:
    exported = bytes(range(profile.exported))
    sealer = RtpSealer(Keys.split(profile, exported, client=True))
    opener = Opener(Keys.split(profile, exported, client=False))
    sealed = sealer.seal(packet(1))
    assert b"sound" not in sealed
    assert opener.open(sealed) == packet(1)
    assert opener.open(sealed) is None
    assert opener.refused == 1


def test_reports_are_told_from_sound_and_sealed_by_another_hand() -> None:
    opener = Opener(SERVER)
    assert opener.open(RtcpSealer(CLIENT_SENDS).seal(report(1))) == report(1)
    assert opener.open(RtpSealer(CLIENT_SENDS).seal(packet(1))) == packet(1)
    assert [is_rtcp(bytes([0x80, second])) for second in (111, 191, 192, 201, 223, 224)] == [
        False,
        False,
        True,
        True,
        True,
        False,
    ]
    assert not is_rtcp(b"\x80")


def test_a_number_is_never_used_twice() -> None:
    sealer = RtpSealer(CLIENT_SENDS)
    sealer.seal(packet(7))
    with pytest.raises(pylibsrtp.Error):
        sealer.seal(packet(7))


def test_the_other_directions_packets_are_not_ours() -> None:
    assert Opener(SERVER).open(RtpSealer(SERVER).seal(packet(1))) is None


def test_streams_are_counted_and_only_true_ones() -> None:
    sealer, reports, opener = RtpSealer(CLIENT_SENDS), RtcpSealer(CLIENT_SENDS), Opener(SERVER)
    for ssrc in range(100, 200):  # whoever forges takes no place
        assert opener.open(packet(1, ssrc) + bytes(16)) is None
    for ssrc in range(SSRCS):
        assert opener.open(sealer.seal(packet(1, ssrc))) is not None
    assert opener.open(sealer.seal(packet(1, 99))) is None
    assert opener.open(reports.seal(report(99))) is None
    assert opener.open(reports.seal(report(0))) == report(0)
    assert opener.open(sealer.seal(packet(2, 0))) == packet(2, 0)
    assert opener.refused == 102


@pytest.mark.parametrize(
    "junk",
    [b"", b"\x80", b"\x80\xc9", bytes(12), b"\x80\xc9" + bytes(6), b"\x80\xc9" + bytes(7)]
    + [b"\x80\x6f" + bytes(length) for length in (10, 11, 100, DATAGRAM_BYTES, 65_000)]
    + [b"\x9f\x6f" + bytes(20), b"\x90\x6f" + b"\xff" * 20],
)
def test_junk_is_refused_and_counted(junk: bytes) -> None:
    opener = Opener(SERVER)
    assert opener.open(junk) is None
    assert opener.refused == 1
    assert opener.open(RtpSealer(CLIENT_SENDS).seal(packet(1))) == packet(1)
