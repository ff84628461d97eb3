"""The box's end of ICE (RFC 8445): which address a peer is at, and whether it still is.

Pure: datagrams, addresses and the time go in, actions come out. The rules, each of which a real
client depends on:

- A request counts only if its user name is exactly that of one generation; the old generation
  stays until a pair of the new one is nominated.
- Only an answer to a check of our own opens an address or moves sending to it, never a request
  alone, however well it is signed.
- Sending moves to a pair that the peer nominated; and, as some never nominate twice, to one that
  answers while the one in use says nothing for a moment.
- Whoever asks us on the pair in use consents to be sent something (RFC 7675), and is not asked.
- An answer that is not signed is counted and means nothing.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator, Sequence

from aioice.stun import Class, Message

from spacebox.rtc import stun
from spacebox.rtc.actions import Action, Away, Closed, Opened, Retired, Send
from spacebox.rtc.candidates import PEER_REFLEXIVE, Address, Candidate, priority, usable
from spacebox.rtc.generation import Credentials, Generation
from spacebox.rtc.pairs import Check, Pair, State
from spacebox.rtc.path import Path

PACE_S = 0.05
"""Between two checks that begin (Ta, RFC 8445 §14.2)."""
FRESH_S = 2.0
"""How long an answer proves where the peer is."""
RECHECK_S = 0.5
"""Between two checks of a pair that answers, but is not in use."""
TOKEN_BYTES = 6
TRANSACTION_BYTES = 12
ROLES = {True: "ICE-CONTROLLING", False: "ICE-CONTROLLED"}


class Agent:
    """One peer's ICE, *controlling* where we made the offer, unless both sides think they do.

    *ours* and *theirs* are from the offer and the answer. *hosts* are our sockets' addresses,
    with the priorities that the answer names. `token` begins the transactions of all checks, so
    that an answer finds its agent; a request finds it by `ufrags`. After each call ask `next_at`
    again. It goes on asking a peer that is gone, which may come back, until it is dropped.
    """

    def __init__(
        self,
        ours: Credentials,
        theirs: Credentials,
        hosts: Sequence[Candidate],
        *,
        loopback: bool = False,
        controlling: bool = False,
    ) -> None:
        self.token = secrets.token_bytes(TOKEN_BYTES)
        self.ignored = 0
        """Messages that meant nothing."""
        self._loopback = loopback
        self._current = Generation(ours, theirs, tuple(hosts), loopback)
        self._next: Generation | None = None
        self._controlling = controlling
        self._tie_breaker = secrets.randbits(64)
        self._pace_at = -math.inf
        self._path = Path()

    @property
    def ufrags(self) -> tuple[str, ...]:
        """Our user name fragments that requests may bear."""
        return tuple(generation.ours.ufrag for generation in self._generations())

    @property
    def selected(self) -> tuple[Address, Address] | None:
        """Where packets leave and where they go, if a pair was nominated."""
        pair = self._path.selected
        return None if pair is None else (pair.local, pair.remote)

    @property
    def heard_at(self) -> float:
        """When the pair in use was last heard of, minus infinity if there is none."""
        pair = self._path.selected
        return -math.inf if pair is None else pair.heard_at

    @property
    def controlling(self) -> bool:
        """Whether it is we who nominate."""
        return self._controlling

    def add_candidate(self, ufrag: str, candidate: Candidate) -> bool:
        """Take an address of the peer that has the fragment *ufrag*; say whether it is used."""
        for generation in self._generations():
            if generation.theirs.ufrag == ufrag:
                return generation.add(candidate)
        return False

    def restart(
        self, ours: Credentials, theirs: Credentials, hosts: Sequence[Candidate]
    ) -> tuple[Action, ...]:
        """Begin anew (RFC 8445 §9), with *hosts* as they are now; what is goes on until then."""
        actions = () if self._next is None else tuple(_drop(self._next, self._current))
        self._next = Generation(ours, theirs, tuple(hosts), self._loopback)
        return actions

    def receive(
        self, datagram: bytes, local: Address, remote: Address, now: float
    ) -> tuple[Action, ...]:
        """Take a STUN message for this peer that came to *local* from *remote*."""
        message = stun.parse(datagram)
        if message is None or usable(remote, loopback=self._loopback) != remote:
            self.ignored += 1
            return ()
        match message.message_class:
            case Class.REQUEST:
                return tuple(self._asked(message, local, remote, now))
            case Class.RESPONSE | Class.ERROR:
                return tuple(self._answered(message, local, remote, now))
        return ()

    def doubt(self) -> None:
        """Ask at once, and until something is heard, whether the peer is still there."""
        self._path.doubt()

    def next_at(self) -> float:
        """Return when `due` has something to do; at once if that is past, never if infinite."""
        times = [pair.resend_at for generation in self._generations() for pair in generation]
        if self._turn() is not None:
            times.append(self._pace_at)
        times += [self._path.next_at, self._path.ask_at]
        return min(times)

    def due(self, now: float) -> tuple[Action, ...]:
        """Do what is to be done at *now*, which is the time itself and not when it was due."""
        return tuple(self._due(now))

    def _due(self, now: float) -> Iterator[Action]:
        for generation in self._generations():
            for pair in generation:
                yield from self._again(pair, now)
        for action in self._path.due(now):
            yield action
            if isinstance(action, Away):
                self._current.trigger_all()
        if self._path.selected is not None and now >= self._path.ask_at:
            self._path.asked()
            yield self._ask(self._current, self._path.selected, now)
        turn = self._turn()
        if turn is not None and now >= self._pace_at:
            generation, pair, nominating = turn
            self._pace_at = now + PACE_S
            yield self._ask(generation, pair, now, nominating=nominating)

    def _again(self, pair: Pair, now: float) -> Iterator[Action]:
        was_open = pair.state is State.VALID
        datagram = pair.resend(now)
        if datagram is not None:
            yield Send(datagram, pair.local, pair.remote)
        if was_open and pair.state is State.FAILED:
            yield Closed(pair.local, pair.remote)

    def _generations(self) -> tuple[Generation, ...]:
        return (self._current,) if self._next is None else (self._next, self._current)

    def _turn(self) -> tuple[Generation, Pair, bool] | None:
        for generation in self._generations():
            turn = generation.next_pair(controlling=self._controlling)
            if turn is not None:
                return generation, *turn
        return None

    def _ask(
        self, generation: Generation, pair: Pair, now: float, *, nominating: bool = False
    ) -> Send:
        generation.untrigger(pair)
        transaction = self.token + secrets.token_bytes(TRANSACTION_BYTES - TOKEN_BYTES)
        signer = stun.Signer(
            generation.asks_as,
            generation.theirs.password,
            priority(PEER_REFLEXIVE, pair.local_priority >> 8 & 0xFFFF),
            self._tie_breaker,
        )
        datagram = stun.request(
            transaction, signer, controlling=self._controlling, nominating=nominating
        )
        check = Check(transaction, self._controlling, nominating)
        pair.ask(check, datagram, now, again=pair is not self._path.selected)
        return Send(datagram, pair.local, pair.remote)

    def _asked(
        self, message: Message, local: Address, remote: Address, now: float
    ) -> Iterator[Action]:
        """Answer a request, and believe it as far as it goes (RFC 8445 §7.3)."""
        attributes, transaction = message.attributes, message.transaction_id
        if not {"USERNAME", "MESSAGE-INTEGRITY"} <= attributes.keys():
            self.ignored += 1
            yield Send(stun.refusal(transaction, 400), local, remote)
            return
        generation = next(
            (each for each in self._generations() if each.asked_as == attributes["USERNAME"]), None
        )
        if generation is None or not _signed_by(message, generation.ours):
            self.ignored += 1
            yield Send(stun.refusal(transaction, 401), local, remote)
            return
        password = generation.ours.password
        if self._insists(attributes.get(ROLES[self._controlling])):
            yield Send(stun.refusal(transaction, 487, password), local, remote)
            return
        yield Send(stun.success(transaction, remote, password), local, remote)
        met = generation.meet(local, remote, attributes.get("PRIORITY", 0), self._path.addresses)
        if met is not None:
            pair, gone = met
            yield from (Closed(old.local, old.remote) for old in gone if old.state is State.VALID)
            pair.heard_at = now
            pair.wanted |= "USE-CANDIDATE" in attributes and not self._controlling
            yield from self._wished(generation, pair, now)

    def _wished(self, generation: Generation, pair: Pair, now: float) -> Iterator[Action]:
        """Do what follows from an authentic request that came by *pair*."""
        if pair is self._path.selected:
            pair.wanted = False
            yield from self._path.heard(now)
            if self._path.silenced:
                generation.trigger(pair)
        elif pair.wanted and now < pair.answered_at + FRESH_S:
            yield from self._settle(generation, pair, now)
        elif pair.state is not State.VALID or now >= pair.asked_at + RECHECK_S:
            generation.trigger(pair)

    def _answered(
        self, message: Message, local: Address, remote: Address, now: float
    ) -> Iterator[Action]:
        """Take the answer to a check of ours, if it is one (RFC 8445 §7.2.5)."""
        found = self._awaiting(message, local, remote)
        if found is None:
            self.ignored += 1
            return
        generation, pair = found
        check = pair.close(message.transaction_id)
        if message.message_class is Class.ERROR:
            if message.error_code == 487 and check.controlling == self._controlling:
                self._controlling = not self._controlling
                generation.trigger(pair)
            return
        was_open = pair.state is State.VALID
        pair.succeed(now)
        pair.wanted |= check.nominating
        if not was_open:
            yield Opened(local, remote)
        yield from self._settle(generation, pair, now)

    def _awaiting(
        self, message: Message, local: Address, remote: Address
    ) -> tuple[Generation, Pair] | None:
        """Return the pair that asked, if the answer is signed and came the way of the question."""
        for generation in self._generations():
            pair = generation.find(local, remote)
            if pair is not None and pair.is_open(message.transaction_id):
                return (generation, pair) if _signed_by(message, generation.theirs) else None
        return None

    def _settle(self, generation: Generation, pair: Pair, now: float) -> Iterator[Action]:
        """Use *pair*, whose check was answered, if it is the one to use."""
        if generation is self._current:
            yield from self._path.answered(pair, now, controlling=self._controlling)
        elif pair.wanted:
            old, self._current, self._next = self._current, generation, None
            yield from self._path.begin(pair, now)
            yield from _drop(old, self._current)
        if pair is self._path.selected and not generation.settled:
            generation.settle(pair)

    def _insists(self, tie_breaker: int | None) -> bool:
        """Resolve a conflict of roles with a peer that claims ours (RFC 8445 §7.3.1.1).

        Say whether it is the peer that has to change.
        """
        if tie_breaker is None:
            return False
        if self._controlling == (self._tie_breaker >= tie_breaker):
            return True
        self._controlling = not self._controlling
        return False


def _signed_by(message: Message, credentials: Credentials) -> bool:
    return message.check_message_integrity(credentials.password.encode())


def _drop(old: Generation, new: Generation) -> Iterator[Action]:
    """Say what ends with *old*, and does not go on with *new*."""
    for pair in old:
        heir = new.find(pair.local, pair.remote)
        if pair.state is State.VALID and (heir is None or heir.state is not State.VALID):
            yield Closed(pair.local, pair.remote)
    yield Retired(old.ours.ufrag)
