import pytest

from spacebox.ports import Denied
from spacebox.rtc.gate import CANDIDATES, OFFER_BYTES, OFFER_LINES, Way, admit

OFFER = """v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=recvonly
a=mid:0
a=rtpmap:111 opus/48000/2
a=ice-ufrag:abcd
a=ice-pwd:0123456789012345678901
a=fingerprint:sha-256 AB:CD
a=setup:actpass
"""
UDP = "a=candidate:1 1 udp 2130706431 192.0.2.7 50000 typ host\n"
MDNS = UDP.replace("192.0.2.7", "fc418a34-71c2-4ee0-8afd-285a4095d25b.local")
FOR_RTCP = UDP.replace(":1 1", ":1 2")
TCP = "a=candidate:2 1 TCP 1518280447 192.0.2.7 9 typ host tcptype active\n"


def refused(offer: str, way: Way = Way.DOWN) -> str:
    with pytest.raises(Denied) as denied:
        admit(offer, way)
    assert denied.value.code == "malformed"
    return denied.value.reason


def test_a_fair_offer_passes_with_lines_that_end_as_the_standard_says() -> None:
    assert admit(OFFER + UDP, Way.DOWN)[1] == (OFFER + UDP).replace("\n", "\r\n")


@pytest.mark.parametrize(
    "useless",
    [
        FOR_RTCP,
        TCP,
        MDNS,
        TCP.replace(" ", "  "),
        MDNS.replace(" ", "\t"),
        "a=end-of-candidates\n",
    ],
)
def test_what_is_of_no_use_is_left_out_and_does_not_count(useless: str) -> None:
    assert admit(OFFER + UDP + useless * 20, Way.DOWN)[1] == admit(OFFER + UDP, Way.DOWN)[1]


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        ("", "v=0"),
        ("hello", "v=0"),
        ("v=0\n", "one audio section"),
        (OFFER.replace("m=audio", "m=video"), "one audio section"),
        (OFFER + "m=video 9 UDP/TLS/RTP/SAVPF 96\n" * 2, "one audio section"),
        (OFFER + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n", "one audio section"),
        (OFFER + "m=audio 9 UDP/TLS/RTP/SAVPF 111\n", "one audio section"),
        (OFFER + UDP * (CANDIDATES + 1), "candidates"),
        (OFFER.replace("sha-256", "sha-1"), "fingerprint"),
        (OFFER.replace("a=ice-ufrag:abcd\n", ""), "ice-ufrag"),
        (OFFER.replace("a=ice-pwd:0123456789012345678901\n", ""), "ice-pwd"),
        (OFFER.replace("opus", "PCMU"), "Opus"),
        (OFFER + "a=x:" + "y" * OFFER_BYTES, "larger"),
        (OFFER + "a=x\n" * OFFER_LINES, "lines"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(offer: str, words: str) -> None:
    assert words in refused(offer)


@pytest.mark.parametrize(
    ("direction", "down", "up"),
    [
        ("a=recvonly", True, False),
        ("a=sendonly", False, True),
        ("a=sendrecv", True, True),
        ("a=inactive", False, False),
        ("a=mid:0", True, True),  # without a direction it is sendrecv
    ],
)
def test_the_direction_fits_the_door(direction: str, down: bool, up: bool) -> None:
    offer = OFFER.replace("a=recvonly", direction)
    for way, welcome in ((Way.DOWN, down), (Way.UP, up)):
        if welcome:
            admit(offer, way)
        else:
            assert "direction" in refused(offer, way)


def test_video_is_declined_and_kept_from_the_parser() -> None:
    video = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\na=mid:1\n" + "a=rtcp-fb:96 nack\n" * 300
    offer = OFFER.replace("t=0 0\n", "t=0 0\na=group:BUNDLE 0 1\n")
    whole, audio = admit(offer + video, Way.DOWN)
    assert audio == offer.replace("BUNDLE 0 1", "BUNDLE 0").replace("\n", "\r\n")
    answer = "v=0\r\ns=-\r\na=group:BUNDLE 0\r\nm=audio 5000 X 111\r\na=mid:0\r\n"
    declined = "m=video 0 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=inactive\r\n"
    assert whole.answer(answer) == answer + declined
