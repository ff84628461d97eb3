"""The machine's Wi-Fi by NetworkManager (nmcli(1)).

Keys are seen by who may list processes; on a box those are its owner and the system.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Sequence
from typing import Final
from uuid import uuid4

from spacebox.ports.wifi import Credentials, Hotspot, Nearby
from spacebox.system.wifi import NoWifi

OWN: Final = "spacebox-setup"
"""The connection that is the box's own network."""
_WIFI: Final = "802-11-wireless"
_UP_S: Final = 45
_PATIENCE_S: Final = 90.0
_TRIES: Final = 4
"""It takes some looks until a network is seen again, once the own one is closed."""
_FIELD: Final = re.compile(r"((?:\\.|[^\\:])*):")
_UNREADY: Final = frozenset({"unmanaged", "unavailable"})


class Failed(NoWifi):
    """What nmcli said when it did not do something."""


class Nmcli:
    """Asks NetworkManager by its own program."""

    def __init__(self, program: str = "nmcli") -> None:
        self._program = program
        self._only_sae: frozenset[str] = frozenset()
        """The networks seen that want WPA3."""

    async def present(self) -> bool:
        return await self._device() != ""

    async def known(self) -> bool:
        rows = await self._ask("NAME,TYPE", "connection", "show")
        return any(kind == _WIFI and name != OWN for name, kind in rows)

    async def scan(self) -> tuple[Nearby, ...]:
        rows = await self._ask("SSID,SIGNAL,SECURITY", "device", "wifi", "list", "--rescan", "yes")
        self._only_sae = frozenset(name for name, _, kind in rows if kind.split() == ["WPA3"])
        found: dict[str, Nearby] = {}
        for name, signal, security in rows:
            near = Nearby(name, int(signal or 0), bool(security.strip("-")))
            if name and near.strength > found.get(name, Nearby("", -1, False)).strength:
                found[name] = near
        return tuple(sorted(found.values(), key=lambda near: -near.strength))

    async def open(self, hotspot: Hotspot) -> None:
        await self.close()
        await self._run(
            *("connection", "add", "save", "no", "type", "wifi", "con-name", OWN),
            *("ifname", await self._device(), "autoconnect", "no", "ssid", hotspot.name),
            *("wifi.mode", "ap", "wifi.band", "bg", "ipv4.method", "shared"),
            *("ipv4.addresses", str(hotspot.interface), "ipv6.method", "disabled"),
            *("wifi-sec.key-mgmt", "wpa-psk", "wifi-sec.psk", hotspot.key),
            # What the Pi's radio and every telephone agree on: WPA2, without protected management.
            *("wifi-sec.proto", "rsn", "wifi-sec.pairwise", "ccmp", "wifi-sec.pmf", "disable"),
        )
        try:
            await self._run("--wait", str(_UP_S), "connection", "up", "id", OWN)
        except Failed:
            await self.close()
            raise

    async def close(self) -> None:
        rows = await self._ask("NAME,UUID", "connection", "show")
        for uuid in (uuid for name, uuid in rows if name == OWN):
            await self._run("connection", "delete", "uuid", uuid)

    async def join(self, network: Credentials) -> None:
        if not network.hidden:
            await self._find(network.name)
        uuid = str(uuid4())
        await self._run(
            *("connection", "add", "type", "wifi", "con-name", network.name),
            *("connection.uuid", uuid, "ifname", await self._device(), "ssid", network.name),
            *(("wifi.hidden", "yes") if network.hidden else ()),
            *self._security(network),
        )
        try:
            await self._run("--wait", str(_UP_S), "connection", "up", "uuid", uuid)
        except Failed as failed:
            await self._run("connection", "delete", "uuid", uuid)
            raise NoWifi(_reason(network, str(failed))) from failed
        rows = await self._ask("NAME,TYPE,UUID", "connection", "show")
        for name, kind, other in rows:
            if kind == _WIFI and name == network.name and other != uuid:
                await self._run("connection", "delete", "uuid", other)

    async def _find(self, name: str) -> None:
        for _ in range(_TRIES):
            if any(near.name == name for near in await self.scan()):
                return
        raise NoWifi(f"{name} was not found.")

    def _security(self, network: Credentials) -> Sequence[str]:
        if not network.key:
            return ()
        kind = "sae" if network.name in self._only_sae else "wpa-psk"
        return ("wifi-sec.key-mgmt", kind, "wifi-sec.psk", network.key)

    async def _device(self) -> str:
        """Return the name of the first Wi-Fi device that can be used, or nothing."""
        rows = await self._ask("DEVICE,TYPE,STATE", "device")
        usable = (
            device for device, kind, state in rows if kind == "wifi" and state not in _UNREADY
        )
        return next(usable, "")

    async def _ask(self, fields: str, *words: str) -> list[tuple[str, ...]]:
        said = await self._run("--terse", "--fields", fields, *words)
        count = fields.count(",") + 1
        rows = (_fields(line) for line in said.splitlines())
        return [row for row in rows if len(row) == count]

    async def _run(self, *words: str) -> str:
        """Return what nmcli prints. Raises Failed."""
        try:
            process = await asyncio.create_subprocess_exec(
                self._program,
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
        except OSError as error:
            raise Failed(f"NetworkManager cannot be asked: {error.strerror}.") from error
        try:
            async with asyncio.timeout(_PATIENCE_S):
                said, complaint = await process.communicate()
        except TimeoutError:
            raise Failed("NetworkManager does not answer.") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()
        if process.returncode:
            raise Failed(complaint.decode(errors="replace").strip() or "NetworkManager says no.")
        return said.decode(errors="replace")


def _fields(line: str) -> tuple[str, ...]:
    """Split a line of ``--terse`` at its colons, but for those behind a backslash."""
    return tuple(re.sub(r"\\(.)", r"\1", field) for field in _FIELD.findall(f"{line}:"))


def _reason(network: Credentials, complaint: str) -> str:
    """Say why *network* was not joined, by what nmcli said."""
    complaint = complaint.lower()
    if "secret" in complaint or "802.1x" in complaint:
        return f"{network.name} did not take this key."
    if "not be found" in complaint:
        return f"{network.name} was not found."
    return f"The box did not get into {network.name}."
