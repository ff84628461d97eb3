"""Makes box.png: the assembled box, as it would stand on a desk.

Usage, from anywhere: python hardware/enclosure/picture.py
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from solid import Triangles, render, told, triangles

HERE = Path(__file__).parent
SCREEN = HERE.parent.parent / "tests" / "panel" / "golden" / "live.png"

COLOURS = {
    "wood": "#ecdcc0",
    "board": "#c3c6c4",
    "loudspeaker": "#3a2f28",
    "glass": "#1b1613",
    "lit": "#f7e9d3",
    "keys": "#faf4e8",
    "on_air": "#e5482d",
    "request": "#f0b23e",
}
PAPER, INK = "#f6efe3", "#2a201a"
GLOWING = ("lit", "on_air")
SIZE, SMOOTH = (1280, 760), 2
SCALE = 5.9
"""Pixels per millimetre."""
MIDDLE = np.array([75.0, 47.0, 38.0])
TURN, TILT = np.radians(-24), np.radians(19)
LIGHT = np.array([-0.3, -0.62, 0.72])
SHADE = np.array([0.66, 0.6, 0.55])
LABEL_Z, LABEL_DEEP = (24, 29), 0.6

Picture = NDArray[np.float64]
Mask = NDArray[np.bool_]


def camera() -> NDArray[np.float64]:
    """Return the rows right, down and away as seen by the eye."""
    c, s = np.cos(TURN), np.sin(TURN)
    across = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    c, s = np.cos(TILT), np.sin(TILT)
    nod = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    right, away, up = nod @ across
    return np.array([right, -up, away])


@dataclass(frozen=True, slots=True)
class Sizes:
    """What picture and box agree on, in millimetres: as `spacebox.scad` tells it."""

    box: tuple[float, float, float]
    corner: float
    lit: tuple[float, float, float, float]
    """Left, top, width, height."""

    @classmethod
    def of(cls, said: str) -> Sizes:
        (width, depth, height), (corner,) = told(said, "box")
        (left, top), (wide, high) = told(said, "lit")
        return cls((width, depth, height), corner, (left, top, wide, high))


class Canvas:
    """A picture with depth: what is nearer covers what is farther."""

    def __init__(self, sizes: Sizes) -> None:
        width, height = (side * SMOOTH for side in SIZE)
        self.sizes = sizes
        self.depth = np.full((height, width), np.inf)
        self.part = np.zeros((height, width), dtype=np.int64)
        self.normal = np.zeros((height, width, 3))
        self.place = np.zeros((height, width, 3))

    def add(self, number: int, solid: Triangles) -> None:
        height, width = self.depth.shape
        eye = (solid - MIDDLE) @ camera().T
        eye[..., :2] = eye[..., :2] * SCALE * SMOOTH + np.array([width, height]) / 2
        normals = np.cross(solid[:, 1] - solid[:, 0], solid[:, 2] - solid[:, 0])
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        for corners, places, normal in zip(eye, solid, normals, strict=True):
            if normal @ camera()[2] < 0:
                self._fill(number, corners, places, normal)

    def _fill(self, number: int, eye: Picture, places: Picture, normal: Picture) -> None:
        height, width = self.depth.shape
        low = np.maximum(np.floor(eye[:, :2].min(axis=0)), 0).astype(int)
        high = np.minimum(np.ceil(eye[:, :2].max(axis=0)) + 1, (width, height)).astype(int)
        a, b, c = eye[:, :2]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if abs(area) < 1e-9 or (high <= low).any():
            return
        x, y = np.meshgrid(np.arange(low[0], high[0]) + 0.5, np.arange(low[1], high[1]) + 0.5)
        u = ((c[1] - a[1]) * (x - a[0]) - (c[0] - a[0]) * (y - a[1])) / area
        v = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
        depth = eye[0, 2] + u * (eye[1, 2] - eye[0, 2]) + v * (eye[2, 2] - eye[0, 2])
        window = np.s_[low[1] : high[1], low[0] : high[0]]
        seen = (u >= 0) & (v >= 0) & (u + v <= 1) & (depth < self.depth[window])
        self.depth[window][seen] = depth[seen]
        self.part[window][seen] = number
        self.normal[window][seen] = normal
        sides = places[1] - places[0], places[2] - places[0]
        self.place[window][seen] = (
            places[0] + np.outer(u[seen], sides[0]) + np.outer(v[seen], sides[1])
        )

    def painted(self, screen: Image.Image) -> Image.Image:
        """Colour and light, and ink along every edge."""
        colours = np.array([rgb(PAPER), *map(rgb, COLOURS.values())], dtype=np.float64)
        names = ["", *COLOURS]
        light = np.clip(self.normal @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1)
        light[np.isin(self.part, [0, *map(names.index, GLOWING)])] = 1
        light[self._inside()] *= 0.4
        picture = colours[self.part] * (SHADE + (1 - SHADE) * light[..., None])
        self._show(picture, screen, names.index("lit"))
        picture[self._edges() | self._labels()] = rgb(INK)
        return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))

    def _inside(self) -> Mask:
        x, y, z = np.moveaxis(self.place, 2, 0)
        (width, depth, height), corner = self.sizes.box, self.sizes.corner
        across = np.abs(x - width / 2) - (width / 2 - corner)
        upright = np.abs(z - height / 2) - (height / 2 - corner)
        rim = np.hypot(np.maximum(across, 0), np.maximum(upright, 0))
        return (rim < corner - 1) & (y > 1.5) & (y < depth - 1)

    def _labels(self) -> Mask:
        """The engraved names, as if filled with paint."""
        z, deep = self.place[..., 2], np.abs(self.place[..., 1] - LABEL_DEEP) < 0.01
        return deep & (z > LABEL_Z[0]) & (z < LABEL_Z[1])

    def _show(self, picture: Picture, screen: Image.Image, lit: int) -> None:
        dots = np.array(screen.convert("L")) > 0
        y, x = np.nonzero(self.part == lit)
        where = self.place[y, x]
        left, top, wide, high = self.sizes.lit
        column = np.clip((where[:, 0] - left) / wide * 128, 0, 127).astype(int)
        row = np.clip((top - where[:, 2]) / high * 64, 0, 63).astype(int)
        picture[y, x] = np.where(dots[row, column][:, None], rgb(COLOURS["lit"]), (8, 7, 6))

    def _edges(self) -> Mask:
        far = np.where(np.isinf(self.depth), 1e4, self.depth)
        found = np.zeros(self.depth.shape, dtype=bool)
        for axis in (0, 1):
            jump = np.abs(np.diff(far, n=2, axis=axis)) > 1.6
            inner = (slice(1, -1), slice(None)) if axis == 0 else (slice(None), slice(1, -1))
            found[inner] |= jump
            bend = (np.roll(self.normal, -1, axis) * self.normal).sum(axis=2) < 0.55
            found |= bend & (self.part > 0)
        return np.array(Image.fromarray(found).filter(ImageFilter.MaxFilter(3)))


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def shadow(sizes: Sizes) -> Image.Image:
    """The box's shadow on the table, soft."""
    width, height = (side * SMOOTH for side in SIZE)
    right, back, _ = sizes.box
    ground = np.array([(0.0, 0, 0), (right, 0, 0), (right, back, 0), (0, back, 0)])
    there = (ground + np.array([6, 6, 0]) - MIDDLE) @ camera().T * SCALE * SMOOTH
    spots = there[:, :2] + np.array([width, height]) / 2
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).polygon([(x, y) for x, y in spots], fill=120)
    return painted_over(Image.new("RGB", mask.size, PAPER), INK, mask, 14)


