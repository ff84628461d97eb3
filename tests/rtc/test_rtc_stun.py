import pytest
from aioice.stun import Class, Message, Method, parse_message
from hypothesis import given
from hypothesis import strategies as st

from spacebox.rtc import stun

SIGNER = stun.Signer("theirs:ours", "password", 7, 9)
REQUEST = stun.request(b"t" * 12, SIGNER, controlling=False)
ADDRESS = ("2001:db8::1", 40000)


def test_a_check_is_seen_for_what_it_is_without_parsing() -> None:
    seen = stun.outline(REQUEST)
    assert seen == stun.Outline(Class.REQUEST, b"t" * 12, b"theirs:ours", signed=True)
    assert seen.ufrag == "theirs"


def test_an_answer_is_known_by_its_transaction() -> None:
    assert stun.outline(stun.success(b"a" * 12, ADDRESS, "password")) == stun.Outline(
        Class.RESPONSE, b"a" * 12, b"", signed=True
    )
    assert stun.outline(stun.refusal(b"a" * 12, 401)) == stun.Outline(
        Class.ERROR, b"a" * 12, b"", signed=False
    )


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        REQUEST[:19],
        REQUEST[:-1],
        REQUEST + b"\0",
        REQUEST + bytes(4),
        b"\x80" + REQUEST[1:],
        b"\x16" + REQUEST[1:],
        REQUEST[:4] + b"\0\0\0\0" + REQUEST[8:],
        REQUEST[:3] + b"\xff" + REQUEST[4:],
        REQUEST[:22] + b"\xff\xff" + REQUEST[24:],
        REQUEST[:22] + b"\0\0" + REQUEST[24:],
        bytes(stun.LARGEST_BYTES + 4),
        b"\0\1\1\0" + REQUEST[4:20] + b"\x80\x30\0\0" * 64,
        b"\0\1\0\x28" + REQUEST[4:20] + b"\0\6\0\x0fabcdefghijklmno\0" * 2,
        b"\0\1\0\4" + REQUEST[4:20] + b"\0\x08\0\0",
    ],
)
def test_junk_datagrams_have_no_outline(junk: bytes) -> None:
    assert stun.outline(junk) is None


@given(st.binary(max_size=200), st.integers(0, len(REQUEST)), st.integers(0, len(REQUEST)))
def test_nothing_raises_whatever_comes(junk: bytes, start: int, end: int) -> None:
    broken = REQUEST[:start] + junk + REQUEST[end:]
    for datagram in (junk, broken, REQUEST[:20] + junk):
        stun.outline(datagram)
        stun.parse(datagram)
    kept = broken[:2] + (len(broken) - 20 & 0xFFFC).to_bytes(2, "big") + broken[4:]
    seen, parsed = stun.outline(kept), stun.parse(kept)
    if seen is not None and parsed is not None and seen.username:
        assert parsed.attributes["USERNAME"].encode() == seen.username


def test_a_value_of_the_wrong_size_is_no_message() -> None:
    assert stun.parse(b"\0\1\0\x08" + REQUEST[4:20] + b"\0\x24\0\1\0\0\0\0") is None


def test_only_binding_is_understood() -> None:
    assert stun.parse(bytes(Message(Method.ALLOCATE, Class.REQUEST))) is None


@pytest.mark.parametrize(
    ("controlling", "nominating"), [(True, True), (True, False), (False, False)]
)
def test_a_check_is_what_another_implementation_reads(controlling: bool, nominating: bool) -> None:
    message = parse_message(
        stun.request(b"t" * 12, SIGNER, controlling=controlling, nominating=nominating)
    )
    assert message.check_message_integrity(b"password")
    assert not message.check_message_integrity(b"another")
    role = "ICE-CONTROLLING" if controlling else "ICE-CONTROLLED"
    assert message.attributes["PRIORITY"] == 7
    assert message.attributes[role] == 9
    assert ("USE-CANDIDATE" in message.attributes) is nominating
    assert "FINGERPRINT" in message.attributes


def test_a_refusal_is_signed_only_for_who_was_authenticated() -> None:
    open_ = parse_message(stun.refusal(b"t" * 12, 401))
    signed = parse_message(stun.refusal(b"t" * 12, 487, "password"))
    assert (open_.error_code, "MESSAGE-INTEGRITY" in open_.attributes) == (401, False)
    assert (signed.error_code, signed.check_message_integrity(b"password")) == (487, True)


def test_what_is_signed_is_what_the_codec_would_have_signed() -> None:
    message = Message(Method.BINDING, Class.RESPONSE, b"t" * 12, {"XOR-MAPPED-ADDRESS": ADDRESS})
    message.add_message_integrity(b"password")
    assert stun.success(b"t" * 12, ADDRESS, "password") == bytes(message)


def test_an_answer_tells_the_address_it_saw() -> None:
    message = parse_message(stun.success(b"t" * 12, ADDRESS, "password"))
    assert message.attributes["XOR-MAPPED-ADDRESS"] == ADDRESS
