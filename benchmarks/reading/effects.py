"""From a layer of ink to a photo: paper, printed lines, light, the camera's tilt, blur and noise, and JPEG."""

import io
import math
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from benchmarks.reading.styles import Style

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

MOST_TILT = math.radians(5)
MOST_ROLL = math.radians(2)
BEYOND = 0.12  # of the width: so much of the paper around the page is there to come into the picture
FOCAL = 1.2  # focal length in page widths, about that of a telephone


def photograph(
    ink: Floats, to_page: Matrix, rng: np.random.Generator, style: Style, size: float, pitch: float, baseline: float
) -> npt.NDArray[np.uint8]:
    """Put ink (0 to 1) on paper and take its picture: uint8 of the same shape, as a camera would save it."""
    paper, pen = (rng.uniform(0.1, 0.22), rng.uniform(0.7, 0.9)) if style.chalk else _paper_and_pen(rng)
    beyond = round(BEYOND * ink.shape[1]) if style.perspective else 0
    page = np.full((ink.shape[0] + 2 * beyond, ink.shape[1] + 2 * beyond), paper, np.float32)
    _print(page, pen, rng, style, size, pitch, baseline + beyond)
    if style.frame:
        _frame(page, pen, rng, size, beyond)
    if style.chalk or style.texture:
        ink = ink * _grain(rng, ink.shape, 0.12 if style.chalk else 0.04)
    written = page[beyond : beyond + ink.shape[0], beyond : beyond + ink.shape[1]]
    written += ink * (pen - written)
    if style.perspective:
        page = _tilt(page, to_page, beyond)
    if style.texture:
        page *= _texture(rng, page.shape)
    page *= _light(rng, style, page.shape)
    if style.blur:
        page = ndimage.gaussian_filter(page, rng.uniform(0.4, 1.0) * max(1.0, size / 50))
    if style.noise:
        page += _noise(rng, page)
    grey = np.clip(np.rint(page * 255), 0, 255).astype(np.uint8)
    return _jpeg(grey, int(rng.integers(35, 86))) if style.jpeg else grey


def _paper_and_pen(rng: np.random.Generator) -> tuple[float, float]:
    """How light the paper is and how dark the pen: pencil grey to black ink."""
    paper = rng.uniform(0.8, 0.95)
    return paper, rng.uniform(0.08, 0.5 * paper)


def _print(
    page: Floats, pen: float, rng: np.random.Generator, style: Style, size: float, pitch: float, baseline: float
) -> None:
    """Print lines on the paper, in a grey from faint to nearly that of the ink."""
    kind = str(rng.choice(["ruled", "squared"])) if style.lines == "either" else style.lines
    grey = page[0, 0] + (pen - page[0, 0]) * np.float32(rng.uniform(0.15, 0.85))
    thick = max(1, round(size * rng.uniform(0.015, 0.05)))
    height, width = page.shape
    if kind == "ruled":
        start = (baseline + rng.uniform(-0.05, 0.15) * size) % pitch
        _draw(page, np.arange(start, height, pitch), thick, grey, axis=0)
    elif kind == "squared":
        step = max(14.0, size * rng.uniform(0.45, 1.1))
        _draw(page, np.arange(rng.uniform(0, step), height, step), thick, grey, axis=0)
        _draw(page, np.arange(rng.uniform(0, step), width, step), thick, grey, axis=1)


def _frame(page: Floats, pen: float, rng: np.random.Generator, size: float, beyond: int) -> None:
    """Draw the edge of a table around the writing, as dark as the pen."""
    edge, bar = rng.uniform(0.015, 0.045), max(2, round(size * rng.uniform(0.04, 0.1)))
    for axis, length in enumerate(page.shape):
        inside = length - 2 * beyond
        _draw(page, beyond + np.array([edge * inside, (1 - edge) * inside]), bar, pen, axis)


def _draw(page: Floats, places: Matrix, thick: int, grey: float, axis: int) -> None:
    for place in places:
        page.swapaxes(0, axis)[round(place) : round(place) + thick] = grey


def _grain(rng: np.random.Generator, shape: tuple[int, ...], strength: float) -> Floats:
    """Uneven pressure and tooth of the ground: factors around 1, never above."""
    fine = ndimage.gaussian_filter(rng.standard_normal(shape, dtype=np.float32), 0.8)
    return np.asarray(np.clip(1 - strength + strength * 2.0 * fine, 0.2, 1), np.float32)


