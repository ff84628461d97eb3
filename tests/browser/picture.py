"""Makes the README's pictures: the page with real people on a real stage, and the box's front.

Usage, from tests/: python -m browser.picture
"""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from pathlib import Path

import aiohttp
from PIL import Image

from box import Box, eventually, running_box
from panel.contact_sheet import GLASS, GOLDEN, enlarged
from peers.guest import Guest

HERE = Path(__file__).parent
FIRMWARE = HERE.parent.parent / "firmware"
SPEAKERS = ("Tomás Rivera", "Ana Wanjiru", "山本 純", "Lea Sommer")
LISTENERS = ("Ines Duarte", "Per Lund", "Ravi Shah")
SHOTS = ("listening", "asking", "dark")
HEIGHT, GAP, GROUND = 900, 24, "#786f67"
SCREENS = ("idle", "code", "sound-check", "request", "muted", "request-chinese", "end", "summary")
SCREEN_SCALE, SCREEN_COLUMNS, BEZEL = 3, 2, 12


async def gather(box: Box, folder: Path) -> None:
    box.command("SetMuted", muted=False)
    async with aiohttp.ClientSession() as session:
        everybody = []
        for name in SPEAKERS + LISTENERS:
            guest = Guest(box.url, session)
            await guest.join(name)
            await guest.listen()
            everybody.append(guest)
        for guest in everybody[: len(SPEAKERS)]:
            await guest.command("RequestToSpeak")
            box.command("Approve", participant=guest.participant)
        box.cli("cohost", SPEAKERS[0])
        await everybody[0].speak(500)
        await everybody[1].speak(700)
        await everybody[1].command("SetMuted", muted=False)
        await asyncio.to_thread(eventually, lambda: box.space()["on_air"]["heard"])
        shoot = ["node", HERE / "shoot.mjs", box.url, folder]
        await asyncio.to_thread(subprocess.run, shoot, check=True)
        await asyncio.gather(*(guest.close() for guest in everybody))


def compose_page(folder: Path) -> None:
    shots = [Image.open(folder / f"{name}.png").convert("RGB") for name in SHOTS]
    shots = [shot.resize((shot.width * HEIGHT // shot.height, HEIGHT)) for shot in shots]
    width = sum(shot.width for shot in shots) + GAP * (len(shots) + 1)
    picture = Image.new("RGB", (width, HEIGHT + 2 * GAP), GROUND)
    x = GAP
    for shot in shots:
        picture.paste(shot, (x, GAP))
        x += shot.width + GAP
    picture.save(FIRMWARE / "picture.png", optimize=True)


def compose_front(folder: Path) -> None:
    box = Image.open(folder / "front.png").convert("RGB")
    wide, high = 128 * SCREEN_SCALE + 2 * BEZEL + GAP, 64 * SCREEN_SCALE + 2 * BEZEL + GAP
    rows = len(SCREENS) // SCREEN_COLUMNS
    height = rows * high + GAP
    box = box.resize((box.width * height // box.height, height))
    picture = Image.new("RGB", (box.width + SCREEN_COLUMNS * wide + GAP, height), GROUND)
    picture.paste(box, (0, 0))
    for place, name in enumerate(SCREENS):
        x = box.width + GAP + place % SCREEN_COLUMNS * wide
        y = GAP + place // SCREEN_COLUMNS * high
        picture.paste(GLASS, (x, y, x + wide - GAP, y + high - GAP))
        with Image.open(GOLDEN / f"{name}.png") as screen:
            picture.paste(enlarged(screen, SCREEN_SCALE), (x + BEZEL, y + BEZEL))
    picture.save(FIRMWARE / "front.png", optimize=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "spacebox.toml"
        config.write_text('[box]\nhost = "Mira Okafor"\n')
        sound = ("--mic", "tone:330", "--speaker", "none", "--config", str(config))
        with running_box(folder, *sound, start="Slow radio at night") as box:
            asyncio.run(gather(box, folder))
        compose_page(folder)
        compose_front(folder)


if __name__ == "__main__":
    main()
