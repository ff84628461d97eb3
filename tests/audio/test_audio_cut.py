from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spacebox.audio.cut import Cut


def test_the_microphone_opens_only_when_both_let_it() -> None:
    said: list[bool] = []
    cut = Cut(said.append)
    assert said == [True]
    cut.mute(False)
    cut.cut()
    cut.mute(True)
    cut.mute(False)
    assert said[1:] == [False, True, True, True], "the room does not know of the cut yet"
    cut.know()
    assert said[-1] is False


@given(st.lists(st.sampled_from(["cut", "know", "mute", "open"])))
def test_it_is_shut_while_a_cut_is_unknown(steps: list[str]) -> None:
    said: list[bool] = []
    cut, unknown, muted = Cut(said.append), 0, True
    for step in steps:
        match step:
            case "cut":
                cut.cut()
                unknown += 1
            case "know" if unknown:
                cut.know()
                unknown -= 1
            case "mute" | "open":
                muted = step == "mute"
                cut.mute(muted)
        assert said[-1] is (muted or unknown > 0)
