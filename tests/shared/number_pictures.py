"""Pictures of numbers as people have them, and tables of what was read in them."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from mnist_nn import load_data

SEVEN, TWO, ONE, ZERO = 2841, 2446, 37, 972  # test digits that show them, and that the reader is sure of
EXPECTED = [
    ("a.png", "1", "721", "digit"),
    ('b, "new"\nline.png', "1", "0", "digit"),
    ("c blank.png", "1", "", "nothing there"),
    ("d text.png", "1", "", "error"),
    ("e.tif", "1", "10", "digit"),
    ("e.tif", "2", "", "nothing there"),
    ("e.tif", "3", "2", "digit"),
    ("f cut.png", "1", "", "error"),
    ("g.png", "1", "27", "digit"),
]


def picture(path: Path, *digits: int) -> Path:
    """Write a picture of test digits side by side, dark on light; none of them is a blank page."""
    paper = np.full((140, 60 + 24 * len(digits)), 230.0)
    images = load_data("mnist").test.images
    for place, digit in enumerate(digits):
        paper[56:84, 20 + 24 * place : 48 + 24 * place] -= 200 * (images[digit] / 255)
    Image.fromarray(paper.clip(0, 255).astype(np.uint8)).save(path)
    return path


def fill_folder(where: Path) -> Path:
    """Pictures as people have them: good, blank, of several pages, with strange names, and bad ones."""
    where.mkdir()
    picture(where / "a.png", SEVEN, TWO, ONE)
    picture(where / 'b, "new"\nline.png', ZERO)
    picture(where / "c blank.png")
    (where / "d text.png").write_text("this is no picture")
    pages = [Image.open(picture(where / f"{n}.png", *digits)) for n, digits in enumerate([(ONE, ZERO), (), (TWO,)])]
    pages[0].save(where / "e.tif", save_all=True, append_images=pages[1:])
    (where / "f cut.png").write_bytes((where / "a.png").read_bytes()[:200])
    for n in range(3):
        (where / f"{n}.png").unlink()
    picture(where / "g.png", TWO, SEVEN)
    return where


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def essence(path: Path) -> list[tuple[str, ...]]:
    return [(Path(row[0]).name, row[1], row[3], row[5].split(":")[0]) for row in rows(path)[1:]]