def _texture(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Paper: fibres of a pixel or two, and faint clouds."""
    fine = ndimage.gaussian_filter(rng.standard_normal(shape, dtype=np.float32), 0.7)
    clouds = _smooth(rng, shape, 12)
    return np.asarray(1 + rng.uniform(0.01, 0.04) * fine + rng.uniform(0.005, 0.03) * clouds, np.float32)


def _smooth(rng: np.random.Generator, shape: tuple[int, ...], cells: int) -> Floats:
    """Noise whose bumps are a ``cells``-th of the page, of about unit size."""
    coarse = Image.fromarray(rng.standard_normal((cells, cells), dtype=np.float32))
    return np.asarray(coarse.resize((shape[1], shape[0]), Image.Resampling.BICUBIC))


def _light(rng: np.random.Generator, style: Style, shape: tuple[int, ...]) -> Floats:
    """How much light falls on each pixel: a gradient across the page, a shadow with a soft edge."""
    height, width = shape
    y, x = np.linspace(-1, 1, height, dtype=np.float32)[:, None], np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    light: Floats = np.ones((1, 1), np.float32)
    if style.gradient:
        angle, depth = rng.uniform(0, 2 * math.pi), rng.uniform(0.15, 0.55)
        along = (math.cos(angle) * x + math.sin(angle) * y) / (abs(math.cos(angle)) + abs(math.sin(angle)))
        light = np.asarray(light * (1 - depth * (1 + along) / 2))
    if style.shadow:
        angle, depth, soft = rng.uniform(0, 2 * math.pi), rng.uniform(0.25, 0.6), rng.uniform(0.015, 0.12)
        bend = rng.uniform(-0.4, 0.4)
        edge = math.cos(angle) * x + math.sin(angle) * y + bend * x * y - rng.uniform(-0.4, 0.4)
        light = light * (1 - depth / (1 + np.exp(np.clip(-edge / soft, -40, 40))))
    return np.asarray(light, np.float32)


def _noise(rng: np.random.Generator, page: Floats) -> Floats:
    """A sensor's noise, more where there is more light, smoothed a little as cameras do."""
    level = rng.uniform(0.01, 0.035)
    grains = rng.standard_normal(page.shape, dtype=np.float32)
    return np.asarray(level * np.sqrt(np.clip(page, 0.05, 1)) * ndimage.gaussian_filter(grains, 0.45), np.float32)


def _jpeg(grey: npt.NDArray[np.uint8], quality: int) -> npt.NDArray[np.uint8]:
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "JPEG", quality=quality)
    with Image.open(file) as image:
        return np.asarray(image.convert("L"))


def perspective(rng: np.random.Generator, size: tuple[int, int]) -> Matrix:
    """Draw the camera's tilt, up to 5 degrees about each axis of the page: the 3×3 matrix from paper to picture."""
    width, height = size
    a, b = rng.uniform(-MOST_TILT, MOST_TILT, 2)
    c = rng.uniform(-MOST_ROLL, MOST_ROLL)
    about_x = np.array([[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]])
    about_y = np.array([[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]])
    about_z = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    turn = about_x @ about_y @ about_z
    far = FOCAL * width
    to_centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    seen = np.array([[far, 0, 0], [0, far, 0], [0, 0, 1]])
    # A point (x, y) of the paper lies at (x, y, 0) before the turn, and the paper at the distance `far`.
    lifted = np.column_stack([turn[:, 0], turn[:, 1], [0, 0, far]])
    back = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    return np.asarray(back @ seen @ lifted @ to_centre)


def project(matrix: Matrix, x: npt.NDArray[Any], y: npt.NDArray[Any]) -> tuple[Matrix, Matrix]:
    """Apply a 3×3 perspective matrix to points."""
    u, v, w = matrix @ np.stack([x, y, np.ones_like(x)])
    return u / w, v / w


def _tilt(page: Floats, to_page: Matrix, beyond: int) -> Floats:
    """Take the picture of the tilted paper, which goes on for ``beyond`` pixels on every side."""
    inverse = np.array([[1, 0, beyond], [0, 1, beyond], [0, 0, 1]]) @ np.linalg.inv(to_page)
    inverse /= inverse[2, 2]
    size = (page.shape[1] - 2 * beyond, page.shape[0] - 2 * beyond)
    way = Image.Transform.PERSPECTIVE
    grey = Image.fromarray(page).transform(size, way, inverse.ravel()[:8].tolist(), Image.Resampling.BICUBIC)
    return np.asarray(grey).copy()
