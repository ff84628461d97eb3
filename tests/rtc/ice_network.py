"""A network with a clock of its own, and a browser's end of ICE, for the tests of ours."""

from __future__ import annotations

import heapq
import math
import secrets
from collections.abc import Callable
from itertools import count
from random import Random

from aioice.stun import Class, Message, Method, parse_message

from spacebox.rtc.actions import Action, Opened, Selected, Send
from spacebox.rtc.candidates import HOST, Address, priority
from spacebox.rtc.generation import Credentials
from spacebox.rtc.ice import Agent

BOX: Address = ("192.0.2.1", 50000)
PEER: Address = ("198.51.100.7", 40000)
HIGH = priority(HOST, 65535)


class Network:
    """Carries datagrams late, in another order, or not at all; NATs may stand in between."""

    def __init__(self, seed: int = 1, *, delay: float = 0.02, loss: float = 0.0) -> None:
        self.now = 100.0
        self.delay, self.loss = delay, loss
        self.nodes: dict[Address, Node] = {}
        self.nats: list[Nat] = []
        self.sent: list[tuple[float, bytes, Address, Address]] = []
        self._random = Random(seed)
        self._queue: list[tuple[float, int, bytes, Address, Address]] = []
        self._order = count()

    def send(self, datagram: bytes, source: Address, destination: Address) -> None:
        self.sent.append((self.now, datagram, source, destination))
        for nat in self.nats:
            source = nat.outward(source, destination)
        if self._random.random() < self.loss:
            return
        late = self.now + self.delay * self._random.uniform(0.5, 1.5)
        heapq.heappush(self._queue, (late, next(self._order), datagram, source, destination))

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Let time pass, until *until* holds at best."""
        end = self.now + seconds
        while not until():
            at = min([node.next_at() for node in self.nodes.values()] + [self._arrival()])
            if at > end:
                self.now = end
                return until()
            self.now = max(self.now, at)
            self._step()
        return True

    def _arrival(self) -> float:
        return self._queue[0][0] if self._queue else math.inf

    def _step(self) -> None:
        while self._arrival() <= self.now:
            _, _, datagram, source, destination = heapq.heappop(self._queue)
            inner: Address | None = destination
            for nat in self.nats:
                if destination[0] == nat.host:
                    inner = nat.inward(source, destination)
            if inner in self.nodes:
                self.nodes[inner].take(datagram, inner, source)
        for node in set(self.nodes.values()):
            node.act()
            assert node.next_at() > self.now, "it would turn in circles"


class Nat:
    """Lets in only who was sent something (RFC 4787: address- and port-dependent filtering)."""

    def __init__(self, host: str, inside: Address) -> None:
        self.host, self.inside = host, inside
        self.port = 30000
        self._allowed: set[Address] = set()

    def rebind(self) -> None:
        """Forget everything: the next packet leaves from another port."""
        self.port += 1
        self._allowed.clear()

    def outward(self, source: Address, destination: Address) -> Address:
        if source != self.inside:
            return source
        self._allowed.add(destination)
        return self.host, self.port

    def inward(self, source: Address, destination: Address) -> Address | None:
        known = destination == (self.host, self.port) and source in self._allowed
        return self.inside if known else None


class Node:
    """Somebody on the network."""

    def take(self, datagram: bytes, local: Address, remote: Address) -> None:
        raise NotImplementedError

    def act(self) -> None:
        raise NotImplementedError

    def next_at(self) -> float:
        raise NotImplementedError


class Box(Node):
    """An agent, and all that it wanted done."""

    def __init__(self, network: Network, agent: Agent, *addresses: Address) -> None:
        self.network, self.agent = network, agent
        self.log: list[tuple[float, Action]] = []
        network.nodes |= dict.fromkeys(addresses, self)

    def take(self, datagram: bytes, local: Address, remote: Address) -> None:
        self.do(self.agent.receive(datagram, local, remote, self.network.now))

    def act(self) -> None:
        for _ in range(10):
            if self.agent.next_at() > self.network.now:
                return
            self.do(self.agent.due(self.network.now))

    def next_at(self) -> float:
        return self.agent.next_at()

    def do(self, actions: tuple[Action, ...]) -> None:
        for action in actions:
            if isinstance(action, Send):
                self.network.send(action.datagram, action.local, action.remote)
            else:
                if isinstance(action, Selected):
                    assert (action.local, action.remote) in self.opened
                self.log.append((self.network.now, action))

    @property
    def opened(self) -> list[tuple[Address, Address]]:
        return [(each.local, each.remote) for _, each in self.log if isinstance(each, Opened)]

    def said(self, kind: type[Action]) -> list[float]:
        """Return when it said so."""
        return [at for at, action in self.log if isinstance(action, kind)]

    def asked(self, remote: Address) -> list[float]:
        """Return when it sent a request there."""
        return [
            at
            for at, datagram, source, to in self.network.sent
            if to == remote and self.network.nodes.get(source) is self and is_request(datagram)
        ]


class Browser(Node):
    """The controlling end: asks every *interval* seconds, and answers as it is told to.

    *nominates* says how: "once" as soon as it was answered, "always", or "never".
    """

    def __init__(
        self,
        network: Network,
        ours: Credentials,
        theirs: Credentials,
        address: Address = PEER,
        *,
        nominates: str = "once",
    ) -> None:
        self.network, self.ours, self.theirs, self.address = network, ours, theirs, address
        self.nominates = nominates
        self.interval = 0.1
        self.targets: list[Address] = [BOX]
        self.answers, self.down = True, False
        self.replies: list[Message] = []
        self._ask_at = network.now
        self._nominated = False
        network.nodes[address] = self

    def move(self, address: Address) -> None:
        """Get another address."""
        del self.network.nodes[self.address]
        self.address = address
        self.network.nodes[address] = self

    def next_at(self) -> float:
        return self._ask_at

    def act(self) -> None:
        if self.network.now >= self._ask_at:
            self._ask_at = self.network.now + self.interval
            for target in self.targets:
                self.ask(target, nominating=self._nominates())

    def _nominates(self) -> bool:
        if self.nominates == "once" and self.replies and not self._nominated:
            self._nominated = True
            return True
        return self.nominates == "always"

    def ask(self, target: Address, *, nominating: bool = False) -> None:
        if not self.down:
            datagram = check(self.theirs, self.ours, nominating=nominating)
            self.network.send(datagram, self.address, target)

    def take(self, datagram: bytes, local: Address, remote: Address) -> None:
        message = parse_message(datagram)
        if self.down:
            return
        if message.message_class is not Class.REQUEST:
            self.replies.append(message)
        elif self.answers:
            self.network.send(self._answer(message, remote), local, remote)

    def _answer(self, message: Message, remote: Address) -> bytes:
        asked_as = f"{self.ours.ufrag}:{self.theirs.ufrag}"
        key = self.ours.password.encode()
        known = message.attributes["USERNAME"] == asked_as and message.check_message_integrity(key)
        answer = Message(
            Method.BINDING, Class.RESPONSE if known else Class.ERROR, message.transaction_id
        )
        if known:
            answer.attributes["XOR-MAPPED-ADDRESS"] = remote
            answer.add_message_integrity(key)
        else:
            answer.attributes["ERROR-CODE"] = (401, "Unauthenticated")
            answer.add_fingerprint()
        return bytes(answer)


def check(
    asked: Credentials,
    asking: Credentials,
    *,
    nominating: bool = False,
    role: str = "ICE-CONTROLLING",
    tie_breaker: int = 1,
    without: str = "",
) -> bytes:
    """Return a request as browsers send it."""
    message = Message(Method.BINDING, Class.REQUEST, secrets.token_bytes(12))
    message.attributes |= {
        "USERNAME": f"{asked.ufrag}:{asking.ufrag}",
        "PRIORITY": priority(110, 65535),
        role: tie_breaker,
    }
    if nominating:
        message.attributes["USE-CANDIDATE"] = None
    message.attributes.pop(without, None)
    if without == "MESSAGE-INTEGRITY":
        message.add_fingerprint()
    else:
        message.add_message_integrity(asked.password.encode())
    return bytes(message)


def is_request(datagram: bytes) -> bool:
    return parse_message(datagram).message_class is Class.REQUEST
