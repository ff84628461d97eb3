"""Reads what is on the glass: whether a text stands there, in any of the box's own letters."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from spacebox.panel.typesetting import Face, typeset


def shows(picture: Image.Image, text: str) -> bool:
    """Tell whether *text* is somewhere in *picture*, pixel for pixel, lit or cut out."""
    glass = np.asarray(picture.convert("1"))
    return any(_holds(ink, part) for ink in (glass, ~glass) for part in _forms(text))


def _forms(text: str) -> list[np.ndarray]:
    lines = (typeset(text, face).image for face in Face)
    return [np.asarray(image.crop(image.getbbox()).convert("1")) for image in lines]


def _holds(glass: np.ndarray, part: np.ndarray) -> bool:
    if part.shape[0] > glass.shape[0] or part.shape[1] > glass.shape[1]:
        return False
    windows = sliding_window_view(glass, part.shape)
    return bool((windows == part).all(axis=(2, 3)).any())
