"""``python -m benchmarks.reading.handwriting``: the pictures of docs/explanation/handwriting.md.

They are the first of their seed: one picture for each family of hands, one of people's digits with other pens, one of
composed lines.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from mnist_nn import load_data
from mnist_nn.data.handwriting.glyphs import LABELS, GlyphPool, Pose
from mnist_nn.data.handwriting.lines import Lines, compose_lines
from mnist_nn.data.handwriting.styles import FAMILIES
from mnist_nn.util.randomness import key

FOLDER = Path(__file__).parents[2] / "docs" / "images" / "handwriting"
GREYS = 16  # in a palette: a picture is some tens of kB
TILE = 54  # pixels of a digit's square
HEIGHT = 34.0  # pixels of a digit
HANDS_ACROSS, HANDS_DOWN = 2, 9
PENS = (0.03, 0.06, 0.1, 0.16, 0.22)  # of the height
LINES_ACROSS, LINES_DOWN, LINE_WIDTH = 3, 16, 300
PEOPLE = 2_000  # of MNIST's training digits

Ink = npt.NDArray[Any]


def main() -> None:
    """Make all pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading.handwriting", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the pictures")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    train = load_data("mnist").train
    images, labels = train.images[:PEOPLE], train.labels[:PEOPLE]
    for family in FAMILIES:
        hands = 2 * LABELS * HANDS_ACROSS * HANDS_DOWN
        pool = GlyphPool.of(images[:0], labels[:0], key(options.seed), family, pen_digits=hands)
        _save(_draw_hands(pool), options.out / f"{family}.png")
    pool = GlyphPool.of(images, labels, key(options.seed), "train", pen_digits=4_000)
    _save(_draw_people(pool), options.out / "people.png")
    _save(_tile_lines(compose_lines(LINES_ACROSS * LINES_DOWN, key(options.seed), pool)), options.out / "lines.png")


def _draw(pool: GlyphPool, glyphs: npt.NDArray[np.int64], pen: Ink, slant: Ink, *, grey: bool = False) -> Ink:
    """Draw digits side by side: shape (TILE, n * TILE)."""
    one = np.ones(len(glyphs), np.float32)
    pose = Pose(HEIGHT * one, one, slant * one, 0 * one, HEIGHT * pen * one, (one > 0) & grey)
    return np.hstack(list(pool.draw(glyphs, pose, np.full((len(glyphs), 2), (TILE - 1) / 2), (TILE, TILE))))


def _draw_hands(pool: GlyphPool) -> Ink:
    """Ten digits of each hand in a row, two hands beside each other."""
    digits = np.arange(LABELS)
    rows = [
        _draw(
            pool,
            pool.pen_glyphs(np.full(LABELS, hand), digits, 0 * digits),
            pool.hands.pen_width[hand],
            pool.hands.slant_tangent[hand],
        )
        for hand in range(len(pool.hands))
    ]
    return np.vstack([np.hstack(rows[k : k + HANDS_ACROSS]) for k in range(0, len(rows), HANDS_ACROSS)])


def _draw_people(pool: GlyphPool) -> Ink:
    """MNIST's first digits as they are, and below them drawn again with other pens."""
    glyphs, upright = np.arange(2 * LABELS), np.float32(0)
    again = [_draw(pool, glyphs, np.float32(pen), upright) for pen in PENS]
    return np.vstack([_draw(pool, glyphs, np.float32(0), upright, grey=True), *again])


def _tile_lines(lines: Lines) -> Ink:
    """Columns of lines, with a frame of paper around each."""
    tiles = np.zeros((len(lines), lines.maps.shape[1] + 6, LINE_WIDTH), np.float32)
    columns = min(LINE_WIDTH, lines.maps.shape[2])
    tiles[:, 3:-3, :columns] = lines.maps[:, :, :columns] / 255
    return np.hstack([np.vstack(list(tiles[k::LINES_ACROSS])) for k in range(LINES_ACROSS)])


def _save(ink: Ink, path: Path) -> None:
    """Write ink on paper as a PNG file of few greys."""
    picture = Image.fromarray((255 - 255 * ink).round().astype(np.uint8))
    picture.quantize(GREYS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
