"""Pairing: a browser becomes the host's by a code that only who stands at the box can read."""

from __future__ import annotations

import hmac
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from spacebox.room.model import HOST
from spacebox.web import schemas
from spacebox.web.errors import Problem, too_many
from spacebox.web.guard import read_json
from spacebox.web.limits import Limits
from spacebox.web.operation import JSON, Operation, Reply, Takes, ref
from spacebox.web.tokens import Tokens
from spacebox.web.who import Who

CODE_S = 60.0
TRIES = 5
"""Wrong ones, of one code or of several, until one has to wait."""
WAIT_S, LONGEST_WAIT_S = 30.0, 600.0
"""The wait doubles each time: who guesses day and night finds one code in years."""
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """The code that is on the glass."""

    code: str
    """Six digits."""
    until: float
    """On the clock that `Pairing` was made with."""


class Pairing:
    """One code at a time, for all who ask: more codes would be more to guess."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._shown: Shown | None = None
        self._next_at = -math.inf
        self._tries_left = TRIES
        self._wait_s = WAIT_S

    @property
    def shown(self) -> Shown | None:
        """The code to show now; None while nobody pairs."""
        if self._shown is not None and self._clock() >= self._shown.until:
            self._shown = None
        return self._shown

    def begin(self) -> float:
        """Show a code unless one is shown; return for how many seconds more. Raises Problem."""
        now = self._clock()
        shown = self.shown
        if shown is None:
            if now < self._next_at:
                wait_s = self._next_at - now
                raise too_many(wait_s, f"too many wrong codes; wait {math.ceil(wait_s)} s")
            code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
            shown = self._shown = Shown(code, now + CODE_S)
        return shown.until - now

    def redeem(self, code: str) -> None:
        """Take the code, which is good once. Raises Problem where it is not the one shown."""
        shown = self.shown
        if shown is None:
            raise Problem(409, "not_now", "no code is on the glass: ask for one first")
        if hmac.compare_digest(code.encode("utf-8", "surrogatepass"), shown.code.encode()):
            self._shown = None
            self._tries_left, self._wait_s = TRIES, WAIT_S
            return
        self._tries_left -= 1
        if not self._tries_left:
            raise self._shut()
        tries = "1 try" if self._tries_left == 1 else f"{self._tries_left} tries"
        raise Problem(403, "forbidden", f"not this one: {tries} left")

    def _shut(self) -> Problem:
        """Show no code for a while; return what is told of that."""
        wait_s = self._wait_s
        self._shown, self._next_at = None, self._clock() + wait_s
        self._tries_left, self._wait_s = TRIES, min(2 * wait_s, LONGEST_WAIT_S)
        return too_many(wait_s, f"not this one; wait {wait_s:.0f} s, then ask for a new code")


class PairingDoor:
    """Serves ``/api/pair``."""

    def __init__(self, pairing: Pairing, tokens: Tokens, who: Who, limits: Limits) -> None:
        self._pairing = pairing
        self._tokens = tokens
        self._who = who
        self._limits = limits

    def operations(self) -> tuple[Operation, ...]:
        return (
            Operation(
                "POST",
                "/api/pair",
                self._pair,
                "Show a code on the glass; with it, become the host's browser",
                {
                    200: Reply("The host's token", JSON, ref("Paired"), ("Set-Cookie",)),
                    202: Reply("The code is on the glass", JSON, ref("Pairing")),
                },
                {403: "Not the code on the glass", 409: "No code is on the glass"},
                Takes(JSON, ref("Pair"), required=False, examples=schemas.PAIRS),
            ),
        )

    async def _pair(self, request: web.Request) -> web.Response:
        self._limits.join(request)
        code = _code(await read_json(request))
        if code is None:
            left_s = round(self._pairing.begin(), 1)
            return web.json_response({"left_s": left_s, "of_s": CODE_S}, status=202)
        self._pairing.redeem(code)
        token = self._tokens.admit(HOST)
        response = web.json_response({"token": token})
        self._who.remember(request, response, token)
        return response


def _code(data: object) -> str | None:
    """Return the code in *data*, however it is grouped. Raises Problem."""
    if not isinstance(data, dict):
        raise Problem(422, "malformed", "pairing takes a JSON object")
    code = data.get("code")
    if code is not None and not isinstance(code, str):
        raise Problem(422, "malformed", "code is text, six digits")
    return None if code is None else "".join(code.split())
