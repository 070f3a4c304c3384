from pathlib import Path

import numpy as np

from mnist_nn.data import inspect, load, write_idx
from mnist_nn.data.remarks import looks_transposed

DIGITS = load("mnist").test


def test_what_is_odd_is_counted_and_said(tmp_path: Path) -> None:
    images = DIGITS.images[:400].swapaxes(1, 2).copy()
    images[:3] = 7
    labels = 1 + DIGITS.labels[:400] // 2 * 2
    np.savez(tmp_path / "a.npz", x_train=images, y_train=labels, x_test=images[-5:], y_test=labels[-5:])
    found = inspect(load(tmp_path / "a.npz"))
    assert (found.in_both_halves, found.blank, found.first_label) == (5, (3, 0), 1)
    assert found.empty_classes == (0, 2, 4, 6, 8)
    assert found.looks_transposed
    assert found.lines == (
        "no label is below 1; if the first class is 1, give --label-base 1",
        "3 images are blank",
        "5 test images are also among the training images, which makes the test result look better than it is",
        "these images look transposed, like EMNIST's, because most are wider than tall; if they are, give --transpose",
    )


def test_empty_classes_have_names_and_a_missing_half_is_said(tmp_path: Path) -> None:
    labels = DIGITS.labels[:100] % 3 * 2
    np.savez(tmp_path / "a.npz", x=DIGITS.images[:100], y=labels)
    assert inspect(load(tmp_path / "a.npz")).lines == (
        "there is no test half, so one image in 7 of each class is held out for testing",
        "no training image belongs to class 1, 3, so it cannot be learned",
    )


def test_rows_of_numbers_and_a_few_pictures_are_not_judged() -> None:
    assert not looks_transposed(np.zeros((100, 4), np.float32))
    assert not looks_transposed(DIGITS.images[:9].swapaxes(1, 2))


def test_emnists_letters_are_pointed_out_and_read(tmp_path: Path) -> None:
    """Its layout: four gzipped files with a prefix, pictures transposed, labels from 1, and a table of letters."""
    letters = np.arange(390) % 26
    for half, samples in (("train", DIGITS.take(range(390))), ("test", DIGITS.take(range(400, 790)))):
        pictures, name = samples.images.swapaxes(1, 2), tmp_path / f"emnist-letters-{half}"
        write_idx(f"{name}-images-idx3-ubyte.gz", np.ascontiguousarray(pictures))
        write_idx(f"{name}-labels-idx1-ubyte.gz", (letters + 1).astype(np.uint8))
    (tmp_path / "emnist-letters-mapping.txt").write_text("".join(f"{k} {64 + k} {96 + k}\n" for k in range(1, 27)))
    as_it_is = inspect(load(tmp_path / "emnist-letters"))
    assert [line.split(";")[-1] for line in as_it_is.lines] == [
        " if the first class is 1, give --label-base 1",
        " if they are, give --transpose",
    ]
    mended = load(tmp_path, transpose=True, label_base=1)
    assert (mended.classes, inspect(mended).lines) == (26, ())
    assert np.array_equal(mended.train.images, DIGITS.images[:390])
