"""Fragments as clients send them, and the one that the box answers."""

from __future__ import annotations

import pytest
from aioice import Candidate
from hypothesis import given
from hypothesis import strategies as st

from spacebox.ports import Denied
from spacebox.rtc.fragment import Fragment, read, write
from spacebox.rtc.gate import CANDIDATES, OFFER_BYTES, OFFER_LINES
from spacebox.rtc.generation import Credentials

PASSWORD = "P2uYro0UCOQ4zxjKXaWCBui1"
UDP = "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw"
REFLEXIVE = "a=candidate:2 1 UDP 1686052607 203.0.113.9 61765 typ srflx raddr 10.0.0.2 rport 61764"
TCP = "a=candidate:3 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active"
MDNS = UDP.replace("192.0.2.1", "fc418a34-71c2-4ee0-8afd-285a4095d25b.local")
CREDENTIALS = f"a=ice-ufrag:EsAw\na=ice-pwd:{PASSWORD}\n"
SECTION = "m=audio 9 UDP/TLS/RTP/SAVPF 0\na=mid:0\n"

TOLD = f"{UDP}\n{REFLEXIVE}\na=end-of-candidates\n"
STANDARD = f"{CREDENTIALS}{SECTION}{TOLD}"
CLIENTS = {
    "as the standard has it": STANDARD,
    "with a session of SDP": f"v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\n{STANDARD}",
    "credentials in the section": f"{SECTION}{CREDENTIALS}{TOLD}",
    "with pictures": f"{STANDARD}m=video 0 UDP/TLS/RTP/SAVPF 0\na=mid:1\n{CREDENTIALS}",
    "from a script": f"{CREDENTIALS}{UDP[2:]}\n{REFLEXIVE[2:]}\ncandidate:\n",
    "with what is of no use": f"{STANDARD}{TCP}\n{MDNS}\na=candidate:not one\n" + f"{MDNS}\n" * 20,
}


def shown(fragment: Fragment) -> tuple[object, ...]:
    addresses = [(each.host, each.port, each.type) for each in fragment.candidates]
    return fragment.ufrag, fragment.password, addresses, fragment.ended


def refused(text: str) -> str:
    with pytest.raises(Denied) as denied:
        read(text)
    assert denied.value.code == "malformed"
    return denied.value.reason


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("client", CLIENTS)
def test_all_clients_are_understood_alike(client: str, end: str) -> None:
    told = [("192.0.2.1", 61764, "host"), ("203.0.113.9", 61765, "srflx")]
    assert shown(read(CLIENTS[client].replace("\n", end))) == ("EsAw", PASSWORD, told, True)


def test_a_candidate_alone_names_its_credentials() -> None:
    fragment = read(UDP)
    assert (fragment.ufrag, fragment.password, fragment.ended) == ("EsAw", "", False)
    assert read(REFLEXIVE).ufrag == ""
    assert read(f"{UDP}\n{UDP.replace('EsAw', 'old1')}").ufrag == "", "they disagree"


@pytest.mark.parametrize("line", [MDNS, TCP])
def test_a_candidate_of_no_use_alone_is_left_out(line: str) -> None:
    assert read(line).candidates == ()


def test_the_end_alone_is_a_fragment() -> None:
    assert shown(read("a=end-of-candidates\r\n")) == ("", "", [], True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        '{"candidate": ""}',
        SECTION,
        f"{SECTION}a=candidate\n",
        "a=ice-ufrag:abc",
        "a=ice-ufrag:ab:cd",
        "a=ice-ufrag:abcd\na=ice-ufrag:efgh",
        f"a=ice-ufrag:{'a' * 257}",
        "a=ice-ufrag:abcd\na=ice-pwd:short",
        "\n".join(UDP.replace("61764", str(61764 + n)) for n in range(CANDIDATES + 1)),
        CREDENTIALS + "a=x\n" * OFFER_LINES,
        CREDENTIALS + "a=" + "é" * (OFFER_BYTES // 2),
    ],
)
def test_what_is_no_fragment_is_refused(text: str) -> None:
    assert refused(text)


@given(st.lists(st.sampled_from([*STANDARD.splitlines(), TCP, MDNS, "a=candidate:"]), max_size=12))
def test_lines_in_any_order_do_no_harm(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        fragment = read(text)
    except Denied:
        return
    assert fragment.ufrag in ("", "EsAw")
    assert {each.host for each in fragment.candidates} <= {"192.0.2.1", "203.0.113.9"}


def test_what_the_box_writes_it_reads() -> None:
    ours = Credentials.fresh()
    here = [
        Candidate("1", 1, "udp", 2130706431, "192.0.2.7", 50000, "host"),
        Candidate("2", 1, "udp", 1694498815, "203.0.113.7", 50000, "srflx", "192.0.2.7", 50000),
    ]
    text = write(ours, here, "0")
    assert text.splitlines()[3:5] == ["m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0"]
    assert text.endswith("a=end-of-candidates\r\n")
    told = [("192.0.2.7", 50000, "host"), ("203.0.113.7", 50000, "srflx")]
    assert shown(read(text)) == (ours.ufrag, ours.password, told, True)
    assert "a=mid" not in write(ours, here, "")