def painted_over(picture: Image.Image, colour: str, mask: Image.Image, soft: int) -> Image.Image:
    mask = mask.filter(ImageFilter.GaussianBlur(soft * SMOOTH))
    return Image.composite(Image.new("RGB", picture.size, colour), picture, mask)


def draw(solids: dict[str, Triangles], sizes: Sizes, screen: Image.Image) -> Image.Image:
    canvas = Canvas(sizes)
    for number, name in enumerate(COLOURS, start=1):
        canvas.add(number, solids[name])
    there = Image.fromarray(((canvas.part > 0) * 255).astype(np.uint8))
    box = canvas.painted(screen)
    picture = Image.composite(box, shadow(sizes), there.filter(ImageFilter.MaxFilter(3)))
    lamp = Image.fromarray((canvas.part == [*COLOURS].index("on_air") + 1).astype(np.uint8) * 255)
    glow = painted_over(picture, COLOURS["on_air"], lamp, 18)
    picture = Image.composite(picture, glow, lamp)
    return picture.resize(SIZE, Image.Resampling.LANCZOS)


def make(part: str, folder: Path) -> tuple[str, Triangles]:
    file = folder / f"{part}.stl"
    return render(part, file), triangles(file)


def main() -> None:
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
        made = dict(zip(COLOURS, pool.map(lambda p: make(p, Path(name)), COLOURS), strict=True))
    sizes = Sizes.of(made["wood"][0])
    with Image.open(SCREEN) as screen:
        picture = draw({part: solid for part, (_, solid) in made.items()}, sizes, screen)
    picture.save(HERE / "box.png", optimize=True)


if __name__ == "__main__":
    main()
