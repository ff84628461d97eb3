"""What nobody expected: told to the log, and to the guest in one sentence."""

from __future__ import annotations

import pytest
from served import Box

from spacebox.ports import Answer


async def test_a_bug_is_logged_and_not_shown(
    box: Box, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_participant: str | None, _offer: str, _origin: str | None) -> Answer:
        raise RuntimeError("the secret of the box")

    box.start()
    monkeypatch.setattr(box.lines, "listen", broken)

    status, error, _ = await box.offer("/whep")

    assert status == 500
    assert error == {"error": "internal", "reason": "the box made a mistake; it is noted"}
    assert "the secret of the box" in caplog.text
    assert "Traceback" in caplog.text
    assert (await box.join("Ana"))["name"] == "Ana"
