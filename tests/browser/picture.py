"""Makes the README's picture of the page, with real people on a real stage.

Usage, from tests/: python -m browser.picture
"""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from pathlib import Path

import aiohttp
from PIL import Image

from box import Box, running_box
from peers.guest import Guest

HERE = Path(__file__).parent
PICTURE = HERE.parent.parent / "firmware" / "picture.png"
SPEAKERS = ("Tomás Rivera", "Ana Wanjiru", "山本 純", "Lea Sommer")
LISTENERS = ("Ines Duarte", "Per Lund", "Ravi Shah")
SHOTS = ("listening", "asking", "dark")
HEIGHT, GAP, GROUND = 900, 24, "#786f67"


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
        shoot = ["node", HERE / "shoot.mjs", box.url, folder]
        await asyncio.to_thread(subprocess.run, shoot, check=True)
        await asyncio.gather(*(guest.close() for guest in everybody))


def compose(folder: Path) -> None:
    shots = [Image.open(folder / f"{name}.png").convert("RGB") for name in SHOTS]
    shots = [shot.resize((shot.width * HEIGHT // shot.height, HEIGHT)) for shot in shots]
    width = sum(shot.width for shot in shots) + GAP * (len(shots) + 1)
    picture = Image.new("RGB", (width, HEIGHT + 2 * GAP), GROUND)
    x = GAP
    for shot in shots:
        picture.paste(shot, (x, GAP))
        x += shot.width + GAP
    picture.save(PICTURE, optimize=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "spacebox.toml"
        config.write_text('[box]\nhost = "Mira Okafor"\n')
        sound = ("--mic", "tone:330", "--speaker", "none", "--config", str(config))
        with running_box(folder, *sound, start="Slow radio at night") as box:
            asyncio.run(gather(box, folder))
        compose(folder)


if __name__ == "__main__":
    main()
