"""``spacebox tunnel``: brings guests from the internet, as a service beside the box's own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from argparse import Namespace

from spacebox.cli.configure import load
from spacebox.cli.control import Control
from spacebox.cli.failures import Failure, WrongUsage
from spacebox.system.tunnel import Tunnel, way

REPEAT_S = 10.0
"""The box is told again and again: it forgets the address when it is started anew."""

log = logging.getLogger(__name__)


def tunnel(args: Namespace) -> int:
    """Run the tunnel until it is told to stop. Return the exit status."""
    config = load(args.config)
    network = config.network
    if not network.tunnel:
        print("network.tunnel is not set: there is nothing to do.")
        return 0
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    page = f"http://127.0.0.1:{args.port or network.http_port}"
    # ssh asks the system for its user's home, whatever HOME says.
    keys = os.environ.get("STATE_DIRECTORY", "")
    try:
        made = way(network.tunnel, page, network.tunnel_to, config.box.public_url, keys)
    except ValueError as wrong:
        raise WrongUsage(f"{wrong}.") from None
    box = _Told(Control.find(args.socket))
    asyncio.run(_until_stopped(Tunnel(made, box.take), box))
    return 0


class _Told:
    """Tells the box where guests come in."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._url = ""
        self._news = asyncio.Event()

    def take(self, url: str) -> None:
        self._url = url
        self._news.set()

    async def run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REPEAT_S):
                    await self._news.wait()
            self._news.clear()
            await asyncio.to_thread(self.tell, self._url)

    def tell(self, url: str) -> None:
        try:
            self._control.ask("PUT", "/api/tunnel", {"url": url})
        except Failure as failure:
            log.info("%s", failure)


async def _until_stopped(tunnel: Tunnel, box: _Told) -> None:
    """Keep the tunnel up until a signal; the box is told when it is down."""
    loop = asyncio.get_running_loop()
    both = asyncio.create_task(_both(tunnel, box))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, both.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await both
    await asyncio.to_thread(box.tell, "")


async def _both(tunnel: Tunnel, box: _Told) -> None:
    """Run them until this task is cancelled; ends once the program has ended too."""
    async with asyncio.TaskGroup() as group:
        group.create_task(tunnel.run())
        group.create_task(box.run())
